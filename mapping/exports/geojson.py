"""/export/assets.geojson: RFC 7946, put together by the database and passed through in pieces.

Memory stays flat whatever the size, and the first bytes leave at once. A file that was cut off is no JSON, so nobody
takes it for the whole; `numberReturned` at its end says how many features it holds.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from django.db import connection, transaction
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from psycopg2.extensions import BYTES, register_type

from accounts.models import User
from accounts.permissions import EXPORT
from assets.fields import Output, columns, fields_for, joins
from assets.filters import AssetFilter, FilterError, read_filter
from assets.models import Asset
from assets.queries import Sql, chosen_ids
from mapping.access import SignedInRequest, readers_only

# 1e-7 degrees is a centimetre, what a surveyed position is good for (RFC 7946 §11.2 asks for no more than needed).
DECIMALS = 7
FEATURES_A_PIECE = 1000
LANGUAGES = ("zh", "en")


@readers_only(EXPORT)
def geojson(request: SignedInRequest) -> StreamingHttpResponse:
    """The assets that the filter leaves, as one GeoJSON file; `lang` names types and titles in zh or en."""
    chosen = read_filter(request.GET, extra=("lang",))
    language = request.GET.get("lang", (get_language() or "zh")[:2])
    if language not in LANGUAGES:
        raise FilterError("lang", _("“%(value)s” does not exist.") % {"value": language[:80]})
    sql, params = features_sql(chosen, request.user, language)
    response = StreamingHttpResponse(stream(sql, params), content_type="application/geo+json")
    response["Content-Disposition"] = _attachment(_("publicity assets"), "geojson")
    response["Cache-Control"] = "private, no-store"
    # A proxy that collected the answer first would undo the streaming.
    response["X-Accel-Buffering"] = "no"
    return response


def features_sql(chosen: AssetFilter, user: User, language: str) -> Sql:
    """SQL whose rows are the GeoJSON features of what a filter leaves and a user may export, by component id."""
    ids, params = chosen_ids(chosen.filter_queryset(Asset.objects.writable_by(user, EXPORT)))
    fields = fields_for(Output.FILE)
    select = columns(fields, language=language, today=chosen.known.today)
    statement = f"""
        SELECT '{{"type":"Feature","id":"' || asset.code || '","geometry":' || ST_AsGeoJSON(asset.point, {DECIMALS})
               || ',"properties":' || (SELECT row_to_json(properties) FROM (SELECT {select}) properties)::text || '}}'
        FROM assets_asset asset {joins(fields)}
        WHERE asset.id IN ({ids}) ORDER BY asset.code
    """  # noqa: S608 -- the ORM's own SQL, and constants
    return statement, params


def stream(sql: str, params: Sequence[Any]) -> Iterator[bytes]:
    """The file in pieces: one cursor of the server's, read as the client takes it."""
    yield b'{"type":"FeatureCollection","name":"assets","features":['
    returned = 0
    # A cursor of the server's lives in a transaction. One that is to be read to its end is planned for that.
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        with connection.cursor() as setting:
            setting.execute("SET LOCAL cursor_tuple_fraction = 1")
        cursor.execute(sql, params)
        # What the database sends is UTF-8 already: decoding it only to encode it again would take half the time.
        register_type(BYTES, cursor.cursor)
        while rows := cursor.fetchmany(FEATURES_A_PIECE):
            yield (b",\n" if returned else b"\n") + b",\n".join(row[0] for row in rows)
            returned += len(rows)
    yield f'\n],"numberReturned":{returned}}}\n'.encode()


def _attachment(name: str, extension: str) -> str:
    """The header that names the file, in the reader's language and, for old programs, in ASCII."""
    stamp = f"{timezone.localtime():%Y%m%d_%H%M}"
    named = quote(f"{name}_{stamp}.{extension}")
    return f"attachment; filename=\"assets_{stamp}.{extension}\"; filename*=UTF-8''{named}"
