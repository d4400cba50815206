"""The outline that a ledger's rows must lie in: the known districts, one of them, or a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from django.utils.translation import gettext as _

from importing.apart import read_apart
from places.coordinates import to_wgs84
from places.models import Area, Level


class OutlineError(ValueError):
    """There is no outline by that name; `str()` says so in the active language."""


def known_districts() -> shapely.Geometry | None:
    """The boundaries of all districts in the database, as one WGS84 shape; None when none is known."""
    return _together(Area.objects.filter(level=Level.DISTRICT, boundary__isnull=False))


def read_outline(text: str) -> shapely.Geometry:
    """The outline that a person names: six digits of a district, or a file of polygons (any readable format).

    Raises:
        OutlineError: no such district or no boundary; no polygons in the file, or no coordinate system.
        LedgerError: the file cannot be read.
    """
    if text.isdigit():
        return outline_of(text)
    table = read_apart(Path(text))
    polygons = [] if table.geometry is None else [shape for shape in table.geometry if shape is not None]
    polygons = [shape for shape in polygons if shapely.get_dimensions(shape) == 2]
    if not polygons:
        raise OutlineError(_("There are no polygons in %(file)s.") % {"file": text})
    crs = table.crs
    if crs is None:
        raise OutlineError(_("%(file)s does not say its coordinate system.") % {"file": text})

    def convert(points: np.ndarray) -> np.ndarray:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], crs))

    return shapely.union_all(shapely.transform(np.array(polygons, dtype=object), convert))


def outline_of(code: str) -> shapely.Geometry:
    """The boundary of an area.

    Raises:
        OutlineError: none is known.
    """
    shape = _together(Area.objects.filter(code=code, boundary__isnull=False))
    if shape is None:
        raise OutlineError(_("No boundary is known of an area %(code)s.") % {"code": code})
    return shape


def _together(areas: object) -> shapely.Geometry | None:
    shapes = [shapely.from_wkb(bytes(area.boundary.wkb)) for area in areas]  # type: ignore[attr-defined]
    return shapely.union_all(shapes) if shapes else None
