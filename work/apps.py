"""App configuration of the room `work`."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkConfig(AppConfig):
    """Registers `work` with Django."""

    name = "work"
    verbose_name = _("Work")

    def ready(self) -> None:
        """Offer this room's pages and scripts, and tell the worker what its runs are done by."""
        from accounts.permissions import EXPORT, READ
        from web.navigation import Entry, offer
        from web.scripts import offer_scripts
        from work import tasks  # noqa: F401

        offer(Entry("jobs", _("Jobs"), READ, 10, ("campaigns",)))
        offer(Entry("due", _("Inspections due"), READ, 20))
        offer(Entry("artworks", _("Artworks"), READ, 30))
        offer(Entry("labels", _("Plates"), EXPORT, 50))
        offer_scripts("work", Path(__file__).parent / "static" / "work" / "js")
