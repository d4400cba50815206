"""App configuration of the room `assets`."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssetsConfig(AppConfig):
    """Registers `assets` with Django."""

    name = "assets"
    verbose_name = _("Assets")

    def ready(self) -> None:
        """Hear of boundaries that change, since assets keep the areas they lie in."""
        from assets import tasks  # noqa: F401 -- the worker knows what its runs are done by
        from places.signals import boundary_changed

        boundary_changed.connect(_find_areas_anew, dispatch_uid="find_areas_anew")


def _find_areas_anew(user: Any = None, **_signal: Any) -> None:
    from assets.tasks import start_reassigning

    start_reassigning(user)
