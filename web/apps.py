"""App configuration of the room `web`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Registers `web` with Django."""

    name = "web"
    verbose_name = _("Pages")

    def ready(self) -> None:
        """Tell the worker how kept answers are counted anew."""
        from web import tasks  # noqa: F401
