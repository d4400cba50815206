"""App configuration of the room `evaluation`."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    """Registers `evaluation` with Django."""

    name = "evaluation"
    verbose_name = _("Evaluation")

    def ready(self) -> None:
        """Offer this room's pages and scripts."""
        from accounts.permissions import READ_EVALUATION
        from evaluation.tabs import Tab, offer_tab
        from web.navigation import Entry, offer
        from web.scripts import offer_scripts

        offer(Entry("evaluation", _("Evaluation"), READ_EVALUATION, 6))
        offer_scripts("evaluation", Path(__file__).parent / "static" / "evaluation" / "js")
        offer_tab(Tab("evaluation", _("Rounds"), READ_EVALUATION, 1))
        offer_tab(Tab("evaluation-results", _("Results"), READ_EVALUATION, 2))
        offer_tab(Tab("evaluation-editions", _("Handbook"), READ_EVALUATION, 30))
        offer_tab(Tab("evaluation-sites", _("Sites"), READ_EVALUATION, 31))
