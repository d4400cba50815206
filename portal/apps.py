"""App configuration of the room `portal`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Registers `portal` with Django."""

    name = "portal"
    verbose_name = _("For everybody")

    def ready(self) -> None:
        """Offer this room's pages and scripts, and say who may send photos without an account."""
        from pathlib import Path

        from accounts.permissions import FILE_CASE, PUBLISH_PAIR
        from cases.desk.slots import Tab, offer_beside, offer_tab
        from cases.exposures.covered import offer_covered
        from evaluation.assessment.measuring import register_measure
        from portal.answer.coming_in import may_send
        from portal.desk.assessed import measure_satisfaction
        from portal.desk.offering import copies_of, on_a_case
        from portal.reporting import file_of, pairs_of, satisfaction
        from portal.residents.doors import may_upload, not_too_many_photos
        from reports.dashboard.charts import offer_charts
        from reports.wall.slots import Gallery, offer_gallery
        from web.bodies import MB, take_from
        from web.navigation import Entry, offer
        from web.scripts import offer_scripts

        offer_scripts("portal", Path(__file__).parent / "static" / "portal" / "js")
        offer(
            Entry(
                "resident-answers",
                _("Residents"),
                FILE_CASE,
                55,
            )
        )
        for tab in (
            Tab("residents", "resident-answers", _("Residents"), FILE_CASE),
            Tab("pairs", "desk-pairs", _("Shown to everybody"), PUBLISH_PAIR),
        ):
            offer_tab(tab)
        offer_beside(on_a_case)
        offer_covered(copies_of)
        offer_gallery(Gallery(pairs_of, file_of))
        offer_charts(satisfaction)
        register_measure(measure_satisfaction)
        take_from("answer-verb", 101 * MB, may_send)
        take_from("resident-report", 91 * MB, may_upload, brake=not_too_many_photos)
        for name in ("answer-more", "remark-plate", "remark-site"):
            take_from(name, 31 * MB, may_upload, brake=not_too_many_photos)
