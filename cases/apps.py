"""App configuration of the room `cases`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Registers `cases` with Django."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Offer this room's pages, its addresses in the API, what it does on an asset, and tell the worker its work."""
        from accounts.permissions import READ
        from cases import tasks  # noqa: F401
        from cases.api import router
        from cases.offering import on_an_asset
        from cases.queries import waiting_for
        from mapping.api import api
        from mapping.panel_slots import Writing, offer_writing
        from web.navigation import Entry, offer

        offer(Entry("cases", _("Cases"), READ, 5, waiting=waiting_for))
        offer_writing(Writing(on_an_asset))
        api.add_router("", router, tags=["Cases"])
