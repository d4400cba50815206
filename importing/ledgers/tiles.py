"""The rows of a ledger as vector tiles: where they would lie, and what is to become of them.

Dots that fall on one spot of the screen are drawn once, the one that most needs a look on top; counts are the list's.
"""

import uuid

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.permissions import IMPORT
from assets.filter_parameters import FilterError
from importing.ledgers.filtering import SHOW, show_of
from importing.ledgers.finding import find_ledger
from mapping.tiles.grid import EXTENT, Tile
from mapping.tiles.positions import margin, positions_sql
from mapping.tiles.views import MVT
from web.access import readers_only

LAYER = "rows"
DEEPEST_SOURCE_ZOOM = 16
# A quarter of a dot on a screen: 512 steps across a tile that is drawn 512 points wide.
_STEPS = 512
_CONDITIONS = {
    "all": "true",
    "doubtful": "doubtful",
    **{outcome: f"outcome = '{outcome}'" for outcome in SHOW if outcome not in ("all", "doubtful")},
}


@readers_only(IMPORT)
def ledger_rows(request: HttpRequest, uid: uuid.UUID, z: int, x: int, y: int) -> HttpResponse:
    """One tile."""
    tile = Tile(z, x, y)
    if not tile.exists:
        raise FilterError("z", _("There is no such tile."))
    show, code = show_of(request, "v")
    ledger = find_ledger(request, uid)
    response = HttpResponse(_tile(ledger.pk, tile, show, code), content_type=MVT)
    # The page puts a number of the check into the address (v), so that a tile never changes.
    response["Cache-Control"] = "private, max-age=600"
    return response


def _tile(ledger: int, tile: Tile, show: str, code: str) -> bytes:
    west, south, east, north = tile.bounds(margin())
    with connection.cursor() as cursor:
        cursor.execute(
            # Literals of this module and of the tiles' own.
            f"""
            WITH chosen AS (
                SELECT "row", outcome, doubtful, ST_X(point) AS lon, ST_Y(point) AS lat
                FROM assets_ledgerrow
                WHERE ledger_id = %(ledger)s AND {_CONDITIONS[show]} AND (%(code)s = '' OR %(code)s = ANY(codes))
                  AND ST_X(point) BETWEEN %(west)s AND %(east)s AND ST_Y(point) BETWEEN %(south)s AND %(north)s),
            placed AS ({positions_sql()}),
            drawn AS (
                SELECT DISTINCT ON (at_x, at_y) "row", outcome, doubtful, geom,
                       CASE WHEN outcome = 'refused' THEN 4 WHEN doubtful THEN 3 WHEN outcome = 'updated' THEN 2
                            WHEN outcome = 'created' THEN 1 ELSE 0 END AS rank
                FROM (
                    SELECT "row", outcome, doubtful, geom,
                           floor(ST_X(geom) / {EXTENT // _STEPS}) AS at_x,
                           floor(ST_Y(geom) / {EXTENT // _STEPS}) AS at_y
                    FROM (
                        SELECT "row", outcome, doubtful,
                               ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(map_lon, map_lat), 4326), 3857),
                                            ST_TileEnvelope(%(z)s, %(x)s, %(y)s), {EXTENT}, 0, true) AS geom
                        FROM placed) AS projected
                    WHERE geom IS NOT NULL) AS stepped
                ORDER BY at_x, at_y, rank DESC, "row")
            SELECT ST_AsMVT(drawn, '{LAYER}', {EXTENT}, 'geom') FROM drawn
            """,  # noqa: S608
            {
                "ledger": ledger,
                "code": code,
                "west": west,
                "south": south,
                "east": east,
                "north": north,
                "z": tile.z,
                "x": tile.x,
                "y": tile.y,
            },
        )
        return bytes(cursor.fetchone()[0])
