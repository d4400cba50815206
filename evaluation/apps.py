"""App configuration of the room `evaluation`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    """Registers `evaluation` with Django."""

    name = "evaluation"
    verbose_name = _("Evaluation")

    def ready(self) -> None:
        """Offer this room's pages, and say what of the rooms to the right is measured."""
        from accounts.permissions import READ_SHEETS
        from evaluation.assessment.measuring import register_measure, register_telling
        from evaluation.assessment.of_assets import measure_upkeep
        from evaluation.assessment.of_cases import measure_cases, tell_of_cases
        from evaluation.assessment.of_visits import measure_visits, tell_of_visits
        from web.navigation import Entry, offer

        offer(Entry("assessment", _("Assessment"), READ_SHEETS, 57))
        register_measure(measure_cases)
        register_measure(measure_upkeep)
        register_measure(measure_visits)
        # The second tells of the worst sites where there was an evaluation, and else the first.
        register_telling(tell_of_cases)
        register_telling(tell_of_visits)
