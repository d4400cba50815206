"""Change many assets alike: what a filter leaves, a selection on the map. One batch, which can be undone.

Who asked for 1,204 and gets 1,180 is told which are left out and why. Set by set, whatever their number, by the kernel
of `assets/sets`.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, InternalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import EDIT
from assets.history import Actor, acting, authorise
from assets.models import Asset, Batch, BatchKind
from assets.sets.edits import BulkEdit, check, source_of
from assets.sets.planning import Planned, plan
from assets.sets.writing import write
from places.row_history import Difference, differences_in_words

NAMED = 200  # how many component ids a report names for each reason
SHOWN = 12  # how many assets a preview shows with what changes
_OBJECTIONS = (IntegrityError, DataError, InternalError)

Progress = Callable[[int, int], None]


def unwatched(_done: int, _total: int) -> None:
    """For edits that nobody watches."""


@dataclass(frozen=True)
class Changed:
    """One asset of a preview's sample, and what would change."""

    code: str
    name: str
    differences: list[Difference]


@dataclass(frozen=True)
class Edited:
    """What came of it, or would: `written` of `asked`, how many are so already, and who is left out and why."""

    asked: int
    written: int
    unchanged: int
    refused: dict[str, int]
    examples: dict[str, list[str]]
    sample: tuple[Changed, ...] = ()
    batch: Batch | None = None

    def as_json(self) -> dict[str, Any]:
        """The numbers and examples, as a batch's report keeps them."""
        return {
            name: getattr(self, name) for name in ("asked", "written", "unchanged", "refused", "examples")
        }


def preview_edit(actor: Actor, assets: QuerySet[Asset], edit: BulkEdit) -> Edited:
    """What `edit_assets` would do now, with a sample; writes nothing.

    Raises:
        PermissionDenied: the actor may not edit anywhere.
        ValidationError: naming the fields of the edit that are wrong.
    """
    authorise(actor, EDIT)
    check(edit)
    with transaction.atomic(), connection.cursor() as cursor:
        keys = list(assets.order_by().values_list("pk", flat=True))
        planned = plan(cursor, actor, source_of(edit, keys, timezone.now()))
        return replace(_told(cursor, planned), sample=_sample(cursor, planned))


def edit_assets(
    actor: Actor,
    assets: QuerySet[Asset],
    edit: BulkEdit,
    *,
    title: str,
    expected: int | None = None,
    facts: dict[str, Any] | None = None,
    progress: Progress = unwatched,
) -> Edited:
    """Change all of them that may be changed, in one transaction and one batch.

    Args:
        chosen: what the actor sees of what a filter leaves.
        title: of the batch.
        expected: how many were to be written when somebody looked; with another number nothing is written.
        facts: kept in the batch's report beside the numbers.
        progress: called with how many of how many are done.

    Raises:
        PermissionDenied: the actor may not edit anywhere.
        ValidationError: naming the fields of the edit that are wrong, or `assets`: none is changed, they are no longer
            those that were looked at, or the database objects.
    """
    authorise(actor, EDIT)
    check(edit)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            locked = assets.order_by("pk").select_for_update(of=("self",), no_key=True)
            keys = list(locked.values_list("pk", flat=True))
            progress(0, len(keys))
            now = timezone.now()
            planned = plan(cursor, actor, source_of(edit, keys, now))
            edited = _told(cursor, planned)
            _refuse_surprises(edited, expected)
            progress(len(keys) // 10, len(keys))
            batch = Batch.objects.create(
                kind=BatchKind.BULK_EDIT,
                title=title[:200],
                actor=actor.user,
                origin=actor.origin,
                report={**(facts or {}), "edit": edit.as_json(), **edited.as_json()},
            )
            with acting(actor, batch=batch):
                write(cursor, batch, planned, timezone.localdate(now))
            progress(len(keys), len(keys))
    except _OBJECTIONS as error:
        reason = str(error).strip().splitlines()[0]
        raise ValidationError(
            {"assets": _("The database refused it and nothing was written: %(said)s") % {"said": reason}}
        ) from error
    return replace(edited, batch=batch)


def _refuse_surprises(edited: Edited, expected: int | None) -> None:
    if not edited.written:
        raise ValidationError({"assets": _("Nothing is to be changed on these assets.")})
    if expected is not None and edited.written != expected:
        sentence = _(
            "Meanwhile it would change %(now)s assets instead of %(before)s. Look at the preview again."
        )
        raise ValidationError({"assets": sentence % {"now": edited.written, "before": expected}})


def _told(cursor: CursorWrapper, planned: Planned) -> Edited:
    cursor.execute(
        """
        SELECT reason, array_agg(code ORDER BY code) FROM (
            SELECT p.reason, a.code, row_number() OVER (PARTITION BY p.reason ORDER BY a.code) AS place
            FROM set_plan p JOIN assets_asset a ON a.id = p.asset_id WHERE p.reason IS NOT NULL) AS refused
        WHERE place <= %s GROUP BY reason
        """,
        [NAMED],
    )
    examples = dict(cursor.fetchall())
    return Edited(planned.asked, planned.written, planned.unchanged, planned.refused, examples)


def _sample(cursor: CursorWrapper, planned: Planned) -> tuple[Changed, ...]:
    """Some of the assets that would be written, spread over all of them."""
    columns = ", ".join(planned.columns)
    cursor.execute(
        # Names of columns.
        f"""
        SELECT asset_id, {columns} FROM (
            SELECT *, row_number() OVER (ORDER BY asset_id) AS place FROM set_plan WHERE reason IS NULL AND writes
        ) AS written WHERE (place - 1) %% greatest(%s / %s, 1) = 0 ORDER BY place LIMIT %s
        """,  # noqa: S608
        [planned.written, SHOWN, SHOWN],
    )
    rows = cursor.fetchall()
    assets = Asset.objects.in_bulk([row[0] for row in rows])
    pairs = []
    for key, *values in rows:
        before = assets[key]
        after = copy(before)
        for column, value in zip(planned.columns, values, strict=True):
            setattr(after, column, GEOSGeometry(value) if column == "point" else value)
        pairs.append((before, after))
    words = differences_in_words(pairs)
    return tuple(
        Changed(before.code, before.name, differences)
        for (before, _after), differences in zip(pairs, words, strict=True)
    )
