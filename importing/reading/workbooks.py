"""Ledgers as workbooks: XLSX (also XLSM) through python-calamine and XLS through xlrd, also as WPS writes them.

Calamine runs in a process of its own (`calamine_process` says why). Meanwhile this one looks into an XLSX for what
calamine does not tell (`workbook_parts`); xlrd tells it of an XLS (`xls`). What a sheet holds beside its values comes
into the table here: as marks in cells, as what a cell shows, as remarks.
"""

from __future__ import annotations

import datetime as dt
import json
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from importing.errors import LedgerError
from importing.headers import own_columns
from importing.reading.header import Body, Merge, cut, looks_like_ledger
from importing.reading.layout import FOUND, Layout
from importing.reading.number_formats import CountedFrom1904, ShownNumber, shown_day, shown_number
from importing.reading.table import FORMULA_ERROR, MAX_EXPANDED_MB, NOT_CALCULATED, PICTURE, Table
from importing.reading.workbook_parts import Parts, SheetFacts
from importing.reading.xls import open_xls
from places.tables.columns import Remark

_READER = Path(__file__).with_name("calamine_process.py")
_PATIENCE_S = 300


def read_workbook(path: Path, kind: str, layout: Layout = FOUND) -> Table:
    """The ledger in a workbook of `kind` "xlsx" or "xls".

    `layout.layer` names the sheet. Without it, it is the only visible sheet with cells, or the only one among them
    whose headers an importer knows (beside a sheet of instructions). Hidden sheets are read only by name.

    Raises `LedgerError`: choose_layer, unknown_layer, encrypted, damaged, reader_gave_up, expands_too_far,
    other_workbook, too_large, empty_file, and what `header.cut` raises.
    """
    if kind == "xls":
        book = open_xls(path)
        sheet, others, rest = _choose(book, layout.layer)
        merges, grid, facts = book.rows(sheet)
    else:
        sheet, others, rest, merges, grid, facts = _read_xlsx(path, layout.layer)
    if not grid:
        raise LedgerError("empty_file")
    _show(grid, facts)
    body = cut(grid, merges, layout)
    return Table(
        body.names,
        body.columns,
        body.rows,
        format=kind,
        layer=sheet,
        other_layers=others,
        header_row=body.header_row,
        remarks=(*body.remarks, *_remarks(body, facts), *_sheets_left(sheet, rest, body)),
    )


def _read_xlsx(
    path: Path, layer: str | None
) -> tuple[str, tuple[str, ...], tuple[str, ...], list[Merge], list[list[Any]], SheetFacts]:
    """The sheet that is read, the others, those of them that may hold data, and its merges, cells and facts."""
    parts = Parts(path)
    with _opened(path) as workbook:
        sheet, others, rest = _choose(workbook, layer)
        workbook.ask("rows", sheet)
        facts = parts.facts(sheet)
        try:
            merges, grid = workbook.rows()
        except LedgerError as error:
            if error.code == "reader_gave_up":
                parts.refuse_wide_sheet(sheet)
            raise
    return sheet, others, rest, merges, grid, facts


def _show(grid: list[list[Any]], facts: SheetFacts) -> None:
    """Put into the cells what their values do not tell: marks for what failed, and what a person sees."""
    for places, mark in ((facts.failed, FORMULA_ERROR), (facts.uncalculated, NOT_CALCULATED)):
        for row, column in places:
            if row < len(grid) and column < len(grid[row]):
                grid[row][column] = mark
    for row, column in facts.pictures:
        if row < len(grid) and column < len(grid[row]):
            grid[row][column] = PICTURE
    for (row, column), code in facts.shown:
        if row < len(grid) and column < len(grid[row]):
            grid[row][column] = _shown(grid[row][column], code)
    if facts.from_1904:
        for cells in grid:
            cells[:] = [CountedFrom1904(cell) if type(cell) is float else cell for cell in cells]


def _shown(cell: Any, code: str) -> Any:
    """A cell of the number format `code` as a person reads it; as it is where that says no more."""
    if isinstance(cell, dt.date):
        return shown_day(cell, code) or cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        shown = shown_number(cell, code)
        return cell if shown is None else ShownNumber(cell, shown)
    return cell


def _remarks(body: Body, facts: SheetFacts) -> Iterator[Remark]:
    """What is hidden in the sheet, and pictures that lie on it."""
    hidden = [row for row in body.rows.tolist() if row in facts.hidden_rows]
    if hidden:
        yield Remark("rows_hidden", params={"hidden": len(hidden), "rows": len(body.rows)})
        yield from (Remark("row_hidden", row=row) for row in hidden)
    yield from (Remark("row_struck", row=row) for row in _struck_rows(body, facts))
    columns = [
        name for name, place in zip(body.names, body.places, strict=True) if place in facts.hidden_columns
    ]
    if columns:
        yield Remark("columns_hidden", params={"names": "、".join(columns)})
    if facts.floating_pictures:
        yield Remark("pictures_on_sheet", params={"times": facts.floating_pictures})


def _struck_rows(body: Body, facts: SheetFacts) -> Iterator[int]:
    """The rows of which everything is crossed out."""
    begun = {row + 1 for row, _column in facts.struck}
    for place, row in enumerate(body.rows.tolist()):
        if row in begun and all(
            cells[place] is None or (row - 1, column) in facts.struck
            for cells, column in zip(body.columns, body.places, strict=True)
        ):
            yield row


class _Sheets(Protocol):
    """What choosing a sheet needs of a workbook."""

    sheets: list[tuple[str, bool]]

    def head(self, name: str) -> list[list[Any]]:
        """The first rows of a sheet."""
        ...


# A sheet of instructions has fewer columns or rows.
_FEWEST_CELLS, _FEWEST_ROWS = 3, 3


def _may_hold_data(head: list[list[Any]]) -> bool:
    filled = (sum(cell not in (None, "") for cell in row) for row in head)
    return sum(cells >= _FEWEST_CELLS for cells in filled) >= _FEWEST_ROWS


def _sheets_left(sheet: str, rest: tuple[str, ...], body: Body) -> Iterator[Remark]:
    """Other sheets with rows, but for those beside an export of ours, which tell of its assets."""
    if rest and not own_columns(body.names):
        yield Remark("layers_left", params={"layer": sheet, "names": ", ".join(rest)})


def _choose(workbook: _Sheets, layer: str | None) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The sheet to read, the names of the other visible ones with cells, and of those that may hold data."""
    visible = [name for name, is_visible in workbook.sheets if is_visible]
    if layer is not None and layer not in dict(workbook.sheets):
        raise LedgerError("unknown_layer", name=layer, names=", ".join(visible))
    if len(visible) == 1 and layer in (None, *visible):
        return visible[0], (), ()
    heads = {name: workbook.head(name) for name in visible}
    filled = [name for name in visible if heads[name]]
    if layer is None:
        ledgers = filled if len(filled) == 1 else [name for name in filled if looks_like_ledger(heads[name])]
        if not filled:
            raise LedgerError("empty_file")
        if len(ledgers) != 1:
            raise LedgerError("choose_layer", names=", ".join(filled), choices=filled)
        layer = ledgers[0]
    others = tuple(name for name in filled if name != layer)
    return layer, others, tuple(name for name in others if _may_hold_data(heads[name]))


class _Workbook:
    """The other end of `calamine_process`. Raises `LedgerError` when it reports a failure or dies."""

    def __init__(self, process: subprocess.Popen[bytes]):
        assert process.stdin is not None
        assert process.stdout is not None
        self._requests, self._answers = process.stdin, process.stdout
        self._bytes_left = MAX_EXPANDED_MB << 21
        self.sheets: list[tuple[str, bool]] = self._receive()

    def ask(self, what: str, name: str) -> None:
        try:
            self._requests.write(json.dumps([what, name]).encode() + b"\n")
            self._requests.flush()
        except BrokenPipeError as error:
            raise LedgerError("reader_gave_up") from error

    def head(self, name: str) -> list[list[Any]]:
        self.ask("head", name)
        return self._receive()

    def rows(self) -> tuple[list[Merge], list[list[Any]]]:
        """Merged ranges and all rows, after `ask("rows", …)`."""
        merges = [Merge(*first, *last) for first, last in self._receive()]
        grid: list[list[Any]] = []
        while (block := self._receive()) is not None:
            grid += block
        return merges, grid

    def _receive(self) -> Any:
        length = int.from_bytes(self._answers.read(8), "big")
        # One long shared text, named in every cell, is small in the file and endless in memory.
        self._bytes_left -= length
        if self._bytes_left < 0:
            raise LedgerError("too_large", megabytes=MAX_EXPANDED_MB * 2)
        payload = self._answers.read(length)
        if not length or len(payload) < length:
            raise LedgerError("reader_gave_up")
        answer = pickle.loads(payload)
        if isinstance(answer, dict):
            raise LedgerError(answer["code"], **({"detail": answer["detail"]} if "detail" in answer else {}))
        return answer


@contextmanager
def _opened(path: Path) -> Iterator[_Workbook]:
    command = [sys.executable, "-P", str(_READER), str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        watch = threading.Timer(_PATIENCE_S, process.kill)
        watch.start()
        try:
            yield _Workbook(process)
        finally:
            watch.cancel()
            process.kill()
