"""How far a ledger is: what its page asks every moment while the worker works."""

import uuid
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema

from accounts.permissions import IMPORT, require
from assets.models import Ledger, RunState
from assets.runs import is_abandoned
from importing.answers import Answers
from importing.ledger_corrections import corrections_file
from importing.ledgers.finding import find_ledger
from importing.ledgers.showing import shown_codes
from importing.problems import in_words
from importing.verdicts import Verdict
from mapping.api.application import no_parameters

router = Router()

_STAGES: dict[str, Promise] = {
    "reading": _("Reading the file"),
    "parsing": _("Reading its cells"),
    "staging": _("Laying it beside the catalogue"),
    "waiting": _("Waiting for another import to finish"),
    "checking": _("Comparing it with the catalogue"),
    "keeping": _("Putting the differences together"),
    "creating": _("Creating assets"),
    "updating": _("Updating assets"),
    "inspections": _("Recording conditions"),
    "committing": _("Making it permanent"),
    "removing": _("Removing what it registered"),
    "restoring": _("Putting back what it changed"),
}


class Code(Schema):
    """A kind of verdict, how often it was said so far, and whether it refuses a row."""

    code: str
    sentence: str
    times: int
    refuses: bool


class FirstVerdict(Schema):
    """One of the first verdicts."""

    row: int
    column: str
    value: str
    sentence: str
    refuses: bool


class LedgerProgress(Schema):
    """Where a ledger stands. `work` says how its run is: none, waiting, running, stopped (its worker was killed, and
    nothing was written) or failed. `done` of `total` is null while nothing can be said; `corrections` says whether
    the workbook of rows to correct is there.
    """

    uid: uuid.UUID
    state: str
    work: Literal["none", "waiting", "running", "stopped", "failed"]
    stage: str
    done: int | None
    total: int | None
    codes: list[Code]
    first: list[FirstVerdict]
    problem: str
    corrections: bool
    photos: dict[str, Any]


@router.get("/ledgers/{uid}", response=LedgerProgress)
def ledger_progress(request: HttpRequest, uid: uuid.UUID) -> dict[str, Any]:
    """How far the import of a ledger is, with the first things that were said about its rows."""
    no_parameters(request)
    require(request.user, IMPORT)
    return progress_of(find_ledger(request, uid))


def progress_of(ledger: Ledger) -> dict[str, Any]:
    """Where a ledger stands, in the reader's language."""
    run = ledger.run
    work = _work(ledger)
    live = run.result if run is not None and ledger.is_busy else {}
    answers = Answers.of(ledger)
    return {
        "uid": ledger.uid,
        "state": ledger.state,
        "work": work,
        "stage": str(_STAGES.get(live.get("stage", ""), "")),
        "done": run.done if run is not None and work == "running" and run.total else None,
        "total": run.total if run is not None and work == "running" else None,
        "codes": [vars(code) for code in shown_codes(live.get("codes", {}), answers)],
        "first": [_verdict_in_words(verdict, answers) for verdict in live.get("first", [])],
        "problem": in_words(ledger.problem),
        "corrections": corrections_file(ledger).exists(),
        "photos": photos_of(ledger),
    }


def _work(ledger: Ledger) -> str:
    run = ledger.run
    if run is None or not ledger.is_busy:
        return "none"
    if run.state == RunState.WAITING:
        return "waiting"
    if run.state == RunState.RUNNING:
        return "stopped" if is_abandoned(run) else "running"
    # Done while the ledger says busy: its last moment, or a fault of the program.
    return "failed" if run.state == RunState.FAILED else "running"


def photos_of(ledger: Ledger) -> dict[str, Any]:
    """How adding photos goes, or went: {state, done, total, and the run's result}."""
    run = ledger.photos_run
    if run is None:
        return {}
    state = "stopped" if is_abandoned(run) else run.state
    return {"state": state, "done": run.done, "total": run.total, **run.result}


def _verdict_in_words(kept: dict[str, Any], answers: Answers) -> dict[str, Any]:
    verdict = Verdict(kept["row"], kept["code"], "", kept["column"], kept["value"], kept["params"])
    return {
        "row": verdict.row,
        "column": verdict.column,
        "value": verdict.value,
        "sentence": verdict.sentence,
        "refuses": verdict.code in answers.refusing,
    }
