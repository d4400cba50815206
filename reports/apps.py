"""App configuration of the room `reports`."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """Registers `reports` with Django."""

    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        """Offer this room's pages and scripts, and tell the worker its work."""
        from accounts.permissions import READ
        from reports import tasks  # noqa: F401
        from reports.dashboard.charts import offer_charts
        from reports.dashboard.evaluated import score_rates
        from reports.start import waiting  # noqa: F401
        from web.navigation import Entry, offer
        from web.scripts import offer_scripts

        offer(Entry("dashboard", _("Figures"), READ, 45, ("start", "monthly-report", "walls")))
        offer_charts(score_rates)
        offer_scripts("reports", Path(__file__).parent / "static" / "reports" / "js")
