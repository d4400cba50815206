"""The coordinate systems that features are given in (OGC API – Features, Part 2), and the order of their axes.

Stored are WGS84 longitude and latitude. An answer has the axes in the order that the system's authority prescribes:
latitude before longitude for EPSG:4326 and 4490, northing before easting for the Gauss-Krüger systems of CGCS2000.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from assets.filter_parameters import FilterError
from places.coordinates import CGCS2000, CGCS2000_GK_117E, CGCS2000_GK_ZONE_39, CRS, WGS84, to_wgs84


@dataclass(frozen=True)
class Offered:
    """One system. `second_first` where its authority puts latitude or northing first; `decimals` of its unit."""

    uri: str
    srid: int
    crs: CRS
    second_first: bool
    decimals: int

    def sql(self, geometry: str) -> str:
        """SQL of a geometry, given as SQL in EPSG:4326, as GeoJSON text in this system and its order of axes."""
        # The two geographic systems differ by less than a surveyed position is good for (docs/design.md).
        placed = geometry if self.crs.degrees else f"ST_Transform({geometry}, {self.srid})"
        if self.second_first:
            placed = f"ST_FlipCoordinates({placed})"
        # 0: no `crs` member, no bounding box; the answer's header says which system it is.
        return f"ST_AsGeoJSON({placed}, {self.decimals}, 0)"

    def to_stored(self, shape: shapely.Geometry, parameter: str) -> shapely.Geometry:
        """A geometry of this system, axes in its order, as WGS84 longitude and latitude.

        Raises:
            FilterError: naming the parameter: coordinates that are none of this system.
        """

        def convert(flat: NDArray[np.float64]) -> NDArray[np.float64]:
            x, y = (flat[:, 1], flat[:, 0]) if self.second_first else (flat[:, 0], flat[:, 1])
            return np.column_stack(to_wgs84(x, y, self.crs))

        refusal = FilterError(parameter, _("These are no coordinates of %(crs)s.") % {"crs": self.uri})
        # PROJ would wind what lies beyond the Earth round it.
        if not self.crs.degrees and np.abs(shapely.get_coordinates(shape)).max(initial=0) > _BEYOND_THE_EARTH:
            raise refusal
        moved = shapely.transform(shape, convert)
        coordinates = shapely.get_coordinates(moved)
        if not len(coordinates) or not np.isfinite(coordinates).all():
            raise refusal
        if (np.abs(coordinates) > (180, 90)).any():
            raise refusal
        return moved


def _epsg(code: int, crs: CRS, *, second_first: bool) -> Offered:
    # A centimetre, as in exports; a millimetre where the unit is the metre.
    decimals = 7 if crs.degrees else 3
    return Offered(f"http://www.opengis.net/def/crs/EPSG/0/{code}", code, crs, second_first, decimals)


CRS84 = Offered("http://www.opengis.net/def/crs/OGC/1.3/CRS84", 4326, WGS84, False, 7)
OFFERED: dict[str, Offered] = {
    offered.uri: offered
    for offered in (
        CRS84,
        _epsg(4326, WGS84, second_first=True),
        _epsg(4490, CGCS2000, second_first=True),
        _epsg(4548, CGCS2000_GK_117E, second_first=True),
        _epsg(4527, CGCS2000_GK_ZONE_39, second_first=True),
        _epsg(3857, CRS("EPSG:3857", degrees=False), second_first=False),
    )
}
_BEYOND_THE_EARTH = 1e8  # metres
# A curved edge is followed by so many straight pieces.
_PIECES = 32


def crs_named(uri: str | None, parameter: str) -> Offered:
    """The system of a URI, CRS84 when none is named; a URI in brackets, as in CURIEs, is taken too.

    Raises:
        FilterError: it is not offered.
    """
    if uri is None:
        return CRS84
    plain = uri.strip("[]").replace("https://", "http://", 1)
    if plain not in OFFERED:
        raise FilterError(parameter, _("Not offered here: %(value)s.") % {"value": uri[:120]})
    return OFFERED[plain]


def box_of(text: str, offered: Offered, parameter: str = "bbox") -> shapely.Geometry:
    """A rectangle as the standard writes it (four numbers, or six with heights), as a WGS84 geometry.

    In degrees the first longitude may be larger than the second: the rectangle then crosses the 180th meridian.

    Raises:
        FilterError: naming the parameter.
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    return rectangle(numbers, offered, parameter)


def rectangle(numbers: Sequence[float], offered: Offered, parameter: str) -> shapely.Geometry:
    """`box_of` for numbers that are read already."""
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4 or not all(isfinite(number) for number in numbers):
        raise FilterError(
            parameter, _("Give four numbers: two of the lower left corner, two of the upper right.")
        )
    first_low, second_low, first_high, second_high = numbers
    east_at = 1 if offered.second_first else 0
    crosses = offered.crs.degrees and numbers[east_at] > numbers[east_at + 2]
    low_high = [(first_low, first_high), (second_low, second_high)]
    for axis, (low, high) in enumerate(low_high):
        if low > high and not (crosses and axis == east_at):
            raise FilterError(
                parameter, _("The lower left corner lies above or right of the upper right one.")
            )
    if not crosses:
        shape = shapely.box(first_low, second_low, first_high, second_high)
        if not offered.crs.degrees:
            longest = max(first_high - first_low, second_high - second_low)
            shape = shapely.segmentize(shape, longest / _PIECES) if longest else shape
        return offered.to_stored(shape, parameter)
    halves = []
    for edge in (180.0, -180.0):
        corners = list(numbers)
        corners[east_at + 2 if edge > 0 else east_at] = edge
        halves.append(shapely.box(*corners))
    return offered.to_stored(shapely.multipolygons(halves), parameter)
