"""App configuration of the room `cases`."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    """Registers `cases` with Django."""

    name = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        """Offer this room's pages, its addresses in the API, what it does on an asset, and tell the worker its work."""
        from accounts.permissions import ANSWER_CASE, READ, READ_CASES
        from assets.job_watchers import watch_jobs
        from cases import tasks  # noqa: F401
        from cases.actions.following_jobs import CasesOfJobs
        from cases.actions.hand_over_case import OpenCases
        from cases.api import router
        from cases.campaigns import COUNTED, JOINABLE
        from cases.desk.answered import where_of_case
        from cases.exposures.api import router as exposures
        from cases.layers import offer_layers
        from cases.map.views import told_to_the_map
        from cases.media.api import router as media
        from cases.offering import on_a_job, on_an_asset
        from cases.queries import waiting_for
        from mapping.api import api
        from mapping.panel_slots import MapExtension, Writing, extend_map, offer_writing
        from web.navigation import Entry, offer
        from web.scripts import offer_scripts
        from work.campaigns.counting import offer_counted, offer_joinable
        from work.jobs.slots import offer_links
        from work.responsibility.followers import offer_follower
        from work.responsibility.here import offer_where

        offer(Entry("cases", _("Cases"), READ, 5, waiting=waiting_for))
        offer_writing(Writing(on_an_asset))
        offer_layers()
        offer_scripts("cases", Path(__file__).parent / "static" / "cases" / "js")
        extend_map(
            MapExtension(
                "cases",
                "cases/map/switch",
                "cases/css/map_switch.css",
                (READ_CASES, ANSWER_CASE),
                told_to_the_map,
            )
        )
        offer_links(on_a_job)
        offer_counted(*COUNTED)
        for joinable in JOINABLE:
            offer_joinable(joinable)
        watch_jobs(CasesOfJobs())
        offer_follower(OpenCases())
        offer_where("case", where_of_case)
        api.add_router("", router, tags=["Cases"])
        api.add_router("", exposures, tags=["Exposures"])
        api.add_router("", media, tags=["Media pieces"])
