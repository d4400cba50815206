"""Distances on the ground between two points."""

from math import asin, cos, radians, sin, sqrt

from django.contrib.gis.geos import Point

MEAN_EARTH_RADIUS_M = 6_371_008.8  # IUGG mean radius


# Positions are better than this; from farther away somebody recorded from memory, or the wrong thing.
FAR_METRES = 200


def is_far(metres: float, accuracy: float | None) -> bool:
    """Whether a record made at a distance, by a position known to `accuracy` metres, was not made on the spot."""
    return metres - (accuracy or 0) > FAR_METRES


def metres_between(point: Point, other: Point) -> float:
    """Great-circle distance in metres of two WGS84 points (haversine on the mean sphere, within 0.6 %)."""
    latitude, other_latitude = radians(point.y), radians(other.y)
    half = (
        sin((other_latitude - latitude) / 2) ** 2
        + cos(latitude) * cos(other_latitude) * sin(radians(other.x - point.x) / 2) ** 2
    )
    return 2 * MEAN_EARTH_RADIUS_M * asin(sqrt(min(1.0, half)))
