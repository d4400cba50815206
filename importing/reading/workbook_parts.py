"""The XML inside an XLSX, looked into for what calamine does not tell: formulas that failed or were never calculated,
pictures in cells, hidden rows and columns, and number formats that show more, or less, than the value.

Sheets are long, so they are searched with patterns, a piece of whole rows at a time, and taken apart cell by cell only
where a writer leaves out the cells' addresses, which the standard allows (ECMA-376 part 1, 18.3.1.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from importing.errors import LedgerError
from importing.reading.number_formats import tells_something
from importing.reading.table import MAX_CELLS
from importing.reading.zips import BROKEN_MEMBER, open_zip

Place = tuple[int, int]
"""Row and column of a cell, from 0."""


@dataclass
class SheetFacts:
    """What a sheet holds beside its values.

    failed: cells that show an error. uncalculated: formulas without a result. pictures: cells that hold one.
    shown: cells in a format that may show something else than their value, with that format.
    struck: cells with something in them that is crossed out. from_1904: whether days count from 1904.
    hidden_rows: their numbers, from 1. hidden_columns: their places, from 0.
    floating_pictures: pictures that lie on the sheet and belong to no cell.
    """

    failed: list[Place] = field(default_factory=list)
    uncalculated: list[Place] = field(default_factory=list)
    pictures: list[Place] = field(default_factory=list)
    shown: list[tuple[Place, str]] = field(default_factory=list)
    struck: set[Place] = field(default_factory=set)
    from_1904: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    floating_pictures: int = 0


_RELATION_ID = re.compile(r"\{.*/relationships\}id$")
# Formats that every program knows by number (18.8.30); those in a list of their own are not among them.
_BUILT_IN = {17: "mmm-yy", 27: 'yyyy"年"m"月"', 36: 'yyyy"年"m"月"', 50: 'yyyy"年"m"月"', 57: 'yyyy"年"m"月"'}
_FARTHEST_COLUMN = 16_384

_ROW = re.compile(rb"<(?:\w+:)?row\b([^<>]*)>")
_COL = re.compile(rb"<(?:\w+:)?col\b([^<>]*)>")
_ROW_OR_CELL = re.compile(rb"<(?:\w+:)?(row|c)\b([^<>]*)>")
_FILLED = re.compile(rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*["']([A-Za-z]+)(\d+)["'][^<>]*(?<!/)>""")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^<>]*)>\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:(?P<value><(?:\w+:)?v\b[^<>]*>)(?P<result>[^<]*))?"
)
_ATTRIBUTE = re.compile(rb"""(?:^|\s)(?:\w+:)?(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TRUE = (b"1", b"true")


class Parts:
    """The parts of one XLSX.

    Raises `LedgerError` when it is opened: not_a_zip, encrypted, expands_too_far, other_workbook, damaged.
    """

    _CHUNK = 1 << 20

    def __init__(self, path: Path):
        self._zip = open_zip(path)
        self._names = set(self._zip.namelist())
        if "xl/workbook.xml" not in self._names:
            raise LedgerError("other_workbook")
        self._calculated_on_loading = False
        self._from_1904 = False
        self._sheets = {name: part for name, part in self._sheet_parts() if part in self._names}

    def facts(self, name: str) -> SheetFacts:
        """What the sheet of this name holds beside its values."""
        found = SheetFacts(from_1904=self._from_1904)
        formats = self._telling_formats()
        special = _special_cells(formats)
        crossed_out = _cells_of(self._struck_styles())
        for chunk in self._chunks(name):
            if b"hidden" in chunk or b'ht="0"' in chunk or b'width="0"' in chunk:
                self._find_hidden(chunk, found)
            for tag in special.findall(chunk):
                self._note(_attributes(tag), found, formats, name)
            found.struck.update(self._place(_attributes(tag), name) for tag in crossed_out.findall(chunk))
            if b"<f" in chunk or b":f" in chunk:
                self._find_uncalculated(chunk, found, name)
        found.floating_pictures = self._floating_pictures(name)
        return found

    def refuse_wide_sheet(self, name: str) -> None:
        """Raises too_many_cells when the rectangle from A1 to this sheet's last cell is beyond reason."""
        columns = rows = 0
        for chunk in self._chunks(name):
            for letters, row in _FILLED.findall(chunk):
                columns, rows = max(columns, column_number(letters)), max(rows, int(row))
        if columns * rows > MAX_CELLS:
            raise LedgerError("too_many_cells", cells=columns * rows, most=MAX_CELLS)

    # --- Cells --------------------------------------------------------------------------------------------------

    def _note(
        self, cell: dict[bytes, bytes], found: SheetFacts, formats: dict[bytes, str], name: str
    ) -> None:
        place = self._place(cell, name)
        if cell.get(b"t") == b"e":
            (found.pictures if b"vm" in cell else found.failed).append(place)
        elif cell.get(b"s") in formats and cell.get(b"t", b"n") in (b"n", b"d"):
            found.shown.append((place, formats[cell[b"s"]]))

    def _find_uncalculated(self, chunk: bytes, found: SheetFacts, name: str) -> None:
        for match in _FORMULA.finditer(chunk):
            cell = _attributes(match[1])
            result = (match["result"] or b"").strip()
            empty_text = cell.get(b"t") == b"str" and match["value"] is not None
            # Writers that do not calculate put nothing, or a zero for the program that opens it to replace.
            if (not result and not empty_text) or (result == b"0" and self._calculated_on_loading):
                found.uncalculated.append(self._place(cell, name))

    def _find_hidden(self, chunk: bytes, found: SheetFacts) -> None:
        for tag in _COL.findall(chunk):
            column = _attributes(tag)
            if column.get(b"hidden") in _TRUE or _number(column.get(b"width")) == 0:
                first, last = _number(column.get(b"min")), _number(column.get(b"max"))
                if first is not None and last is not None:
                    found.hidden_columns.update(range(int(first) - 1, min(int(last), _FARTHEST_COLUMN)))
        for tag in _ROW.findall(chunk):
            if b"hidden" not in tag and b"ht=" not in tag:
                continue
            row = _attributes(tag)
            number = _number(row.get(b"r"))
            if number is not None and (row.get(b"hidden") in _TRUE or _number(row.get(b"ht")) == 0):
                found.hidden_rows.add(int(number))

    def _place(self, cell: dict[bytes, bytes], name: str) -> Place:
        match = re.fullmatch(rb"([A-Za-z]{1,3})(\d{1,7})", cell.get(b"r", b""))
        if match is None:
            raise LedgerError("damaged", detail=name[:200])
        return int(match[2]) - 1, column_number(match[1]) - 1

    # --- Parts --------------------------------------------------------------------------------------------------

    def _chunks(self, name: str) -> Iterator[bytes]:
        """A sheet's XML in pieces of whole rows, its cells with their addresses."""
        rest = b""
        placed = _Addresses()
        try:
            with self._zip.open(self._sheets[name]) as file:
                while piece := file.read(self._CHUNK):
                    piece = rest + piece
                    end = max(piece.rfind(b"<row"), piece.rfind(b":row"))
                    # With a prefix the tag begins before it.
                    end = piece.rfind(b"<", 0, end + 1) if end > 0 else -1
                    piece, rest = (piece[:end], piece[end:]) if end > 0 else (b"", piece)
                    if piece:
                        yield placed.written_into(piece)
        except (*BROKEN_MEMBER, KeyError) as error:
            raise LedgerError("damaged", detail=str(error)[:200]) from error
        yield placed.written_into(rest)

    def _sheet_parts(self) -> Iterator[tuple[str, str]]:
        """Each sheet's name and the part of the archive that holds it."""
        relations = self._xml("xl/_rels/workbook.xml.rels")
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        for element in self._xml("xl/workbook.xml").iter():
            tag = _bare(element.tag)
            if tag == "workbookPr":
                self._from_1904 = element.get("date1904") in ("1", "true")
            if tag == "calcPr":
                self._calculated_on_loading = element.get("fullCalcOnLoad") in ("1", "true")
            if tag == "sheet":
                relation = next(
                    (value for key, value in element.attrib.items() if _RELATION_ID.match(key)), ""
                )
                yield element.get("name", ""), _resolved("xl/workbook.xml", targets.get(relation, ""))

    def _telling_formats(self) -> dict[bytes, str]:
        """The styles whose number format may show something else than the value: their number → the format."""
        if "xl/styles.xml" not in self._names:
            return {}
        styles = self._xml("xl/styles.xml")
        codes = dict(_BUILT_IN)
        cells: list[int] = []
        for element in styles.iter():
            tag = _bare(element.tag)
            if tag == "numFmt" and (number := element.get("numFmtId", "")).isdigit():
                codes[int(number)] = element.get("formatCode", "")
            if tag == "cellXfs":
                cells = [int(cell_format.get("numFmtId") or 0) for cell_format in element]
        return {
            str(style).encode(): codes[number]
            for style, number in enumerate(cells)
            if number in codes and tells_something(codes[number])
        }

    def _struck_styles(self) -> list[bytes]:
        """The styles whose font is crossed out, by their numbers."""
        if "xl/styles.xml" not in self._names:
            return []
        fonts: list[bool] = []
        cells: list[int] = []
        for element in self._xml("xl/styles.xml").iter():
            tag = _bare(element.tag)
            if tag == "fonts":
                fonts = [any(map(_is_struck, font)) for font in element]
            if tag == "cellXfs":
                cells = [int(cell_format.get("fontId") or 0) for cell_format in element]
        return [str(style).encode() for style, font in enumerate(cells) if fonts[font : font + 1] == [True]]

    def _floating_pictures(self, name: str) -> int:
        """How many pictures lie on a sheet."""
        sheet = self._sheets.get(name, "")
        count = 0
        for relation in self._relations(sheet):
            if relation.get("Type", "").endswith("/drawing"):
                drawing = _resolved(sheet, relation.get("Target", ""))
                if drawing in self._names:
                    count += sum(_bare(element.tag) == "pic" for element in self._xml(drawing).iter())
        return count

    def _relations(self, part: str) -> list[ElementTree.Element]:
        path = PurePosixPath(part)
        relations = f"{path.parent}/_rels/{path.name}.rels"
        return list(self._xml(relations)) if relations in self._names else []

    def _xml(self, part: str) -> ElementTree.Element:
        try:
            text = self._zip.read(part)
            if b"<!DOCTYPE" in text:
                raise LedgerError("unsafe_contents")
            return ElementTree.fromstring(text)
        except (*BROKEN_MEMBER, KeyError, ElementTree.ParseError) as error:
            raise LedgerError("damaged", detail=str(error)[:200]) from error


class _Addresses:
    """Writes into cells and rows the addresses that a writer left out, counted from those before."""

    def __init__(self) -> None:
        self._row = 0

    def written_into(self, piece: bytes) -> bytes:
        """The same rows, each row and cell with its address; rows that have them all as they are."""
        tags = len(_ROW_OR_CELL.findall(piece))
        if tags == len(_ADDRESSED.findall(piece)):
            if rows := _ROW.findall(piece):
                self._row = int(_number(_attributes(rows[-1]).get(b"r")) or self._row)
            return piece
        self._column = 0
        return _ROW_OR_CELL.sub(self._addressed, piece)

    def _addressed(self, match: re.Match[bytes]) -> bytes:
        attributes = _attributes(match[2])
        if match[1] == b"row":
            self._row = int(_number(attributes.get(b"r")) or self._row + 1)
            self._column = 0
            address = str(self._row).encode()
        else:
            letters = re.match(rb"[A-Za-z]{1,3}", attributes.get(b"r", b""))
            self._column = column_number(letters[0]) if letters else self._column + 1
            address = _letters(self._column) + str(self._row).encode()
        if b"r" in attributes:
            return match[0]
        start = match.start(2) - match.start()
        return match[0][:start] + b' r="' + address + b'"' + match[0][start:]


_ADDRESSED = re.compile(rb"""<(?:\w+:)?(?:row|c)\s(?:[^<>]*?\s)?r\s*=\s*["'][^<>]*>""")


def _special_cells(formats: dict[bytes, str]) -> re.Pattern[bytes]:
    """Finds the attributes of cells that show an error or have one of these styles."""
    styles = b"|".join(formats) or b"(?!)"
    return re.compile(
        rb"<(?:\w+:)?c\b((?:[^<>]*?\s)?(?:t\s*=\s*[\"']e[\"']|s\s*=\s*[\"'](?:" + styles + rb")[\"'])[^<>]*)>"
    )


def _cells_of(styles: list[bytes]) -> re.Pattern[bytes]:
    """Finds the attributes of cells that hold something and have one of these styles."""
    numbers = b"|".join(styles) or b"(?!)"
    return re.compile(rb"<(?:\w+:)?c\b((?:[^<>]*?\s)?s\s*=\s*[\"'](?:" + numbers + rb")[\"'][^<>]*)(?<!/)>")


def _is_struck(part: ElementTree.Element) -> bool:
    return _bare(part.tag) in ("strike", "dstrike") and part.get("val", "1") in ("1", "true")


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}


def _number(text: bytes | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _bare(tag: str) -> str:
    """A tag of the main namespaces, or any drawing's, without its namespace."""
    return tag.rpartition("}")[2]


def _resolved(part: str, target: str) -> str:
    """The part that a relation of another one leads to."""
    if target.startswith("/"):
        return target.lstrip("/")
    pieces: list[str] = list(PurePosixPath(part).parent.parts)
    for piece in target.split("/"):
        if piece == "..":
            pieces = pieces[:-1]
        elif piece not in ("", "."):
            pieces.append(piece)
    return "/".join(pieces)


def column_number(letters: bytes) -> int:
    """A column's number from 1; the opposite of `table.column_letters`."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _letters(number: int) -> bytes:
    letters = b""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = bytes([65 + rest]) + letters
    return letters
