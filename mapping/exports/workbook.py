"""XLSX exports: rows with typed cells under a frozen header, the code lists on a second sheet, what it is on a third.

How a book is written is in `xlsx.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
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
from mapping.exports.progress import Watcher
from mapping.exports.rows import Rows, X, Y, decimals, open_rows
from mapping.exports.tables import Table, Value
from mapping.exports.wanted import Wanted, named_in_full
from mapping.exports.xlsx import (
    DATE,
    EMPTY,
    EMPTY_TEXT,
    HEADING,
    MOMENT,
    MONEY,
    WRAPPED,
    Book,
    letters,
    text_cell,
    typed_cell,
)
from mapping.subjects import subject_of

_MOST_ROWS = 1_048_575
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


def write_xlsx(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
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
        with Book(path, names) as book:
            _write_rows(book, rows, progress)
            _write_codes(book, wanted)
            _write_about(book, about)
    return rows.count


def xlsx_of(tables: Sequence[Table], about: Iterable[tuple[str, str]]) -> bytes:
    """Tables that a page shows, a sheet for each, and what they are about on the last."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tables.xlsx"
        with Book(path, [*(table.title for table in tables), _("About this file")]) as book:
            for table in tables:
                with book.sheet(table.widths, frozen=True) as sheet:
                    sheet.rows([[text_cell(heading, HEADING) for heading in table.headings]])
                    sheet.rows([_value(value) for value in row] for row in table.rows)
            _write_about(book, about)
        return path.read_bytes()


def _value(value: Value) -> str:
    if value is None or value == "":
        return EMPTY
    if isinstance(value, date):
        return f'<c s="{DATE}"><v>{(value - _DAY_ZERO).days}</v></c>'
    if isinstance(value, Decimal):
        return f'<c s="{MONEY}"><v>{value}</v></c>'
    return typed_cell(value) if isinstance(value, str) else f"<c><v>{value}</v></c>"


def _write_rows(book: Book, rows: Rows, progress: Watcher) -> None:
    wanted = rows.wanted
    headings = wanted.headings() + list(wanted.position_headings()) * wanted.with_position
    widths = [_WIDE.get(field.name, _WIDTHS.get(field.kind, 20)) for field in wanted.fields]
    widths += [14, 14] * wanted.with_position
    last = f"{letters(len(headings) - 1)}{rows.count + 1}"
    # What somebody adds below is typed as the column is, so that a code keeps its digits.
    typed = [place for place, field in enumerate(wanted.fields) if field.kind is Kind.TEXT]
    with book.sheet(widths, frozen=True, filtered=f"A1:{last}", typed=typed) as sheet:
        sheet.rows([[text_cell(heading, HEADING) for heading in headings]])
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


def _write_codes(book: Book, wanted: Wanted) -> None:
    lists = dict.fromkeys(field.codes for field in wanted.fields if field.codes)
    titles = {field.codes: wanted.heading(field) for field in wanted.fields if field.codes}
    with book.sheet([18, 26, 26, 34], frozen=True) as sheet:
        sheet.rows([[text_cell(word, HEADING) for word in ("list", "code", "zh", "en")]])
        for name in lists:
            sheet.rows(
                [typed_cell(word) for word in (titles[name], meaning.code, meaning.zh, meaning.en)]
                for meaning in code_list(name, wanted.filter.reference.lists)
            )


def _about(wanted: Wanted, user: User, count: int) -> list[tuple[str, str]]:
    filter_lines = [f"{label}: {'、'.join(values)}" for label, values in wanted.filter.in_words()]
    return [
        (_("Contents"), str(wanted.layer.title)),
        (_("Rows"), f"{count:,}"),
        (_("Filter"), "\n".join(filter_lines)),
        (_("Coordinate system"), f"{wanted.crs.title} ({named_in_full(wanted.crs)})"),
        (_("Made at"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        (_("Exported by"), str(user)),
        (_("Address"), f"{wanted.site}{reverse(subject_of(wanted.layer).page)}?{wanted.filter.query_string}"),
    ]


def _write_about(book: Book, about: Iterable[tuple[str, str]]) -> None:
    with book.sheet([20, 80]) as sheet:
        sheet.rows([text_cell(title, HEADING), text_cell(words, WRAPPED)] for title, words in about)


# --- Cells ----------------------------------------------------------------------------------------------------------


def _cells(field: Field, column: pa.Array) -> list[str]:
    """A column as the XML of its cells."""
    if field.kind is Kind.LIST:
        return [text_cell("、".join(words)) if words else EMPTY for words in column.to_pylist()]
    if pa.types.is_string(column.type):
        return _texts(column)
    if field.kind is Kind.BOOLEAN:
        return [EMPTY if value is None else f'<c t="b"><v>{value:d}</v></c>' for value in column.to_pylist()]
    if field.kind is Kind.DATE:
        days = column.cast(pa.int32()).to_pylist()
        shift = (date(1970, 1, 1) - _DAY_ZERO).days
        return [EMPTY if day is None else f'<c s="{DATE}"><v>{day + shift}</v></c>' for day in days]
    if field.kind is Kind.MOMENT:
        return [
            EMPTY if value is None else f'<c s="{MOMENT}"><v>{serial(value)!r}</v></c>'
            for value in column.cast(pa.timestamp("s", tz="UTC"), safe=False).to_pylist()
        ]
    return [EMPTY if value is None else f"<c><v>{value!r}</v></c>" for value in column.to_pylist()]


def _coordinates(wanted: Wanted, column: pa.Array) -> list[str]:
    return [f"<c><v>{value!r}</v></c>" for value in np.round(column.to_numpy(), decimals(wanted)).tolist()]


def _texts(column: pa.Array) -> list[str]:
    """Texts, each different one put into XML once."""
    encoded = column.dictionary_encode()
    written = [typed_cell(text) if text else EMPTY_TEXT for text in encoded.dictionary.to_pylist()]
    return [EMPTY_TEXT if place is None else written[place] for place in encoded.indices.to_pylist()]


def serial(moment: datetime) -> float:
    """A moment on the district's clock as a spreadsheet counts: days since 30 December 1899."""
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(tzinfo=UTC)
    zero = datetime(_DAY_ZERO.year, _DAY_ZERO.month, _DAY_ZERO.day, tzinfo=UTC)
    return (local - zero).total_seconds() / 86_400
