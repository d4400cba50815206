"""The table of a shapefile, a DBF file.

Read here and not by GDAL, which believes neither a .cpg when one character is cut nor a row when one day is "00000000",
and does not say when a text did not fit its column.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from places.tables import encodings
from places.tables.columns import Cells, Remark, told_apart

_HEADER, _DESCRIPTOR = 32, 32
_MARK_AT = 29
_END_OF_COLUMNS = 0x0D
# Texts of columns this wide, the widest there can be, are longer than that more often than they fit exactly.
_WIDEST = 250
# Columns that only our own exports have together. They end a text that they cut in "…", and their columns are as wide
# as the longest text, which therefore always fills its own.
_OURS = {"uid", "code", "legacycode"}
# Narrower columns than this hold codes of one length; a wider one that is full to the brim is worth a look.
_WIDE = 30


class DamagedTable(Exception):
    """The file is cut off, or no DBF file; `detail` says where that shows."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)

    def __str__(self) -> str:
        return _("The file is damaged or incomplete: %(detail)s") % {"detail": self.detail}


class NoRecords(Exception):
    """The table has columns and not one record."""

    def __str__(self) -> str:
        return _("The file has a header and no rows below it.")


@dataclass(frozen=True)
class Contents:
    """Columns by name, with a cell for each record that is not deleted, and what was noticed.

    deleted: for every record whether it is; the shape of such a one is still there.
    """

    names: list[str]
    columns: list[Cells]
    remarks: list[Remark]
    encoding: str | None
    deleted: NDArray[np.bool_]


@dataclass(frozen=True)
class _Column:
    """name: as bytes. kind: its letter. start, width: where it stands in a record."""

    name: bytes
    kind: str
    start: int
    width: int
    decimals: int


def read_dbf(path: Path, code_page: Path | None, encoding_given: str | None = None) -> Contents:
    """All records that are not deleted; rows are numbered from 1.

    `code_page` is the .cpg file beside it, `encoding_given` what a person says instead.

    Raises `DamagedTable`, `NoRecords`.
    """
    data = path.read_bytes()
    if len(data) < _HEADER:
        raise DamagedTable(".dbf")
    count, start, width = (int.from_bytes(data[at:end], "little") for at, end in ((4, 8), (8, 10), (10, 12)))
    columns = list(_columns(data[:start], width))
    whole = (len(data) - start) // width if width and start <= len(data) else 0
    if whole < count:
        raise DamagedTable(f"{whole} / {count}")
    body = np.frombuffer(data, dtype=np.uint8, count=count * width, offset=start).reshape(count, width)
    deleted = body[:, 0] == ord("*")
    body = body[~deleted]
    if not len(body):
        raise NoRecords()
    raw = [_texts(body, column) for column in columns]
    stated = encoding_given or _stated(code_page, data[_MARK_AT])
    letters = [column.name for column in columns]
    letters += [
        text for column, texts in zip(columns, raw, strict=True) if column.kind == "C" for text in {*texts}
    ]
    encoding = encoding_given or encodings.likely(letters, stated)
    remarks = []
    if stated is not None and stated != encoding:
        remarks.append(Remark("encoding_differs", params={"said": stated.upper(), "found": encoding.upper()}))
    reading = _Reading(encoding, np.arange(1, len(body) + 1, dtype=np.int64), remarks)
    names, cells = reading.contents(columns, raw)
    beyond_ascii = any(not text.isascii() for text in letters)
    return Contents(names, cells, remarks, encoding if beyond_ascii else None, deleted)


def _columns(header: bytes, width: int) -> Sequence[_Column]:
    """The columns that a header declares.

    Raises `DamagedTable`.
    """
    columns, start = [], 1
    for at in range(_HEADER, len(header) - 1, _DESCRIPTOR):
        field = header[at : at + _DESCRIPTOR]
        if field[0] == _END_OF_COLUMNS or not any(field):
            break
        if len(field) < _DESCRIPTOR:
            raise DamagedTable(".dbf")
        column = _Column(field[:11].partition(b"\0")[0], chr(field[11]).upper(), start, field[16], field[17])
        start += column.width
        columns.append(column)
    if start > width:
        raise DamagedTable(".dbf")
    return columns


def _texts(body: NDArray[np.uint8], column: _Column) -> list[bytes]:
    """The raw cells, without the NULs and blanks behind them."""
    if not column.width:
        return [b""] * len(body)
    block = np.ascontiguousarray(body[:, column.start : column.start + column.width])
    return [cell.rstrip(b" \0") for cell in block.view(f"S{column.width}").ravel().tolist()]


def _stated(code_page: Path | None, mark: int) -> str | None:
    if code_page is not None:
        encoding = encodings.named(code_page.read_bytes()[:64].decode("ascii", "replace"))
        if encoding is not None:
            return encoding
    return encodings.marked(mark)


class _Reading:
    """Turns raw columns into cells."""

    def __init__(self, encoding: str, rows: NDArray[np.int64], remarks: list[Remark]) -> None:
        self.encoding = encoding
        self.rows = rows.tolist()
        self.remarks = remarks
        self.marks_cuts = False

    def contents(
        self, columns: Sequence[_Column], raw: Sequence[list[bytes]]
    ) -> tuple[list[str], list[Cells]]:
        """All columns that have a name and a kind that is read."""
        kept = []
        for number, (column, texts) in enumerate(zip(columns, raw, strict=True), 1):
            name = self._name(column)
            if not name:
                self.remarks.append(Remark("column_unnamed", params={"number": number}))
            elif column.kind not in _READERS:
                self.remarks.append(Remark("column_unreadable", params={"name": name}))
            else:
                kept.append((name, column, texts))
        names, twice = told_apart([name for name, _column, _texts in kept])
        self.marks_cuts = set(names) >= _OURS
        self.remarks += twice
        cells = [
            _READERS[column.kind](self, name, column, texts)
            for name, (_name, column, texts) in zip(names, kept, strict=True)
        ]
        return names, cells

    def _name(self, column: _Column) -> str:
        read = encodings.decoded(column.name.strip(), self.encoding)
        if read is None:
            return column.name.decode(self.encoding, "replace").strip("\ufffd ")
        name = read.text.strip()
        if read.cut and name:
            self.remarks.append(Remark("column_name_cut", column=name, params={"name": name}))
        return name

    def _cells(self, texts: list[bytes], read: Callable[[bytes], Any]) -> Cells:
        read_texts = {text: read(text) for text in {*texts}}
        cells = np.empty(len(texts), dtype=object)
        cells[:] = [read_texts[text] for text in texts]
        return cells

    def text(self, name: str, column: _Column, texts: list[bytes]) -> Cells:
        """Texts; what may not be whole is remarked upon, row by row."""
        decoded = {text: encodings.decoded(text, self.encoding) for text in {*texts}}
        # Writers cut before the character that does not fit, which may be one of several bytes.
        spare = len("好".encode(self.encoding, "replace")) - 1
        for row, text in zip(self.rows, texts, strict=True):
            read = decoded[text]
            full = len(text) >= column.width - (0 if text.isascii() else spare)
            if read is None:
                shown = text.decode(self.encoding, "replace")
                self.remarks.append(Remark("text_unreadable", row, name, shown))
            elif read.cut or (column.width >= _WIDEST and full):
                self.remarks.append(Remark("text_cut", row, name, read.text, {"bytes": column.width}))
            elif column.width >= _WIDE and full and not self.marks_cuts:
                self.remarks.append(Remark("text_may_be_cut", row, name, read.text, {"bytes": column.width}))
        read_texts = {text: read.text.rstrip() or None for text, read in decoded.items() if read is not None}
        return self._cells(texts, read_texts.get)

    def number(self, _name: str, column: _Column, texts: list[bytes]) -> Cells:
        """Numbers; stars, which stand for one that is not there, are empty cells."""
        return self._cells(texts, lambda text: _number(text, column.decimals))

    def day(self, _name: str, _column: _Column, texts: list[bytes]) -> Cells:
        """Days as ISO text; zeros, blanks and stars are empty cells, other texts stay for the importer to judge."""
        return self._cells(texts, _day)

    def truth(self, _name: str, _column: _Column, texts: list[bytes]) -> Cells:
        """Yes and no; anything else is an empty cell."""
        return self._cells(
            texts, lambda text: {b"T": True, b"Y": True, b"F": False, b"N": False}.get(text.upper())
        )


_READERS: dict[str, Callable[[_Reading, str, _Column, list[bytes]], Cells]] = {
    "C": _Reading.text,
    "N": _Reading.number,
    "F": _Reading.number,
    "D": _Reading.day,
    "L": _Reading.truth,
}


def _number(raw: bytes, decimals: int) -> int | float | str | None:
    text = raw.decode("ascii", "replace").strip(" \0")
    if not text or "*" in text:
        return None
    whole, _point, fraction = text.partition(".")
    try:
        # A number of 17 digits with zeros behind its point is a code, and a float would lose its end.
        if whole.lstrip("+-").isdigit() and not fraction.strip("0") and (not decimals or len(whole) > 15):
            return int(whole)
        return float(text)
    except ValueError:
        return text


def _day(raw: bytes) -> str | None:
    text = raw.decode("ascii", "replace").strip(" \0")
    if not text.strip("0*/- "):
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return text
