"""Where an asset stands on the map: its WGS84 position, shifted where the base map is a GCJ-02 one (docs/design.md).

The shift is the one of `places.coordinates`, written in SQL so that tiles stay one statement; the tests compare both.
"""

from django.conf import settings

# More than GCJ-02 moves anything, in degrees.
LARGEST_SHIFT = 0.02

_PLAIN = "SELECT chosen.*, lon AS map_lon, lat AS map_lat FROM chosen"
_SHIFTED = """
    SELECT chosen.*,
           CASE WHEN inside THEN lon + degrees(east / (6378245.0 / sqrt(magic) * cos(radians(lat))))
                ELSE lon END AS map_lon,
           CASE WHEN inside
                THEN lat + degrees(north / (6378245.0 * (1.0 - 0.00669342162296594323) / (magic * sqrt(magic))))
                ELSE lat END AS map_lat
    FROM chosen,
    LATERAL (SELECT lon - 105.0 AS x, lat - 35.0 AS y,
                    lon BETWEEN 72.004 AND 137.8347 AND lat BETWEEN 0.8293 AND 55.8271 AS inside,
                    1.0 - 0.00669342162296594323 * sin(radians(lat)) ^ 2 AS magic) p,
    LATERAL (SELECT (20.0 * sin(6.0 * x * pi()) + 20.0 * sin(2.0 * x * pi())) * 2.0 / 3.0 AS ripple,
                    sqrt(abs(x)) AS root) q,
    LATERAL (SELECT -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
                    + (20.0 * sin(y * pi()) + 40.0 * sin(y / 3.0 * pi())) * 2.0 / 3.0
                    + (160.0 * sin(y / 12.0 * pi()) + 320.0 * sin(y * pi() / 30.0)) * 2.0 / 3.0 AS north,
                    300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
                    + (20.0 * sin(x * pi()) + 40.0 * sin(x / 3.0 * pi())) * 2.0 / 3.0
                    + (150.0 * sin(x / 12.0 * pi()) + 300.0 * sin(x / 30.0 * pi())) * 2.0 / 3.0 AS east) r
"""


def is_shifted() -> bool:
    """Whether the base map is a GCJ-02 one."""
    return settings.BASEMAP_CRS == "gcj02"


def positions_sql() -> str:
    """SQL that adds map_lon, map_lat to a relation `chosen` that has lon, lat in WGS84 degrees."""
    return _SHIFTED if is_shifted() else _PLAIN


def margin() -> float:
    """How far beyond a tile's edge to look for positions that fall into it, in degrees."""
    # A bounding-box index keeps single precision, about a metre; a hair more is enough where nothing is shifted.
    return LARGEST_SHIFT if is_shifted() else 1e-4
