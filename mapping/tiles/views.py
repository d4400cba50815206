"""Addresses of the tiles, and TileJSON that describes them."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from accounts.permissions import READ, scope_of
from assets.dictionaries import dictionaries, read_generation
from assets.fields import CELL_COUNTS, Output, fields_for
from assets.filter_parameters import FilterError
from assets.filters import read_filter
from mapping.counting import CELLS
from mapping.credits import roads_credit
from mapping.extent import bounds_of
from mapping.tiles.asset_tiles import asset_tile
from mapping.tiles.grid import DEEPEST_SOURCE_ZOOM, SYMBOLS_FROM, existing_tile
from mapping.tiles.place_tiles import place_tile
from web.access import SignedInRequest, readers_only
from web.addresses import with_gaps
from web.caching import conditional, conditional_answer, filter_part, key_of
from web.kept_answers import counted

MVT = "application/vnd.mapbox-vector-tile"
PLACES_DEEPEST_SOURCE_ZOOM = 14


@readers_only()
def assets(request: SignedInRequest, z: int, x: int, y: int) -> HttpResponse:
    """A tile of the assets that the filter leaves."""
    tile = existing_tile(z, x, y)
    asset_filter = read_filter(request.GET)
    key = key_of(request, asset_filter.generation, "assets", tile, filter_part(asset_filter))
    if tile.z >= SYMBOLS_FROM:
        return conditional(request, key, MVT, lambda: asset_tile(asset_filter, request.user, tile))
    asked = f"{z}/{x}/{y}"
    return conditional_answer(request, key, MVT, lambda: counted(CELLS, asset_filter, request.user, asked))


@readers_only()
def places(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """A tile of areas, roads and sites."""
    tile = existing_tile(z, x, y)
    _no_parameters(request)
    generation = read_generation()
    key = key_of(request, generation, "places", tile)
    scope = scope_of(request.user, READ)
    return conditional(request, key, MVT, lambda: place_tile(scope, generation, tile))


@readers_only()
def assets_json(request: HttpRequest) -> JsonResponse:
    """TileJSON of the assets; its tile address takes the same filter."""
    asset_filter = read_filter(request.GET)
    cell_fields = {name: str(title) for name, title in CELL_COUNTS}
    cell_fields |= {"type": _("Most frequent type"), "symbol": _("Symbol of that type")}
    asset_fields = {field.name: str(field.title) for field in fields_for(Output.TILE)}
    return _tilejson(
        request,
        "assets",
        asset_filter.query_string,
        DEEPEST_SOURCE_ZOOM,
        [
            {"id": "cells", "minzoom": 0, "maxzoom": SYMBOLS_FROM - 1, "fields": cell_fields},
            {"id": "assets", "minzoom": SYMBOLS_FROM, "maxzoom": DEEPEST_SOURCE_ZOOM, "fields": asset_fields},
        ],
    )


@readers_only()
def places_json(request: HttpRequest) -> JsonResponse:
    """TileJSON of the places."""
    _no_parameters(request)
    code, name, kind, symbol = _("Code"), _("Name"), _("Kind"), _("Symbol")
    level, approximate = _("Level"), _("Approximate boundary")
    layers = {
        "areas": {"code": code, "name": name, "level": level, "approximate": approximate},
        "boundaries": {"level": level, "approximate": approximate},
        "area_labels": {"code": code, "name": name, "level": level},
        "roads": {"id": _("Number"), "name": name},
        "sites": {"code": code, "name": name, "kind": kind, "symbol": symbol},
    }
    described = [{"id": layer, "fields": fields} for layer, fields in layers.items()]
    return _tilejson(request, "places", "", PLACES_DEEPEST_SOURCE_ZOOM, described, roads_credit())


def _no_parameters(request: HttpRequest) -> None:
    for name in request.GET:
        raise FilterError(name, _("There is no such parameter."))


def _tilejson(
    request: HttpRequest, name: str, query: str, deepest: int, layers: list[dict[str, Any]], *credits: str
) -> JsonResponse:
    lists = dictionaries(read_generation())
    west, south, east, north = bounds_of(lists, scope_of(request.user, READ))
    path = with_gaps(f"{name}-tile", "z", "x", "y") + (f"?{query}" if query else "")
    address = request.build_absolute_uri("/").rstrip("/") + path
    return JsonResponse(
        {
            "tilejson": "3.0.0",
            "name": str(_("Publicity asset map of Tianqiao")),
            "scheme": "xyz",
            "tiles": [address],
            "minzoom": 0,
            "maxzoom": deepest,
            "bounds": [west, south, east, north],
            "attribution": " · ".join(filter(None, (settings.BASEMAP_ATTRIBUTION, *credits))),
            "vector_layers": layers,
        },
        json_dumps_params={"ensure_ascii": False},
    )
