"""The rectangles of the map: the districts a reader may see, and the part of them that it shows at first."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.permissions import DIGITS_OF_A_DISTRICT, Scope
from assets.dictionaries import Bounds, Dictionaries, KnownArea, KnownRoad
from places.models import Level

# 天桥区, when no boundary has been loaded yet.
_WITHOUT_BOUNDARIES: Bounds = (116.80, 36.65, 117.08, 36.86)
_DIGITS_OF_A_STREET, _DIGITS_OF_A_COMMUNITY = 9, 12


def bounds_of(lists: Dictionaries, scope: Scope) -> Bounds:
    """West, south, east, north in WGS84 degrees."""
    drawn = _around(
        area.bounds
        for level in (Level.DISTRICT, Level.STREET)
        for area in lists.areas_at(level).values()
        if scope.covers(area.code)
    )
    return drawn or _WITHOUT_BOUNDARIES


def opening_bounds(lists: Dictionaries, filtered: Mapping[str, Any], reads: Scope, own: Scope) -> Bounds:
    """Where a map opens whose address names no position: on what it is filtered by, else on the reader's own areas.

    Args:
        filtered: the filter's values by parameter, of which `street`, `community`, `road` and `bbox` say a place.
        reads: what the reader may see; nothing is told of areas outside it.
        own: where the reader's roles hold (`accounts.permissions.own_areas`).

    Returns:
        West, south, east, north in WGS84 degrees: of all that the reader may see, where neither says less.
    """
    return _of_filter(lists, filtered, reads) or _of_roles(lists, own) or bounds_of(lists, reads)


def _of_filter(lists: Dictionaries, filtered: Mapping[str, Any], reads: Scope) -> Bounds | None:
    """What all places of a filter have in common: a road's part of a street. Of places far apart, the last one's."""
    areas: dict[str, KnownArea | KnownRoad] = {
        code: area for code, area in lists.areas.items() if reads.covers(code)
    }
    roads: Mapping[str, KnownArea | KnownRoad] = lists.roads
    found: Bounds | None = None
    for name, places in (("street", areas), ("community", areas), ("road", roads)):
        if box := _around(place.bounds for code in filtered.get(name, ()) if (place := places.get(code))):
            found = _common(found, box) or box
    if rectangle := filtered.get("bbox"):
        found = _common(found, rectangle) or rectangle
    return found


def _of_roles(lists: Dictionaries, own: Scope) -> Bounds | None:
    """Around the streets and communities where somebody has a role; None for who has one in a whole district."""
    if any(len(code) <= DIGITS_OF_A_DISTRICT for code in own.prefixes):
        return None
    return _around(_nearest_bounds(lists, code) for code in own.prefixes)


def _nearest_bounds(lists: Dictionaries, code: str) -> Bounds | None:
    """An area's, or where nobody has drawn it, of the area around it, up to the district."""
    for digits in (_DIGITS_OF_A_COMMUNITY, _DIGITS_OF_A_STREET, DIGITS_OF_A_DISTRICT):
        area = lists.areas.get(code[:digits])
        if area and area.bounds:
            return area.bounds
    return None


def _around(boxes: Iterable[Bounds | None]) -> Bounds | None:
    """The rectangle around others."""
    drawn = [box for box in boxes if box]
    if not drawn:
        return None
    west, south, east, north = zip(*drawn, strict=True)
    return (min(west), min(south), max(east), max(north))


def _common(first: Bounds | None, other: Bounds) -> Bounds | None:
    """What two rectangles have in common, if they do; the other, where there is no first."""
    if first is None:
        return other
    west, south, east, north = (
        *(max(pair) for pair in zip(first[:2], other[:2], strict=True)),
        *(min(pair) for pair in zip(first[2:], other[2:], strict=True)),
    )
    return (west, south, east, north) if west < east and south < north else None
