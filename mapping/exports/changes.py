"""/export/changes.geojson|geojsonl: what changed since an earlier answer, removed assets included as such.

A client keeps the cursor of each answer and asks again with it. The order is that of the writing transactions, and only
what no running transaction can still come before is served (docs/design.md), so a long import that commits late is not
missed. Every feature says what became of the asset for somebody who holds the filtered set:

* `changed`: it is in the set, new or changed;
* `removed`: it has been removed, with the day and the reason;
* `left`: it is no longer in the set (moved to another street, another type, …); only its id is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.permissions import EXPORT, scope_of
from assets.chosen_sql import Sql, chosen_ids
from assets.fields import columns, joins
from assets.filters import AssetFilter
from assets.models import Asset, Lifecycle
from mapping.exports.geojson import DECIMALS, framed
from mapping.exports.wanted import Wanted

SINCE = "updated_since"
CHANGE = "change"


def changes_sql(wanted: Wanted, user: User, settled: int) -> Sql:
    """SQL whose rows are GeoJSON features, by the transaction that changed them."""
    chosen = wanted.filter
    in_set, in_set_params = _ids(chosen, user, without={SINCE})
    once, once_params = _ids(chosen, user, without={SINCE, "lifecycle"})
    changed, changed_params = _changed(chosen, user, settled)
    language, today = wanted.language, chosen.known.today
    select = columns(wanted.fields, language=language, today=today, site=wanted.site)
    statement = f"""
        SELECT CASE WHEN change = 'left'
               THEN '{{"type":"Feature","id":"' || code || '","geometry":null,"properties":{{"code":"' || code
                    || '","{CHANGE}":"left"}}}}'
               ELSE '{{"type":"Feature","id":"' || code || '","geometry":' || geometry
                    || ',"properties":' || properties || '}}' END
        FROM (
            SELECT asset.code, found.{CHANGE} AS change, ST_AsGeoJSON(asset.point, {DECIMALS}) AS geometry,
                   (SELECT row_to_json(told) FROM (SELECT found.{CHANGE}, {select}) told)::text AS properties
            FROM (
                SELECT id AS found_id, changed_txid AS found_txid, CASE
                       WHEN lifecycle = '{Lifecycle.REMOVED.value}' AND id IN ({once}) THEN 'removed'
                       WHEN id IN ({in_set}) THEN 'changed' ELSE 'left' END AS {CHANGE}
                FROM assets_asset WHERE id IN ({changed})) found
            JOIN assets_asset asset ON asset.id = found_id {joins(wanted.fields)}
            ORDER BY found_txid, asset.code) told
    """  # noqa: S608 -- the ORM's own SQL, and constants
    return statement, (*once_params, *in_set_params, *changed_params)


def stream_changes(wanted: Wanted, user: User, settled: int) -> Iterator[tuple[bytes, int]]:
    """The file in pieces; the cursor to ask with next stands at its end, so that a cut-off answer gives none."""
    sql, params = changes_sql(wanted, user, settled)
    return framed(wanted, "changes", sql, params, updated_since=cursor_of(settled))


def cursor_of(settled: int) -> str:
    """The cursor of an answer that held everything below a transaction."""
    return f"x{settled:x}"


def _ids(chosen: AssetFilter, user: User, *, without: set[str]) -> Sql:
    conditions = [condition for name, condition in chosen.conditions.items() if name not in without]
    return chosen_ids(Asset.objects.writable_by(user, EXPORT).filter(*conditions))


def _changed(chosen: AssetFilter, user: User, settled: int) -> Sql:
    """What changed, of all that the user may export or, by the district that issued its id, once could."""
    since: datetime | int | None = chosen.values.get(SINCE)
    if since is None:
        return _ids_below(chosen, user, settled)
    changed = Q(changed_txid__lt=settled)
    changed &= Q(changed_txid__gte=since) if isinstance(since, int) else Q(updated_at__gte=since)
    here = Asset.objects.writable_by(user, EXPORT).filter(changed)
    scope = scope_of(user, EXPORT)
    elsewhere = Q(pk__in=[])
    for prefix in scope.prefixes:
        elsewhere |= Q(code__startswith=prefix)
    return chosen_ids(Asset.objects.filter(Q(pk__in=here.values("pk")) | (changed & elsewhere)))


def _ids_below(chosen: AssetFilter, user: User, settled: int) -> Sql:
    """To begin with: the whole set, as it is settled."""
    conditions: list[Any] = list(chosen.conditions.values())
    assets = Asset.objects.writable_by(user, EXPORT).filter(*conditions, changed_txid__lt=settled)
    return chosen_ids(assets)
