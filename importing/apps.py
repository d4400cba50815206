"""App configuration of the room `importing`."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportingConfig(AppConfig):
    """Registers `importing` with Django."""

    name = "importing"
    verbose_name = _("Import")

    def ready(self) -> None:
        """Put this room into the API, the header, the pages' scripts, the worker and what is said of batches."""
        from accounts.permissions import IMPORT
        from assets.batch_reports import tell_reports
        from importing import tasks  # noqa: F401
        from importing.ledgers.api import router
        from importing.report import batch_in_words
        from mapping.api import api
        from places.apart import preload
        from web.navigation import Entry, offer
        from web.scripts import offer_scripts

        preload("importing.apart")
        tell_reports(batch_in_words)
        api.add_router("", router, tags=["Imports"])
        offer(Entry("import", _("Import"), IMPORT, 60))
        offer_scripts("importing", Path(__file__).parent / "static" / "importing" / "js")
