"""App configuration of the room `mapping`."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MappingConfig(AppConfig):
    """Registers `mapping` with Django."""

    name = "mapping"
    verbose_name = _("Mapping")

    def ready(self) -> None:
        """Tell the worker what this room's runs are done by, and the pages its scripts."""
        from mapping import tasks  # noqa: F401
        from web.scripts import offer_scripts

        offer_scripts("mapping", Path(__file__).parent / "static" / "mapping" / "js")
