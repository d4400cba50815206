"""What every template may use: filled by the pages of this room."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.permissions import IMPORT, can
from mapping.page_config import import_map


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: settings that templates show, the import map of their scripts, what the reader may open."""
    return {
        "demonstration": settings.DEMONSTRATION,
        "import_map": SimpleLazyObject(import_map),
        "may_import": SimpleLazyObject(lambda: hasattr(request, "user") and can(request.user, IMPORT)),
    }
