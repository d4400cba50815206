"""/export/changes.geojson|geojsonl, and the same of cases: what changed since an earlier answer.

A client keeps the cursor of each answer and asks again with it. The order is that of the writing transactions, and only
what no running transaction can still come before is served (docs/design.md), so a long import that commits late is not
missed. Every feature says what became of the asset (or case) for somebody who holds the filtered set:

* `changed`: it is in the set, new or changed;
* `removed`: it has ended for good: an asset that was removed, with the day and the reason;
* `left`: it is no longer in the set (moved to another street, another type, closed, …); only its id is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import EXPORT, scope_of
from assets.chosen_sql import Sql, chosen_ids
from mapping.exports.geojson import DECIMALS, framed
from mapping.exports.wanted import Wanted
from mapping.subjects import Feed, subject_of

SINCE = "updated_since"
CHANGE = "change"


def changes_sql(wanted: Wanted, user: User, settled: int) -> Sql:
    """SQL whose rows are GeoJSON features, by the transaction that changed them."""
    feed = subject_of(wanted.layer).feed
    became, became_params = _what_became(feed, wanted, user)
    changed, changed_params = _changed(feed, wanted, user, settled)
    layer, select = wanted.layer, wanted.columns(user)
    code = layer.sql(layer.key, language="", today=wanted.filter.reference.today)
    statement = f"""
        SELECT CASE WHEN change = 'left'
               THEN '{{"type":"Feature","id":"' || code || '","geometry":null,"properties":{{"code":"' || code
                    || '","{CHANGE}":"left"}}}}'
               ELSE '{{"type":"Feature","id":"' || code || '","geometry":' || geometry
                    || ',"properties":' || properties || '}}' END
        FROM (
            SELECT {code} AS code, found.{CHANGE} AS change, ST_AsGeoJSON({layer.geometry}, {DECIMALS}) AS geometry,
                   (SELECT row_to_json(told) FROM (SELECT found.{CHANGE}, {select}) told)::text AS properties
            FROM {layer.rows(select)}
            JOIN (
                SELECT id AS found_id, changed_txid AS found_txid, {became} AS {CHANGE}
                FROM {feed.taken(user).model._meta.db_table} WHERE id IN ({changed})) found
              ON found.found_id = {layer.subject}.id
            ORDER BY found_txid, {code}) told
    """  # noqa: S608 -- the ORM's own SQL, and constants
    return statement, (*became_params, *changed_params)


def stream_changes(wanted: Wanted, user: User, settled: int) -> Iterator[tuple[bytes, int]]:
    """The file in pieces; the cursor to ask with next stands at its end, so that a cut-off answer gives none."""
    sql, params = changes_sql(wanted, user, settled)
    return framed(wanted, "changes", sql, params, updated_since=cursor_of(settled))


def cursor_of(settled: int) -> str:
    """The cursor of an answer that held everything below a transaction."""
    return f"x{settled:x}"


def _what_became(feed: Feed, wanted: Wanted, user: User) -> Sql:
    """SQL of what a row that changed is now to somebody who holds the filtered set."""
    in_set, in_set_params = _ids(feed, wanted, user, SINCE)
    still = f"WHEN id IN ({in_set}) THEN 'changed' ELSE 'left' END"
    if feed.end is None:
        return f"CASE {still}", in_set_params
    name, value = feed.end
    once, once_params = _ids(feed, wanted, user, SINCE, name)
    return f"CASE WHEN {name} = '{value}' AND id IN ({once}) THEN 'removed' {still}", (
        *once_params,
        *in_set_params,
    )


def _ids(feed: Feed, wanted: Wanted, user: User, *without: str) -> Sql:
    return chosen_ids(feed.taken(user).filter(*wanted.filter.conditions_but(*without)))


def _changed(feed: Feed, wanted: Wanted, user: User, settled: int) -> Sql:
    """What changed, of all that the user may export or, by the district that issued its id, once could."""
    since: datetime | int | None = wanted.filter.values.get(SINCE)
    if since is None:
        return chosen_ids(_settled(feed, wanted, user, settled))
    changed = Q(changed_txid__lt=settled)
    changed &= Q(changed_txid__gte=since) if isinstance(since, int) else Q(updated_at__gte=since)
    here = feed.taken(user).filter(changed)
    elsewhere = Q(pk__in=[])
    for prefix in scope_of(user, EXPORT).prefixes:
        elsewhere |= Q(code__startswith=prefix)
    return chosen_ids(here.model.objects.filter(Q(pk__in=here.values("pk")) | (changed & elsewhere)))


def _settled(feed: Feed, wanted: Wanted, user: User, settled: int) -> QuerySet:
    """To begin with: the whole set, as it is settled."""
    return feed.taken(user).filter(*wanted.filter.conditions_but(), changed_txid__lt=settled)
