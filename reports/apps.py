"""App configuration of the room `reports`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Registers `reports` with Django."""

    name = "reports"
    verbose_name = _("Reports")
