"""Tiles of the assets a filter leaves: counted cells when zoomed out, the assets themselves from zoom 14 on.

The counts of a zoom's cells add up to what the filter leaves; nothing is thinned or capped.
"""

from django.contrib.gis.db.models.functions import GeoFunc
from django.contrib.gis.geos import Polygon
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, FloatField, QuerySet
from django.utils.translation import get_language

from accounts.permissions import AnyUser
from assets.fields import Kind, Output, fields_for, joins, sql_of
from assets.filters import AssetFilter
from assets.models import Asset, Condition
from mapping.tiles.grid import CELLS_A_TILE, EXTENT, SYMBOLS_FROM, UNIT_X, UNIT_Y, Tile, step_sql
from mapping.tiles.positions import margin, positions_sql


class _Ordinate(GeoFunc):
    geom_param_pos = (0,)
    output_field = FloatField()


class Longitude(_Ordinate):
    """ST_X of a point, in degrees."""

    function = "ST_X"


class Latitude(_Ordinate):
    """ST_Y of a point, in degrees."""

    function = "ST_Y"


def asset_tile(chosen: AssetFilter, user: AnyUser, tile: Tile) -> bytes:
    """One tile as MVT; empty when nothing falls into it."""
    make = _cells if tile.z < SYMBOLS_FROM else _symbols
    # The index finds what may fall into the tile; arithmetic decides what does.
    box = Polygon.from_bbox(tile.bounds(margin()))
    box.srid = 4326
    return make(chosen.assets(user).filter(point__bboverlaps=box), chosen, tile)


def _cells(assets: QuerySet[Asset], chosen: AssetFilter, tile: Tile) -> bytes:
    steps = CELLS_A_TILE << tile.z
    west, north = tile.x * CELLS_A_TILE, tile.y * CELLS_A_TILE
    tallies = [f"count(*) FILTER (WHERE condition = {each.value}) AS {each.code}" for each in Condition]
    sums = ["sum(n)::int AS n", *(f"sum({each.code})::int AS {each.code}" for each in Condition)]
    places = [
        f"floor(({axis} - {first} + 0.5) * {EXTENT} / {CELLS_A_TILE})"
        for axis, first in (("column_", west), ("row_", north))
    ]
    statement = f"""
        WITH chosen AS ({{chosen}}),
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
            SELECT ST_MakePoint({", ".join(places)}) AS place, n, {", ".join(each.code for each in Condition)},
                   kind.code AS type, kind.symbol
            FROM cells JOIN assets_assettype kind ON kind.id = cells.type_id ORDER BY n) cell
    """  # noqa: S608 -- constants and numbers
    return _run(statement, assets, "type_id", "condition")


def _symbols(assets: QuerySet[Asset], chosen: AssetFilter, tile: Tile) -> bytes:
    steps = EXTENT << tile.z
    fields = fields_for(Output.TILE)
    language = get_language() or "zh-hans"
    columns = []
    for field in fields:
        sql = sql_of(field, language=language, today=chosen.known.today)
        columns.append(f'({sql}){"::int" if field.kind is Kind.BOOLEAN else ""} AS "{field.name}"')
    west, north = tile.x * EXTENT, tile.y * EXTENT
    statement = f"""
        WITH chosen AS ({{chosen}}),
        placed AS ({positions_sql()}),
        stepped AS (
            SELECT id, {step_sql(UNIT_X, steps)} - {west} AS px, {step_sql(UNIT_Y, steps)} - {north} AS py
            FROM placed)
        SELECT ST_AsMVT(shown, 'assets', {EXTENT}, 'place', 'id') FROM (
            SELECT asset.id, ST_MakePoint(px, py) AS place, {", ".join(columns)}
            FROM stepped JOIN assets_asset asset ON asset.id = stepped.id {joins(fields)}
            WHERE px BETWEEN 0 AND {EXTENT - 1} AND py BETWEEN 0 AND {EXTENT - 1}
            ORDER BY asset.id) shown
    """  # noqa: S608 -- constants and numbers
    return _run(statement, assets)


def _run(statement: str, assets: QuerySet[Asset], *columns: str) -> bytes:
    """Put the queryset into the statement's place for it and give the tile."""
    rows = (
        assets.order_by()
        .annotate(lon=Longitude(F("point")), lat=Latitude(F("point")))
        .values("id", "lon", "lat", *columns)
    )
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return b""
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{chosen}", sql), params)
        return bytes(cursor.fetchone()[0])
