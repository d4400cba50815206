"""App configuration of the room `assets`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssetsConfig(AppConfig):
    """Registers `assets` with Django."""

    name = "assets"
    verbose_name = _("Assets")
