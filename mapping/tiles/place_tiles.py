"""Tiles of where things are: areas with their labels, roads, sites.

Over a GCJ-02 base map the shapes are shifted in Python, once a generation, and handed to the database with the query.
"""

from threading import Lock
from typing import Any

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray

from accounts.permissions import Scope
from assets.dictionaries import Generation
from mapping.tiles.grid import EXTENT, Tile
from mapping.tiles.positions import is_shifted
from places.coordinates import GCJ02, from_wgs84

# Communities are drawn and named when they are large enough to be told apart.
COMMUNITIES_FROM = 12
GRID_CELLS_FROM = 15
ROADS_FROM = 10
SITES_FROM = 13
BUFFER = 64
# Two areas share an edge when it is the same to this many metres; it is then one line, which can be dashed.
SHARED_EDGE = 0.1

# What each layer is drawn from: rows of (kind, key, geometry in WGS84).
_SHAPES = """
    SELECT 'area' AS sort, id, boundary AS shape FROM places_area WHERE boundary IS NOT NULL
    UNION ALL
    SELECT 'road', id, line FROM places_road WHERE line IS NOT NULL
    UNION ALL
    SELECT 'site', id, point FROM places_site
"""
_FROM_TABLES = f"SELECT * FROM ({_SHAPES}) drawn WHERE shape && ST_Transform(%(reach)s::geometry, 4326)"  # noqa: S608
_FROM_PARAMETERS = """
    SELECT sort, id, ST_SetSRID(ST_GeomFromWKB(wkb), 4326) AS shape
    FROM unnest(%(sorts)s::text[], %(ids)s::bigint[], %(wkbs)s::bytea[]) given (sort, id, wkb)
"""

_STATEMENT = """
    WITH shapes AS ({shapes}),
    tile AS (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box),
    placed AS (
        SELECT sort, id, shape, ST_Transform(shape, 3857) AS mercator FROM shapes),
    areas AS (
        SELECT area.id, area.code, area.name, area.level AS depth, area.boundary_status = 'approximate' AS approximate,
               (ARRAY['district', 'street', 'community', 'grid'])[area.level] AS level, mercator
        FROM placed JOIN places_area area ON area.id = placed.id
        WHERE sort = 'area' AND area.level <= %(deepest)s
          AND (%(everywhere)s OR left(area.code, 6) = ANY(%(districts)s)))
    SELECT
        (SELECT ST_AsMVT(layer, 'areas', {extent}, 'place') FROM (
            SELECT code, name, level, approximate,
                   ST_AsMVTGeom(mercator, box, {extent}, {buffer}, true) AS place
            FROM areas, tile ORDER BY depth, code) layer WHERE place IS NOT NULL)
        ||
        (SELECT ST_AsMVT(layer, 'boundaries', {extent}, 'place') FROM (
            SELECT level, approximate, ST_AsMVTGeom(edges, box, {extent}, {buffer}, true) AS place
            FROM (SELECT level, depth, approximate,
                         ST_LineMerge(ST_UnaryUnion(ST_Collect(ST_Boundary(mercator)), {snap})) AS edges
                  FROM areas GROUP BY level, depth, approximate) drawn, tile
            ORDER BY depth DESC, approximate) layer WHERE place IS NOT NULL)
        ||
        (SELECT ST_AsMVT(layer, 'area_labels', {extent}, 'place') FROM (
            SELECT code, name, level, ST_AsMVTGeom(spot, box, {extent}, 0, false) AS place
            FROM (SELECT *, ST_PointOnSurface(mercator) AS spot FROM areas) labelled, tile
            WHERE ST_X(spot) >= ST_XMin(box) AND ST_X(spot) < ST_XMax(box)
              AND ST_Y(spot) > ST_YMin(box) AND ST_Y(spot) <= ST_YMax(box)
            ORDER BY depth, code) layer)
        ||
        (SELECT ST_AsMVT(layer, 'roads', {extent}, 'place') FROM (
            SELECT road.id, road.name, ST_AsMVTGeom(mercator, box, {extent}, {buffer}, true) AS place
            FROM placed JOIN places_road road ON road.id = placed.id, tile
            WHERE sort = 'road' AND %(z)s >= {roads_from} ORDER BY road.id) layer WHERE place IS NOT NULL)
        ||
        (SELECT ST_AsMVT(layer, 'sites', {extent}, 'place') FROM (
            SELECT site.code, site.name, kind.code AS kind, kind.symbol,
                   ST_AsMVTGeom(mercator, box, {extent}, 0, false) AS place
            FROM placed JOIN places_site site ON site.id = placed.id
                 JOIN places_sitekind kind ON kind.id = site.kind_id, tile
            WHERE sort = 'site' AND %(z)s >= {sites_from}
              AND ST_X(mercator) >= ST_XMin(box) AND ST_X(mercator) < ST_XMax(box)
              AND ST_Y(mercator) > ST_YMin(box) AND ST_Y(mercator) <= ST_YMax(box)
            ORDER BY site.code) layer)
"""


def place_tile(scope: Scope, generation: Generation, tile: Tile) -> bytes:
    """One tile as MVT: areas, boundaries, area_labels, roads and sites; empty when nothing falls into it."""
    parameters: dict[str, Any] = {
        "z": tile.z,
        "x": tile.x,
        "y": tile.y,
        "everywhere": scope.is_everywhere,
        "districts": sorted({prefix[:6] for prefix in scope.prefixes}),
        "deepest": 2 if tile.z < COMMUNITIES_FROM else 3 if tile.z < GRID_CELLS_FROM else 4,
    }
    if is_shifted():
        shapes = _FROM_PARAMETERS
        parameters |= _shifted_shapes(generation).around(tile)
    else:
        shapes = _FROM_TABLES
        parameters["reach"] = _reach(tile)
    statement = _STATEMENT.format(
        shapes=shapes,
        extent=EXTENT,
        buffer=BUFFER,
        snap=SHARED_EDGE,
        roads_from=ROADS_FROM,
        sites_from=SITES_FROM,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return bytes(cursor.fetchone()[0] or b"")


def _reach(tile: Tile) -> str:
    """The tile with its buffer, as EWKT."""
    west, south, east, north = tile.bounds((360.0 / (1 << tile.z)) * BUFFER / EXTENT)
    return f"SRID=4326;POLYGON(({west} {south},{east} {south},{east} {north},{west} {north},{west} {south}))"


class _ShiftedShapes:
    """Every shape at its place over a GCJ-02 map."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT sort, id, ST_AsBinary(shape) FROM ({_SHAPES}) drawn")  # noqa: S608 -- constant
            rows = cursor.fetchall()
        self._sorts = [row[0] for row in rows]
        self._ids = [row[1] for row in rows]
        shapes = shapely.from_wkb([bytes(row[2]) for row in rows])
        moved = shapely.transform(shapes, _shift)
        self._wkbs = shapely.to_wkb(moved)
        self._tree = shapely.STRtree(moved)

    def around(self, tile: Tile) -> dict[str, list]:
        """Parameters of `_FROM_PARAMETERS`: what may fall into a tile."""
        found = self._tree.query(shapely.box(*tile.bounds((360.0 / (1 << tile.z)) * BUFFER / EXTENT)))
        return {
            "sorts": [self._sorts[at] for at in found],
            "ids": [self._ids[at] for at in found],
            "wkbs": [self._wkbs[at] for at in found],
        }


def _shift(flat: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack(from_wgs84(flat[:, 0], flat[:, 1], GCJ02))


_lock = Lock()
_held: tuple[str, _ShiftedShapes] | None = None


def _shifted_shapes(generation: Generation) -> _ShiftedShapes:
    global _held
    held = _held
    if held is None or held[0] != generation.lists_key:
        with _lock:
            held = _held = (generation.lists_key, _ShiftedShapes())
    return held[1]
