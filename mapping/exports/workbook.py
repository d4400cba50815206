"""XLSX: the rows with typed cells under a frozen header, the code lists on a second sheet, what it is on a third.

The XML is written here and not by openpyxl, which takes half a minute of a core for 51,000 rows where this takes a few
seconds; spreadsheets are what offices ask for most. openpyxl and calamine read it back in the tests.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from assets.code_lists import code_list
from assets.fields import Field, Kind
from assets.xml_text import UNWRITABLE
from mapping.exports.progress import Progress
from mapping.exports.rows import Rows, X, Y, decimals, open_rows
from mapping.exports.tables import Table, Value
from mapping.exports.wanted import Wanted, named_in_full
from mapping.subjects import subject_of

# Styles, in the order of `_LOOKS`.
_PLAIN, _HEADING, _DATE, _MOMENT, _LINK, _WRAPPED, _MONEY, _TYPED = range(8)
# A cell typed as text that holds more is shown as #### by older spreadsheets.
_LONGEST_TYPED = 255
# A sheet has no more links than this; further photos stay as plain addresses.
_MOST_LINKS = 65_000
_MOST_ROWS = 1_048_575
_LONGEST_CELL = 32_767
_DAY_ZERO = date(1899, 12, 30)
_WIDTHS = {Kind.TEXT: 18, Kind.LIST: 22, Kind.INTEGER: 10, Kind.NUMBER: 10, Kind.BOOLEAN: 9, Kind.DATE: 12}
_WIDE = {
    "code": 20,
    "name": 34,
    "address": 40,
    "wording": 34,
    "remarks": 30,
    "uid": 38,
    "asset": 20,
    "asset_name": 34,
}


class TooManyRows(Exception):
    """A sheet has 1,048,576 rows and no more."""

    def __str__(self) -> str:
        return _("A spreadsheet holds %(most)s rows; narrow the filter or choose CSV.") % {
            "most": f"{_MOST_ROWS:,}"
        }


def write_xlsx(wanted: Wanted, user: User, path: Path, progress: Progress) -> int:
    """Write the file; returns the number of rows.

    Raises:
        TooManyRows: more than a sheet holds.
    """
    with open_rows(wanted, user) as rows:
        progress(0, rows.count)
        if rows.count > _MOST_ROWS:
            raise TooManyRows
        with override("en" if wanted.language == "en" else "zh-hans"):
            names = [str(wanted.layer.title), _("Code lists"), _("About this file")]
            about = _about(wanted, user, rows.count)
        with _Book(path, names) as book:
            _write_rows(book, rows, progress)
            _write_codes(book, wanted)
            _write_about(book, about)
    return rows.count


def xlsx_of(tables: Sequence[Table], about: Iterable[tuple[str, str]]) -> bytes:
    """Tables that a page shows, a sheet for each, and what they are about on the last."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tables.xlsx"
        with _Book(path, [*(table.title for table in tables), _("About this file")]) as book:
            for table in tables:
                with book.sheet(table.widths, frozen=True) as sheet:
                    sheet.rows([[_text(heading, _HEADING) for heading in table.headings]])
                    sheet.rows([_value(value) for value in row] for row in table.rows)
            _write_about(book, about)
        return path.read_bytes()


def _value(value: Value) -> str:
    if value is None or value == "":
        return _EMPTY
    if isinstance(value, date):
        return f'<c s="{_DATE}"><v>{(value - _DAY_ZERO).days}</v></c>'
    if isinstance(value, Decimal):
        return f'<c s="{_MONEY}"><v>{value}</v></c>'
    return _typed(value) if isinstance(value, str) else f"<c><v>{value}</v></c>"


def _write_rows(book: _Book, rows: Rows, progress: Progress) -> None:
    wanted = rows.wanted
    headings = wanted.headings() + list(wanted.position_headings()) * wanted.with_position
    widths = [_WIDE.get(field.name, _WIDTHS.get(field.kind, 20)) for field in wanted.fields]
    widths += [14, 14] * wanted.with_position
    last = f"{_letters(len(headings) - 1)}{rows.count + 1}"
    # What somebody adds below is typed as the column is, so that a code keeps its digits.
    typed = [place for place, field in enumerate(wanted.fields) if field.kind is Kind.TEXT]
    with book.sheet(widths, frozen=True, filtered=f"A1:{last}", typed=typed) as sheet:
        sheet.rows([[_text(heading, _HEADING) for heading in headings]])
        for batch in rows.batches():
            columns = [
                _cells(field, batch.column(field.name))
                if field.name != "photos"
                else sheet.links(place, batch.column(field.name).to_pylist())
                for place, field in enumerate(wanted.fields)
            ]
            if wanted.with_position:
                columns += [_coordinates(wanted, batch.column(axis)) for axis in (X, Y)]
            sheet.rows(zip(*columns, strict=True))
            progress(batch.num_rows)


def _write_codes(book: _Book, wanted: Wanted) -> None:
    lists = dict.fromkeys(field.codes for field in wanted.fields if field.codes)
    titles = {field.codes: wanted.heading(field) for field in wanted.fields if field.codes}
    with book.sheet([18, 26, 26, 34], frozen=True) as sheet:
        sheet.rows([[_text(word, _HEADING) for word in ("list", "code", "zh", "en")]])
        for name in lists:
            sheet.rows(
                [_typed(word) for word in (titles[name], meaning.code, meaning.zh, meaning.en)]
                for meaning in code_list(name, wanted.filter.known.lists)
            )


def _about(wanted: Wanted, user: User, count: int) -> list[tuple[str, str]]:
    said = [f"{label}: {'、'.join(values)}" for label, values in wanted.filter.in_words()]
    return [
        (_("Contents"), str(wanted.layer.title)),
        (_("Rows"), f"{count:,}"),
        (_("Filter"), "\n".join(said)),
        (_("Coordinate system"), f"{wanted.crs.title} ({named_in_full(wanted.crs)})"),
        (_("Made at"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        (_("Exported by"), str(user)),
        (_("Address"), f"{wanted.site}{reverse(subject_of(wanted.layer).page)}?{wanted.filter.query_string}"),
    ]


def _write_about(book: _Book, about: Iterable[tuple[str, str]]) -> None:
    with book.sheet([20, 80]) as sheet:
        sheet.rows([_text(title, _HEADING), _text(words, _WRAPPED)] for title, words in about)


# --- Cells ----------------------------------------------------------------------------------------------------------

_EMPTY = "<c/>"
_EMPTY_TEXT = f'<c s="{_TYPED}"/>'


def _cells(field: Field, column: pa.Array) -> list[str]:
    """A column as the XML of its cells."""
    if field.kind is Kind.LIST:
        return [_text("、".join(words)) if words else _EMPTY for words in column.to_pylist()]
    if pa.types.is_string(column.type):
        return _texts(column)
    if field.kind is Kind.BOOLEAN:
        return [_EMPTY if value is None else f'<c t="b"><v>{value:d}</v></c>' for value in column.to_pylist()]
    if field.kind is Kind.DATE:
        days = column.cast(pa.int32()).to_pylist()
        shift = (date(1970, 1, 1) - _DAY_ZERO).days
        return [_EMPTY if day is None else f'<c s="{_DATE}"><v>{day + shift}</v></c>' for day in days]
    if field.kind is Kind.MOMENT:
        return [
            _EMPTY if value is None else f'<c s="{_MOMENT}"><v>{serial(value)!r}</v></c>'
            for value in column.cast(pa.timestamp("s", tz="UTC"), safe=False).to_pylist()
        ]
    return [_EMPTY if value is None else f"<c><v>{value!r}</v></c>" for value in column.to_pylist()]


def _coordinates(wanted: Wanted, column: pa.Array) -> list[str]:
    return [f"<c><v>{value!r}</v></c>" for value in np.round(column.to_numpy(), decimals(wanted)).tolist()]


def _texts(column: pa.Array) -> list[str]:
    """Texts, each different one put into XML once."""
    encoded = column.dictionary_encode()
    written = [_typed(text) if text else _EMPTY_TEXT for text in encoded.dictionary.to_pylist()]
    return [_EMPTY_TEXT if place is None else written[place] for place in encoded.indices.to_pylist()]


_ILLEGAL = re.compile(f"{UNWRITABLE.pattern}|_x[0-9A-Fa-f]{{4}}_")


def _text(text: str, style: int = _PLAIN) -> str:
    """A cell of text, whatever it holds: shown as it is, never run."""
    if len(text) > _LONGEST_CELL:
        raise ValueError(f"a text has {len(text)} characters, a cell holds {_LONGEST_CELL}")
    styled = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{styled}><is><t xml:space="preserve">{_xml(text)}</t></is></c>'


def _typed(text: str) -> str:
    """A cell of text that stays one when somebody edits it: 0012 and a code of 17 digits are no numbers."""
    return _text(text, _TYPED if len(text) <= _LONGEST_TYPED else _PLAIN)


def _xml(text: str) -> str:
    """Text in XML; what XML cannot hold is written as a spreadsheet writes it, _x000B_."""
    safe = _ILLEGAL.sub(
        lambda match: f"_x{ord(match[0]):04X}_" if len(match[0]) == 1 else f"_x005F{match[0]}", text
    )
    return escape(safe).replace("\r", "_x000D_")


def serial(moment: datetime) -> float:
    """A moment on the district's clock as a spreadsheet counts: days since 30 December 1899."""
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(tzinfo=UTC)
    zero = datetime(_DAY_ZERO.year, _DAY_ZERO.month, _DAY_ZERO.day, tzinfo=UTC)
    return (local - zero).total_seconds() / 86_400


def _letters(place: int) -> str:
    """The name of a column, from 0."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


# --- The package of parts that an XLSX is ---------------------------------------------------------------------------

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


class _Book:
    """A workbook whose sheets are written one after the other."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        self.names = [re.sub(r"[\[\]:*?/\\]", " ", name)[:31] for name in names]
        self.written = 0
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    def __enter__(self) -> _Book:
        return self

    def __exit__(self, kind: Any, _error: Any, _traceback: Any) -> None:
        if kind is None:
            self._finish()
        self.archive.close()

    def sheet(
        self, widths: Sequence[int], *, frozen: bool = False, filtered: str = "", typed: Iterable[int] = ()
    ) -> _Sheet:
        """The next sheet; the columns at the places `typed` are of text."""
        self.written += 1
        return _Sheet(self.archive, self.written, widths, frozen=frozen, filtered=filtered, typed=typed)

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


class _Sheet:
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

    def __enter__(self) -> _Sheet:
        self._file = self.archive.open(f"xl/worksheets/sheet{self.number}.xml", "w", force_zip64=True)
        pane = (
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
            if self.frozen
            else ""
        )
        columns = "".join(
            f'<col min="{n}" max="{n}" width="{width}"'
            f' style="{_TYPED if n - 1 in self.typed else _PLAIN}" customWidth="1"/>'
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
                self._linked[f"{_letters(place)}{row}"] = addresses[0]
            cells.append(_text("\n".join(addresses), _LINK) if addresses else _EMPTY)
        return cells


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})
