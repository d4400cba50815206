"""Undoing a batch as a source of the kernel: for each of its assets what it had before, and why it is left alone.

What the batch changed gets the values from before, all else stays as it is now; what it registered is removed; the
condition is what the inspections say that did not come with it. The states around the batch's own changes are taken
from the history that the triggers wrote.
"""

from __future__ import annotations

from datetime import datetime

from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import POST_ARTWORK, VOID, scope_of
from assets.history import Actor
from assets.models import Asset, Batch, BatchKind
from assets.placing import PLACEMENT_FIELDS
from assets.rules.hanging import may_hang_sql
from assets.sets.planning import Source

# What follows from facts, areas and the clock is derived again; place, lifecycle and artwork go by rules of their own.
_NOT_PUT_BACK = frozenset(
    {"id", "uid", "code", "version", "changed_txid", "created_at", "updated_at", "condition", "condition_at"}
    | {"next_inspection_due", "support", "point", "lifecycle", "removed_on", "removal_reason", "artwork"}
    | set(PLACEMENT_FIELDS)
)
_PLAIN: tuple[str, ...] = tuple(
    str(column.column) for column in Asset._meta.concrete_fields if column.name not in _NOT_PUT_BACK
)
_LIFECYCLE = ("lifecycle", "removed_on", "removal_reason")
_COMPARED = (*_PLAIN, *_LIFECYCLE, "support_id", "point", "artwork_id")

UNRECORDED = "unrecorded"
NUMBER_TAKEN = "number_taken"
CHANGED_SINCE = "changed_since"


def _row(alias: str, columns: tuple[str, ...] = _COMPARED) -> str:
    return "(" + ", ".join(f"{alias}.{column}" for column in columns) + ")"


# `a` is the asset, `b` and `f` its recorded states before and after the batch's changes.
_CREATED = "coalesce(own.created, false)"
_INSPECTED = "coalesce(facts.own, false)"
_DIFFERS = f"(b.pgh_id IS NOT NULL AND {_row('b')} IS DISTINCT FROM {_row('f')})"
_LIVES = f"(b.pgh_id IS NOT NULL AND {_row('b', _LIFECYCLE)} IS DISTINCT FROM {_row('f', _LIFECYCLE)})"
_HUNG = "(b.pgh_id IS NOT NULL AND b.support_id IS DISTINCT FROM f.support_id)"
# Whoever has hung it on a support since has said where it stands.
_MOVES = "(b.pgh_id IS NOT NULL AND b.point IS DISTINCT FROM f.point AND a.support_id IS NULL)"
_JOINED = """
    JOIN assets_batchitem i ON i.asset_id = a.id AND i.batch_id = %(batch)s
    LEFT JOIN revert_states own ON own.asset_id = a.id
    LEFT JOIN assets_assetevent f ON f.pgh_id = own.after_id
    LEFT JOIN assets_assetevent b ON b.pgh_id = own.before_id
    LEFT JOIN assets_asset taken
           ON taken.source = b.source AND taken.source_id = b.source_id
          AND taken.source_id <> '' AND taken.id <> a.id
    LEFT JOIN (
        SELECT asset_id, bool_or(batch_id IS NOT DISTINCT FROM %(batch)s) AS own,
               bool_or(batch_id IS DISTINCT FROM %(batch)s) AS others
        FROM assets_inspection WHERE voided_at IS NULL GROUP BY asset_id) AS facts ON facts.asset_id = a.id
    LEFT JOIN revert_facts fact ON fact.asset_id = a.id
    LEFT JOIN (SELECT DISTINCT asset_id FROM assets_maintenance) AS job ON job.asset_id = a.id
    LEFT JOIN assets_artwork w ON w.id = b.artwork_id
    LEFT JOIN assets_support stand ON stand.id = b.support_id
"""


def source_of(
    cursor: CursorWrapper, actor: Actor, batch: Batch, now: datetime, *, changed_too: bool
) -> Source:
    """What undoing a batch comes to; makes the temporary tables that it joins.

    Args:
        changed_too: also on assets that were changed since.
    """
    _find_states(cursor, batch)
    _find_facts(cursor, batch)
    reasons = [
        (
            f"own.asset_id IS NULL OR f.pgh_id IS NULL OR (b.pgh_id IS NULL AND NOT {_CREATED})",
            UNRECORDED,
        ),
        (
            f"NOT {_CREATED} AND b.source_id <> '' AND taken.id IS NOT NULL"
            " AND (b.source, b.source_id) IS DISTINCT FROM (a.source, a.source_id)",
            NUMBER_TAKEN,
        ),
    ]
    if not changed_too:
        since = f"{_row('a')} IS DISTINCT FROM {_row('f')}"
        touched = f"{_CREATED} AND (coalesce(facts.others, false) OR job.asset_id IS NOT NULL)"
        reasons.append((f"{since} OR {touched}", CHANGED_SINCE))
    posting = scope_of(actor.user, POST_ARTWORK) if actor.user else None
    return Source(
        _values(),
        joined=_JOINED,
        # What was undone already, or came to nothing, is no longer part of it.
        where=f"NOT ({_CREATED} AND a.lifecycle = 'removed')"
        f" AND NOT (NOT {_CREATED} AND b.pgh_id IS NOT NULL AND NOT {_DIFFERS} AND NOT {_INSPECTED})",
        reasons=reasons,
        facts={"created": _CREATED, "inspected": _INSPECTED, "after_id": "own.after_id"},
        also="inspected",
        demands={VOID: "inspected"},
        redates=_INSPECTED,
        parameters={
            "batch": batch.pk,
            "day": timezone.localdate(now),
            "reason": _("Import undone") if batch.kind == BatchKind.IMPORT else _("Registration undone"),
            "posting": sorted(posting.prefixes) if posting else [""],
        },
    )


def _values() -> dict[str, str]:
    values = {
        column: f"CASE WHEN b.pgh_id IS NOT NULL AND b.{column} IS DISTINCT FROM f.{column}"
        f" THEN b.{column} ELSE a.{column} END"
        for column in _PLAIN
    }
    removed = {"lifecycle": "'removed'", "removed_on": "%(day)s::date", "removal_reason": "%(reason)s"}
    values |= {
        column: f"CASE WHEN {_CREATED} THEN {value} WHEN {_LIVES} THEN b.{column} ELSE a.{column} END"
        for column, value in removed.items()
    }
    values["support_id"] = f"CASE WHEN {_HUNG} THEN b.support_id ELSE a.support_id END"
    values["point"] = (
        f"CASE WHEN {_HUNG} THEN coalesce(stand.point, b.point) WHEN {_MOVES} THEN b.point ELSE a.point END"
    )
    # What hung before the batch took it down, or hung another, hangs again where it may still hang.
    values["artwork_id"] = f"""
        CASE WHEN b.pgh_id IS NOT NULL AND b.artwork_id IS DISTINCT FROM f.artwork_id
              AND ({values["lifecycle"]}) <> 'removed' AND coalesce(area.code, left(a.code, 6)) ^@ ANY(%(posting)s)
              AND (b.artwork_id IS NULL OR {may_hang_sql("w", "%(day)s")})
             THEN b.artwork_id ELSE a.artwork_id END"""
    values["condition"] = f"CASE WHEN {_INSPECTED} THEN coalesce(fact.condition, 0) ELSE a.condition END"
    values["condition_at"] = f"CASE WHEN {_INSPECTED} THEN fact.effective_at ELSE a.condition_at END"
    return values


def _find_states(cursor: CursorWrapper, batch: Batch) -> None:
    """For each asset the recorded states around the batch's own changes, in a table the planner knows the size of."""
    cursor.execute("SET LOCAL enable_nestloop = off")
    cursor.execute("DROP TABLE IF EXISTS pg_temp.revert_states, pg_temp.revert_events, pg_temp.revert_facts")
    cursor.execute(
        """
        CREATE TEMP TABLE revert_events ON COMMIT DROP AS
        SELECT e.pgh_id, e.pgh_obj_id AS asset_id, e.version, e.pgh_label,
               c.id IS NOT NULL AS own
        FROM assets_batchitem i
        JOIN assets_assetevent e ON e.pgh_obj_id = i.asset_id
        LEFT JOIN pghistory_context c
               ON c.id = e.pgh_context_id AND c.metadata @> jsonb_build_object('batch', %(batch)s)
        WHERE i.batch_id = %(batch)s
        """,
        {"batch": batch.pk},
    )
    cursor.execute("ANALYZE revert_events")
    cursor.execute(
        """
        CREATE TEMP TABLE revert_states ON COMMIT DROP AS
        SELECT own.asset_id, own.created, own.after_id,
               CASE WHEN NOT own.created THEN (array_agg(e.pgh_id ORDER BY e.version DESC))[1] END AS before_id
        FROM (
            SELECT asset_id, min(version) AS first, bool_or(pgh_label = 'insert') AS created,
                   (array_agg(pgh_id ORDER BY version DESC))[1] AS after_id
            FROM revert_events WHERE own GROUP BY asset_id) AS own
        LEFT JOIN revert_events e ON e.asset_id = own.asset_id AND e.version < own.first
        GROUP BY own.asset_id, own.created, own.after_id
        """
    )
    cursor.execute("ANALYZE revert_states")


def _find_facts(cursor: CursorWrapper, batch: Batch) -> None:
    """What the assets' condition will rest on once the batch's inspections are void.

    Written with the other fields, it leaves the triggers on inspections nothing to change: one new state of each
    asset instead of two.
    """
    cursor.execute(
        """
        CREATE TEMP TABLE revert_facts ON COMMIT DROP AS
        SELECT DISTINCT ON (own.asset_id) own.asset_id, x.condition, x.effective_at
        FROM (SELECT DISTINCT asset_id FROM assets_inspection WHERE batch_id = %(batch)s AND voided_at IS NULL) own
        LEFT JOIN assets_inspection x
               ON x.asset_id = own.asset_id AND x.voided_at IS NULL AND x.batch_id IS DISTINCT FROM %(batch)s
        ORDER BY own.asset_id, x.effective_at DESC NULLS LAST, x.id DESC
        """,
        {"batch": batch.pk},
    )
    cursor.execute("ANALYZE revert_facts")
