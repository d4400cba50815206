"""Receive an office's ledger: keep the file, and have the worker see what is in it."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import IMPORT, scope_of
from assets.history import Actor, authorise
from assets.models import Ledger, LedgerState
from assets.runs import Progress, start_run
from importing.actions.locking_ledgers import idle
from importing.answers import Answers, recalled_values
from importing.apart import read_apart
from importing.collector import collector_paused
from importing.describing import describe
from importing.errors import LedgerError
from importing.kept import keep, kept
from importing.problems import problem_of
from importing.reading import READABLE, Table
from importing.reading.layout import Layout

READ_LEDGER = "read_ledger"
MOST_MEGABYTES = 200


def receive_ledger(actor: Actor, file: Path, filename: str, *, office: str) -> Ledger:
    """Take over an uploaded file (it is moved) and queue its reading.

    Args:
        file: on the same disk as VAR_DIR.
        filename: as its owner calls it.
        office: code of the area whose office it comes from.

    Raises:
        PermissionDenied: the actor may not import, or not for that office.
        ValidationError: naming `file`: of an unknown kind, empty, or too large.
    """
    authorise(actor, IMPORT)
    assert actor.user is not None
    if not scope_of(actor.user, IMPORT).covers(office):
        raise PermissionDenied(_("Your role does not allow this here."))
    filename = Path(filename.replace("\\", "/")).name.replace("\0", "")[-200:]
    check_upload(filename, file.stat().st_size)
    ledger = Ledger(office=office, filename=filename, size=file.stat().st_size, uploaded_by=actor.user)
    ledger.folder.mkdir(mode=0o700, parents=True)
    try:
        _take_over(file, ledger.file)
        with transaction.atomic():
            ledger.run = start_run(READ_LEDGER, actor.user, {"language": get_language()})
            ledger.save(force_insert=True)
    except BaseException:
        shutil.rmtree(ledger.folder, ignore_errors=True)
        raise
    return ledger


def check_upload(filename: str, size: int) -> None:
    """What can be said of a file before anybody looks into it.

    Raises:
        ValidationError: naming `file`.
    """
    extension = Path(filename).suffix.lower().lstrip(".")
    if extension not in READABLE or extension == "gdb":
        readable = ", ".join(ending for ending in READABLE if ending != "gdb")
        error = LedgerError("unknown_extension", extension=extension, readable=readable)
        raise ValidationError({"file": str(error)})
    if size == 0:
        raise ValidationError({"file": str(LedgerError("empty_file"))})
    if size > MOST_MEGABYTES << 20:
        raise ValidationError({"file": str(LedgerError("too_large", megabytes=MOST_MEGABYTES))})


def _take_over(file: Path, target: Path) -> None:
    """Move the file, and have it on the disk before a row names it."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    os.replace(file, target)
    os.chmod(target, 0o600)


def choose_sheet(actor: Actor, ledger: Ledger, layout: Layout) -> Ledger:
    """Have another sheet or layer read, or the same one laid out in another way.

    Raises:
        PermissionDenied: the actor may not go on with this ledger.
        ValidationError: naming `state`: something is being done for it, or it has been imported.
    """
    with idle(actor, ledger, LedgerState.READ, LedgerState.CHECKED, LedgerState.UNREADABLE) as current:
        assert actor.user is not None
        answers = Answers.of(current)
        current.answers = Answers(**dataclasses.asdict(layout), source=answers.source).as_json()
        current.state, current.problem = LedgerState.READING, {}
        current.run = start_run(READ_LEDGER, actor.user, {"language": get_language()})
        current.save(update_fields=["answers", "state", "problem", "run"])
    return current


def read_ledger(ledger: Ledger, progress: Progress) -> None:
    """What the worker does then: read the file, keep its table, describe it."""
    progress.result = {"stage": "reading"}
    progress.write()
    try:
        with collector_paused():
            table = _read(ledger)
            keep(table, ledger.folder / "table")
        found: dict[str, Any] = {
            "contents": (contents := describe(table)),
            "state": LedgerState.READ,
            "problem": {},
            "answers": _begun(ledger, contents).as_json(),
        }
        progress(len(table), len(table))
    except LedgerError as error:
        found = {"state": LedgerState.UNREADABLE, "problem": problem_of(error)}
    Ledger.objects.filter(pk=ledger.pk, state=LedgerState.READING).update(**found)


def table_of(ledger: Ledger) -> Table:
    """A ledger's table: as it was kept, else read again.

    Raises:
        LedgerError: it cannot be read.
    """
    table = kept(ledger.folder / "table")
    if table is None:
        table = _read(ledger)
        keep(table, ledger.folder / "table")
    return table


def _read(ledger: Ledger) -> Table:
    answers = Answers.of(ledger)
    try:
        return read_apart(ledger.file, filename=ledger.filename, layout=answers.layout)
    except FileNotFoundError as error:
        raise LedgerError("damaged", detail=str(_("the file is no longer kept"))) from error


def _begun(ledger: Ledger, contents: dict[str, Any]) -> Answers:
    """The sheet is settled now; whose numbers they are, and what its rows are, this office may have said before."""
    answers = Answers.of(ledger)
    ledger.contents = contents
    recalled = recalled_values(ledger)
    before = (
        Ledger.objects.filter(office=ledger.office, contents__signature=contents["signature"])
        .exclude(pk=ledger.pk)
        .exclude(answers__source="")
        .first()
    )
    earlier = Answers.of(before) if before else answers
    return Answers(
        **{**dataclasses.asdict(answers.layout), "layer": contents["layer"]},
        source=(answers.source or earlier.source or Path(ledger.filename).stem)[:60],
        default_type=earlier.default_type,
        near_metres=earlier.near_metres,
        values=recalled,
        recalled=recalled,
    )
