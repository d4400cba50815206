"""GeoJSON in WGS84 (RFC 7946), put together by the database and passed through in pieces.

Memory stays flat whatever the size, and the first bytes leave at once. A file that was cut off is no JSON, so nobody
takes it for the whole; `numberReturned` at its end says how many features it holds.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg2.extensions import BYTES, register_type

from accounts.models import User
from assets.chosen_sql import Sql
from mapping.exports.features import closing, opening, write_features, write_lines
from mapping.exports.progress import Watcher
from mapping.exports.wanted import Wanted
from places.coordinates import WGS84

# 1e-7 degrees is a centimetre, what a surveyed position is good for (RFC 7946 §11.2 asks for no more than needed).
DECIMALS = 7
FEATURES_A_PIECE = 1000


def is_streamed(wanted: Wanted) -> bool:
    """Whether the database can put the file together by itself."""
    return wanted.format.name in ("geojson", "geojsonl") and not wanted.in_words


def features_sql(wanted: Wanted, user: User) -> Sql:
    """SQL whose rows are the GeoJSON features of what a filter leaves and a user may export."""
    inner, params = wanted.statement(user)
    keys = {field.name for field in wanted.fields}
    select = ", ".join(f'"{field.name}"' for field in wanted.fields)
    key = wanted.layer.key
    id_ = f"""'"id":' || to_json("{key}"::text)::text || ','""" if key in keys else "''"
    statement = f"""
        SELECT '{{"type":"Feature",' || {id_} || '"geometry":'
               || ST_AsGeoJSON(ST_MakePoint(position_lon, position_lat), {DECIMALS})
               || ',"properties":' || (SELECT row_to_json(properties) FROM (SELECT {select}) properties)::text || '}}'
        FROM ({inner}) wanted
    """  # noqa: S608 -- names of declared fields, and the ORM's own SQL
    return statement, params


def stream(wanted: Wanted, sql: str, params: Sequence[Any]) -> Iterator[tuple[bytes, int]]:
    """The file in pieces, each with the number of features in it."""
    return framed(wanted, wanted.layer.name, sql, params)


def framed(
    wanted: Wanted, name: str, sql: str, params: Sequence[Any], **members: Any
) -> Iterator[tuple[bytes, int]]:
    """Features in a collection called `name`, with further members at its end; or a line each."""
    lines = wanted.format.name == "geojsonl"
    yield (b"" if lines else opening(name, WGS84)), 0
    returned = 0
    for features in pieces(sql, params):
        if lines:
            yield b"\n".join(features) + b"\n", len(features)
        else:
            yield (b",\n" if returned else b"\n") + b",\n".join(features), len(features)
        returned += len(features)
    if not lines:
        yield closing(returned, **members), 0


def pieces(sql: str, params: Sequence[Any]) -> Iterator[list[bytes]]:
    """The first column of the rows, some at a time: one cursor of the server's, read as the client takes it."""
    # A cursor of the server's lives in a transaction. One that is to be read to its end is planned for that.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        with connection.cursor() as setting:
            setting.execute("SET LOCAL cursor_tuple_fraction = 1")
        cursor.execute(sql, params)
        # What the database sends is UTF-8 already: decoding it only to encode it again would take half the time.
        register_type(BYTES, cursor.cursor)
        while rows := cursor.fetchmany(FEATURES_A_PIECE):
            yield [row[0] for row in rows]


def write_geojson(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write the file; returns the number of features."""
    if not is_streamed(wanted):
        return (write_lines if wanted.format.name == "geojsonl" else write_features)(
            wanted, user, path, progress
        )
    written = 0
    with path.open("wb") as file:
        for piece, features in stream(wanted, *features_sql(wanted, user)):
            file.write(piece)
            written += features
            progress(features)
    return written
