"""Tiles and cells of the web-mercator square (XYZ scheme, y downwards).

Every position belongs to exactly one tile and one cell of each zoom: both are half-open to the east and to the south,
and a tile is a whole number of cells, so counts of cells add up at every zoom, whatever lies on a border.
"""

from dataclasses import dataclass
from math import atan, degrees, pi, sinh

from django.utils.translation import gettext as _

from assets.filter_parameters import FilterError

# Latitude at which the web-mercator square ends, in degrees.
EDGE_LATITUDE = 85.0511287798066
CELLS_A_TILE = 12
EXTENT = 4096
SYMBOLS_FROM = 14
# MapLibre stretches tiles of the deepest zoom further.
DEEPEST_SOURCE_ZOOM = 16
DEEPEST_ZOOM = 22


@dataclass(frozen=True)
class Tile:
    """One tile; use `exists` before anything else."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether the scheme has such a tile."""
        return 0 <= self.z <= DEEPEST_ZOOM and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z

    def bounds(self, margin: float = 0.0) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees, widened by `margin` degrees on each side."""
        side = 1 << self.z
        west, east = (360.0 * edge / side - 180.0 for edge in (self.x, self.x + 1))
        north, south = (degrees(atan(sinh(pi * (1 - 2 * edge / side)))) for edge in (self.y, self.y + 1))
        return (
            max(west - margin, -180.0),
            max(south - margin, -90.0),
            min(east + margin, 180.0),
            min(north + margin, 90.0),
        )


def existing_tile(z: int, x: int, y: int) -> Tile:
    """The tile that an address names.

    Raises:
        FilterError: the scheme has no such tile.
    """
    tile = Tile(z, x, y)
    if not tile.exists:
        name = "z" if not 0 <= z <= DEEPEST_ZOOM else "x" if x >= 1 << z else "y"
        raise FilterError(name, _("There is no such tile."))
    return tile


# Position in the square, 0…1 from west and from north; `map_lon`, `map_lat` are columns in degrees.
UNIT_X = "((map_lon + 180.0) / 360.0)"
UNIT_Y = (
    f"(0.5 - ln(tan(pi() / 4 + radians(least(greatest(map_lat, -{EDGE_LATITUDE}), {EDGE_LATITUDE})) / 2))"
    " / (2 * pi()))"
)


def step_sql(unit: str, steps: int) -> str:
    """Number of the half-open step a position falls in, of `steps` across the square."""
    return f"least(greatest(floor({unit} * {steps}), 0), {steps - 1})::bigint"
