"""Which area a point falls in: in SQL for rows of a table, and with shapely for rows in memory.

Both give the deepest area whose boundary covers the point; the boundary's own line belongs to it. Where several of one
level cover it (on a common edge, or where official boundaries overlap), the lowest code wins. Both agree exactly,
because GEOS decides in both (ST_Covers and shapely's `covers`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray
from psycopg2 import sql

from places.models import Area, Level


@dataclass(frozen=True)
class Placement:
    """An area and its ancestors, as primary keys; None where there is none."""

    area: int | None = None
    district: int | None = None
    street: int | None = None
    community: int | None = None


NOWHERE = Placement()


class Resolver:
    """Answers for points in memory; holds the boundaries as they were when it was made."""

    def __init__(self, areas: Iterable[Area] | None = None) -> None:
        """`areas` default to every area; those without a boundary only count as ancestors."""
        known = list(Area.objects.all() if areas is None else areas)
        self._placements = placements(known)
        # Deepest first, then by code: the first hit is the answer.
        drawn = sorted((area for area in known if area.boundary), key=lambda area: (-area.level, area.code))
        self._keys = [area.pk for area in drawn]
        self._tree = shapely.STRtree([shapely.from_wkb(bytes(area.boundary.wkb)) for area in drawn])

    def positions(self, longitudes: Any, latitudes: Any) -> NDArray[np.int64]:
        """For each WGS84 point, its area's place in `keys`; -1 where no area covers it."""
        points = shapely.points(np.asarray(longitudes, dtype=float), np.asarray(latitudes, dtype=float))
        answer = np.full(len(points), len(self._keys), dtype=np.int64)
        if len(self._keys) and len(points):
            asked, found = self._tree.query(points, predicate="covered_by")
            np.minimum.at(answer, asked, found)
        answer[answer == len(self._keys)] = -1
        return answer

    def resolve(self, longitudes: Any, latitudes: Any) -> list[Placement]:
        """The placement of each WGS84 point, in order."""
        return [self.placement(position) for position in self.positions(longitudes, latitudes).tolist()]

    def placement(self, position: int) -> Placement:
        """The placement at one of the answers of `positions`."""
        return NOWHERE if position < 0 else self._placements[self._keys[position]]


def placements(areas: Sequence[Area]) -> dict[int, Placement]:
    """Each area's own placement, by primary key: itself and its ancestors of the three levels."""
    by_key = {area.pk: area for area in areas}
    return {area.pk: _placement(area, by_key) for area in areas}


def _placement(area: Area, by_key: dict[int, Area]) -> Placement:
    ancestors: dict[int, int] = {}
    current: Area | None = area
    while current is not None:
        ancestors[current.level] = current.pk
        current = by_key.get(current.parent_id) if current.parent_id else None
    return Placement(
        area.pk, ancestors.get(Level.DISTRICT), ancestors.get(Level.STREET), ancestors.get(Level.COMMUNITY)
    )
