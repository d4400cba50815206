"""App configuration of the room `portal`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Registers `portal` with Django."""

    name = "portal"
    verbose_name = _("For everybody")
