"""App configuration of the room `portal`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Registers `portal` with Django."""

    name = "portal"
    verbose_name = _("For everybody")

    def ready(self) -> None:
        """Offer this room's scripts, and say who may send photos without an account."""
        from pathlib import Path

        from portal.answer.coming_in import may_send
        from web.bodies import MB, take_from
        from web.scripts import offer_scripts

        offer_scripts("portal", Path(__file__).parent / "static" / "portal" / "js")
        take_from("answer-verb", 101 * MB, may_send)
