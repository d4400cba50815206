"""XLSX as a format: a book of sheets that are written row by row as XML, with the few looks that this product uses.

Cells come as texts of XML (`text_cell`, `EMPTY` …), so that a column is turned into cells at once; `workbook.py` says
which. Why not a library: docs/adr/own-xlsx-writer.md. openpyxl and calamine read it back in the tests.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any
from xml.sax.saxutils import escape

from assets.xml_text import UNWRITABLE

# Styles, in the order of `_LOOKS`.
PLAIN, HEADING, DATE, MOMENT, LINK, WRAPPED, MONEY, TYPED = range(8)
# A cell typed as text that holds more is shown as #### by older spreadsheets.
_LONGEST_TYPED = 255
# A sheet has no more links than this; further photos stay as plain addresses.
_MOST_LINKS = 65_000
_LONGEST_CELL = 32_767

EMPTY = "<c/>"
EMPTY_TEXT = f'<c s="{TYPED}"/>'


_ILLEGAL = re.compile(f"{UNWRITABLE.pattern}|_x[0-9A-Fa-f]{{4}}_")


def text_cell(text: str, style: int = PLAIN) -> str:
    """A cell of text, whatever it holds: shown as it is, never run."""
    if len(text) > _LONGEST_CELL:
        raise ValueError(f"a text has {len(text)} characters, a cell holds {_LONGEST_CELL}")
    styled = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{_xml(text)}</t></is></c>'


def typed_cell(text: str) -> str:
    """A cell of text that stays one when somebody edits it: 0012 and a code of 17 digits are no numbers."""
    return text_cell(text, TYPED if len(text) <= _LONGEST_TYPED else PLAIN)


def _xml(text: str) -> str:
    """Text in XML; what XML cannot hold is written as a spreadsheet writes it, _x000B_."""
    safe = _ILLEGAL.sub(
        lambda match: f"_x{ord(match[0]):04X}_" if len(match[0]) == 1 else f"_x005F{match[0]}", text
    )
    return escape(safe).replace("\r", "_x000D_")


def letters(place: int) -> str:
    """The name of a column, from 0."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"

_FONTS = (
    '<font><sz val="11"/><name val="Calibri"/></font>',
    '<font><b/><sz val="11"/><name val="Calibri"/></font>',
    '<font><u/><sz val="11"/><color rgb="FF1F5FA8"/><name val="Calibri"/></font>',
)
_FILLS = (
    '<fill><patternFill patternType="none"/></fill>',
    '<fill><patternFill patternType="gray125"/></fill>',
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE8F0F9"/><bgColor indexed="64"/></patternFill></fill>',
)
# Number format, font and fill of each style, and what else it says.
_LOOKS = (
    (0, 0, 0, ""),
    (0, 1, 2, ""),
    (164, 0, 0, ""),
    (165, 0, 0, ""),
    (0, 2, 0, ""),
    (0, 0, 0, '<alignment vertical="top" wrapText="1"/>'),
    (4, 0, 0, ""),  # 1,234.50 by the format's own number
    (49, 0, 0, ""),  # @: text, also after somebody has edited it
)
_STYLES = "".join(
    (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="2">',
        '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>',
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>',
        f'<fonts count="{len(_FONTS)}">{"".join(_FONTS)}</fonts>',
        f'<fills count="{len(_FILLS)}">{"".join(_FILLS)}</fills>',
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>',
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>',
        f'<cellXfs count="{len(_LOOKS)}">',
        *(
            f'<xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" applyNumberFormat="1"'
            f' applyFont="1" applyFill="1" applyAlignment="1">{more}</xf>'
            for number, font, fill, more in _LOOKS
        ),
        '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    )
)


class Book:
    """A workbook whose sheets are written one after the other."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.names = [re.sub(r"[\[\]:*?/\\]", " ", name)[:31] for name in names]
        self.written = 0
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: Any, _error: Any, _traceback: Any) -> None:
        if kind is None:
            self._finish()
        self.archive.close()

    def sheet(
        self, widths: Sequence[int], *, frozen: bool = False, filtered: str = "", typed: Iterable[int] = ()
    ) -> Sheet:
        """The next sheet; the columns at the places `typed` are of text."""
        self.written += 1
        return Sheet(self.archive, self.written, widths, frozen=frozen, filtered=filtered, typed=typed)

    def _finish(self) -> None:
        numbers = range(1, self.written + 1)
        overrides = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
            for n in numbers
        )
        sheets = "".join(
            f'<sheet name="{_attribute(self.names[n - 1])}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers
        )
        relations = "".join(
            f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n in numbers
        )
        styles = f'<Relationship Id="rId{self.written + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
        parts = {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/>{overrides}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
            f' Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}{styles}'
            "</Relationships>",
        }
        for name, xml in parts.items():
            self.archive.writestr(name, _HEAD + xml)
        self.archive.writestr("xl/styles.xml", _STYLES)


class Sheet:
    """One sheet, written row by row."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        number: int,
        widths: Sequence[int],
        *,
        frozen: bool,
        filtered: str,
        typed: Iterable[int],
    ) -> None:
        self.archive, self.number = archive, number
        self.widths, self.frozen, self.filtered = widths, frozen, filtered
        self.typed = frozenset(typed)
        self.row = 0
        self._linked: dict[str, str] = {}
        self._file: IO[bytes]

    def __enter__(self) -> Sheet:
        self._file = self.archive.open(f"xl/worksheets/sheet{self.number}.xml", "w", force_zip64=True)
        pane = (
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            if self.frozen
            else ""
        )
        columns = "".join(
            f'<col min="{n}" max="{n}" width="{width}"'
            f' style="{TYPED if n - 1 in self.typed else PLAIN}" customWidth="1"/>'
            for n, width in enumerate(self.widths, 1)
        )
        self._file.write(
            f'{_HEAD}<worksheet xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheetViews>'
            f'<sheetView workbookViewId="0">{pane}</sheetView></sheetViews><cols>{columns}</cols><sheetData>'.encode()
        )
        return self

    def __exit__(self, kind: Any, _error: Any, _traceback: Any) -> None:
        filtered = f'<autoFilter ref="{self.filtered}"/>' if self.filtered else ""
        links = "".join(f'<hyperlink ref="{cell}" r:id="rId{n}"/>' for n, cell in enumerate(self._linked, 1))
        links = f"<hyperlinks>{links}</hyperlinks>" if links else ""
        self._file.write(f"</sheetData>{filtered}{links}</worksheet>".encode())
        self._file.close()
        if self._linked and kind is None:
            targets = "".join(
                f'<Relationship Id="rId{n}" Type="{_RELATIONS}/hyperlink" Target="{_attribute(target)}"'
                ' TargetMode="External"/>'
                for n, target in enumerate(self._linked.values(), 1)
            )
            self.archive.writestr(
                f"xl/worksheets/_rels/sheet{self.number}.xml.rels",
                f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{targets}</Relationships>',
            )

    def rows(self, rows: Iterable[Sequence[str]]) -> None:
        """Add rows of cells."""
        written = []
        for cells in rows:
            self.row += 1
            written.append(f'<row r="{self.row}">{"".join(cells)}</row>')
        self._file.write("".join(written).encode())

    def links(self, place: int, column: Iterable[Sequence[str]]) -> list[str]:
        """The cells of the next rows in the column at `place`: the addresses, of which the first can be followed."""
        cells = []
        for row, addresses in enumerate(column, self.row + 1):
            if addresses and len(self._linked) < _MOST_LINKS:
                self._linked[f"{letters(place)}{row}"] = addresses[0]
            cells.append(text_cell("\n".join(addresses), LINK) if addresses else EMPTY)
        return cells


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})
