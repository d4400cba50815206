"""Tiles of the cases a filter leaves: counted cells when zoomed out, the cases themselves from the same zoom as assets.

The shape of a case says the group of its category, the colour its lamp. Cells add up to what the filter leaves.
"""

from typing import Any

from django.contrib.gis.geos import Polygon
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, FloatField, Func
from django.utils.translation import get_language

from accounts.models import User
from cases.filters import CaseFilter
from cases.lamps import LAMPS, shown_lamp
from cases.layers import ALIAS
from cases.map.shapes import OTHER, shapes_of_categories
from mapping.tiles.grid import CELLS_A_TILE, EXTENT, SYMBOLS_FROM, UNIT_X, UNIT_Y, Tile, step_sql
from mapping.tiles.positions import margin, positions_sql

Statement = tuple[str, tuple[Any, ...]]


def case_tile(case_filter: CaseFilter, user: User, tile: Tile) -> bytes:
    """One tile as MVT; empty when nothing falls into it."""
    found = _near(case_filter, user, tile)
    if found is None:
        return b""
    near, params = found
    statement = _cells(near, tile) if tile.z < SYMBOLS_FROM else _symbols(near, tile)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return bytes(cursor.fetchone()[0])


def _near(case_filter: CaseFilter, user: User, tile: Tile) -> Statement | None:
    """What the filter leaves around a tile, with lamp and position: cases and clocks are read once, by the filter.

    The index finds what may fall into the tile; arithmetic decides what does.
    """
    box = Polygon.from_bbox(tile.bounds(margin()))
    box.srid = 4326
    cases = (
        case_filter.cases(user)
        .filter(point__bboverlaps=box)
        .annotate(lamp=shown_lamp(case_filter.reference.now), lon=_degrees("X"), lat=_degrees("Y"))
    )
    try:
        return cases.order_by().values("id", "lamp", "lon", "lat").query.sql_with_params()
    except EmptyResultSet:
        return None


def _degrees(axis: str) -> Func:
    return Func(F("point"), function=f"ST_{axis}", output_field=FloatField())


def _cells(near: str, tile: Tile) -> str:
    """The statement that counts what falls into each cell, by lamp.

    All that is near the tile is counted before its edges apply, which is what MATERIALIZED is for. Otherwise the edges
    become conditions of each case, on expressions that the planner has no statistics of: it expects one row where there
    are twenty thousand, sorts them instead of hashing, and takes their logarithms as often as the edges name them.
    """
    steps = CELLS_A_TILE << tile.z
    west, north = tile.x * CELLS_A_TILE, tile.y * CELLS_A_TILE
    sums = ", ".join(
        f"coalesce(sum(n) FILTER (WHERE lamp = '{lamp}'), 0)::int AS \"{lamp}\"" for lamp in LAMPS
    )
    places = [
        f"floor(({axis} - {first} + 0.5) * {EXTENT} / {CELLS_A_TILE})"
        for axis, first in (("column_", west), ("row_", north))
    ]
    return f"""
        WITH chosen AS ({near}), placed AS ({positions_sql()}),
        stepped AS (
            SELECT {step_sql(UNIT_X, steps)} AS column_, {step_sql(UNIT_Y, steps)} AS row_, lamp FROM placed),
        by_lamp AS MATERIALIZED (
            SELECT column_, row_, lamp, count(*) AS n FROM stepped GROUP BY column_, row_, lamp),
        cells AS (
            SELECT column_, row_, sum(n)::int AS n, {sums} FROM by_lamp
            WHERE column_ BETWEEN {west} AND {west + CELLS_A_TILE - 1}
              AND row_ BETWEEN {north} AND {north + CELLS_A_TILE - 1}
            GROUP BY column_, row_)
        SELECT ST_AsMVT(cell, 'case_cells', {EXTENT}, 'place') FROM (
            SELECT ST_MakePoint({", ".join(places)}) AS place, n, {", ".join(f'"{lamp}"' for lamp in LAMPS)}
            FROM cells ORDER BY n, column_, row_) cell
    """  # noqa: S608 -- constants and numbers


def _symbols(near: str, tile: Tile) -> str:
    """The statement that gives each case with what the map tells of it, the worst on top."""
    steps = EXTENT << tile.z
    west, north = tile.x * EXTENT, tile.y * EXTENT
    name = "name_en" if (get_language() or "zh").startswith("en") else "name_zh"
    shapes = " ".join(f"WHEN {key} THEN '{shape}'" for key, shape in shapes_of_categories().items())
    shape = f"CASE category.id {shapes} ELSE '{OTHER}' END" if shapes else f"'{OTHER}'"
    return f"""
        WITH chosen AS ({near}), placed AS ({positions_sql()}),
        stepped AS (
            SELECT id, lamp, {step_sql(UNIT_X, steps)} - {west} AS px, {step_sql(UNIT_Y, steps)} - {north} AS py
            FROM placed)
        SELECT ST_AsMVT(shown, 'cases', {EXTENT}, 'place', 'id') FROM (
            SELECT {ALIAS}.id, ST_MakePoint(px, py) AS place, {ALIAS}.code, stepped.lamp, {ALIAS}.state,
                   {ALIAS}.urgent::int AS urgent, category.code AS category, category.{name} AS name,
                   {shape} AS shape
            FROM stepped JOIN cases_case {ALIAS} ON {ALIAS}.id = stepped.id
            JOIN cases_casecategory category ON category.id = {ALIAS}.category_id
            WHERE px BETWEEN 0 AND {EXTENT - 1} AND py BETWEEN 0 AND {EXTENT - 1}
            ORDER BY array_position('{{none,held,green,amber,red}}', stepped.lamp), {ALIAS}.id) shown
    """  # noqa: S608 -- constants and numbers
