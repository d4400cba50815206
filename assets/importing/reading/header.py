"""Finding the row of column names in a sheet, and cutting the sheet into a `Table`'s columns below it.

Offices put a title, the unit's name and a date above the headers, and merge cells: a title across the sheet,
"坐标" above "经度" and "纬度", a street's name down the rows of its assets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assets.importing.errors import LedgerError
from assets.importing.headers import recognised
from assets.importing.reading.table import (
    PICTURE,
    Cells,
    Remark,
    as_cells,
    check_cells,
    check_size,
    column_letters,
    column_names,
    filled_rows,
)

# Headers below this many rows of preface have not been seen.
_ROWS_SEARCHED = 30
_LONGEST_LABEL = 60
_NUMBER_OR_DATE = re.compile(r"[\d\s.,:：/%+\-°′″年月日时分秒NSEW]+")


class Merge(NamedTuple):
    """A merged range of cells, places from 0, both ends included. The text is in its first cell."""

    top: int
    left: int
    bottom: int
    right: int


class Body(NamedTuple):
    """A sheet's columns below its headers, their places in the sheet from 0, and what was noticed."""

    names: tuple[str, ...]
    columns: tuple[Cells, ...]
    rows: NDArray[np.int64]
    header_row: int
    places: tuple[int, ...]
    remarks: tuple[Remark, ...]


def cut(grid: Sequence[Sequence[Any]], merges: Sequence[Merge] = (), header_row: int | None = None) -> Body:
    """Names, columns and row numbers of a sheet, whose first row is row 1 and whose rows are equally long.

    `header_row` is the number of the row of headers when a person names it. Rows without anything in them are
    left out (the others keep their numbers), and so are columns without header and cells.

    Raises `LedgerError`: no_header, duplicate_headers, too_many_columns, too_many_cells,
    cell_too_long, nul_bytes, no_rows.
    """
    top = _find_header(grid) if header_row is None else header_row - 1
    if not 0 <= top < len(grid) or not any(_text(cell) for cell in grid[top]):
        raise LedgerError("no_header")
    headers, first = _read_headers(grid, top, merges)

    columns = [as_cells(values) for values in zip(*grid[first:], strict=True)]
    columns = columns or [as_cells(()) for _header in headers]
    for merge in merges:
        if merge.top >= first and merge.bottom > merge.top and merge.left < len(columns):
            _fill_down(columns[merge.left], merge.top - first, merge.bottom - first)
    rows = np.arange(first + 1, len(grid) + 1, dtype=np.int64)
    keep = filled_rows(columns)
    rows = rows[keep]
    columns = [cells[keep] for cells in columns]

    names = column_names(headers)
    used = [place for place, name in enumerate(names) if name or any(map(_text, columns[place]))]
    check_size(len(rows), len(used))
    if not len(rows):
        raise LedgerError("no_rows")
    remarks = [
        Remark("column_without_name", params={"column": column_letters(place)})
        for place in used
        if not names[place]
    ]
    used = [place for place in used if names[place]]
    names = [names[place] for place in used]
    columns = [columns[place] for place in used]
    check_cells(columns, rows)
    remarks += _take_out_pictures(names, columns)
    return Body(tuple(names), tuple(columns), rows, first, tuple(used), tuple(remarks))


_DISPIMG = re.compile(r"=?\s*(?:_xlfn\.)?DISPIMG\(", re.IGNORECASE)


def _take_out_pictures(names: Sequence[str], columns: Sequence[Cells]) -> list[Remark]:
    """Empty the cells that hold a picture, or the formula that shows one in WPS: it is no value of anything."""
    times, where = 0, []
    for name, cells in zip(names, columns, strict=True):
        pictures = {
            text for text in set(filter(_is_text, cells)) if text == PICTURE or _DISPIMG.match(text.strip())
        }
        if pictures:
            places = [place for place, cell in enumerate(cells) if type(cell) is str and cell in pictures]
            cells[places] = None
            times += len(places)
            where.append(name)
    return [Remark("pictures_in_cells", params={"times": times, "names": "、".join(where)})] if times else []


def _is_text(cell: Any) -> bool:
    return type(cell) is str


def looks_like_ledger(grid: Sequence[Sequence[Any]]) -> bool:
    """Whether these first rows hold headers that an importer knows: to tell the ledger among several sheets."""
    return any(_known(row) >= 2 for row in grid[:_ROWS_SEARCHED])


def _find_header(grid: Sequence[Sequence[Any]]) -> int:
    """The place of the row of headers; raises no_header rather than lose rows of data above it."""
    first_rows = grid[:_ROWS_SEARCHED]
    filled = [sum(1 for cell in row if _text(cell)) for row in first_rows]
    labels = [sum(1 for cell in row if _is_label(cell)) for row in first_rows]
    for place, row in enumerate(first_rows):
        if _known(row) >= 2 and 5 * labels[place] >= 4 * filled[place]:
            return place
    # No header that is known: the first row that is not a title, provided it holds labels and no data.
    widest = max(filled, default=0)
    for place in range(len(first_rows)):
        if filled[place] and 2 * filled[place] > widest:
            if 5 * labels[place] >= 4 * filled[place]:
                return place
            break
    raise LedgerError("no_header")


def _known(row: Sequence[Any]) -> int:
    return recognised([cell for cell in row if isinstance(cell, str)])


def _is_label(cell: Any) -> bool:
    text = cell.strip() if isinstance(cell, str) else ""
    return 0 < len(text) <= _LONGEST_LABEL and not _NUMBER_OR_DATE.fullmatch(text)


def _text(cell: Any) -> bool:
    """Whether a cell holds anything a person would see."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _read_headers(grid: Sequence[Sequence[Any]], top: int, merges: Sequence[Merge]) -> tuple[list[Any], int]:
    """The header of each column, and the place of the first row below the headers.

    Headers of two rows are joined: "坐标" above "经度" gives "坐标/经度".
    """
    width = len(grid[top])
    here = [merge for merge in merges if merge.top == top and merge.left < width]
    bottom = max([merge.bottom for merge in here], default=top)
    spreads = any(merge.right > merge.left and merge.bottom == top for merge in here)
    if spreads and bottom == top and top + 1 < len(grid):
        below = [cell for cell in grid[top + 1] if _text(cell)]
        if below and all(map(_is_label, below)):
            bottom = top + 1
    bottom = min(bottom, len(grid) - 1)

    layers = [list(row) for row in grid[top : bottom + 1]]
    for merge in merges:
        if top <= merge.top and merge.bottom <= bottom:
            for row in range(merge.top, merge.bottom + 1):
                for place in range(merge.left, min(merge.right + 1, width)):
                    layers[row - top][place] = grid[merge.top][merge.left]
    headers = []
    for column in zip(*layers, strict=True):
        parts = [str(cell).strip() for cell in column if _text(cell)]
        headers.append("/".join(dict.fromkeys(parts)))
    return headers, bottom + 1


def _fill_down(cells: Cells, top: int, bottom: int) -> None:
    """A merged cell's value stands for every row it covers."""
    value = cells[top] if top < len(cells) else None
    part = cells[top : bottom + 1]
    part[np.equal(part, np.array(None, dtype=object))] = value
