"""Boundaries as shapes: approximate cells where none are known, and what is wrong with given ones.

Works with shapely geometries. Cells are computed in metres on a local plane (`Plane`), because a Voronoi cell in
degrees leans with the latitude.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

Coordinates = NDArray[np.float64]
METRES_PER_DEGREE = 111_195.0  # of latitude, on the mean sphere


@dataclass(frozen=True)
class Plane:
    """A flat map around one WGS84 point, good to about 0.1 % within a district; (east, north) in metres."""

    longitude: float
    latitude: float

    @property
    def _scale(self) -> Coordinates:
        return np.array([METRES_PER_DEGREE * np.cos(np.radians(self.latitude)), METRES_PER_DEGREE])

    def flat(self, degrees: Coordinates) -> Coordinates:
        """WGS84 longitude, latitude (…, 2) to metres."""
        return (np.asarray(degrees, dtype=float) - [self.longitude, self.latitude]) * self._scale

    def degrees(self, flat: Coordinates) -> Coordinates:
        """Metres (…, 2) to WGS84 longitude, latitude."""
        return np.asarray(flat, dtype=float) / self._scale + [self.longitude, self.latitude]


def multipolygon(shape: shapely.Geometry) -> MultiPolygon:
    """The polygons of a shape, as one multipolygon; lines and points in it are dropped."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return MultiPolygon([part for part in parts if isinstance(part, Polygon)])


def cells(seeds: Coordinates, outline: shapely.Geometry) -> list[MultiPolygon]:
    """Voronoi cells of distinct points (n, 2), clipped to an outline in the same plane, in the order of the points.

    Together they cover the outline, and they meet in common edges.
    """
    if len(seeds) == 1:
        return [multipolygon(outline)]
    diagram = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=outline, ordered=True)
    return [multipolygon(shapely.intersection(cell, outline)) for cell in diagram.geoms]


def even_seeds(
    outline: shapely.Geometry, count: int, rng: np.random.Generator, rounds: int = 3
) -> Coordinates:
    """Points (count, 2) spread over an outline, evened out by Lloyd's method so that their cells are alike."""
    seeds = random_points(outline, count, rng)
    for _round in range(rounds):
        centres = shapely.centroid(np.array(cells(seeds, outline)))
        seeds = shapely.get_coordinates(centres)
    return seeds


def random_points(outline: shapely.Geometry, count: int, rng: np.random.Generator) -> Coordinates:
    """Uniformly distributed points (count, 2) inside an outline."""
    west, south, east, north = outline.bounds
    shapely.prepare(outline)
    found = np.empty((0, 2))
    while len(found) < count:
        tried = rng.uniform((west, south), (east, north), (max(count * 3, 16), 2))
        found = np.vstack([found, tried[shapely.contains_xy(outline, tried[:, 0], tried[:, 1])]])
    return found[:count]
