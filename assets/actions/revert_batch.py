"""Undo a batch (an import, a bulk edit, or the undoing of one) as a batch of its own, set by set.

What the batch changed gets the values it had before; what it registered is removed, and keeps its retired id, so that
importing its key again opens it again; inspections that came with it are voided. Never by restoring old rows: `version`
only grows, and the undoing is history too (DESIGN §4.2). An asset that was changed since is left alone and named,
unless the person asks for it all the same; so is one that the person may not write.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, InternalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import EDIT, MOVE, POST_ARTWORK, REMOVE, VOID, scope_of
from assets.entered_units import put_back_units
from assets.followups import close_inspection_jobs, reopen_inspection_jobs
from assets.history import Actor, acting, authorise, before_many_rows
from assets.models import Asset, Batch, BatchKind, Inspection, Origin
from assets.placing import PLACEMENT_FIELDS
from assets.removals import end_what_goes_on
from assets.rules.due import next_due_sql
from assets.rules.hanging import may_hang_sql
from places.resolving import Resolver

# What follows from facts, areas and the clock is derived again; a support is moved by its own verb.
_NOT_PUT_BACK = frozenset(
    {"id", "uid", "code", "version", "changed_txid", "created_at", "updated_at", "condition", "condition_at"}
    | {"next_inspection_due", "support", "point", "lifecycle", "removed_on", "removal_reason", "artwork"}
    | set(PLACEMENT_FIELDS)
)
_PLAIN: tuple[str, ...] = tuple(
    str(field.column) for field in Asset._meta.concrete_fields if field.name not in _NOT_PUT_BACK
)
_LIFECYCLE = ("lifecycle", "removed_on", "removal_reason")
_COMPARED = (*_PLAIN, *_LIFECYCLE, "support_id", "point", "artwork_id")
_KEPT = 2_000
_OBJECTIONS = (IntegrityError, DataError, InternalError)

Stage = Callable[[str], None]


@dataclass(frozen=True)
class Left:
    """An asset that is left alone, and why: changed_since, not_yours, number_taken, unrecorded, support."""

    asset: int
    code: str
    name: str
    reason: str


@dataclass(frozen=True)
class Reverted:
    """What undoing a batch does, or would do: how many assets are removed, put back, and left alone."""

    removed: int
    restored: int
    inspections: int
    left: dict[str, int]
    listed: tuple[Left, ...]
    batch: int | None = None

    @property
    def writes(self) -> int:
        """Assets that are written."""
        return self.removed + self.restored

    def as_json(self) -> dict[str, Any]:
        """What the batch's report keeps."""
        return {
            "removed": self.removed,
            "restored": self.restored,
            "inspections": self.inspections,
            "left": self.left,
            "listed": [
                {"code": one.code, "name": one.name, "reason": one.reason} for one in self.listed[:_KEPT]
            ],
        }


def preview_revert(actor: Actor, batch: Batch, *, changed_too: bool = False) -> Reverted:
    """What `revert_batch` would do; writes nothing.

    Raises:
        PermissionDenied: the actor may not edit anything.
    """
    authorise(actor, EDIT)
    with transaction.atomic(), connection.cursor() as cursor:
        _plan(cursor, actor, batch, changed_too=changed_too)
        answer = _counted(cursor)
    return answer


def revert_batch(
    actor: Actor, batch: Batch, *, changed_too: bool = False, stage: Stage = lambda _name: None
) -> Reverted:
    """Undo a batch as far as it can be undone, in one transaction.

    Args:
        changed_too: also undo it on assets that were changed since.
        stage: called with "checking", "removing", "restoring", "inspections".

    Raises:
        PermissionDenied: the actor may not edit anything.
        ValidationError: naming `batch`: there is nothing (left) to undo, or the database objects.
    """
    authorise(actor, EDIT)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            stage("checking")
            cursor.execute(
                "SELECT count(*) FROM (SELECT FROM assets_asset WHERE id IN"
                " (SELECT asset_id FROM assets_batchitem WHERE batch_id = %s) ORDER BY id FOR NO KEY UPDATE) AS l",
                [batch.pk],
            )
            _plan(cursor, actor, batch, changed_too=changed_too)
            answer = _counted(cursor)
            if not answer.writes:
                raise ValidationError({"batch": _("There is nothing left to undo.")})
            undoing = Batch.objects.create(
                kind=BatchKind.REVERT,
                title=(_("Undone: %(title)s") % {"title": batch.title})[:200],
                actor=actor.user,
                origin=actor.origin,
            )
            with acting(actor, batch=undoing):
                _write(cursor, actor, batch, undoing, stage)
            answer = replace(answer, batch=undoing.pk)
            undoing.report = {**answer.as_json(), "reverts": batch.pk}
            undoing.save(update_fields=["report"])
    except _OBJECTIONS as error:
        said = str(error).strip().splitlines()[0]
        raise ValidationError(
            {"batch": _("The database refused to undo it and nothing was written: %(said)s") % {"said": said}}
        ) from error
    return answer


# --- Plan -------------------------------------------------------------------------------------------------------------


def _row(alias: str, columns: tuple[str, ...] = _COMPARED) -> str:
    return "(" + ", ".join(f"{alias}.{column}" for column in columns) + ")"


def _plan(cursor: CursorWrapper, actor: Actor, batch: Batch, *, changed_too: bool) -> None:
    """Work out for every asset of the batch what is to be done with it.

    `before` and `after` are the recorded states around the batch's own changes. `reason` says why it is left alone.
    """
    # Right after a large import the server's statistics know nothing of its rows, and it would look at all of them for
    # each of them, here and in what is written below: until the end of the transaction.
    cursor.execute("SET LOCAL enable_nestloop = off")
    _find_states(cursor, batch)
    cursor.execute(
        # Column names of this module.
        f"""
        CREATE TEMP TABLE revert_plan ON COMMIT DROP AS
        SELECT i.asset_id, coalesce(own.created, false) AS created,
               before.pgh_id AS before_id, after.pgh_id AS after_id,
               a.lifecycle = 'removed' AS is_removed,
               before.pgh_id IS NOT NULL AND {_row("before")} IS DISTINCT FROM {_row("after")} AS differs,
               before.pgh_id IS NOT NULL AND before.point IS DISTINCT FROM after.point AS moves,
               before.pgh_id IS NOT NULL AND {_row("before", _LIFECYCLE)} IS DISTINCT FROM {_row("after", _LIFECYCLE)}
                   AS lives,
               coalesce(facts.own, false) AS inspected,
               coalesce(area.code, left(a.code, 6)) AS old_scope,
               NULL::text AS new_scope,
               NULL::bigint AS area_id, NULL::bigint AS district_id, NULL::bigint AS street_id,
               NULL::bigint AS community_id,
               CASE
                   WHEN own.asset_id IS NULL OR after.pgh_id IS NULL OR (before.pgh_id IS NULL AND NOT own.created)
                       THEN 'unrecorded'
                   WHEN NOT own.created AND before.support_id IS DISTINCT FROM after.support_id THEN 'support'
                   WHEN NOT own.created AND before.source_id <> ''
                        AND (before.source, before.source_id) IS DISTINCT FROM (a.source, a.source_id)
                        AND taken.id IS NOT NULL THEN 'number_taken'
                   WHEN {_row("a")} IS DISTINCT FROM {_row("after")}
                        OR own.created AND (coalesce(facts.others, false) OR job.asset_id IS NOT NULL)
                       THEN 'changed_since'
               END AS reason
        FROM assets_batchitem i
        JOIN assets_asset a ON a.id = i.asset_id
        LEFT JOIN places_area area ON area.id = a.area_id
        LEFT JOIN revert_states own ON own.asset_id = i.asset_id
        LEFT JOIN assets_assetevent after ON after.pgh_id = own.after_id
        LEFT JOIN assets_assetevent before ON before.pgh_id = own.before_id
        LEFT JOIN assets_asset taken
               ON taken.source = before.source AND taken.source_id = before.source_id
              AND taken.source_id <> '' AND taken.id <> a.id
        LEFT JOIN (
            SELECT asset_id, bool_or(batch_id IS NOT DISTINCT FROM %(batch)s) AS own,
                   bool_or(batch_id IS DISTINCT FROM %(batch)s) AS others
            FROM assets_inspection WHERE voided_at IS NULL GROUP BY asset_id) AS facts ON facts.asset_id = i.asset_id
        LEFT JOIN (SELECT DISTINCT asset_id FROM assets_maintenance) AS job ON job.asset_id = i.asset_id
        WHERE i.batch_id = %(batch)s
        """,  # noqa: S608
        {"batch": batch.pk},
    )
    cursor.execute("ANALYZE revert_plan")
    # What was undone already, or came to nothing, is no longer part of it.
    cursor.execute(
        "DELETE FROM revert_plan WHERE (created AND is_removed) OR"
        " (NOT created AND before_id IS NOT NULL AND NOT differs AND NOT inspected)"
    )
    if changed_too:
        cursor.execute("UPDATE revert_plan SET reason = NULL WHERE reason = 'changed_since'")
    _place(cursor)
    _refuse_foreign(cursor, actor)


def _find_states(cursor: CursorWrapper, batch: Batch) -> None:
    """For each asset the recorded states around the batch's own changes, in a table the planner knows the size of."""
    cursor.execute(
        "DROP TABLE IF EXISTS pg_temp.revert_plan, pg_temp.revert_states, pg_temp.revert_events, pg_temp.revert_facts"
    )
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


def _place(cursor: CursorWrapper) -> None:
    """The areas in which what was moved will lie again, by today's boundaries."""
    cursor.execute(
        "SELECT p.asset_id, ST_X(e.point), ST_Y(e.point) FROM revert_plan p"
        " JOIN assets_assetevent e ON e.pgh_id = p.before_id WHERE p.moves AND p.reason IS NULL"
    )
    moved = cursor.fetchall()
    if not moved:
        return
    keys, lon, lat = zip(*moved, strict=True)
    placed = Resolver().resolve(lon, lat)
    columns = [list(keys)]
    columns += [[getattr(one, name) for one in placed] for name in PLACEMENT_FIELDS]
    cursor.execute(
        """
        UPDATE revert_plan p SET area_id = at.area, district_id = at.district, street_id = at.street,
               community_id = at.community, new_scope = coalesce(found.code, %s)
        FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
             AS at (asset, area, district, street, community)
        LEFT JOIN places_area found ON found.id = at.area
        WHERE p.asset_id = at.asset
        """,
        [settings.MANAGING_DISTRICT, *columns],
    )


def _refuse_foreign(cursor: CursorWrapper, actor: Actor) -> None:
    """Leave alone what the actor may not write; both ends of a move count."""
    if actor.user is None and actor.origin is Origin.COMMAND:
        return
    needs = {
        EDIT: ["NOT created AND {old}"],
        REMOVE: ["(created OR lives) AND {old}"],
        MOVE: ["moves AND {old}", "moves AND {new}"],
        VOID: ["inspected AND {old}"],
    }
    outside, params = [], []
    for verb, conditions in needs.items():
        scope = scope_of(actor.user, verb) if actor.user else None
        if scope is not None and scope.is_everywhere:
            continue
        for condition in conditions:
            outside.append(
                "(" + condition.format(old="NOT old_scope ^@ ANY(%s)", new="NOT new_scope ^@ ANY(%s)") + ")"
            )
            params.append(sorted(scope.prefixes) if scope else [])
    if outside:
        cursor.execute(
            f"UPDATE revert_plan SET reason = 'not_yours' WHERE {' OR '.join(outside)}",  # noqa: S608 (literals above)
            params,
        )


def _counted(cursor: CursorWrapper) -> Reverted:
    cursor.execute(
        """
        SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created), count(*) FILTER (WHERE inspected)
        FROM revert_plan WHERE reason IS NULL
        """
    )
    removed, restored, inspections = cursor.fetchone()
    cursor.execute(
        "SELECT reason, count(*) FROM revert_plan WHERE reason IS NOT NULL GROUP BY reason ORDER BY reason"
    )
    left = dict(cursor.fetchall())
    cursor.execute(
        "SELECT a.id, a.code, a.name, p.reason FROM revert_plan p JOIN assets_asset a ON a.id = p.asset_id"
        " WHERE p.reason IS NOT NULL ORDER BY a.code"
    )
    listed = tuple(Left(*row) for row in cursor.fetchall())
    return Reverted(removed=removed, restored=restored, inspections=inspections, left=left, listed=listed)


# --- Write ------------------------------------------------------------------------------------------------------------


def _write(cursor: CursorWrapper, actor: Actor, batch: Batch, undoing: Batch, stage: Stage) -> None:
    now = timezone.now()
    _find_facts(cursor, batch)
    stage("removing")
    before_many_rows(cursor)
    _remove(cursor, batch, now)
    stage("restoring")
    before_many_rows(cursor)
    _put_back(cursor)
    _hang_back(cursor, actor, now)
    cursor.execute(
        "INSERT INTO assets_batchitem (batch_id, asset_id, outcome)"
        " SELECT %s, asset_id, 'updated' FROM revert_plan WHERE reason IS NULL ORDER BY asset_id",
        [undoing.pk],
    )
    stage("inspections")
    before_many_rows(cursor)
    cursor.execute(
        "UPDATE assets_inspection SET voided_at = %s, voided_by_id = %s, void_reason = %s"
        " WHERE batch_id = %s AND voided_at IS NULL"
        " AND asset_id IN (SELECT asset_id FROM revert_plan WHERE reason IS NULL)",
        [now, actor.user.pk if actor.user else None, undoing.title, batch.pk],
    )
    reopen_inspection_jobs(Inspection.objects.filter(batch=batch, voided_at=now))
    put_back_units(cursor, batch)
    if batch.kind == BatchKind.REVERT:
        _record_again(cursor, batch)


def _find_facts(cursor: CursorWrapper, batch: Batch) -> None:
    """What the assets' condition will rest on once the batch's inspections are void.

    Written with the other fields, it leaves the triggers on inspections nothing to change: one new state of each
    asset instead of two.
    """
    cursor.execute(
        """
        CREATE TEMP TABLE revert_facts ON COMMIT DROP AS
        SELECT DISTINCT ON (p.asset_id) p.asset_id, x.condition, x.effective_at
        FROM revert_plan p
        LEFT JOIN assets_inspection x
               ON x.asset_id = p.asset_id AND x.voided_at IS NULL AND x.batch_id IS DISTINCT FROM %s
        WHERE p.inspected AND p.reason IS NULL
        ORDER BY p.asset_id, x.effective_at DESC NULLS LAST, x.id DESC
        """,
        [batch.pk],
    )
    cursor.execute("ANALYZE revert_facts")


def _remove(cursor: CursorWrapper, batch: Batch, now: datetime) -> None:
    """What `remove_asset` does, for everything that the batch registered."""
    day = timezone.localdate(now)
    end_what_goes_on(cursor, "SELECT asset_id FROM revert_plan WHERE created AND reason IS NULL", day)
    due = next_due_sql(
        seen="fact.effective_at",
        installed="a.installed_on",
        registered="a.created_at",
        interval="t.inspection_interval_days",
    )
    cursor.execute(
        f"""
        UPDATE assets_asset a
        SET lifecycle = 'removed', removed_on = %(day)s, removal_reason = %(reason)s, artwork_id = NULL,
            condition = CASE WHEN p.inspected THEN coalesce(fact.condition, 0) ELSE a.condition END,
            condition_at = CASE WHEN p.inspected THEN fact.effective_at ELSE a.condition_at END,
            next_inspection_due = CASE WHEN p.inspected
                THEN {due}
                ELSE a.next_inspection_due END
        FROM revert_plan p LEFT JOIN revert_facts fact ON fact.asset_id = p.asset_id, assets_assettype t
        WHERE a.id = p.asset_id AND t.id = a.type_id AND p.created AND p.reason IS NULL
        """,  # noqa: S608 (an expression of the rules)
        {
            "day": day,
            "reason": _("Import undone") if batch.kind == BatchKind.IMPORT else _("Registration undone"),
        },
    )


def _put_back(cursor: CursorWrapper) -> None:
    """Fields that the batch changed get the values from before; all others stay as they are now."""
    values = {
        column: f"CASE WHEN b.{column} IS DISTINCT FROM f.{column} THEN b.{column} ELSE a.{column} END"
        for column in _PLAIN
    }
    values |= {column: f"CASE WHEN p.lives THEN b.{column} ELSE a.{column} END" for column in _LIFECYCLE}
    # Whoever has hung it on a support since has said where it stands.
    moves = "p.moves AND a.support_id IS NULL"
    values["point"] = f"CASE WHEN {moves} THEN b.point ELSE a.point END"
    for level in PLACEMENT_FIELDS:
        values[f"{level}_id"] = f"CASE WHEN {moves} THEN p.{level}_id ELSE a.{level}_id END"
    values["condition"] = "CASE WHEN p.inspected THEN coalesce(fact.condition, 0) ELSE a.condition END"
    values["condition_at"] = seen = "CASE WHEN p.inspected THEN fact.effective_at ELSE a.condition_at END"
    due = next_due_sql(
        seen=f"({seen})",
        installed=values["installed_on"],
        registered="a.created_at",
        interval="t.inspection_interval_days",
    )
    values["next_inspection_due"] = f"""
        CASE WHEN p.inspected OR (b.type_id, b.installed_on) IS DISTINCT FROM (f.type_id, f.installed_on)
             THEN {due}
             ELSE a.next_inspection_due END"""
    cursor.execute(
        # Column names and expressions of this module.
        f"""
        UPDATE assets_asset a SET {", ".join(f"{name} = {value}" for name, value in values.items())}
        FROM revert_plan p
        JOIN assets_assetevent b ON b.pgh_id = p.before_id JOIN assets_assetevent f ON f.pgh_id = p.after_id
        LEFT JOIN revert_facts fact ON fact.asset_id = p.asset_id, assets_assettype t
        WHERE a.id = p.asset_id
          AND t.id = CASE WHEN b.type_id IS DISTINCT FROM f.type_id THEN b.type_id ELSE a.type_id END
          AND p.differs AND NOT p.created AND p.reason IS NULL
        """  # noqa: S608
    )


def _hang_back(cursor: CursorWrapper, actor: Actor, now: datetime) -> None:
    """What hung before the batch took it down, or hung another, hangs again where it may still hang."""
    scope = scope_of(actor.user, POST_ARTWORK) if actor.user else None
    prefixes = [""] if scope is None else sorted(scope.prefixes)
    day = timezone.localdate(now)
    again = f"""
        SELECT p.asset_id FROM revert_plan p
        JOIN assets_assetevent b ON b.pgh_id = p.before_id JOIN assets_assetevent f ON f.pgh_id = p.after_id
        JOIN assets_asset a ON a.id = p.asset_id LEFT JOIN assets_artwork w ON w.id = b.artwork_id
        WHERE p.reason IS NULL AND NOT p.created AND b.artwork_id IS DISTINCT FROM f.artwork_id
          AND a.lifecycle <> 'removed' AND p.old_scope ^@ ANY(%(prefixes)s)
          AND (b.artwork_id IS NULL OR {may_hang_sql("w", "%(day)s")})
    """  # noqa: S608 (an expression of the rules)
    cursor.execute(again, {"prefixes": prefixes, "day": day})
    assets = [asset for (asset,) in cursor.fetchall()]
    if not assets:
        return
    cursor.execute(
        "UPDATE assets_posting SET taken_down_on = greatest(posted_on, %s)"
        " WHERE taken_down_on IS NULL AND asset_id = ANY(%s)",
        [day, assets],
    )
    cursor.execute(
        "INSERT INTO assets_posting (asset_id, artwork_id, posted_on)"
        " SELECT p.asset_id, b.artwork_id, %s FROM revert_plan p JOIN assets_assetevent b ON b.pgh_id = p.before_id"
        " WHERE b.artwork_id IS NOT NULL AND p.asset_id = ANY(%s)",
        [day, assets],
    )
    cursor.execute(
        "UPDATE assets_asset a SET artwork_id = b.artwork_id FROM revert_plan p, assets_assetevent b"
        " WHERE a.id = p.asset_id AND b.pgh_id = p.before_id AND a.id = ANY(%s)",
        [assets],
    )


def _record_again(cursor: CursorWrapper, batch: Batch) -> None:
    """Inspections that the undoing voided are recorded anew under the batch they came with: a voided one stays void."""
    cursor.execute(
        """
        INSERT INTO assets_inspection (uid, asset_id, condition, defects, note, observed_at, received_at,
                                       inspector_id, inspector_name, origin, batch_id, void_reason)
        SELECT gen_random_uuid(), x.asset_id, x.condition, x.defects, x.note, x.observed_at, x.received_at,
               x.inspector_id, x.inspector_name, x.origin, x.batch_id, ''
        FROM assets_inspection x
        WHERE x.voided_at IS NOT NULL
          AND x.asset_id IN (SELECT asset_id FROM revert_plan WHERE reason IS NULL)
          AND x.id IN (
            SELECT e.pgh_obj_id FROM assets_inspectionevent e
            WHERE e.pgh_context_id IN (
                SELECT id FROM pghistory_context WHERE metadata @> jsonb_build_object('batch', %s)))
        ORDER BY x.id
        RETURNING id
        """,
        [batch.pk],
    )
    close_inspection_jobs(Inspection.objects.filter(pk__in=[key for (key,) in cursor.fetchall()]))
