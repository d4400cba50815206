"""Which area a point falls in: in SQL for rows of a table, and with shapely's STRtree for rows in memory.

Both give the deepest area whose boundary covers the point; the boundary's own line belongs to it. Where several of one
level cover it (on a common edge, or where official boundaries overlap), the lowest code wins.

Both agree to the last bit. PostGIS and GEOS do so by themselves everywhere but within rounding of a boundary, where
PostGIS asks in plain floating point on which side of a segment a point lies and GEOS in exact arithmetic. The few
points that come so close are therefore decided here with PostGIS's own arithmetic.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from psycopg2 import sql

from places.models import Area, Level

# Degrees within which of a boundary the two may differ; about 0.1 mm, far more than rounding ever moves anything.
ROUNDING = 1e-9


@dataclass(frozen=True)
class AreaKeys:
    """An area and its ancestors, as primary keys; None where there is none."""

    area: int | None = None
    district: int | None = None
    street: int | None = None
    community: int | None = None


NOWHERE = AreaKeys()


def resolving(points: sql.Composable) -> sql.Composed:
    """A query that resolves the rows of another, in one statement.

    Args:
        points: a query with the columns `key` (anything) and `point` (WGS84), one row a point.

    Returns:
        A query with the columns key, area_id, district_id, street_id and community_id; a row for every row of
        `points`, NULL where no area covers the point. It begins with WITH, so it stands in brackets or alone.
    """
    return sql.SQL(
        """
        WITH RECURSIVE above (area_id, id, level, parent_id) AS (
            SELECT id, id, level, parent_id FROM places_area
            UNION ALL
            SELECT above.area_id, parent.id, parent.level, parent.parent_id
            FROM above JOIN places_area parent ON parent.id = above.parent_id),
        ancestry AS (
            SELECT area_id,
                   max(id) FILTER (WHERE level = 1) AS district_id,
                   max(id) FILTER (WHERE level = 2) AS street_id,
                   max(id) FILTER (WHERE level = 3) AS community_id
            FROM above GROUP BY area_id)
        SELECT asked.key, found.id AS area_id, ancestry.district_id, ancestry.street_id, ancestry.community_id
        FROM ({points}) asked
        LEFT JOIN LATERAL (
            SELECT area.id FROM places_area area
            WHERE ST_Covers(area.boundary, asked.point)
            ORDER BY area.level DESC, area.code LIMIT 1) found ON true
        LEFT JOIN ancestry ON ancestry.area_id = found.id
        """
    ).format(points=points)


class Resolver:
    """Answers for points in memory; holds the boundaries as they were when it was made."""

    def __init__(self, areas: Iterable[Area] | None = None) -> None:
        """`areas` default to every area; those without a boundary only count as ancestors."""
        known_areas = list(Area.objects.all() if areas is None else areas)
        self._placements = placements(known_areas)
        # Deepest first, then by code: the first hit is the answer.
        drawn = sorted(
            (area for area in known_areas if area.boundary), key=lambda area: (-area.level, area.code)
        )
        self._keys = [area.pk for area in drawn]
        shapes = [shapely.from_wkb(bytes(area.boundary.wkb)) for area in drawn if area.boundary]
        self._shapes: NDArray[np.object_] = np.array(shapes, dtype=np.object_)
        self._tree = shapely.STRtree(self._shapes)
        self._edges = shapely.STRtree(shapely.boundary(self._shapes))

    def positions(self, longitudes: Any, latitudes: Any) -> NDArray[np.int64]:
        """For each WGS84 point, where its area stands in the resolver's own order (see `placement`); -1 for none."""
        points = shapely.points(np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float))
        nowhere = len(self._keys)
        answer = np.full(len(points), nowhere, dtype=np.int64)
        if nowhere and len(points):
            asked, found = self._tree.query(points, predicate="covered_by")
            close_asked, close_found = self._edges.query(points, predicate="dwithin", distance=ROUNDING)
            if len(close_asked):
                close = set(zip(close_asked.tolist(), close_found.tolist(), strict=True))
                sure = [pair not in close for pair in zip(asked.tolist(), found.tolist(), strict=True)]
                asked, found = asked[sure], found[sure]
                for point, shape in close:
                    if covers_as_postgis(self._shapes[shape], points[point].x, points[point].y):
                        answer[point] = min(answer[point], shape)
            np.minimum.at(answer, asked, found)
        answer[answer == nowhere] = -1
        return answer

    def resolve(self, longitudes: Any, latitudes: Any) -> list[AreaKeys]:
        """The placement of each WGS84 point, in order."""
        return [self.placement(position) for position in self.positions(longitudes, latitudes).tolist()]

    def placement(self, position: int) -> AreaKeys:
        """The placement at one of the answers of `positions`."""
        return NOWHERE if position < 0 else self._placements[self._keys[position]]


def covers_as_postgis(shape: shapely.MultiPolygon, x: float, y: float) -> bool:
    """Whether ST_Covers says that a multipolygon covers a point, with the arithmetic of PostGIS (point_in_ring)."""
    for polygon in shape.geoms:
        outside = _winding(polygon.exterior, x, y)
        if outside is None:
            return True
        if outside != 0:
            holes = [_winding(ring, x, y) for ring in polygon.interiors]
            if None in holes or not any(holes):
                return True
    return False


def _winding(ring: shapely.LinearRing, x: float, y: float) -> int | None:
    """How often a ring winds around a point; None when the point lies on the ring."""
    coordinates = shapely.get_coordinates(ring)
    x1, y1 = coordinates[:-1].T
    x2, y2 = coordinates[1:].T
    side = (x2 - x1) * (y - y1) - (x - x1) * (y2 - y1)
    within = (
        (np.minimum(x1, x2) <= x)
        & (x <= np.maximum(x1, x2))
        & (np.minimum(y1, y2) <= y)
        & (y <= np.maximum(y1, y2))
    )
    if np.any((side == 0) & within):
        return None
    rising = (y1 <= y) & (y < y2) & (side > 0)
    falling = (y2 <= y) & (y < y1) & (side < 0)
    return int(rising.sum()) - int(falling.sum())


def placements(areas: Sequence[Area]) -> dict[int, AreaKeys]:
    """Each area's own placement, by primary key: itself and its ancestors of the three levels."""
    by_key = {area.pk: area for area in areas}
    return {area.pk: _placement(area, by_key) for area in areas}


def _placement(area: Area, by_key: dict[int, Area]) -> AreaKeys:
    ancestors: dict[int, int] = {}
    current: Area | None = area
    while current is not None:
        ancestors[current.level] = current.pk
        current = by_key.get(current.parent_id) if current.parent_id else None
    return AreaKeys(
        area.pk, ancestors.get(Level.DISTRICT), ancestors.get(Level.STREET), ancestors.get(Level.COMMUNITY)
    )
