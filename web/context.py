"""What every template may use: filled by the pages of this room."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from web.access import offered
from web.navigation import header_of
from web.notices import notices
from web.scripts import import_map_text


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: settings to show, what the reader may, the header’s entries, import map, notices."""
    return {
        "demonstration": settings.DEMONSTRATION,
        "time_zone": settings.TIME_ZONE,
        "may": SimpleLazyObject(lambda: offered(request)),
        "navigation": SimpleLazyObject(lambda: header_of(request)),
        "import_map": SimpleLazyObject(import_map_text),
        "notices": SimpleLazyObject(notices),
    }
