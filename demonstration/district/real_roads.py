"""The real roads of the district, from the fixtures' extract of OpenStreetMap (roads of 2020, few north of the river).

The demonstration's boards stand along them, and a road that the extract names has its line. Shapes are in metres on the
plane of `demonstration/district/geography.py`.
"""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from django.conf import settings
from shapely import LineString, MultiLineString, MultiPolygon

from places.boundaries import Plane

EXTRACT = Path(settings.BASE_DIR) / "fixtures" / "basemap" / "jinan-roads-2020.osm.pbf"
# How busy a road of a class is, 1 for an ordinary one; nothing stands along motorways, slip roads and yards.
BUSY = {
    "trunk": 3.0,
    "primary": 4.0,
    "secondary": 3.0,
    "tertiary": 1.8,
    "unclassified": 1.0,
    "residential": 0.8,
    "living_street": 0.7,
}
# The classes of a road that has a name everybody knows.
THOROUGHFARES = frozenset({"trunk", "primary", "secondary", "tertiary"})
_ELEVATED = "高架"


@dataclass(frozen=True)
class Way:
    """A stretch of real road: its class in OpenStreetMap, and its name where the extract has one."""

    line: LineString
    highway: str
    name: str

    @property
    def busy(self) -> float:
        """How much stands along it, 1 for an ordinary road."""
        return BUSY[self.highway]


def ways_within(plane: Plane, district: MultiPolygon) -> list[Way]:
    """The ways of the district along which something may stand, cut at its boundary."""
    around = shapely.transform(district, plane.degrees).bounds
    meta, _ids, shapes, columns = pyogrio.raw.read(
        EXTRACT, layer="lines", columns=["name", "highway"], bbox=around
    )
    told = dict(zip(meta["fields"], columns, strict=True))
    lines = shapely.intersection(shapely.transform(shapely.from_wkb(shapes), plane.flat), district)
    return [
        Way(part, highway, name or "")
        for line, highway, name in zip(lines, told["highway"], told["name"], strict=True)
        if highway in BUSY and _ELEVATED not in (name or "")
        for part in shapely.get_parts(line)
        if isinstance(part, LineString) and part.length > 0
    ]


def lines_by_name(ways: list[Way]) -> dict[str, MultiLineString]:
    """The lines of each road that the extract names, joined where they meet, the longest first."""
    named: dict[str, list[LineString]] = defaultdict(list)
    for way in ways:
        if way.name:
            named[way.name].append(way.line)
    return {name: _joined(lines) for name, lines in named.items()}


def _joined(lines: list[LineString]) -> MultiLineString:
    parts = shapely.get_parts(shapely.line_merge(MultiLineString(lines)))
    return MultiLineString(sorted(parts, key=lambda part: -part.length))


def direction_of(line: LineString) -> float:
    """Where a line leads from end to end, in degrees from 0 to 180."""
    (x, y), (to_x, to_y) = line.coords[0], line.coords[-1]
    return float(np.degrees(np.arctan2(to_x - x, to_y - y)) % 180)
