"""The workbook of rows to correct of a ledger in the browser: from its kept table and its rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assets.models import Ledger
from importing.answers import Answers
from importing.kept import kept
from importing.preparing import coordinates_of
from importing.verdicts import Verdict


def corrections_file(ledger: Ledger) -> Path:
    """Where the workbook lies, once it has been written."""
    return ledger.folder / "corrections.xlsx"


def write_corrections_of(ledger: Ledger) -> int:
    """Write the workbook; returns how many rows it has. Without rows to correct, or without a table, there is none."""
    table = kept(ledger.folder / "table")
    verdicts = list(verdicts_of(ledger))
    if table is None or not verdicts:
        return 0
    positions: dict[str, Any] = {}
    x, y, from_geometry, _stated = coordinates_of(table, Answers.of(ledger).options())
    if from_geometry:
        positions = {"x": x, "y": y}
    # Loads openpyxl, which no other work of the worker needs.
    from importing.corrections import write_corrections

    return write_corrections(corrections_file(ledger), table, positions, verdicts)


def verdicts_of(ledger: Ledger) -> Iterator[Verdict]:
    """Everything that the last check said, row by row."""
    rows = ledger.rows.exclude(codes=[]).order_by("row").values_list("row", "verdicts")
    for row, verdicts in rows.iterator(chunk_size=5_000):
        for verdict in verdicts:
            yield verdict_of(ledger, row, verdict)


def verdict_of(ledger: Ledger, row: int, kept_verdict: dict[str, Any]) -> Verdict:
    """A verdict as it was, from what a ledger's row keeps of it."""
    return Verdict(
        row,
        kept_verdict["code"],
        kept_verdict["field"],
        ledger.headers.get(kept_verdict["field"], ""),
        kept_verdict["value"],
        kept_verdict["params"],
    )
