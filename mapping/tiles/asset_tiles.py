"""Tiles of the assets a filter leaves: counted cells when zoomed out, the assets themselves from zoom 14 on.

The counts of a zoom's cells add up to what the filter leaves; nothing is thinned or capped.
"""

from datetime import date
from functools import lru_cache

from django.db import connection
from django.utils.translation import get_language

from accounts.permissions import AnyUser
from assets.fields import Kind, Output, fields_for, joins, sql_of
from assets.filters import AssetFilter
from assets.models import Condition
from mapping.tiles.grid import CELLS_A_TILE, EXTENT, SYMBOLS_FROM, UNIT_X, UNIT_Y, Tile, step_sql
from mapping.tiles.positions import margin, positions_sql


def asset_tile(asset_filter: AssetFilter, user: AnyUser, tile: Tile) -> bytes:
    """One tile as MVT; empty when nothing falls into it."""
    chosen_rows = asset_filter.statement(user)
    if chosen_rows is None:
        return b""
    sql, params = chosen_rows
    # The index finds what may fall into the tile; arithmetic decides what does.
    box = ", ".join(map(repr, tile.bounds(margin())))
    near = f"SELECT * FROM ({sql}) filtered WHERE place && ST_MakeEnvelope({box}, 4326)"  # noqa: S608 -- numbers
    if tile.z < SYMBOLS_FROM:
        statement = _cells(near, tile)
    else:
        statement = _symbols(near, tile, get_language() or "zh-hans", asset_filter.reference.today)
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return bytes(cursor.fetchone()[0])


def _cells(near: str, tile: Tile) -> str:
    """The statement that counts what falls into each cell."""
    steps = CELLS_A_TILE << tile.z
    west, north = tile.x * CELLS_A_TILE, tile.y * CELLS_A_TILE
    tallies = [
        f"count(*) FILTER (WHERE condition = {condition.value}) AS {condition.code}"
        for condition in Condition
    ]
    sums = [
        "sum(n)::int AS n",
        *(f"sum({condition.code})::int AS {condition.code}" for condition in Condition),
    ]
    places = [
        f"floor(({axis} - {first} + 0.5) * {EXTENT} / {CELLS_A_TILE})"
        for axis, first in (("column_", west), ("row_", north))
    ]
    return f"""
        WITH chosen AS ({near}),
        placed AS ({positions_sql()}),
        stepped AS (
            SELECT {step_sql(UNIT_X, steps)} AS column_, {step_sql(UNIT_Y, steps)} AS row_, type_id, condition
            FROM placed),
        by_type AS (
            SELECT column_, row_, type_id, count(*) AS n, {", ".join(tallies)} FROM stepped
            WHERE column_ BETWEEN {west} AND {west + CELLS_A_TILE - 1}
              AND row_ BETWEEN {north} AND {north + CELLS_A_TILE - 1}
            GROUP BY column_, row_, type_id),
        cells AS (
            SELECT column_, row_, {", ".join(sums)}, (array_agg(type_id ORDER BY n DESC, type_id))[1] AS type_id
            FROM by_type GROUP BY column_, row_)
        SELECT ST_AsMVT(cell, 'cells', {EXTENT}, 'place') FROM (
            SELECT ST_MakePoint({", ".join(places)}) AS place, n,
                   {", ".join(condition.code for condition in Condition)},
                   kind.code AS type, kind.symbol
            FROM cells JOIN assets_assettype kind ON kind.id = cells.type_id ORDER BY n) cell
    """  # noqa: S608 -- constants and numbers


def _symbols(near: str, tile: Tile, language: str, today: date) -> str:
    """The statement that gives each asset with the fields of a tile."""
    steps = EXTENT << tile.z
    columns, tables = _columns(language, today)
    west, north = tile.x * EXTENT, tile.y * EXTENT
    return f"""
        WITH chosen AS ({near}),
        placed AS ({positions_sql()}),
        stepped AS (
            SELECT id, {step_sql(UNIT_X, steps)} - {west} AS px, {step_sql(UNIT_Y, steps)} - {north} AS py
            FROM placed)
        SELECT ST_AsMVT(shown, 'assets', {EXTENT}, 'place', 'id') FROM (
            SELECT asset.id, ST_MakePoint(px, py) AS place, {columns}
            FROM stepped JOIN assets_asset asset ON asset.id = stepped.id {tables}
            WHERE px BETWEEN 0 AND {EXTENT - 1} AND py BETWEEN 0 AND {EXTENT - 1}
            ORDER BY asset.id) shown
    """  # noqa: S608 -- constants and numbers


@lru_cache(maxsize=8)
def _columns(language: str, today: date) -> tuple[str, str]:
    """The select list of a tile's fields, truth as a number, and the joins it needs."""
    fields = fields_for(Output.TILE)
    listed = []
    for field in fields:
        sql = sql_of(field, language=language, today=today)
        listed.append(f'({sql}){"::int" if field.kind is Kind.BOOLEAN else ""} AS "{field.name}"')
    return ", ".join(listed), joins(fields)
