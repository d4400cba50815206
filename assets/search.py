"""Suggestions for what somebody types into the search box: places by name, assets by anything that one may see."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext

from accounts.permissions import READ, AnyUser, Scope, scope_of
from assets.dictionaries import Dictionaries, fold
from assets.filter_parameters import FilterError, Known, Search
from assets.filter_values import read_words
from assets.legend import areas_in_scope
from assets.models import Asset, Lifecycle
from places.models import Level, Site


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
    places = [
        *_areas_named(words, lists, scope),
        *_roads_named(words, lists),
        *_sites_named(typed, scope, limit),
    ]
    # Places come first, but never take all the room when there are assets too.
    assets = list(_assets_named(typed, user, lists, limit))
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


def _roads_named(words: list[str], lists: Dictionaries) -> Iterable[dict[str, Any]]:
    for road in lists.roads.values():
        if _all_in(words, (road.name, *road.aliases)):
            yield {
                "kind": "road",
                "code": road.code,
                "title": road.name,
                "subtitle": pgettext("separates names", ", ").join(road.aliases),
                **_middle(road.bounds),
            }


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
    words: tuple[str, ...], user: AnyUser, lists: Dictionaries, limit: int
) -> Iterable[dict[str, Any]]:
    condition = Search().condition(words, Known(lists, timezone.localdate()))
    found = (
        Asset.objects.visible_to(user)
        .filter(condition)
        .exclude(lifecycle=Lifecycle.REMOVED)
        .select_related("type")
        .only("code", "name", "address", "point", "type")
        .order_by("code")[:limit]
    )
    for asset in found:
        yield {
            "kind": "asset",
            "code": asset.code,
            "title": asset.name or asset.type.name,
            "subtitle": " · ".join(part for part in (asset.code, asset.address) if part),
            "lon": asset.point.x,
            "lat": asset.point.y,
            "bbox": None,
        }


def _middle(bounds: tuple[float, float, float, float] | None) -> dict[str, Any]:
    if bounds is None:
        return {"lon": None, "lat": None, "bbox": None}
    west, south, east, north = bounds
    return {"lon": (west + east) / 2, "lat": (south + north) / 2, "bbox": list(bounds)}
