"""What the pages tell their scripts: addresses, bounds, base map."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from accounts.permissions import READ, own_areas, scope_of
from assets.declared_filter import DeclaredFilter
from assets.dictionaries import dictionaries, read_generation
from assets.fields import FILTERED
from assets.filters import AssetFilter
from mapping.basemap.describing import offered_basemap
from mapping.credits import roads_credit
from mapping.extent import bounds_of, opening_bounds
from mapping.panel_slots import extensions_for
from places.distance import MEAN_EARTH_RADIUS_M
from web.access import offered
from web.addresses import with_gaps


def map_page_config(request: HttpRequest, asset_filter: AssetFilter) -> dict[str, Any]:
    """What the scripts of the map page begin from: beside all else the names behind its address."""
    extensions = extensions_for(request)
    return {
        **page_config(request),
        "opening": opening(request, asset_filter),
        "names": _names(asset_filter),
        "titles": {field.name: str(field.title) for field in FILTERED},
        "modules": [extension.module for extension in extensions],
        "extensions": {extension.name: extension.told(request) for extension in extensions},
    }


def page_config(request: HttpRequest) -> dict[str, Any]:
    """What the scripts of every page with a map begin from."""
    lists = dictionaries(read_generation())
    return {
        "language": get_language(),
        "urls": {
            "basemap": reverse("basemap"),
            "legend": reverse("api:legend"),
            "assets": reverse("api:assets"),
            "now": reverse("api:now"),
            "search": reverse("api:search"),
            "tiles": with_gaps("assets-tile", "z", "x", "y"),
            "places": with_gaps("places-tile", "z", "x", "y"),
            "exportGeojson": reverse("export", args=["assets", "geojson"]),
            "exportOptions": reverse("export-options"),
            "exportCounts": reverse("export-counts"),
            "exportFiles": reverse("export-files"),
            "snapshot": reverse("snapshot"),
            "planJobs": reverse("plan-jobs"),
            "bulkEdit": reverse("bulk-edit"),
            "labels": reverse("labels"),
        },
        "earthRadius": MEAN_EARTH_RADIUS_M,
        "bounds": list(bounds_of(lists, scope_of(request.user, READ))),
        "basemap": basemap(),
        "ownBasemap": offered_basemap(),
        "roadsCredit": roads_credit(),
        "may": offered(request),
    }


def opening(request: HttpRequest, shown: DeclaredFilter) -> list[float]:
    """The rectangle that a map of what a filter leaves opens on, when its address names no position."""
    reads, own = scope_of(request.user, READ), own_areas(request.user)
    return list(opening_bounds(shown.reference.lists, shown.values, reads, own))


def _names(asset_filter: AssetFilter) -> dict[str, str]:
    """Names of what the address filters by, for chips that stand before the legend is there: parameter:value → name."""
    declared = {
        f"{field.name}:{value}": words
        for field in FILTERED
        for value, words in asset_filter.named(field.name).items()
    }
    return declared | {
        f"{name}:{value}": words
        for name in ("artwork", "batch", "campaign", "answers")
        if name in asset_filter.values
        for value, words in zip(
            asset_filter.values[name],
            asset_filter.filters[name].words(asset_filter.values[name], asset_filter.reference),
            strict=True,
        )
    }


def basemap() -> dict[str, Any] | None:
    """The base map from elsewhere as MapLibre wants it, or None when none is configured."""
    if not settings.BASEMAP_TILES:
        return None
    return {
        "tiles": [settings.BASEMAP_TILES],
        "attribution": settings.BASEMAP_ATTRIBUTION,
        "tileSize": 256,
    }
