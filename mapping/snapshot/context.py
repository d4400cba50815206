"""What the register itself has to draw under the assets: outlines of district and streets, and roads; simplified.

Lies around the base map of `ground`, and stands in for it where none is served. Street boundaries may be approximate;
the page says so.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from django.db.models import Q

from mapping.snapshot.payload import packed_lines
from places.models import Area, BoundaryStatus, Level, Road

# Degrees; about 4 m. A street's outline from a survey has thousands of vertices, a snapshot needs the shape.
_TOLERANCE = 0.00004


def _geometries(rows: Iterable[Any], field: str) -> np.ndarray:
    return shapely.from_wkb([bytes(getattr(row, field).wkb) for row in rows])


def outlines(districts: Iterable[int]) -> list[dict[str, Any]]:
    """Districts, by primary key, and their streets, as far as they have a boundary.

    Each has `id`, `level`, `name`, `approximate`, `label` (a point inside, degrees) and `lines` (see packed_lines).
    """
    keys = list(districts)
    areas = list(
        Area.objects.filter(Q(pk__in=keys) | Q(parent__in=keys, level=Level.STREET), boundary__isnull=False)
        .only("pk", "level", "name", "aliases", "boundary", "boundary_status")
        .order_by("level", "code")
    )
    if not areas:
        return []
    boundaries = _geometries(areas, "boundary")
    streets = np.array([area.level == Level.STREET for area in areas])
    # Neighbouring streets are simplified together, so that they still meet.
    boundaries[streets] = shapely.coverage_simplify(boundaries[streets], _TOLERANCE)
    boundaries[~streets] = shapely.simplify(boundaries[~streets], _TOLERANCE)
    labels = shapely.get_coordinates(shapely.point_on_surface(boundaries))
    return [
        {
            "id": area.pk,
            "level": Level(area.level).code,
            "name": area.name,
            "approximate": area.boundary_status == BoundaryStatus.APPROXIMATE,
            "label": [round(float(degree), 5) for degree in label],
            "lines": packed_lines(boundary),
        }
        for area, boundary, label in zip(areas, boundaries, labels, strict=True)
    ]


def roads(districts: Iterable[int]) -> list[dict[str, Any]]:
    """The roads of some districts, by primary key: `name`, `approximate` and `lines` (see packed_lines)."""
    found = list(
        Road.objects.filter(district__in=list(districts), line__isnull=False).only(
            "name", "approximate", "line"
        )
    )
    if not found:
        return []
    drawn = shapely.simplify(_geometries(found, "line"), _TOLERANCE)
    return [
        {"name": road.name, "approximate": road.approximate, "lines": packed_lines(line)}
        for road, line in zip(found, drawn, strict=True)
    ]
