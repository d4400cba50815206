"""The page with the map of cases, its tiles and their description. One address is one state: filter, and the open case.

The server renders legend, list and panel; the page's script fetches the same address and exchanges them, so the page
works without it but for the map.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT, can
from cases.desk.showing import cards_of
from cases.desk.views import find_case
from cases.filters import CaseFilter, read_case_filter
from cases.layers import seen_by
from cases.map.legend import GROUPS, legend_of
from cases.map.tiles import case_tile
from cases.models import Case, CasePhoto, Exposure
from cases.queries import page_of_cases, with_all_it_names
from mapping.page_config import opening, page_config
from mapping.tiles.grid import existing_tile
from mapping.tiles.views import MVT
from web.access import SignedInRequest, readers_only
from web.addresses import with_gaps
from web.answers import show_page
from web.caching import conditional, key_of

MOST_PHOTOS = 4
PAGE = 40


@readers_only()
def tile(request: SignedInRequest, z: int, x: int, y: int) -> HttpResponse:
    """A tile of the cases that the filter leaves. Lamps change by themselves: it is of this minute."""
    wanted = existing_tile(z, x, y)
    case_filter = read_case_filter(request.GET, request.user)
    key = key_of(
        request,
        case_filter.generation,
        "cases",
        wanted,
        case_filter.query_string,
        seen_by(request.user),
        f"{case_filter.reference.now:%H:%M}",
    )
    return conditional(request, key, MVT, lambda: case_tile(case_filter, request.user, wanted))


@readers_only()
def map_page(request: SignedInRequest, code: str = "") -> HttpResponse:
    """Map, legend and list of the cases that the filter leaves; with one of them open."""
    case_filter = read_case_filter(request.GET, request.user, extra=("cursor",))
    cases = case_filter.cases(request.user)
    page = page_of_cases(cases, cursor=request.GET.get("cursor"), size=PAGE)
    legend = legend_of(case_filter, request.user)
    config = {
        **page_config(request),
        "opening": opening(request, case_filter),
        "cases": {
            "tiles": with_gaps("cases-tile", "z", "x", "y"),
            "one": with_gaps("cases-map-one", "code"),
        },
    }
    context: dict[str, Any] = {
        "page_config": config,
        "legend": legend,
        "cards": cards_of(page.rows, case_filter.reference.now),
        "query": case_filter.query_string,
        "search": case_filter.spelled("q"),
        "kept": [
            (name, case_filter.spelled(name))
            for name in case_filter.values
            if name != "q" and case_filter.spelled(name)
        ],
        "chips": _chips(case_filter),
        "next": case_filter.but(cursor=page.next) if page.next else "",
        "files": _FILES if can(request.user, EXPORT) else [],
        **(_open_case(request, code) if code else {}),
    }
    return show_page(request, "cases/map.html", context)


_FILES = (
    ("xlsx", "Excel"),
    ("csv", "CSV"),
    ("geojson", "GeoJSON"),
    ("gpkg", "GeoPackage"),
    ("shp.zip", "Shapefile"),
    ("kml", "KML"),
)


def _open_case(request: SignedInRequest, code: str) -> dict[str, Any]:
    """What the panel says of one case."""
    case = find_case(request.user, code)
    photos = CasePhoto.objects.filter(case=case).order_by("-id")[:MOST_PHOTOS]
    here = Case.objects.visible_to(request.user).filter(asset=case.asset).exclude(pk=case.pk)
    others = with_all_it_names(here).order_by("-pk")[:8] if case.asset_id else []
    return {
        "case": case,
        "card": cards_of([case], timezone.now())[0],
        "photos": photos,
        "others": others,
        "exposures": Exposure.objects.visible_to(request.user).filter(items__case=case),
    }


def _chips(case_filter: CaseFilter) -> list[tuple[str, str]]:
    """What the legend does not show as chosen, in words, with the address without it."""
    chips = []
    for name, value in case_filter.values.items():
        if name in GROUPS or not case_filter.spelled(name):
            continue
        words = "、".join(case_filter.filters[name].words(value, case_filter.reference))
        chips.append((f"{case_filter.filters[name].label}{_(': ')}{words}", case_filter.but(name)))
    return chips


def told_to_the_map(_request: HttpRequest) -> dict[str, Any]:
    """What the assets' map is told, so that one gets from there to the map of cases and back."""
    return {"map": reverse("cases-map")}
