"""The rectangle that the map shows at first: the districts a reader may see."""

from accounts.permissions import Scope
from assets.dictionaries import Bounds, Dictionaries
from places.models import Level

# 天桥区, when no boundary has been loaded yet.
_WITHOUT_BOUNDARIES: Bounds = (116.80, 36.65, 117.08, 36.86)


def bounds_of(lists: Dictionaries, scope: Scope) -> Bounds:
    """West, south, east, north in WGS84 degrees."""
    boxes = [
        area.bounds
        for level in (Level.DISTRICT, Level.STREET)
        for area in lists.areas_at(level).values()
        if area.bounds and scope.covers(area.code)
    ]
    if not boxes:
        return _WITHOUT_BOUNDARIES
    west, south, east, north = zip(*boxes, strict=True)
    return (min(west), min(south), max(east), max(north))
