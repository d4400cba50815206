"""Where a change came from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    """The way in that a write took; kept with facts and in the history context."""

    WEB = "web", _("Web")
    ADMIN = "admin", _("Administration")
    PHONE = "phone", _("Phone")
    IMPORT = "import", _("Import")
    COMMAND = "command", _("Command")
