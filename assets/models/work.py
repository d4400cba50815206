"""The kinds of work on an asset, which jobs are of and defects are put right by."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MaintenanceKind(models.TextChoices):
    """What is done."""

    CLEAN = "clean", _("Clean")
    REPAIR = "repair", _("Repair")
    REPAINT = "repaint", _("Repaint")
    REPLACE_CONTENT = "replace_content", _("Replace content")
    RELOCATE = "relocate", _("Relocate")
    REMOVE = "remove", _("Remove")
    INSTALL = "install", _("Install")
    INSPECT = "inspect", _("Inspect")
