"""A ledger's table is parsed and resolved once: checking keeps what it prepared, and importing takes it from there.

What is kept says under which lists, answers and program it was made (`_edition_of`). Under any others, on another day
or in another language, the table is prepared anew. What needs the assets is never kept: it is compared with the
catalogue again under the locks of the import (`importing.checking`).
"""

from __future__ import annotations

import json
import os
import pickle
from dataclasses import fields
from hashlib import blake2b
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language

from assets.dictionaries import read_generation
from assets.models import Ledger
from importing.actions.receive_ledger import table_of
from importing.answers import Answers
from importing.collector import collector_paused
from importing.preparing import STEPS, Prepared, Watch, prepare

# Whatever parsing and resolving are made of: another program may read the same cells otherwise.
_ROOMS = ("importing", "assets", "places")
# What is said of a moment that passes: the row is right when its day has come.
_PASSING = "day_in_future"


def _program() -> str:
    """A digest of the sources, as they were when this process began, and of the packages beside them."""
    base = Path(settings.BASE_DIR)
    digest = blake2b((base / "requirements.txt").read_bytes(), digest_size=16)
    for source in sorted(path for room in _ROOMS for path in (base / room).rglob("*.py")):
        digest.update(str(source.relative_to(base)).encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()


_PROGRAM = _program()


def prepare_ledger(ledger: Ledger, watch: Watch) -> Prepared:
    """Parse and resolve a ledger's table under the lists of this moment, and keep what comes out for the import.

    Raises:
        LedgerError: its file cannot be read.
        UnknownCRSError, OutlineError, NotImportable: what was answered cannot be (any more).
    """
    # Read before the lists: whatever is committed while they are read makes another edition.
    edition = _edition_of(ledger)
    options = Answers.of(ledger).options()
    with collector_paused():
        prepared = prepare(table_of(ledger), options, watch)
        if edition and all(verdict.code != _PASSING for verdict in prepared.verdicts):
            keep_prepared(prepared, edition, _file(ledger))
    return prepared


def prepared_ledger(ledger: Ledger, watch: Watch) -> Prepared:
    """What `prepare_ledger` would give: as the check kept it, where it still holds.

    Raises:
        LedgerError, UnknownCRSError, OutlineError, NotImportable: as there.
    """
    edition = _edition_of(ledger)
    with collector_paused():
        found = kept_prepared(_file(ledger), edition) if edition else None
        if found is None:
            return prepare_ledger(ledger, watch)
        prepared = Prepared(options=Answers.of(ledger).options(), **found)
    watch(STEPS, prepared.verdicts)
    return prepared


def forget_prepared(ledger: Ledger) -> None:
    """Drop what was kept: the ledger has been imported."""
    _file(ledger).unlink(missing_ok=True)


def _edition_of(ledger: Ledger) -> str:
    """All that preparing depends on beside the table; empty in a transaction that sees its own writes."""
    generation = read_generation()
    if generation.own:
        return ""
    return repr(
        (
            _PROGRAM,
            generation.lists_key,
            settings.MANAGING_DISTRICT,
            timezone.localdate().isoformat(),
            get_language(),
            json.dumps(ledger.answers, sort_keys=True),
        )
    )


def _file(ledger: Ledger) -> Path:
    """Where it lies: in the table's folder, so that another table takes its place too (`importing.kept`)."""
    return ledger.folder / "table" / "prepared"


_KEPT = tuple(field.name for field in fields(Prepared) if field.name != "options")


def keep_prepared(prepared: Prepared, edition: str, file: Path) -> None:
    """Write it, all of it or nothing. Read back by this product alone, as the table beside it is."""
    new = file.with_suffix(".new")
    with new.open("wb") as out:
        pickle.dump(edition, out, protocol=5)
        pickle.dump({name: getattr(prepared, name) for name in _KEPT}, out, protocol=5)
    os.replace(new, file)


def kept_prepared(file: Path, edition: str) -> dict[str, Any] | None:
    """What was kept under an edition; None when there is nothing, or it is another's."""
    try:
        with file.open("rb") as kept:
            if pickle.load(kept) != edition:
                return None
            found: dict[str, Any] = pickle.load(kept)
            return found
    except FileNotFoundError:
        return None
