"""Suggestions for what somebody types into the search box: places by name, assets by anything that one may see."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils import timezone
from django.utils.translation import pgettext

from accounts.permissions import READ, AnyUser, Scope, scope_of
from assets.dictionaries import Dictionaries, fold
from assets.filter_parameters import FilterError, Reference
from assets.filter_searches import Search
from assets.filter_values import component_id_in, read_words
from assets.legend import areas_in_scope
from assets.models import Asset, Lifecycle
from places.models import Level, Site

# Between a character and a number people write a blank or none: 北园大街18号, 北园大街 18 号.
_SEAM = re.compile(r"(?<=[\u3400-\u9fff])(?=[0-9])|(?<=[0-9])(?=[\u3400-\u9fff])")
_MOST_PARTS = 8  # of what is typed as one word: an address has four or five


def suggestions(text: str, user: AnyUser, lists: Dictionaries, *, limit: int = 10) -> list[dict[str, Any]]:
    """Suggestions for what somebody types: streets, communities, roads and sites by name, assets by anything.

    Raises:
        FilterError: naming `q`: too long, or no text.
    """
    try:
        typed = read_words(text)
    except ValidationError as error:
        raise FilterError("q", " ".join(error.messages)) from None
    if typed is None:
        return []
    words = [fold(word) for word in typed]
    scope = scope_of(user, READ)
    spaced = _SEAM.sub(" ", text).split()
    places = [
        *_areas_named(words, lists, scope),
        *(_roads_named(words, lists) or _roads_of_address(spaced, lists)),
        *_sites_named(typed, scope, limit),
    ]
    # Places come first, but never take all the room when there are assets too.
    assets = _assets_named(typed, spaced, user, lists, limit)
    parts = tuple(dict.fromkeys(spaced))
    # A plate's number in groups is that plate or none; and each part costs a search.
    if not assets and component_id_in(text) is None and len(typed) < len(parts) <= _MOST_PARTS:
        assets = _assets_named(parts, spaced, user, lists, limit)
    kept = max(limit - len(assets), min(len(places), limit // 2))
    return [*places[:kept], *assets][:limit]


def _all_in(words: list[str], names: Iterable[str]) -> bool:
    folded = [fold(name) for name in names]
    return all(any(word in name for name in folded) for word in words)


def _areas_named(words: list[str], lists: Dictionaries, scope: Scope) -> Iterable[dict[str, Any]]:
    for level, parent_level in ((Level.STREET, Level.DISTRICT), (Level.COMMUNITY, Level.STREET)):
        for area in areas_in_scope(lists.areas_at(level).values(), scope):
            if _all_in(words, (area.name, area.code, *area.aliases)):
                above = lists.areas_at(parent_level).get(area.code[: 6 if level == Level.STREET else 9])
                yield {
                    "kind": level.code,
                    "code": area.code,
                    "title": area.name,
                    "subtitle": above.name if above else "",
                    **_middle(area.bounds),
                }


def _roads_named(words: list[str], lists: Dictionaries) -> list[dict[str, Any]]:
    return [
        {
            "kind": "road",
            "code": road.code,
            "title": road.name,
            "subtitle": pgettext("separates names", ", ").join(road.aliases),
            **_middle(road.bounds),
        }
        for road in lists.roads.values()
        if _all_in(words, (road.name, *road.aliases))
    ]


def _roads_of_address(spaced: list[str], lists: Dictionaries) -> list[dict[str, Any]]:
    """The road of an address with a number: nothing on record may bear that number."""
    numbered = next((place for place, word in enumerate(spaced) if word.isdecimal()), 0)
    return _roads_named([fold(word) for word in spaced[:numbered]], lists) if numbered else []


def _sites_named(words: Sequence[str], scope: Scope, limit: int) -> Iterable[dict[str, Any]]:
    named = Q()
    for word in words:
        named &= Q(name__icontains=word)
    sites = Site.objects.filter(named).select_related("kind", "area").order_by("code")
    for site in sites[: limit * 5]:
        # Where a site's area is not known, nobody's reading ends before it.
        if site.area is None or scope.covers(site.scope_code):
            yield {
                "kind": "site",
                "code": site.code,
                "title": site.name,
                "subtitle": site.kind.name,
                "lon": site.point.x,
                "lat": site.point.y,
                "bbox": None,
            }


def _assets_named(
    words: tuple[str, ...], spaced: list[str], user: AnyUser, lists: Dictionaries, limit: int
) -> list[dict[str, Any]]:
    """Assets with all of the words; first those that bear them in a row, as an address is written."""
    condition = Search().condition(words, Reference(lists, timezone.localdate()))
    # One word is everywhere in a row, and asking for it would mean sorting all that has it.
    order = [_in_a_row(spaced), "code"] if len(spaced) > 1 else ["code"]
    found = (
        Asset.objects.visible_to(user)
        .filter(condition)
        .exclude(lifecycle=Lifecycle.REMOVED)
        .select_related("type")
        .only("code", "name", "address", "point", "type")
        .order_by(*order)[:limit]
    )
    return [
        {
            "kind": "asset",
            "code": asset.code,
            "title": asset.name or asset.type.name,
            "subtitle": " · ".join(part for part in (asset.code, asset.address) if part),
            "lon": asset.point.x,
            "lat": asset.point.y,
            "bbox": None,
        }
        for asset in found
    ]


def _in_a_row(spaced: list[str]) -> Case:
    """An order: 0 where name or address has the words in a row, with blanks between them or without, else 1."""
    rows = Q()
    for phrase in (" ".join(spaced), "".join(spaced)):
        rows |= Q(name__icontains=phrase) | Q(address__icontains=phrase)
    return Case(When(rows, then=Value(0)), default=Value(1), output_field=IntegerField())


def _middle(bounds: tuple[float, float, float, float] | None) -> dict[str, Any]:
    if bounds is None:
        return {"lon": None, "lat": None, "bbox": None}
    west, south, east, north = bounds
    return {"lon": (west + east) / 2, "lat": (south + north) / 2, "bbox": list(bounds)}
