"""App configuration of the room `places`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    """Registers `places` with Django."""

    name = "places"
    verbose_name = _("Places")
