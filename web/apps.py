"""App configuration of the room `web`."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Registers `web` with Django."""

    name = "web"
    verbose_name = _("Pages")

    def ready(self) -> None:
        """Tell the worker how kept answers are counted anew, the header this room's page, and the pages its scripts."""
        from accounts.permissions import EXPORT
        from web import tasks  # noqa: F401
        from web.navigation import Entry, offer
        from web.scripts import offer_scripts

        offer(Entry("connect", _("Connect"), EXPORT, 70))
        offer_scripts("web", Path(__file__).parent / "static" / "web" / "js")
