"""Order the same change for all that a filter leaves, or its undoing: at once while they are few, else by the worker.

The filter is kept as its query string and read when the change is made, with the rights that the person has then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language

from accounts.models import User
from accounts.permissions import EDIT
from assets import orders
from assets.actions.revert_batch import revert_batch
from assets.filters import read_filter
from assets.history import Actor, authorise
from assets.models import Asset, BackgroundRun, Batch, Origin
from assets.runs import Progress as RunProgress
from assets.runs import enqueue
from assets.sets.edits import BulkEdit, bulk_edit_of, check
from work.actions.edit_assets import Progress, edit_assets, unwatched

EDIT_ASSETS = "edit_assets"
UNDO_EDIT = "undo_edit"
# So many take a second or two; for more nobody should sit and wait for an answer.
MOST_AT_ONCE = 2_000
_SHARES = {"checking": 0.05, "removing": 0.2, "restoring": 0.25, "inspections": 0.95}


@dataclass(frozen=True)
class EditOrder:
    """What somebody asks for; `title` is the batch's, `back` the form's address, `expected` what its preview said."""

    uid: UUID
    query: str
    edit: BulkEdit
    title: str
    back: str
    expected: int

    def assets(self, user: User) -> QuerySet[Asset]:
        """What the filter leaves of what the user sees."""
        return read_filter(self.query).assets(user)

    def as_parameters(self) -> dict[str, Any]:
        """What a run keeps of it."""
        return {
            "query": self.query,
            "edit": self.edit.as_json(),
            "title": self.title,
            "back": self.back,
            "expected": self.expected,
            "language": get_language(),
        }


def order_edit(actor: Actor, order: EditOrder) -> BackgroundRun:
    """Change the assets, or have the worker change them; its run says which: done with a batch, or waiting.

    Raises:
        PermissionDenied: the actor may not edit anywhere.
        ValidationError: as of `edit_assets`, or naming `order` (its id is somebody else's).
        FilterError: the filter cannot be read.
    """
    authorise(actor, EDIT)
    assert actor.user is not None
    check(order.edit)
    with transaction.atomic():
        run, new = orders.run_of(actor.user, EDIT_ASSETS, order.uid, order.as_parameters())
        if not new:
            return run
        run.total = order.assets(actor.user).count()
        if run.total > MOST_AT_ONCE:
            run.save(update_fields=["total"])
            enqueue(run)
        else:
            orders.finish(run, _edit(actor, order), done=run.total)
    return run


def carry_out_edit(run: BackgroundRun, progress: RunProgress) -> None:
    """What the worker does with such an order."""

    def act() -> dict[str, Any]:
        parameters = run.parameters
        edit = bulk_edit_of(parameters["edit"])
        order = EditOrder(
            run.uid,
            parameters["query"],
            edit,
            parameters["title"],
            parameters["back"],
            parameters["expected"],
        )
        return _edit(Actor(run.started_by, Origin.WEB), order, progress)

    orders.carry_out(run, progress, act)


def _edit(actor: Actor, order: EditOrder, progress: Progress = unwatched) -> dict[str, Any]:
    assert actor.user is not None
    edited = edit_assets(
        actor,
        order.assets(actor.user),
        order.edit,
        title=order.title,
        expected=order.expected,
        facts={"query": order.query},
        progress=progress,
    )
    assert edited.batch is not None
    return {"batch": edited.batch.pk, "written": edited.written, "asked": edited.asked}


def order_undoing(actor: Actor, batch: Batch, *, changed_too: bool) -> BackgroundRun:
    """Undo a bulk edit, or the undoing of one; its run says whether that is done or waits for the worker.

    Raises:
        PermissionDenied: the actor may not edit anywhere.
        ValidationError: as of `revert_batch`.
    """
    authorise(actor, EDIT)
    assert actor.user is not None
    parameters = {"batch": batch.pk, "changed_too": changed_too, "language": get_language()}
    with transaction.atomic():
        Batch.objects.select_for_update().get(pk=batch.pk)
        mine = BackgroundRun.objects.filter(kind=UNDO_EDIT, started_by=actor.user, finished_at=None)
        unfinished = mine.filter(parameters__batch=batch.pk).first()
        if unfinished is not None:
            return unfinished
        run = BackgroundRun.objects.create(
            uid=uuid4(),
            kind=UNDO_EDIT,
            started_by=actor.user,
            parameters=parameters,
            total=batch.items.count(),
        )
        if run.total is not None and run.total > MOST_AT_ONCE:
            enqueue(run)
        else:
            orders.finish(run, _undo(actor, batch, changed_too), done=run.total or 0)
    return run


def carry_out_undoing(run: BackgroundRun, progress: RunProgress) -> None:
    """What the worker does then."""

    def stage(name: str) -> None:
        progress(int((run.total or 0) * _SHARES[name]))
        progress.write()

    def act() -> dict[str, Any]:
        batch = Batch.objects.get(pk=run.parameters["batch"])
        return _undo(Actor(run.started_by, Origin.WEB), batch, run.parameters["changed_too"], stage)

    orders.carry_out(run, progress, act)


def _undo(actor: Actor, batch: Batch, changed_too: bool, stage: Any = lambda _name: None) -> dict[str, Any]:
    reverted = revert_batch(actor, batch, changed_too=changed_too, stage=stage)
    return {"batch": reverted.batch, "written": reverted.writes}
