"""Ledgers as XLS, the workbooks of Excel 97 to 2003, through xlrd: values, and what a sheet holds beside them.

Python-calamine, which reads the newer ones, tells neither errors nor formats nor what is hidden of these.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import xlrd

from importing.errors import LedgerError
from importing.reading.header import Merge
from importing.reading.number_formats import tells_something
from importing.reading.table import check_size
from importing.reading.workbook_parts import SheetFacts

_ROWS_OF_HEAD = 30
_NOTHING = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)


def open_xls(path: Path) -> XlsWorkbook:
    """The workbook at `path`.

    Raises `LedgerError`: encrypted, damaged.
    """
    try:
        with open(os.devnull, "w") as nothing:
            return XlsWorkbook(
                xlrd.open_workbook(str(path), logfile=nothing, formatting_info=True, ragged_rows=True)
            )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise LedgerError("encrypted") from error
        raise LedgerError("damaged", detail=str(error)[:200]) from error
    except LedgerError:
        raise
    # A damaged workbook makes xlrd fail in whatever way it is damaged.
    except Exception as error:
        raise LedgerError("damaged", detail=str(error)[:200]) from error


class XlsWorkbook:
    """A workbook that has been read. `sheets`: each sheet's name and whether it is visible."""

    def __init__(self, book: xlrd.Book) -> None:
        self._book = book
        self.sheets = [(sheet.name, sheet.visibility == 0) for sheet in book.sheets()]

    def head(self, name: str) -> list[list[Any]]:
        """The first rows of a sheet; none when it holds nothing."""
        sheet = self._book.sheet_by_name(name)
        return self._grid(sheet, min(sheet.nrows, _ROWS_OF_HEAD)) if sheet.ncols else []

    def rows(self, name: str) -> tuple[list[Merge], list[list[Any]], SheetFacts]:
        """The merged ranges, all rows from row 1 and column A on, and the facts of a sheet.

        Raises `LedgerError`: too_many_columns, too_many_cells.
        """
        sheet = self._book.sheet_by_name(name)
        check_size(sheet.nrows, sheet.ncols)
        merges = [Merge(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
        return merges, self._grid(sheet, sheet.nrows), self._facts(sheet)

    def _grid(self, sheet: xlrd.sheet.Sheet, rows: int) -> list[list[Any]]:
        width = sheet.ncols
        grid = []
        for row in range(rows):
            cells = [
                self._value(kind, value)
                for kind, value in zip(sheet.row_types(row), sheet.row_values(row), strict=True)
            ]
            grid.append(cells + [""] * (width - len(cells)))
        return grid

    def _value(self, kind: int, value: Any) -> Any:
        """A cell as calamine would give it."""
        if kind == xlrd.XL_CELL_DATE:
            return self._moment(value)
        if kind == xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        if kind in (*_NOTHING, xlrd.XL_CELL_ERROR):
            return ""
        return value

    def _moment(self, serial: float) -> Any:
        """A day, a point in time, or a time of day; the number where it is none of these."""
        try:
            moment = xlrd.xldate_as_datetime(serial, self._book.datemode)
        except (ValueError, OverflowError, xlrd.XLDateError):
            return serial
        if 0 <= serial < 1:
            return moment.time()
        # Serial numbers are exact to some microseconds.
        moment = (moment + dt.timedelta(milliseconds=0.5)).replace(
            microsecond=(moment.microsecond + 500) // 1000 % 1000 * 1000
        )
        return moment.date() if moment.time() == dt.time() else moment

    def _facts(self, sheet: xlrd.sheet.Sheet) -> SheetFacts:
        facts = SheetFacts(
            from_1904=bool(self._book.datemode),
            hidden_rows={
                row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden or info.height == 0
            },
            hidden_columns={
                column for column, info in sheet.colinfo_map.items() if info.hidden or info.width == 0
            },
        )
        telling = self._telling_formats()
        struck = self._struck_styles()
        for row in range(sheet.nrows):
            for column, kind in enumerate(sheet.row_types(row)):
                if struck and sheet.cell_xf_index(row, column) in struck and kind not in _NOTHING:
                    facts.struck.add((row, column))
                if kind == xlrd.XL_CELL_ERROR:
                    facts.failed.append((row, column))
                elif kind in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
                    code = telling.get(sheet.cell_xf_index(row, column))
                    if code is not None:
                        facts.shown.append(((row, column), code))
        return facts

    def _struck_styles(self) -> set[int]:
        """The cell styles whose font is crossed out."""
        fonts = self._book.font_list
        return {
            style
            for style, xf in enumerate(self._book.xf_list)
            if xf.font_index < len(fonts) and fonts[xf.font_index].struck_out
        }

    def _telling_formats(self) -> dict[int, str]:
        """The cell styles whose number format may show something else than the value, with that format."""
        formats = self._book.format_map
        found = {}
        for style, xf in enumerate(self._book.xf_list):
            code = formats[xf.format_key].format_str if xf.format_key in formats else ""
            if tells_something(code):
                found[style] = code
        return found
