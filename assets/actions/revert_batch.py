"""Undo a batch (an import, a bulk edit, or the undoing of one) as a batch of its own, set by set.

What the batch changed gets the values it had before; what it registered is removed, and keeps its retired id, so that
importing its key again opens it again; inspections that came with it are voided. Never by restoring old rows: `version`
only grows, and the undoing is history too (docs/design.md). An asset that was changed since is left alone and named,
unless the person asks for it all the same; so is one that the person may not write.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, InternalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import EDIT
from assets.entered_units import put_back_units
from assets.followups import close_inspection_jobs, reopen_inspection_jobs
from assets.history import Actor, acting, authorise
from assets.models import Asset, Batch, BatchKind, Inspection
from assets.sets import undoing
from assets.sets.planning import Planned, plan
from assets.sets.writing import write, write_many
from places.row_history import Difference, differences_in_words

_KEPT = 2_000
_OBJECTIONS = (IntegrityError, DataError, InternalError)
TOLD = 50  # of how many assets that were changed since a preview tells what

Stage = Callable[[str], None]


@dataclass(frozen=True)
class Left:
    """An asset that is left alone, and why: changed_since, not_yours, number_taken, unrecorded.

    `since` is what was changed in it since; told of some assets by a preview.
    """

    asset: int
    code: str
    name: str
    reason: str
    since: tuple[Difference, ...] = ()


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
                {"code": refused.code, "name": refused.name, "reason": refused.reason}
                for refused in self.listed[:_KEPT]
            ],
        }


def preview_revert(actor: Actor, batch: Batch, *, changed_too: bool = False) -> Reverted:
    """What `revert_batch` would do; writes nothing.

    Raises:
        PermissionDenied: the actor may not edit anything.
    """
    authorise(actor, EDIT)
    with transaction.atomic(), connection.cursor() as cursor:
        planned = _plan(cursor, actor, batch, timezone.now(), changed_too=changed_too)
        answer = _told(cursor, planned)
        return replace(answer, listed=_with_what_changed(cursor, answer.listed))


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
            now = timezone.now()
            planned = _plan(cursor, actor, batch, now, changed_too=changed_too)
            answer = _told(cursor, planned)
            if not answer.writes:
                raise ValidationError({"batch": _("There is nothing left to undo.")})
            reverting = Batch.objects.create(
                kind=BatchKind.REVERT,
                title=(_("Undone: %(title)s") % {"title": batch.title})[:200],
                actor=actor.user,
                origin=actor.origin,
            )
            with acting(actor, batch=reverting):
                stage("removing")
                stage("restoring")
                write(cursor, reverting, planned, timezone.localdate(now))
                stage("inspections")
                _void(cursor, actor, batch, reverting, now)
                put_back_units(cursor, batch)
                if batch.kind == BatchKind.REVERT:
                    _record_again(cursor, batch)
            answer = replace(answer, batch=reverting.pk)
            reverting.report = {**answer.as_json(), "reverts": batch.pk}
            reverting.save(update_fields=["report"])
    except _OBJECTIONS as error:
        reason = str(error).strip().splitlines()[0]
        raise ValidationError(
            {
                "batch": _("The database refused to undo it and nothing was written: %(said)s")
                % {"said": reason}
            }
        ) from error
    return answer


def _plan(cursor: CursorWrapper, actor: Actor, batch: Batch, now: datetime, *, changed_too: bool) -> Planned:
    return plan(cursor, actor, undoing.source_of(cursor, actor, batch, now, changed_too=changed_too))


def _told(cursor: CursorWrapper, planned: Planned) -> Reverted:
    cursor.execute(
        """
        SELECT count(*) FILTER (WHERE created), count(*) FILTER (WHERE NOT created), count(*) FILTER (WHERE inspected)
        FROM set_plan WHERE reason IS NULL AND writes
        """
    )
    removed, restored, inspections = cursor.fetchone()
    cursor.execute(
        "SELECT a.id, a.code, a.name, p.reason FROM set_plan p JOIN assets_asset a ON a.id = p.asset_id"
        " WHERE p.reason IS NOT NULL ORDER BY a.code"
    )
    listed = tuple(Left(*row) for row in cursor.fetchall())
    return Reverted(removed, restored, inspections, left=planned.refused, listed=listed)


def _with_what_changed(cursor: CursorWrapper, listed: tuple[Left, ...]) -> tuple[Left, ...]:
    """The first of those that were changed since are told with what was changed."""
    first = [left.asset for left in listed if left.reason == undoing.CHANGED_SINCE][:TOLD]
    cursor.execute("SELECT asset_id, after_id FROM set_plan WHERE asset_id = ANY(%s)", [first])
    events = dict(cursor.fetchall())
    assets = Asset.objects.in_bulk(first)
    states = apps.get_model("assets", "AssetEvent").objects.in_bulk(list(events.values()))
    pairs = []
    for key in first:
        then = copy(assets[key])
        state = states[events[key]]
        for column in state._meta.concrete_fields:
            if not column.name.startswith("pgh_"):
                setattr(then, column.attname, getattr(state, column.attname))
        pairs.append((then, assets[key]))
    since = dict(zip(first, map(tuple, differences_in_words(pairs)), strict=True))
    return tuple(replace(left, since=since.get(left.asset, ())) for left in listed)


def _void(cursor: CursorWrapper, actor: Actor, batch: Batch, reverting: Batch, now: datetime) -> None:
    """Inspections that came with the batch no longer count, and jobs that rested on them are open again."""
    write_many(
        cursor,
        "UPDATE assets_inspection SET voided_at = %s, voided_by_id = %s, void_reason = %s"
        " WHERE batch_id = %s AND voided_at IS NULL"
        " AND asset_id IN (SELECT asset_id FROM set_plan WHERE reason IS NULL AND inspected)",
        [now, actor.user.pk if actor.user else None, reverting.title, batch.pk],
    )
    reopen_inspection_jobs(Inspection.objects.filter(batch=batch, voided_at=now))


def _record_again(cursor: CursorWrapper, batch: Batch) -> None:
    """Inspections that the undoing voided are recorded anew under the batch they came with: a voided one stays void."""
    write_many(
        cursor,
        """
        INSERT INTO assets_inspection (uid, asset_id, condition, defects, note, observed_at, received_at,
                                       inspector_id, inspector_name, origin, batch_id, void_reason)
        SELECT gen_random_uuid(), x.asset_id, x.condition, x.defects, x.note, x.observed_at, x.received_at,
               x.inspector_id, x.inspector_name, x.origin, x.batch_id, ''
        FROM assets_inspection x
        WHERE x.voided_at IS NOT NULL
          AND x.asset_id IN (SELECT asset_id FROM set_plan WHERE reason IS NULL AND writes)
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
