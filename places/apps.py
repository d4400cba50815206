"""App configuration of the room `places`."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    """Registers `places` with Django."""

    name = "places"
    verbose_name = _("Places")

    def ready(self) -> None:
        """Have every migration's database functions mean the same under any search path."""
        from places.trigger_functions import settle_search_paths

        post_migrate.connect(settle_search_paths, sender=self, dispatch_uid="settle_search_paths")
