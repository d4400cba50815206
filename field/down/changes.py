"""What has changed in some areas since a cursor: assets, tombstones, photos; lists, places, jobs if they differ."""

from dataclasses import replace
from typing import Any

import orjson
from django.db import connection

from assets.chosen_sql import settled_transaction
from assets.dictionaries import Dictionaries, Generation
from field.down import rows
from field.down.cursor import Cursor, CursorLost, digest

PAGE = 1_000

# A row that is not carried is told of when it ever was in these areas; most of the district never was.
_CHANGED = f"""
    SELECT asset.id, asset.uid, asset.changed_txid, ({rows.CARRIED}) AS carried
    FROM assets_asset asset
    WHERE asset.changed_txid >= %(since)s AND asset.changed_txid < %(until)s
      AND (asset.changed_txid, asset.id) > (%(after_txid)s, %(after_id)s)
      AND ({rows.IN_AREAS} OR EXISTS (
          SELECT 1 FROM assets_assetevent event WHERE event.pgh_obj_id = asset.id
          AND (event.street_id = ANY(%(streets)s) OR event.community_id = ANY(%(communities)s))))
    ORDER BY asset.changed_txid, asset.id LIMIT %(page)s
"""  # noqa: S608 -- constants of this folder
_PHOTOGRAPHED = f"""
    SELECT asset.uid AS asset, newest.address AS photo FROM assets_asset asset
    JOIN LATERAL ({rows.NEWEST_PHOTO}) newest ON true
    WHERE {rows.CARRIED} AND asset.id IN (
        SELECT asset_id FROM assets_photo WHERE written_txid >= %(since)s AND written_txid < %(until)s)
    ORDER BY asset.code
"""  # noqa: S608 -- constants of this folder


def changes(reach: rows.Reach, cursor: Cursor, code_lists: Dictionaries, generation: Generation) -> bytes:
    """One page of changes, as a document with the cursor to go on from.

    Raises:
        CursorLost: the cursor is ahead of this database, which was put back to an earlier state.
    """
    settled = settled_transaction()
    if cursor.since > settled or cursor.until > settled:
        raise CursorLost
    first_page = not cursor.until
    until = cursor.until or settled
    window = {
        **reach.parameters,
        "since": cursor.since,
        "until": until,
        "after_txid": cursor.after[0],
        "after_id": cursor.after[1],
        "page": PAGE,
    }
    with connection.cursor() as database:
        database.execute(_CHANGED, window)
        changed = database.fetchall()
    more = len(changed) == PAGE
    carried = [key for key, _uid, _txid, is_carried in changed if is_carried]
    jobs = rows.jobs(reach)
    following = cursor.moved(generation, jobs=digest(jobs.text))
    if more:
        following = replace(following, until=until, after=(changed[-1][2], changed[-1][0]))
    else:
        following = replace(following, since=until, until=0, after=(0, 0))
    body: dict[str, Any] = {
        "cursor": following.text,
        "more": more,
        "assets": _assets(reach, carried),
        "gone": [str(uid) for _key, uid, _txid, is_carried in changed if not is_carried],
        "photos": rows.as_json(_PHOTOGRAPHED, window).json if first_page else [],
        "jobs": jobs.json if following.jobs != cursor.jobs else None,
        "lists": rows.lists(code_lists) if following.lists != cursor.lists else None,
        "places": rows.places(reach) if following.places != cursor.places else None,
    }
    return orjson.dumps(body)


def _assets(reach: rows.Reach, keys: list[int]) -> Any:
    if not keys:
        return []
    statement = f"{rows.ASSET} WHERE asset.id = ANY(%(keys)s) AND {rows.CARRIED} ORDER BY asset.code"
    return rows.as_json(statement, {**reach.parameters, "keys": keys}).json
