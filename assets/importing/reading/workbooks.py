"""Ledgers as workbooks: XLSX (also XLSM) and XLS, also as WPS writes them, through python-calamine.

Calamine is fast but trusting: it lays a sheet out as one rectangle from its first to its last cell, so a single
stray cell in the far corner asks for 500 GB and ends the process; and it gives cells whose formula failed as
empty. Both are looked for in the sheet's XML beforehand, which costs a tenth of the reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import python_calamine

from assets.importing.errors import LedgerError
from assets.importing.reading.header import Merge, cut, looks_like_ledger
from assets.importing.reading.table import (
    FORMULA_ERROR,
    MAX_CELL_CHARACTERS,
    MAX_CELLS,
    Table,
)
from assets.importing.reading.zips import BROKEN_MEMBER, open_zip

_OOXML = {
    "main": "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "strict": "http://purl.oclc.org/ooxml/spreadsheetml/main",
}
_MOST_CHARACTERS = 1 << 30
_RELATION_ID = re.compile(r"\{.*/relationships\}id$")


def read_workbook(path: Path, kind: str, layer: str | None = None, header_row: int | None = None) -> Table:
    """The ledger in a workbook of `kind` "xlsx" or "xls".

    `layer` names the sheet. Without it, it is the only visible sheet with cells, or the only one among them
    whose headers an importer knows (beside a sheet of instructions). Hidden sheets are read only by name.

    Raises `LedgerError`: choose_layer, unknown_layer, encrypted, damaged, expands_too_far, other_workbook, and
    what `header.cut` raises.
    """
    guard = _Guard(path) if kind == "xlsx" else None
    workbook = _open(path)
    sheet, others = _choose(workbook, guard, layer)
    grid = _rows(sheet, guard)
    if guard:
        for row, column in guard.failed_formulas(sheet.name):
            if row < len(grid) and column < len(grid[row]):
                grid[row][column] = FORMULA_ERROR
    merges = [Merge(*start, *end) for start, end in sheet.merged_cell_ranges or ()]
    body = cut(grid, merges, header_row)
    return Table(
        body.names,
        body.columns,
        body.rows,
        format=kind,
        layer=sheet.name,
        other_layers=others,
        header_row=body.header_row,
    )


def _open(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            return python_calamine.CalamineWorkbook.from_filelike(file)
    except python_calamine.PasswordError as error:
        raise LedgerError("encrypted") from error
    except BaseException as error:
        raise _as_ledger_error(error) from error


def _sheet(workbook: Any, guard: _Guard | None, name: str) -> Any:
    if guard:
        guard.check_extent(name)
    try:
        return workbook.get_sheet_by_name(name)
    except BaseException as error:
        raise _as_ledger_error(error) from error


def _as_ledger_error(error: BaseException) -> BaseException:
    """A failure inside calamine; a panic in its Rust code is no Exception, and Ctrl-C must stay what it is."""
    if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError | LedgerError):
        return error
    return LedgerError("damaged", detail=str(error)[:200])


def _choose(workbook: Any, guard: _Guard | None, layer: str | None) -> tuple[Any, tuple[str, ...]]:
    """The sheet to read, and the names of the visible ones with cells that are left."""
    sheets = [
        sheet for sheet in workbook.sheets_metadata if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]
    visible = [sheet.name for sheet in sheets if sheet.visible == python_calamine.SheetVisibleEnum.Visible]
    if layer is not None and layer not in [sheet.name for sheet in sheets]:
        raise LedgerError("unknown_layer", name=layer, names=", ".join(visible))
    if layer is not None:
        return _sheet(workbook, guard, layer), tuple(name for name in visible if name != layer)
    filled = [sheet for name in visible if (sheet := _sheet(workbook, guard, name)).start is not None]
    if not filled:
        raise LedgerError("empty_file")
    ledgers = filled
    if len(filled) > 1:
        ledgers = [
            sheet for sheet in filled if looks_like_ledger(sheet.to_python(skip_empty_area=False, nrows=30))
        ]
    if len(ledgers) != 1:
        raise LedgerError("choose_layer", names=", ".join(sheet.name for sheet in filled))
    return ledgers[0], tuple(sheet.name for sheet in filled if sheet is not ledgers[0])


def _rows(sheet: Any, guard: _Guard | None) -> list[list[Any]]:
    """All rows from row 1 and column A on. Raises empty_file, too_many_cells."""
    if sheet.start is None:
        raise LedgerError("empty_file")
    # A long shared text named in every cell is small in the file and endless in memory.
    if guard and guard.longest_text * sheet.height * sheet.width < _MOST_CHARACTERS:
        counted = sheet.iter_rows()
    else:
        counted = _counting(sheet.iter_rows())
    before = [""] * sheet.start[1]
    return [before + row for row in counted] if before else list(counted)


def _counting(rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    characters = 0
    for row in rows:
        characters += sum(len(cell) for cell in row if type(cell) is str)
        if characters > _MOST_CHARACTERS:
            raise LedgerError("too_large", megabytes=_MOST_CHARACTERS >> 20)
        yield row


class _Look(NamedTuple):
    """What the XML of one sheet shows: the last column and row that may hold a cell, and cells with an error."""

    columns: int
    rows: int
    failed: list[tuple[int, int]]


class _Guard:
    """Looks into an XLSX before calamine does."""

    _CHUNK = 1 << 20
    _COLUMN = re.compile(rb' r="([A-Za-z]{1,3})\d')
    _COLUMN_ODDLY_WRITTEN = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]{1,3})\d""")
    _LATE_ROW = re.compile(rb' r="[A-Za-z]{1,3}(\d{6,7})"')
    _FILLED = re.compile(
        rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r\s*=\s*["']\s*([A-Za-z]{1,3})(\d{1,7})["'][^>]*(?<!/)>"""
    )
    _FAILED = re.compile(rb"""<c r="([A-Z]{1,3})(\d{1,7})"[^>]* t="e\"""")

    def __init__(self, path: Path):
        self._zip = open_zip(path)
        names = set(self._zip.namelist())
        if "xl/workbook.xml" not in names:
            raise LedgerError("other_workbook")
        self._parts = {name: part for name, part in self._sheet_parts() if part in names}
        self._looks: dict[str, _Look] = {}
        self.longest_text = self._longest_shared_text() if "xl/sharedStrings.xml" in names else 0

    def check_extent(self, name: str) -> None:
        """Raises too_many_cells when the rectangle of this sheet's cells would not fit into memory."""
        look = self._look(name)
        if look.columns * look.rows <= MAX_CELLS:
            return
        # Empty cells with a border reach far in many a workbook and cost nothing; count those with contents.
        columns = rows = 0
        for chunk in self._chunks(self._parts[name]):
            for letters, row in self._FILLED.findall(chunk):
                columns, rows = max(columns, _column(letters)), max(rows, int(row))
        if columns * rows > MAX_CELLS:
            raise LedgerError("too_many_cells", cells=columns * rows, most=MAX_CELLS)

    def failed_formulas(self, name: str) -> list[tuple[int, int]]:
        """Places (row, column), from 0, of this sheet's cells that show an error."""
        return self._look(name).failed

    def _look(self, name: str) -> _Look:
        if name not in self._looks:
            if name not in self._parts:
                raise LedgerError("damaged", detail=f"no part for the sheet {name}")
            letters: set[bytes] = set()
            rows = 99_999
            failed = []
            for chunk in self._chunks(self._parts[name]):
                found = self._COLUMN.findall(chunk)
                if len(found) < chunk.count(b"<c "):
                    found = self._COLUMN_ODDLY_WRITTEN.findall(chunk)
                    rows = 1_048_576
                letters.update(found)
                rows = max(rows, *map(int, self._LATE_ROW.findall(chunk)), 0)
                if b't="e"' in chunk:
                    cells = self._FAILED.findall(chunk)
                    failed += [(int(row) - 1, _column(column) - 1) for column, row in cells]
            columns = max(map(_column, letters), default=0)
            self._looks[name] = _Look(columns, rows, failed)
        return self._looks[name]

    def _chunks(self, part: str) -> Iterator[bytes]:
        """The XML in pieces that end before a tag."""
        rest = b""
        try:
            with self._zip.open(part) as file:
                while piece := file.read(self._CHUNK):
                    piece = rest + piece
                    end = piece.rfind(b"<")
                    piece, rest = (piece[:end], piece[end:]) if end > 0 else (piece, b"")
                    yield piece
        except (*BROKEN_MEMBER, KeyError) as error:
            raise LedgerError("damaged", detail=str(error)[:200]) from error
        yield rest

    def _longest_shared_text(self) -> int:
        """Bytes of the longest text that cells share. Raises text_too_long when no cell could hold it."""
        longest = length = 0
        for chunk in self._chunks("xl/sharedStrings.xml"):
            first, *others = chunk.split(b"</")
            longest = max([longest, length + len(first), *map(len, others)])
            length = len(others[-1]) if others else length + len(first)
            # A character takes at most four bytes, or ten as an entity.
            if longest > MAX_CELL_CHARACTERS * 10:
                raise LedgerError("text_too_long", most=MAX_CELL_CHARACTERS)
        return longest

    def _sheet_parts(self) -> Iterator[tuple[str, str]]:
        """Each sheet's name and the part of the archive that holds it."""
        relations = self._xml("xl/_rels/workbook.xml.rels")
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        for sheet in self._xml("xl/workbook.xml").iter():
            if sheet.tag in {f"{{{namespace}}}sheet" for namespace in _OOXML.values()}:
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
