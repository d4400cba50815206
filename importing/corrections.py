"""The workbook of rows to correct: the ledger's own columns, reasons beside the cells, ready to be imported again."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from numpy.typing import NDArray
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from assets.xml_text import writable
from importing.reading import Table
from importing.reading.number_formats import ShownNumber
from importing.verdicts import DOUBTFUL, Verdict

_REFUSED_FILL = PatternFill("solid", fgColor="F8D7DA")
_DOUBTFUL_FILL = PatternFill("solid", fgColor="FFF3CD")
_BOLD = Font(bold=True)


def write_corrections(
    path: Path, table: Table, position_columns: Mapping[str, NDArray[Any]], verdicts: Iterable[Verdict]
) -> int:
    """Write the refused and the doubtful rows to an XLSX file, whole or not at all; returns how many.

    Beside every column with something to say stands one with the reasons, whose header no importer takes for a
    column of the ledger. Geodata gets its position as columns x and y (`position_columns`).
    """
    by_row: dict[int, list[Verdict]] = defaultdict(list)
    columns = {**dict(zip(table.names, table.columns, strict=True)), **position_columns}
    with_reasons, whole_row = set(), False
    for verdict in verdicts:
        by_row[verdict.row].append(verdict)
        if verdict.column in columns:
            with_reasons.add(verdict.column)
        else:
            whole_row = True

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_("Rows to correct"))
    sheet.freeze_panes = "B2"
    headers = [_("Row in the file")]
    for name in columns:
        headers += [name, _reason_header(name)] if name in with_reasons else [name]
    if whole_row:
        headers.append(_reason_header(_("row")))
    sheet.append([_text_cell(sheet, header, font=_BOLD) for header in headers])

    places = [place for place, row in enumerate(table.rows.tolist()) if row in by_row]
    for place in places:
        row = int(table.rows[place])
        of_the_row = by_row[row]
        cells: list[Any] = [row]
        for name, values in columns.items():
            here = [verdict for verdict in of_the_row if verdict.column == name]
            cell = _cell(sheet, values[place])
            if here:
                cell.fill = _fill(here)
            cells.append(cell)
            if name in with_reasons:
                cells.append(_text_cell(sheet, _reasons(here)))
        if whole_row:
            cells.append(
                _text_cell(
                    sheet, _reasons([verdict for verdict in of_the_row if verdict.column not in columns])
                )
            )
        sheet.append(cells)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    workbook.save(new)
    os.replace(new, path)
    return len(places)


def is_ours(header: str) -> bool:
    """Whether a column was added here, in any language: what makes a corrected ledger look like the one it was."""
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            if header == _("Row in the file") or header.startswith(_reason_header("")):
                return True
    return False


def _reason_header(name: str) -> str:
    return _("What is wrong: %(column)s") % {"column": name}


def _reasons(verdicts: Iterable[Verdict]) -> str:
    return "; ".join(f"{verdict.sentence} [{verdict.code}]" for verdict in verdicts)


def _fill(verdicts: Iterable[Verdict]) -> PatternFill:
    return _DOUBTFUL_FILL if all(verdict.code in DOUBTFUL for verdict in verdicts) else _REFUSED_FILL


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> WriteOnlyCell:
    """A cell of the ledger as it was; text stays text, also when it begins like a formula."""
    if isinstance(value, ShownNumber):
        return _text_cell(sheet, value.shown)
    if value is None or isinstance(value, bool | int | float | date | datetime | time | timedelta):
        return WriteOnlyCell(sheet, value)
    return _text_cell(sheet, str(value))


def _text_cell(sheet: WriteOnlyWorksheet, text: str, **style: Any) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, writable(text)[:32_767])
    cell.data_type = "s"
    for name, value in style.items():
        setattr(cell, name, value)
    return cell
