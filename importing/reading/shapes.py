"""Shapes of a file as an import can use them: one place a row, whatever the format made of it.

A shape that cannot be read, or that means several places, is left out of its row with a remark; the other rows stand.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from places.tables.columns import Remark

Shapes = NDArray[np.object_]

UNREADABLE, SEVERAL, BESIDE = "geometry_unreadable", "several_places", "shape_parts"


def settled(
    shapes: Shapes, rows: NDArray[np.int64], unreadable: Collection[int] = ()
) -> tuple[Shapes, list[Remark]]:
    """The shapes in two dimensions with None for those that are empty or cannot be used, and what is to be said.

    `unreadable` are the places of those that the reader could not read. A multipoint or a collection of one place is
    that point; one of several is refused, since an asset stands at one. A point among lines and polygons is the place.
    """
    shapes = shapely.force_2d(shapes)
    shapes[shapely.is_empty(shapes)] = None
    remarks = {place: Remark(UNREADABLE, int(rows[place])) for place in unreadable}
    coordinates, places = shapely.get_coordinates(shapes, return_index=True)
    for place in np.unique(places[~np.isfinite(coordinates).all(axis=1)]).tolist():
        remarks[place] = Remark(UNREADABLE, int(rows[place]), value=shapes[place].wkt[:80])
        shapes[place] = None
    for place in np.flatnonzero(np.isin(shapely.get_type_id(shapes), (4, 7))).tolist():
        shape, code, points = _standing_for(shapes[place])
        if code:
            remarks[place] = Remark(code, int(rows[place]), params={"places": points})
        shapes[place] = shape
    return shapes, [remarks[place] for place in sorted(remarks)]


def _standing_for(shape: Any) -> tuple[Any, str, int]:
    """What stands for a multipoint or a collection, the code of what is to be said, and how many points it has."""
    parts = _parts(shape)
    points = list({(part.x, part.y): part for part in parts if part.geom_type == "Point"}.values())
    others = len(parts) - sum(part.geom_type == "Point" for part in parts)
    if len(points) > 1:
        return None, SEVERAL, len(points)
    if points:
        return points[0], BESIDE if others else "", 1
    if others == 1:
        return parts[0], "", 0
    return None, SEVERAL, others


def _parts(shape: Any) -> Sequence[Any]:
    """The simple shapes in a multipoint or collection, whatever is nested in it, however deeply."""
    parts, left = [], [shape]
    while left:
        part = left.pop()
        if part.geom_type in ("MultiPoint", "GeometryCollection"):
            left += reversed(part.geoms)
        elif not part.is_empty:
            parts.append(part)
    return parts
