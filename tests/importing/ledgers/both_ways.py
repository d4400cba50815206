"""One file and one set of answers, for the command and for the pages: what each says of it, and what each stores."""

import dataclasses
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import translation

from assets.models import Asset, Inspection, Ledger, LedgerState
from importing.ledger_corrections import verdict_of
from importing.report import COUNTS, named
from tests.importing.ledgers.conftest import column_answers, received, work

SOURCE = "office"
# What differs from import to import though nothing differs.
_OF_THE_MOMENT = frozenset(
    ("id", "uid", "code", "version", "changed_txid", "created_at", "updated_at", "condition_at")
)


@dataclass(frozen=True)
class Choices:
    """What a person says of a file, whichever way; the names are those of `ImportOptions` and `Layout`."""

    columns: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    values: tuple[tuple[str, str, str], ...] = ()
    crs: str = ""
    exchanged: bool = False
    positions_from_columns: bool = False
    default_type: str = ""
    district: str = ""
    allow_outside: bool = False
    near_metres: float = 5
    strict: bool = False
    create_units: bool = False
    confirmed: tuple[str, ...] = ()
    layer: str = ""
    header_row: int = 0
    header_rows: int = 0
    delimiter: str = ""
    encoding: str = ""


@dataclass(frozen=True)
class Judged:
    """What is said of a file.

    refusal: the sentence that refuses it as a whole. Of a file that is read: counts, findings (row, column, code,
    sentence, value), changes (row, field, old, new) and notes.
    """

    refusal: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[tuple[int, str, str, str, str], ...] = ()
    changes: tuple[tuple[int, str, str, str], ...] = ()
    notes: frozenset[str] = frozenset()

    def codes(self) -> dict[int, list[str]]:
        """The codes said of each row."""
        codes: dict[int, list[str]] = {}
        for row, _column, code, _sentence, _value in self.findings:
            codes.setdefault(row, []).append(code)
        return codes


ASKED = "The file does not say which coordinate system its numbers are in"
"""Begins the refusal of a file whose system is to be said."""


# --- The command ------------------------------------------------------------------------------------------------------


def command_options(choices: Choices, user: str) -> list[str]:
    """The command line."""
    options = [
        "--yes",
        "--source",
        SOURCE,
        "--language",
        "en",
        "--user",
        user,
        "--near",
        str(choices.near_metres),
    ]
    valued = {
        "--crs": choices.crs,
        "--type": choices.default_type,
        "--district": choices.district,
        "--layer": choices.layer,
        "--header-row": choices.header_row,
        "--header-rows": choices.header_rows,
        "--delimiter": choices.delimiter,
        "--encoding": choices.encoding,
        "--map": ",".join(f"{name}={column}" for name, column in choices.columns.items()),
    }
    options += [part for name, value in valued.items() if value for part in (name, str(value))]
    flags = {
        "--exchange": choices.exchanged,
        "--allow-outside": choices.allow_outside,
        "--strict": choices.strict,
        "--create-units": choices.create_units,
    }
    options += [name for name, wanted in flags.items() if wanted]
    for column in choices.ignored:
        options += ["--ignore", column]
    for kind, name, entry in choices.values:
        options += ["--meaning", f"{kind}:{name}={entry}"]
    for code in choices.confirmed:
        options += ["--confirm", code]
    return options


def by_command(path: Path, choices: Choices, user: str) -> Judged:
    """What the command says, without writing."""
    report = path.with_name("report.json")
    try:
        _call(path, "--dry-run", "--report", str(report), *command_options(choices, user))
    except CommandError as error:
        return Judged(refusal=str(error))
    kept = json.loads(report.read_text(encoding="utf-8"))
    return Judged(
        counts={name: kept[name] for name in COUNTS},
        findings=_ordered((verdict["row"], *_words(verdict)) for verdict in kept["verdicts"]),
        changes=_ordered(
            (change["row"], change["field"], change["old"], change["new"]) for change in kept["changes"]
        ),
        notes=frozenset(kept["notes"]),
    )


def stored_by_command(path: Path, choices: Choices, user: str) -> list[Any]:
    """What the command stores; it is taken back."""
    with transaction.atomic():
        _call(path, "--skip-bad", *command_options(choices, user))
        stored = everything_stored()
        transaction.set_rollback(True)
    return stored


def _call(path: Path, *options: str) -> None:
    call_command("import_assets", str(path), *options, stdout=io.StringIO(), stderr=io.StringIO())


# --- The pages --------------------------------------------------------------------------------------------------------


def by_browser(client: Client, path: Path, choices: Choices) -> tuple[Judged, Ledger]:
    """What the pages say, answered as the command is asked; and the ledger, to go on with."""
    ledger = received(client, path)
    layout = {
        "layer": choices.layer,
        "header_row": choices.header_row or "",
        "header_rows": choices.header_rows or "",
        "delimiter": choices.delimiter,
        "encoding": choices.encoding,
    }
    if any(layout.values()):
        client.post(f"/import/{ledger.uid}/sheet", layout)
        work()
        ledger.refresh_from_db()
    if ledger.state == LedgerState.UNREADABLE:
        return _refused(client, ledger), ledger
    answer = client.post(f"/import/{ledger.uid}/columns", _columns(client, ledger, choices))
    assert answer.status_code == 302, answer.content.decode()
    if answer["Location"].endswith("/position"):
        crs = f"{choices.crs}|exchanged" if choices.exchanged else choices.crs
        answer = client.post(f"/import/{ledger.uid}/position", {"crs": crs})
        if answer.status_code == 422:
            assert "Choose the coordinate system." in answer.content.decode()
            return Judged(refusal=ASKED), ledger
    _work_on(ledger)
    if choices.values:
        meanings = {}
        for number, (kind, name, entry) in enumerate(choices.values):
            meanings |= {f"kind-{number}": kind, f"said-{number}": name, f"meaning-{number}": entry}
        client.post(f"/import/{ledger.uid}/values", meanings)
        _work_on(ledger)
    for code in choices.confirmed:
        client.post(f"/import/{ledger.uid}/confirm", {"code": code})
        _work_on(ledger)
    if ledger.state != LedgerState.CHECKED:
        return _refused(client, ledger), ledger
    return _judged(ledger), ledger


def stored_by_browser(client: Client, ledger: Ledger) -> list[Any]:
    """What the pages store then."""
    client.post(f"/import/{ledger.uid}/commit", {"skip_bad": "yes"})
    _work_on(ledger)
    assert ledger.state == LedgerState.IMPORTED, ledger.problem
    return everything_stored()


def _work_on(ledger: Ledger) -> None:
    work()
    ledger.refresh_from_db()


def _columns(client: Client, ledger: Ledger, choices: Choices) -> dict[str, Any]:
    numbers = {column["name"]: f"column-{place}" for place, column in enumerate(ledger.contents["columns"])}
    answers = column_answers(ledger, client, source=SOURCE, near_metres=str(choices.near_metres))
    for name, column in choices.columns.items():
        answers |= {
            key: "" for key, meaning in answers.items() if meaning == name and key.startswith("column-")
        }
        answers[numbers[column]] = name
    answers |= {numbers[column]: "" for column in choices.ignored}
    answers |= {"default_type": choices.default_type, "district": choices.district}
    for name in ("positions_from_columns", "allow_outside", "strict", "create_units"):
        if getattr(choices, name):
            answers[name] = "yes"
    return answers


def _refused(client: Client, ledger: Ledger) -> Judged:
    page = client.get(f"/import/{ledger.uid}/", follow=True).content.decode()
    found = re.search(r'role="alert">(.*?)</p>', page, re.S)
    if found is None:
        choices = re.findall(r'name="layer" value="([^"]*)"', page)
        return Judged(
            refusal=f"There are several sheets or layers with data; choose one: {', '.join(choices)}."
        )
    return Judged(refusal=unescape(found[1]))


def _judged(ledger: Ledger) -> Judged:
    rows = list(ledger.rows.all())
    with translation.override("en"):
        verdicts = [
            verdict_of(ledger, row.row, verdict).as_json() for row in rows for verdict in row.verdicts
        ]
        changes = named(
            [
                (row.row, row.code, change["field"], change["old"] or "", change["new"] or "")
                for row in rows
                for change in row.changes
            ]
        )
    return Judged(
        counts={name: ledger.report[name] for name in COUNTS},
        findings=_ordered((verdict["row"], *_words(verdict)) for verdict in verdicts),
        changes=_ordered((change.row, change.field, change.old, change.new) for change in changes),
        notes=frozenset(ledger.report["notes"]),
    )


# --- Both -------------------------------------------------------------------------------------------------------------


def _words(verdict: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return verdict["column"], verdict["code"], verdict["sentence"], verdict["value"]


def _ordered(found: Any) -> tuple[Any, ...]:
    return tuple(sorted(found))


def everything_stored() -> list[Any]:
    """Every asset with its inspections, but for what is of the moment."""
    names = [field.name for field in Asset._meta.concrete_fields if field.name not in _OF_THE_MOMENT]
    inspections: dict[int, list[Any]] = {}
    for inspection in Inspection.objects.all():
        facts = (
            inspection.condition,
            inspection.observed_at.date().isoformat(),
            inspection.voided_at is None,
        )
        inspections.setdefault(inspection.asset_id, []).append(facts)
    return sorted(
        (
            [(name, str(getattr(asset, name))) for name in names],
            sorted(inspections.get(asset.pk, [])),
        )
        for asset in Asset.objects.all()
    )


def names_of(kind: type) -> set[str]:
    """The names of a dataclass's fields."""
    return {field.name for field in dataclasses.fields(kind)}
