"""Ledgers as workbooks: XLSX (also XLSM) and XLS, also as WPS writes them, through python-calamine.

Calamine runs in a process of its own (`calamine_process` says why). Meanwhile this one looks into an XLSX for
what calamine does not tell: cells whose formula failed, which it gives as empty.
"""

from __future__ import annotations

import json
import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from assets.importing.errors import LedgerError
from assets.importing.reading.header import Merge, cut, looks_like_ledger
from assets.importing.reading.table import FORMULA_ERROR, MAX_CELLS, MAX_EXPANDED_MB, Table
from assets.importing.reading.zips import BROKEN_MEMBER, open_zip

_READER = Path(__file__).with_name("calamine_process.py")
_PATIENCE_S = 300


def read_workbook(path: Path, kind: str, layer: str | None = None, header_row: int | None = None) -> Table:
    """The ledger in a workbook of `kind` "xlsx" or "xls".

    `layer` names the sheet. Without it, it is the only visible sheet with cells, or the only one among them
    whose headers an importer knows (beside a sheet of instructions). Hidden sheets are read only by name.

    Raises `LedgerError`: choose_layer, unknown_layer, encrypted, damaged, reader_gave_up, expands_too_far,
    other_workbook, too_large, empty_file, and what `header.cut` raises.
    """
    parts = _Parts(path) if kind == "xlsx" else None
    with _opened(path) as workbook:
        sheet, others = _choose(workbook, layer)
        workbook.ask("rows", sheet)
        failed = parts.failed_formulas(sheet) if parts else []
        try:
            merges, grid = workbook.rows()
        except LedgerError as error:
            if parts and error.code == "reader_gave_up":
                parts.refuse_wide_sheet(sheet)
            raise
    if not grid:
        raise LedgerError("empty_file")
    for row, column in failed:
        if row < len(grid) and column < len(grid[row]):
            grid[row][column] = FORMULA_ERROR
    body = cut(grid, merges, header_row)
    return Table(
        body.names,
        body.columns,
        body.rows,
        format=kind,
        layer=sheet,
        other_layers=others,
        header_row=body.header_row,
    )


def _choose(workbook: _Workbook, layer: str | None) -> tuple[str, tuple[str, ...]]:
    """The sheet to read, and the names of the other visible ones with cells."""
    visible = [name for name, is_visible in workbook.sheets if is_visible]
    if layer is not None and layer not in dict(workbook.sheets):
        raise LedgerError("unknown_layer", name=layer, names=", ".join(visible))
    if len(visible) == 1 and layer in (None, *visible):
        return visible[0], ()
    heads = {name: workbook.head(name) for name in visible}
    filled = [name for name in visible if heads[name]]
    if layer is None:
        ledgers = filled if len(filled) == 1 else [name for name in filled if looks_like_ledger(heads[name])]
        if not filled:
            raise LedgerError("empty_file")
        if len(ledgers) != 1:
            raise LedgerError("choose_layer", names=", ".join(filled), choices=filled)
        layer = ledgers[0]
    return layer, tuple(name for name in filled if name != layer)


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


_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_RELATION_ID = re.compile(r"\{.*/relationships\}id$")


class _Parts:
    """The XML inside an XLSX.

    Raises `LedgerError` when it is opened: not_a_zip, encrypted, expands_too_far, other_workbook, damaged.
    """

    _CHUNK = 1 << 20
    _FAILED = re.compile(rb"""<c r="([A-Z]{1,3})(\d{1,7})"[^>]* t="e\"""")
    _FILLED = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']([A-Za-z]+)(\d+)["'][^>]*(?<!/)>""")

    def __init__(self, path: Path):
        self._zip = open_zip(path)
        names = set(self._zip.namelist())
        if "xl/workbook.xml" not in names:
            raise LedgerError("other_workbook")
        self._parts = {name: part for name, part in self._sheet_parts() if part in names}

    def failed_formulas(self, name: str) -> list[tuple[int, int]]:
        """Places (row, column), from 0, of this sheet's cells that show an error."""
        return [
            (int(row) - 1, _column(letters) - 1)
            for chunk in self._chunks(name)
            if b't="e"' in chunk
            for letters, row in self._FAILED.findall(chunk)
        ]

    def refuse_wide_sheet(self, name: str) -> None:
        """Raises too_many_cells when the rectangle from A1 to this sheet's last cell is beyond reason."""
        columns = rows = 0
        for chunk in self._chunks(name):
            for letters, row in self._FILLED.findall(chunk):
                columns, rows = max(columns, _column(letters)), max(rows, int(row))
        if columns * rows > MAX_CELLS:
            raise LedgerError("too_many_cells", cells=columns * rows, most=MAX_CELLS)

    def _chunks(self, name: str) -> Iterator[bytes]:
        """A sheet's XML in pieces that end before a tag."""
        rest = b""
        try:
            with self._zip.open(self._parts[name]) as file:
                while piece := file.read(self._CHUNK):
                    piece = rest + piece
                    end = piece.rfind(b"<")
                    piece, rest = (piece[:end], piece[end:]) if end > 0 else (piece, b"")
                    yield piece
        except (*BROKEN_MEMBER, KeyError) as error:
            raise LedgerError("damaged", detail=str(error)[:200]) from error
        yield rest

    def _sheet_parts(self) -> Iterator[tuple[str, str]]:
        """Each sheet's name and the part of the archive that holds it."""
        relations = self._xml("xl/_rels/workbook.xml.rels")
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        for sheet in self._xml("xl/workbook.xml").iter():
            if sheet.tag in {f"{{{namespace}}}sheet" for namespace in _NAMESPACES}:
                relation = next((value for key, value in sheet.attrib.items() if _RELATION_ID.match(key)), "")
                target = targets.get(relation, "")
                yield sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def _xml(self, part: str) -> ElementTree.Element:
        try:
            text = self._zip.read(part)
            if b"<!DOCTYPE" in text:
                raise LedgerError("unsafe_contents")
            return ElementTree.fromstring(text)
        except (*BROKEN_MEMBER, KeyError, ElementTree.ParseError) as error:
            raise LedgerError("damaged", detail=str(error)[:200]) from error


def _column(letters: bytes) -> int:
    """A column's number from 1; the opposite of `table.column_letters`."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
