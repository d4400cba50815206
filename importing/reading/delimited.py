"""Ledgers as text: CSV and its relatives, in UTF-8, UTF-16, GB18030, Big5 or Windows-1252."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from importing.errors import LedgerError
from importing.reading.header import Body, cut
from importing.reading.layout import DELIMITERS, FOUND, Layout
from importing.reading.table import MAX_CELL_CHARACTERS, Table, check_size
from places.tables import encodings
from places.tables.columns import Remark

# Our own exports put an apostrophe before what a spreadsheet would take for a formula (mapping.exports.delimited).
_DEFUSED = re.compile(r"'+[=+\-@＝＋－＠\t\r\n]")
# What keeps a spreadsheet from reading a text as a number, in ours and in other programs' files: ="0012".
_GUARDED = re.compile(r'="([^"]*)"')
_ROWS_SNIFFED = 50
# Pictures in letters stand in cells of some programs' tables; they are left out later, by name.
csv.field_size_limit(8 << 20)
# More of them is another encoding or no text; a few are control characters in cells, which cost their rows.
_MOST_NULS = 0.05


def read_delimited(path: Path, layout: Layout = FOUND) -> Table:
    """The table in a text file.

    Raises `LedgerError`: nul_bytes, not_text, not_in_encoding, mixed_encodings, quote_not_closed, cell_too_long,
    empty_file, and what `header.cut` raises.
    """
    text, encoding, doubts = decode(path.read_bytes(), layout.encoding)
    text, delimiter = _stated_delimiter(text)
    delimiter = layout.delimiter or delimiter or _sniff_delimiter(text)
    records = list(_records(text, delimiter))
    widths = [len(record.cells) for record in records]
    grid = _even([record.cells for record in records])
    if "'" in text or '="' in text:
        grid = [[_as_meant(cell) for cell in row] for row in grid]
    if not grid:
        raise LedgerError("empty_file")
    body = cut(grid, layout=layout)
    return Table(
        body.names,
        body.columns,
        body.rows,
        format="csv",
        header_row=body.header_row,
        encoding=encoding,
        delimiter=delimiter,
        remarks=(
            *doubts,
            *body.remarks,
            *_rows_with_more(grid, body),
            *_rows_within(records, body, delimiter, widths[body.header_row - 1]),
        ),
    )


def _as_meant(cell: str) -> str:
    """A cell without what was put round it for the sake of spreadsheets."""
    if guarded := _GUARDED.fullmatch(cell):
        return guarded[1]
    return cell[1:] if _DEFUSED.match(cell) else cell


def _rows_with_more(grid: list[list[str]], body: Body) -> Iterator[Remark]:
    """Rows with cells beyond the last named column: as a rule a separator inside a text has moved them all.

    Where most rows have such cells it is their column that lacks a name.
    """
    end = max(body.places) + 1
    rows = [row for row in body.rows.tolist() if any(cell.strip() for cell in grid[row - 1][end:])]
    if 2 * len(rows) <= len(body.rows):
        yield from (Remark("cells_beyond", row=row) for row in rows)


class _Record(NamedTuple):
    """A row of a text file; `is_torn` when it runs over several lines and its quotation marks do not pair."""

    cells: list[str]
    is_torn: bool = False


# Lines of a text seldom have as many separators as a row of so many cells, and never by chance exactly as many.
_FEWEST_CELLS = 4


def _rows_within(records: list[_Record], body: Body, delimiter: str, width: int) -> Iterator[Remark]:
    """Rows with others inside one of their cells, as when a quotation mark opens and the next one stands rows below."""
    for number in body.rows.tolist():
        record = records[number - 1]
        if record.is_torn or (width >= _FEWEST_CELLS and _holds_rows(record.cells, delimiter, width)):
            yield Remark("rows_in_cell", row=number)


def _holds_rows(cells: list[str], delimiter: str, width: int) -> bool:
    lines = (line for cell in cells if "\n" in cell or "\r" in cell for line in cell.splitlines()[1:])
    return any(line.count(delimiter) == width - 1 for line in lines)


class Decoded(NamedTuple):
    """A text, its encoding (one of `layout.ENCODINGS`), and what is to be said when that was not plain to see."""

    text: str
    encoding: str
    doubts: tuple[Remark, ...] = ()


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """A ledger's text, in the encoding that a person has chosen (`encoding`) or in the one it turns out to be in.

    Nearly any bytes can be read as GB18030, hardly any as UTF-8 by chance; so UTF-8 is tried first, and a file of which
    single lines are UTF-8 and others are not is a mixture, made by pasting one export below another. What is neither is
    taken for what is everyday writing in it (`encodings.likeliest`).

    Raises `LedgerError` with the first offending row: nul_bytes, mixed_encodings, not_text, not_in_encoding.
    """
    if encoding is not None:
        return _decoded_as(data, encoding)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded_as(data, "utf-16")
    data = data.removeprefix(codecs.BOM_UTF8)
    if _is_utf_16(data):
        return _decoded_as(data, "utf-16")
    if data.count(0) > _MOST_NULS * len(data):
        raise LedgerError("nul_bytes", row=_row_of(data, data.index(0)))
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        wrong = error.start
    _refuse_mixture(data)
    for taken in encodings.likeliest(data):
        try:
            text = data.decode(taken.encoding)
        except UnicodeDecodeError:
            continue
        return Decoded(text, taken.encoding, encoding_doubts(taken))
    # Whichever reading got further is the one that was meant.
    raise LedgerError("not_text", row=_row_of(data, max(wrong, _first_wrong(data, "gb18030"))))


def _is_utf_16(data: bytes) -> bool:
    """Whether a text without a mark is UTF-16: separators, digits and line ends have their NULs on one side only."""
    sides = sorted((data[::2].count(0), data[1::2].count(0)))
    if len(data) % 2 or 2 * sides[1] < _MOST_NULS * len(data) or 20 * sides[0] > sides[1]:
        return False
    try:
        _decoded_as(data, "utf-16")
    except LedgerError:
        return False
    return True


def encoding_doubts(taken: encodings.Likeliest) -> tuple[Remark, ...]:
    """What is to be said of an encoding that a file was taken to be in."""
    plain = taken.encoding == "gb18030" and taken.everyday >= 0.5
    return () if plain else (Remark("encoding_taken", params={"taken": taken.encoding.upper()}),)


def _decoded_as(data: bytes, encoding: str) -> Decoded:
    """The text in one encoding. Raises nul_bytes, not_in_encoding."""
    name = encoding
    if encoding == "utf-8":
        data = data.removeprefix(codecs.BOM_UTF8)
    elif encoding == "utf-16" and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # Half of the bytes of separators, digits and line ends are NULs: the first ones or the second ones.
        name = "utf-16-be" if data[::2].count(0) > data[1::2].count(0) else "utf-16-le"
    try:
        text = data.decode(name)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1 if encoding == "utf-16" else _row_of(data, error.start)
        raise LedgerError("not_in_encoding", row=row, encoding=encoding.upper()) from error
    if text.count("\0") > _MOST_NULS * len(text):
        raise LedgerError("nul_bytes", row=_row_at(text, text.index("\0")))
    return Decoded(text, encoding)


def _first_wrong(data: bytes, encoding: str) -> int:
    """Where bytes stop being text of an encoding; 0 where they are."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _refuse_mixture(data: bytes) -> None:
    """Raises mixed_encodings when some lines are clearly UTF-8 and others are not UTF-8 at all."""
    utf8: list[int] = []
    other: list[int] = []
    place = 0
    for line in data.splitlines(keepends=True):
        if not line.isascii():
            if _is_utf8(line):
                if not _is_gb2312(line):
                    utf8.append(place)
            else:
                other.append(place)
        place += len(line)
    if utf8 and other:
        odd = min((utf8, other), key=len)
        raise LedgerError("mixed_encodings", row=_row_of(data, odd[0]))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_gb2312(line: bytes) -> bool:
    """Whether a line reads as everyday Chinese: then being valid UTF-8 too is an accident (联通)."""
    try:
        line.decode("gb2312")
    except UnicodeDecodeError:
        return False
    return True


def _row_of(data: bytes, place: int) -> int:
    return _row_at(data.decode("latin-1"), place)


def _row_at(text: str, place: int) -> int:
    """The spreadsheet's number of the row that holds this character; a quoted cell may span several lines."""
    line = sum(1 for _line in io.StringIO(text[: place + 1], newline=""))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_sniff_delimiter(text))
    try:
        return next((number for number, _row in enumerate(reader, 1) if reader.line_num >= line), line)
    except csv.Error:
        return line


def _stated_delimiter(text: str) -> tuple[str, str | None]:
    """Excel's own "sep=;" in the first line, which it does not show and does not count."""
    line, _newline, rest = text.partition("\n")
    stated = line.strip()
    if len(stated) == 5 and stated.lower().startswith("sep=") and stated[4] in DELIMITERS:
        return rest, stated[4]
    return text, None


def _sniff_delimiter(text: str) -> str:
    """The separator that cuts the first rows into the most columns of a steady number; a comma if none does."""
    first_lines = "".join(_first_lines(text))

    def merit(delimiter: str) -> tuple[float, int]:
        try:
            widths = [
                len(row)
                for row in csv.reader(io.StringIO(first_lines, newline=""), delimiter=delimiter)
                if row
            ]
        except csv.Error:
            return (0.0, 0)
        if not widths or max(widths) == 1:
            return (0.0, 0)
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        steadiness = widths.count(usual) / len(widths) if usual > 1 else 0.0
        return (round(steadiness, 1), usual)

    best = max(DELIMITERS, key=merit)
    return best if merit(best) > (0.0, 0) else ","


def _first_lines(text: str) -> Iterator[str]:
    lines = io.StringIO(text, newline="")
    for _number, line in zip(range(_ROWS_SNIFFED), lines, strict=False):
        yield line[:MAX_CELL_CHARACTERS]


def _records(text: str, delimiter: str) -> Iterator[_Record]:
    """The rows of the text, blank lines as empty rows. Raises quote_not_closed, cell_too_long."""
    # csv takes an open quotation mark at the end for granted, so that one could swallow half a ledger. A line
    # added at the end comes back as a row of its own only if every mark was closed.
    last_line = "end of ledger"
    at_end = False
    taken: list[str] = []

    def lines() -> Iterator[str]:
        nonlocal at_end
        for line in io.StringIO(text if text.endswith(("\n", "\r")) else text + "\n", newline=""):
            taken.append(line)
            yield line
        at_end = True
        yield last_line

    number = 0
    try:
        for row in csv.reader(lines(), delimiter=delimiter):
            number += 1
            if at_end:
                break
            yield _Record(row, len(taken) > 1 and not _pairs(taken, delimiter))
            taken.clear()
    except csv.Error as error:
        # The only error that is left: a cell larger than csv's own limit.
        raise LedgerError("cell_too_long", row=number + 1, most=csv.field_size_limit()) from error
    if row != [last_line]:
        raise LedgerError("quote_not_closed", row=number)


def _pairs(lines: list[str], delimiter: str) -> bool:
    """Whether each cell that opens with a quotation mark ends with one."""
    try:
        for _row in csv.reader(lines, delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return False
    return True


def _even(grid: list[list[str]]) -> list[list[str]]:
    """The same rows, all of one length. Raises too_many_columns, too_many_cells."""
    width = max(map(len, grid), default=0)
    check_size(len(grid), width)
    for row in grid:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return grid
