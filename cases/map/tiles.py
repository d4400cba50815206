"""Tiles of the cases a filter leaves: counted cells when zoomed out, the cases themselves from the same zoom as assets.

The shape of a case says the group of its category, the colour its lamp. Cells add up to what the filter leaves.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import get_language

from accounts.models import User
from cases.filters import CaseFilter
from cases.lamps import LAMPS
from cases.layers import ALIAS, LAMP_SQL, RUNNING_CLOCK
from cases.map.shapes import OTHER, shapes_of_categories
from cases.models import Case
from mapping.tiles.grid import CELLS_A_TILE, EXTENT, SYMBOLS_FROM, UNIT_X, UNIT_Y, Tile, step_sql
from mapping.tiles.positions import margin, positions_sql

Statement = tuple[str, tuple[Any, ...]]


def case_tile(case_filter: CaseFilter, user: User, tile: Tile) -> bytes:
    """One tile as MVT; empty when nothing falls into it."""
    found = _keys(case_filter.cases(user))
    if found is None:
        return b""
    keys, params = found
    box = ", ".join(map(repr, tile.bounds(margin())))
    # The index finds what may fall into the tile; arithmetic decides what does.
    near = f"""
        SELECT {ALIAS}.id, {ALIAS}.category_id, {LAMP_SQL} AS lamp,
               ST_X({ALIAS}.point) AS lon, ST_Y({ALIAS}.point) AS lat
        FROM cases_case {ALIAS} {RUNNING_CLOCK}
        WHERE {ALIAS}.point && ST_MakeEnvelope({box}, 4326) AND {ALIAS}.id IN ({keys})
    """  # noqa: S608 -- numbers, constants, and the ORM's own SQL
    statement = _cells(near, tile) if tile.z < SYMBOLS_FROM else _symbols(near, tile)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return bytes(cursor.fetchone()[0])


def _keys(cases: QuerySet[Case]) -> Statement | None:
    try:
        return cases.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return None


def _cells(near: str, tile: Tile) -> str:
    """The statement that counts what falls into each cell, by lamp."""
    steps = CELLS_A_TILE << tile.z
    west, north = tile.x * CELLS_A_TILE, tile.y * CELLS_A_TILE
    tallies = ", ".join(f"count(*) FILTER (WHERE lamp = '{lamp}')::int AS \"{lamp}\"" for lamp in LAMPS)
    places = [
        f"floor(({axis} - {first} + 0.5) * {EXTENT} / {CELLS_A_TILE})"
        for axis, first in (("column_", west), ("row_", north))
    ]
    return f"""
        WITH chosen AS ({near}), placed AS ({positions_sql()}),
        stepped AS (
            SELECT {step_sql(UNIT_X, steps)} AS column_, {step_sql(UNIT_Y, steps)} AS row_, lamp FROM placed),
        cells AS (
            SELECT column_, row_, count(*)::int AS n, {tallies} FROM stepped
            WHERE column_ BETWEEN {west} AND {west + CELLS_A_TILE - 1}
              AND row_ BETWEEN {north} AND {north + CELLS_A_TILE - 1}
            GROUP BY column_, row_)
        SELECT ST_AsMVT(cell, 'case_cells', {EXTENT}, 'place') FROM (
            SELECT ST_MakePoint({", ".join(places)}) AS place, n, {", ".join(f'"{lamp}"' for lamp in LAMPS)}
            FROM cells ORDER BY n) cell
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
