"""Undo an import, or undo the undoing: `revert_batch` by the worker, with the ledger's row in the same transaction."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assets.actions.revert_batch import revert_batch
from assets.history import Actor
from assets.models import Batch, Ledger, LedgerState
from assets.runs import Progress, start_run
from importing.actions.locking_ledgers import idle

UNDO_IMPORT = "undo_import"
_SHARES = {"checking": 0.05, "removing": 0.2, "restoring": 0.5, "inspections": 0.8}


def start_undoing(actor: Actor, ledger: Ledger, *, changed_too: bool) -> Ledger:
    """Queue the undoing of an import; of one that is undone, its return.

    Args:
        changed_too: also on assets that were changed since.

    Raises:
        PermissionDenied: the actor may not go on with this ledger.
        ValidationError: naming `state` or `batch`: nothing was written.
    """
    with idle(actor, ledger, LedgerState.IMPORTED) as current:
        assert actor.user is not None
        if current.batch is None:
            raise ValidationError({"batch": _("There is nothing left to undo.")})
        current.state, current.problem = LedgerState.UNDOING, {}
        parameters = {"language": get_language(), "changed_too": changed_too}
        current.run = start_run(UNDO_IMPORT, actor.user, parameters)
        current.save(update_fields=["state", "problem", "run"])
    return current


def undo_import(actor: Actor, ledger: Ledger, progress: Progress, *, changed_too: bool) -> None:
    """What the worker does then: the whole undoing and the ledger's new state, or neither."""

    def stage(name: str) -> None:
        progress.result = {"stage": name}
        progress.run.total = ledger.report.get("rows", 0)
        progress.run.done = int((progress.run.total or 0) * _SHARES[name])
        progress.write()

    try:
        with transaction.atomic():
            current = (
                Ledger.objects.select_for_update(of=("self",))
                .select_related("batch", "undone")
                .get(pk=ledger.pk)
            )
            if current.state != LedgerState.UNDOING:
                return
            batch = current.undone or current.batch
            assert batch is not None
            reverted = revert_batch(actor, batch, changed_too=changed_too, stage=stage)
            current.state, current.problem = LedgerState.IMPORTED, {}
            assert reverted.batch is not None
            current.undone = None if current.undone else Batch.objects.get(pk=reverted.batch)
            current.save(update_fields=["state", "problem", "undone"])
    except (ValidationError, PermissionDenied) as error:
        sentence = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
        Ledger.objects.filter(pk=ledger.pk, state=LedgerState.UNDOING).update(
            state=LedgerState.IMPORTED, problem={"code": "", "sentence": sentence}
        )
    progress.result = {}
