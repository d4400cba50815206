"""Import a checked ledger: `apply_import` by the worker, with the ledger's own row changed in the same transaction.

Whatever is killed at whatever moment, the row says what is true: as long as it does not say "imported", nothing is.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assets.history import Actor
from assets.models import Batch, Ledger, LedgerState
from assets.runs import Progress, start_run
from importing.actions.apply_import import ImportFailed, apply_import
from importing.actions.locking_ledgers import idle
from importing.actions.preparing_ledgers import forget_prepared, prepared_ledger
from importing.errors import LedgerError
from importing.live import IMPORT_SHARES, Live
from importing.outlines import OutlineError
from importing.preparing import NotImportable, Prepared
from importing.problems import problem_of
from importing.rows import keep_rows
from importing.staging import staged
from places.coordinates import UnknownCRSError

IMPORT_LEDGER = "import_ledger"


def start_importing(actor: Actor, ledger: Ledger, *, skip_bad: bool) -> Ledger:
    """Queue the import.

    Args:
        skip_bad: let the good rows in although others are refused.

    Raises:
        PermissionDenied: the actor may not go on with this ledger.
        ValidationError: naming `state`, or `skip_bad`: rows are refused and nobody said to leave them out.
    """
    with idle(actor, ledger, LedgerState.CHECKED) as current:
        assert actor.user is not None
        refused = current.report.get("refused", 0)
        if refused and not skip_bad:
            raise ValidationError(
                {
                    "skip_bad": _("%(refused)s rows are refused. Correct them, or say to leave them out.")
                    % {"refused": refused}
                }
            )
        current.state, current.problem = LedgerState.IMPORTING, {}
        parameters = {"language": get_language(), "skip_bad": skip_bad}
        current.run = start_run(IMPORT_LEDGER, actor.user, parameters)
        current.save(update_fields=["state", "problem", "run"])
    return current


def import_ledger(actor: Actor, ledger: Ledger, progress: Progress, *, skip_bad: bool) -> None:
    """What the worker does then: everything in one transaction, or nothing."""
    if ledger.state != LedgerState.IMPORTING:
        # A worker that was killed right after its commit is asked again.
        return
    try:
        live = Live(progress, ledger.contents.get("rows", 0), IMPORT_SHARES)
        live.stage("reading")
        prepared = prepared_ledger(ledger, live.watch)
        live.stage("staging")
        with staged(prepared):
            _apply(actor, ledger, prepared, live, skip_bad=skip_bad)
        forget_prepared(ledger)
    except (
        LedgerError,
        NotImportable,
        UnknownCRSError,
        OutlineError,
        ImportFailed,
        PermissionDenied,
    ) as error:
        Ledger.objects.filter(pk=ledger.pk, state=LedgerState.IMPORTING).update(
            state=LedgerState.CHECKED, problem=problem_of(error)
        )
    progress.result = {}


def _apply(actor: Actor, ledger: Ledger, prepared: Prepared, live: Live, *, skip_bad: bool) -> None:
    with transaction.atomic():
        current = Ledger.objects.select_for_update().get(pk=ledger.pk)
        if current.state != LedgerState.IMPORTING:
            return
        facts = {
            "file": ledger.filename,
            "source": prepared.options.source,
            "crs": prepared.crs,
            "ledger": str(ledger.uid),
        }
        report = apply_import(
            actor, prepared, title=ledger.filename, skip_bad=skip_bad, facts=facts, progress=live.stage
        )
        keep_rows(ledger)
        current.report = {**report.as_json(verdicts_kept=0), "crs": prepared.crs}
        current.headers = dict(prepared.headers)
        if report.refused and not skip_bad:
            current.state, current.problem = LedgerState.CHECKED, {"code": "changed_since"}
        else:
            current.state, current.problem = LedgerState.IMPORTED, {}
            current.imported_by, current.imported_at = actor.user, timezone.now()
            current.batch = Batch.objects.get(pk=report.batch) if report.batch else None
        current.save()
