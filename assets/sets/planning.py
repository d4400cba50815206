"""The table of changes: what some assets' columns are to hold, what each asset's change comes to, why it is refused.

`set_plan` is a temporary table of the transaction, one row an asset. Beside the planned columns it says

* `reason`: why the asset is left alone, NULL when it is not;
* `edits, moves, posts, removes, ends, lives, dates`: what the change comes to, found by comparing with the asset as it
  stands (`removes` is to or from removed, `ends` to removed, `lives` any other change of lifecycle, `dates` what
  follows from something else);
* `writes`: whether there is anything to be done at all;
* `old_scope, new_scope`: where it lies now, and will lie, as permission checks see it.

What follows from the planned values is planned too: areas follow from a point, the next inspection's day from type and
day of installation, and what is removed shows no artwork.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.permissions import EDIT, MOVE, POST_ARTWORK, REMOVE, scope_of
from assets.history import Actor
from assets.models import Asset, Origin
from assets.placing import PLACEMENT_FIELDS
from assets.rules.due import next_due_sql
from places.resolving import Resolver

# Why an asset is left alone; a source may have further reasons of its own.
NOT_YOURS = "not_yours"

_PLACE = ("point", "support_id")
_LIFE = ("lifecycle", "removed_on", "removal_reason")
_AREAS = tuple(f"{name}_id" for name in PLACEMENT_FIELDS)
_DERIVED = ("condition", "condition_at", "next_inspection_due", *_AREAS)
_APART = frozenset({*_PLACE, *_LIFE, *_DERIVED, "artwork_id"})


@dataclass(frozen=True)
class Source:
    """What is to become of some assets. All SQL is the caller's own; values travel in `parameters`.

    Args:
        values: column of assets_asset → what it is to hold, of `a` (the asset as it stands) and the joined tables.
        joined: the tables after `FROM assets_asset a`.
        where: which assets.
        reasons: (condition, reason) in the order in which they are looked at; why an asset is left alone.
        facts: further columns of the plan, for the caller's own writing.
        also: a fact by name; where it is true there is something to do whatever the columns say.
        demands: verb → fact by name; where it is true the actor needs the verb beside those that the change needs.
        redates: condition under which the next inspection's day is worked out anew, beside those of the rule.
    """

    values: Mapping[str, str]
    joined: str = ""
    where: str = "true"
    reasons: Sequence[tuple[str, str]] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    also: str = ""
    demands: Mapping[str, str] = field(default_factory=dict)
    redates: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Planned:
    """A plan as it stands in `set_plan`: the columns that it writes, and what came of it."""

    columns: tuple[str, ...]
    asked: int
    written: int
    refused: dict[str, int]

    @property
    def unchanged(self) -> int:
        """Assets that are as they are to be."""
        return self.asked - self.written - sum(self.refused.values())


def plan(cursor: CursorWrapper, actor: Actor, source: Source) -> Planned:
    """Work out `set_plan`; nothing is written. The assets' rows are locked by the caller, if they are to be."""
    # Right after a large import the server's statistics know nothing of its rows, and it would look at all of them for
    # each of them, here and in what is written later: until the end of the transaction.
    cursor.execute("SET LOCAL enable_nestloop = off")
    values = _with_what_follows(source)
    _create(cursor, source, values)
    columns = tuple(values)
    if not set(_PLACE).isdisjoint(columns):
        columns += _AREAS
        _place(cursor)
    _refuse_foreign(cursor, actor, source)
    return _counted(cursor, columns)


@cache
def type_of(column: str) -> str:
    """A column's type in the database."""
    types = {field.column: field.db_type(connection) for field in Asset._meta.concrete_fields}
    return str(types[column])


def _with_what_follows(source: Source) -> dict[str, str]:
    values = dict(source.values)
    if "lifecycle" in values:
        artwork = values.get("artwork_id", "a.artwork_id")
        removed = f"a.lifecycle <> 'removed' AND ({values['lifecycle']}) = 'removed'"
        values["artwork_id"] = f"CASE WHEN {removed} THEN NULL ELSE {artwork} END"
    dates = [name for name in ("type_id", "installed_on", "condition_at") if name in values]
    if dates or source.redates:
        now = {name: values.get(name, f"a.{name}") for name in ("type_id", "installed_on", "condition_at")}
        due = next_due_sql(
            seen=f"({now['condition_at']})",
            installed=f"({now['installed_on']})",
            registered="a.created_at",
            interval=f"(SELECT inspection_interval_days FROM assets_assettype WHERE id = {now['type_id']})",  # noqa: S608
        )
        differ = [f"({now[name]}) IS DISTINCT FROM a.{name}" for name in dates]
        when = " OR ".join([*differ, *filter(None, [source.redates])])
        values["next_inspection_due"] = f"CASE WHEN {when} THEN {due} ELSE a.next_inspection_due END"
    return values


def _create(cursor: CursorWrapper, source: Source, values: Mapping[str, str]) -> None:
    columns = set(values)
    changes = {
        "edits": columns - _APART,
        "moves": columns & set(_PLACE),
        "posts": columns & {"artwork_id"},
        "dates": columns & set(_DERIVED),
    }
    flags = {name: _differ(sorted(compared)) if compared else "false" for name, compared in changes.items()}
    removed = "(a.lifecycle = 'removed') <> (s.lifecycle = 'removed')"
    has_life = "lifecycle" in columns
    flags["removes"] = removed if has_life else "false"
    flags["ends"] = "a.lifecycle <> 'removed' AND s.lifecycle = 'removed'" if has_life else "false"
    flags["lives"] = f"NOT {removed} AND {_differ(sorted(columns & set(_LIFE)))}" if has_life else "false"
    reason = "".join(f" WHEN {condition} THEN '{code}'" for condition, code in source.reasons)
    planned = ", ".join(f"({sql})::{type_of(column)} AS {column}" for column, sql in values.items())
    facts = "".join(f", {sql} AS {name}" for name, sql in source.facts.items())
    # What stays keeps its areas; `_place` finds those of what moves.
    areas = "".join(f", a.{column}" for column in _AREAS) if changes["moves"] else ""
    writes = " OR ".join([*flags, *filter(None, [source.also])])
    cursor.execute("DROP TABLE IF EXISTS pg_temp.set_plan")
    cursor.execute(
        # The callers' SQL, and names of this module.
        f"""
        CREATE TEMP TABLE set_plan ON COMMIT DROP AS
        SELECT *, ({writes}) AS writes, NULL::text AS new_scope
        FROM (
            SELECT s.*, {", ".join(f"({sql}) AS {name}" for name, sql in flags.items())}{areas}
            FROM assets_asset a {source.joined} LEFT JOIN places_area area ON area.id = a.area_id
            CROSS JOIN LATERAL (
                SELECT a.id AS asset_id, coalesce(area.code, left(a.code, 6)) AS old_scope,
                       {f"CASE{reason} END" if reason else "NULL"}::text AS reason, {planned}{facts}) s
            WHERE {source.where}) compared
        """,  # noqa: S608
        dict(source.parameters),
    )
    cursor.execute("ANALYZE set_plan (asset_id, reason, writes)")


def _differ(columns: Sequence[str]) -> str:
    """Whether the planned values of some columns differ from what stands in them."""
    present = ", ".join(f"a.{column}" for column in columns)
    planned = ", ".join(f"s.{column}" for column in columns)
    return f"({present}) IS DISTINCT FROM ({planned})"


def _place(cursor: CursorWrapper) -> None:
    """The areas in which what is moved will lie, by today's boundaries."""
    cursor.execute("SELECT asset_id, ST_X(point), ST_Y(point) FROM set_plan WHERE moves AND reason IS NULL")
    moved = cursor.fetchall()
    if not moved:
        return
    keys, lon, lat = zip(*moved, strict=True)
    placed = Resolver().resolve(lon, lat)
    columns = [list(keys)]
    columns += [[getattr(placement, name) for placement in placed] for name in PLACEMENT_FIELDS]
    cursor.execute(
        """
        UPDATE set_plan p SET area_id = at.area, district_id = at.district, street_id = at.street,
               community_id = at.community, new_scope = coalesce(found.code, %s)
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
             AS at (asset, area, district, street, community)
        LEFT JOIN places_area found ON found.id = at.area
        WHERE p.asset_id = at.asset
        """,
        [settings.MANAGING_DISTRICT, *columns],
    )


def _refuse_foreign(cursor: CursorWrapper, actor: Actor, source: Source) -> None:
    """Leave alone what the actor may not write; both ends of a move count."""
    if actor.user is None and actor.origin is Origin.COMMAND:
        return
    needs = [
        (EDIT, "(edits OR lives)", "old_scope"),
        (REMOVE, "removes", "old_scope"),
        # What is removed is taken down with it.
        (POST_ARTWORK, "(posts AND NOT ends)", "old_scope"),
        (MOVE, "moves", "old_scope"),
        (MOVE, "moves", "new_scope"),
        *((verb, fact, "old_scope") for verb, fact in source.demands.items()),
    ]
    outside, parameters = [], []
    for verb, condition, place in needs:
        scope = scope_of(actor.user, verb) if actor.user else None
        if scope is None or not scope.is_everywhere:
            outside.append(f"({condition} AND NOT {place} ^@ ANY(%s))")
            parameters.append(sorted(scope.prefixes) if scope else [])
    if outside:
        cursor.execute(
            f"UPDATE set_plan SET reason = '{NOT_YOURS}' WHERE {' OR '.join(outside)}",  # noqa: S608 (literals above)
            parameters,
        )


def _counted(cursor: CursorWrapper, columns: tuple[str, ...]) -> Planned:
    cursor.execute("SELECT reason, count(*), count(*) FILTER (WHERE writes) FROM set_plan GROUP BY reason")
    rows = cursor.fetchall()
    return Planned(
        columns,
        asked=sum(n for _reason, n, _writes in rows),
        written=sum(writes for reason, _n, writes in rows if reason is None),
        refused={reason: n for reason, n, _writes in sorted(rows, key=str) if reason is not None},
    )
