"""App configuration of the room `mapping`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MappingConfig(AppConfig):
    """Registers `mapping` with Django."""

    name = "mapping"
    verbose_name = _("Mapping")
