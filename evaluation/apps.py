"""App configuration of the room `evaluation`."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    """Registers `evaluation` with Django."""

    name = "evaluation"
    verbose_name = _("Evaluation")

    def ready(self) -> None:
        """Offer pages, scripts and a map layer, tell the worker its work, and say what streets are scored by."""
        from accounts.permissions import READ_COVERAGE, READ_EVALUATION, READ_SHEETS
        from evaluation.assessment.measuring import register_holders, register_measure, register_telling
        from evaluation.assessment.of_assets import measure_upkeep
        from evaluation.assessment.of_cases import measure_cases, tell_of_cases
        from evaluation.assessment.of_coverage import measure_coverage
        from evaluation.assessment.of_responsibility import leaders_of
        from evaluation.assessment.of_visits import measure_visits, tell_of_visits
        from evaluation.coverage import tasks  # noqa: F401
        from evaluation.coverage.map_layer import told_to_the_map
        from evaluation.tabs import Tab, offer_tab
        from evaluation.telling import found_on
        from mapping.panel_slots import MapExtension, extend_map
        from mapping.timeline import also_tell
        from web.navigation import Entry, offer
        from web.scripts import offer_scripts

        offer(Entry("evaluation", _("Evaluation"), READ_EVALUATION, 53))
        offer(Entry("coverage", _("Coverage"), READ_COVERAGE, 54))
        offer(Entry("assessment", _("Assessment"), READ_SHEETS, 57))
        offer_scripts("evaluation", Path(__file__).parent / "static" / "evaluation" / "js")
        offer_tab(Tab("evaluation", _("Rounds"), READ_EVALUATION, 1))
        offer_tab(Tab("evaluation-results", _("Results"), READ_EVALUATION, 2))
        offer_tab(Tab("evaluation-editions", _("Handbook"), READ_EVALUATION, 30))
        offer_tab(Tab("evaluation-sites", _("Sites"), READ_EVALUATION, 31))
        extend_map(
            MapExtension(
                "coverage",
                "evaluation/coverage/map_layer",
                "evaluation/css/coverage_map.css",
                (READ_COVERAGE,),
                told_to_the_map,
            )
        )
        also_tell(found_on)
        register_measure(measure_cases)
        register_measure(measure_coverage)
        register_measure(measure_upkeep)
        register_measure(measure_visits)
        register_holders(leaders_of)
        # The second tells of the worst sites where there was an evaluation, and else the first.
        register_telling(tell_of_cases)
        register_telling(tell_of_visits)
