"""App configuration of the room `mapping`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MappingConfig(AppConfig):
    """Registers `mapping` with Django."""

    name = "mapping"
    verbose_name = _("Mapping")

    def ready(self) -> None:
        """Tell the worker what this room's runs are done by."""
        from mapping import tasks  # noqa: F401
