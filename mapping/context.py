"""What every template may use: filled by the pages of this room."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mapping.access import offered
from mapping.page_config import import_map


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: settings that templates show, and the import map of their scripts."""
    return {
        "demonstration": settings.DEMONSTRATION,
        "import_map": SimpleLazyObject(import_map),
        "may": SimpleLazyObject(lambda: offered(request)),
    }
