"""App configuration of the room `work`."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkConfig(AppConfig):
    """Registers `work` with Django."""

    name = "work"
    verbose_name = _("Work")

    def ready(self) -> None:
        """Offer this room's pages and scripts, on the map its buttons and forms, and tell the worker of its runs."""
        from accounts.permissions import EDIT, EXPORT, INSPECT, MOVE, READ, REGISTER
        from mapping.api import api
        from mapping.panel_slots import MapExtension, Writing, extend_map, offer_writing
        from web.navigation import Entry, offer
        from web.scripts import offer_scripts
        from work import tasks  # noqa: F401
        from work.campaigns.api import router
        from work.campaigns.counting import offer_counted, offer_joinable
        from work.campaigns.offering import COUNTED, JOBS
        from work.desk.offering import WRITING, told_to_the_map
        from work.responsibility.gap_pages import told_to_the_map as gaps_told_to_the_map
        from work.responsibility.offering import on_an_asset

        api.add_router("", router, tags=["Campaigns"])
        offer(Entry("jobs", _("Jobs"), READ, 10, ("campaigns",)))
        offer(Entry("due", _("Inspections due"), READ, 20))
        offer(Entry("artworks", _("Artworks"), READ, 30))
        offer(Entry("responsibilities", _("Responsibility"), READ, 52))
        offer(Entry("labels", _("Plates"), EXPORT, 50))
        offer_scripts("work", Path(__file__).parent / "static" / "work" / "js")
        offer_counted(*COUNTED)
        offer_joinable(JOBS)
        offer_writing(WRITING)
        offer_writing(Writing(on_an_asset))
        extend_map(
            MapExtension(
                "desk",
                "work/desk/start",
                "work/css/desk.css",
                (EDIT, INSPECT, MOVE, REGISTER),
                told_to_the_map,
            )
        )
        extend_map(
            MapExtension(
                "gaps",
                "work/responsibility/gaps",
                "work/css/gaps_on_map.css",
                (READ,),
                gaps_told_to_the_map,
            )
        )
