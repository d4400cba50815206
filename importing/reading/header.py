"""Finding the row of column names in a sheet, and cutting the sheet into a `Table`'s columns below it.

Offices put a title, the unit's name and a date above the headers, and merge cells: a title across the sheet,
"坐标" above "经度" and "纬度", a street's name down the rows of its assets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from importing.errors import LedgerError
from importing.headers import recognised
from importing.reading.layout import FOUND, Layout
from importing.reading.left_out import left_out_rows
from importing.reading.names_again import follow_names
from importing.reading.table import (
    PICTURE,
    as_cells,
    check_size,
    column_letters,
    column_names,
    filled_rows,
    without_long_cells,
)
from places.tables.columns import Cells, Remark, told_apart

# Headers below this many rows of preface have not been seen.
_ROWS_SEARCHED = 30
_LONGEST_LABEL = 60
MOST_HEADER_ROWS = 5
"""Column names of more rows have not been seen."""
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


def cut(grid: Sequence[Sequence[Any]], merges: Sequence[Merge] = (), layout: Layout = FOUND) -> Body:
    """Names, columns and row numbers of a sheet, whose first row is row 1 and whose rows are equally long.

    Rows without anything in them are left out (the others keep their numbers), and so are columns without header and
    cells. Remarked upon, and left out too: rows that are no data (`left_out`), columns without a header.

    Columns of one name are told apart by a number behind it.

    Raises `LedgerError`: no_header, too_many_columns, too_many_cells,
    no_rows.
    """
    top = _find_header(grid) if layout.header_row is None else layout.header_row - 1
    if not 0 <= top < len(grid) or not any(_text(cell) for cell in grid[top]):
        raise LedgerError("no_header")
    headers, first = _read_headers(grid, top, merges, layout.header_rows)

    columns = [as_cells(values) for values in zip(*grid[first:], strict=True)]
    columns = columns or [as_cells(()) for _header in headers]
    for merge in merges:
        if merge.top >= first and merge.bottom > merge.top and merge.left < len(columns):
            _fill_down(columns[merge.left], merge.top - first, merge.bottom - first)
    rows = np.arange(first + 1, len(grid) + 1, dtype=np.int64)
    names = column_names(headers)
    moved = follow_names(names, columns, rows)
    no_data = left_out_rows(names, columns, rows)
    keep = filled_rows(columns) & ~np.isin(rows, list(no_data))
    rows = rows[keep]
    columns = [cells[keep] for cells in columns]

    used = [place for place, name in enumerate(names) if name or any(map(_text, columns[place]))]
    check_size(len(rows), len(used))
    if not len(rows):
        raise LedgerError("no_rows")
    remarks = [
        *_remarked(no_data),
        *(remark for remark in moved if remark.row is None or remark.row in set(rows.tolist())),
    ]
    remarks += [
        Remark("column_without_name", params={"column": column_letters(place)})
        for place in used
        if not names[place]
    ]
    used = _without_empty_copies(names, columns, [place for place in used if names[place]])
    names, twice = told_apart([names[place] for place in used])
    remarks += twice
    columns = [columns[place] for place in used]
    remarks += without_long_cells(names, columns, rows)
    remarks += _take_out_pictures(names, columns)
    return Body(tuple(names), tuple(columns), rows, first, tuple(used), tuple(remarks))


def _without_empty_copies(names: Sequence[str], columns: Sequence[Cells], used: Sequence[int]) -> list[int]:
    """The columns but for those without cells whose name another one has that holds some."""
    filled = {names[place] for place in used if any(map(_text, columns[place]))}
    return [place for place in used if names[place] not in filled or any(map(_text, columns[place]))]


_DISPIMG = re.compile(
    r"(?:=\s{0,3})?@?(?:_xlfn\.)?DISPIMG\(|=\s{0,3}@?(?:_xlfn\.)?IMAGE\(|data:image/[\w.+-]{1,20};base64,",
    re.IGNORECASE,
)


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
    return any(_count_recognised(row) >= 2 for row in grid[:_ROWS_SEARCHED])


def _find_header(grid: Sequence[Sequence[Any]]) -> int:
    """The place of the row of headers; raises no_header rather than lose rows of data above it."""
    first_rows = grid[:_ROWS_SEARCHED]
    filled = [sum(1 for cell in row if _text(cell)) for row in first_rows]
    labels = [sum(1 for cell in row if _is_label(cell)) for row in first_rows]
    for place, row in enumerate(first_rows):
        if _count_recognised(row) >= 2 and 5 * labels[place] >= 4 * filled[place]:
            return place
    # No header that is known: the first row that is not a title, provided it holds labels and no data.
    widest = max(filled, default=0)
    for place in range(len(first_rows)):
        if filled[place] and 2 * filled[place] > widest:
            if 5 * labels[place] >= 4 * filled[place]:
                return place
            break
    raise LedgerError("no_header")


def _count_recognised(row: Sequence[Any]) -> int:
    return recognised([cell for cell in row if isinstance(cell, str)])


def _is_label(cell: Any) -> bool:
    text = cell.strip() if isinstance(cell, str) else ""
    return 0 < len(text) <= _LONGEST_LABEL and not _NUMBER_OR_DATE.fullmatch(text)


def _text(cell: Any) -> bool:
    """Whether a cell holds anything a person would see."""
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


_MOST_ROWS_NAMED = 20


def _remarked(no_data: Mapping[int, str]) -> list[Remark]:
    """One remark upon all rows that were left out, with what they say."""
    if not no_data:
        return []
    named = [f"{row}：{text[:30]}" for row, text in sorted(no_data.items())]
    rows = "；".join(named[:_MOST_ROWS_NAMED]) + ("…" if len(named) > _MOST_ROWS_NAMED else "")
    return [Remark("rows_left_out", params={"times": len(no_data), "rows": rows})]


def _read_headers(
    grid: Sequence[Sequence[Any]], top: int, merges: Sequence[Merge], rows: int | None
) -> tuple[list[Any], int]:
    """The header of each column, and the place of the first row below the headers, of which there may be `rows`.

    Headers of several rows are joined: "坐标" above "经度" gives "坐标/经度".
    """
    width = len(grid[top])
    if rows is not None:
        return _joined(grid, top, min(top + rows, len(grid)) - 1, merges, spread=True)
    here = [merge for merge in merges if merge.top == top and merge.left < width]
    bottom = max([merge.bottom for merge in here], default=top)
    spreads = any(merge.right > merge.left and merge.bottom == top for merge in here)
    if spreads and bottom == top and top + 1 < len(grid):
        below = [cell for cell in grid[top + 1] if _text(cell)]
        if below and all(map(_is_label, below)):
            bottom = top + 1
    bottom = min(bottom, len(grid) - 1)
    if bottom == top and not spreads and (_goes_on_below(grid, top) or _is_told_apart_below(grid, top)):
        return _joined(grid, top, top + 1, merges, spread=True)
    return _joined(grid, top, bottom, merges, spread=False)


def _goes_on_below(grid: Sequence[Sequence[Any]], top: int) -> bool:
    """Whether the row below holds only what names of groups leave open: cells below a name with blanks behind it."""
    if top + 1 >= len(grid):
        return False
    above, below = [[_text(cell) for cell in row] for row in grid[top : top + 2]]
    if not any(below) or not all(_is_label(cell) for cell in grid[top + 1] if _text(cell)):
        return False
    heads_group = [here and not following for here, following in pairwise([*above, True])]
    under_blank = [there and not here for here, there in zip(above, below, strict=True)]
    in_group = [not here or group for here, group in zip(above, heads_group, strict=True)]
    return any(under_blank) and all(allowed for allowed, there in zip(in_group, below, strict=True) if there)


def _is_told_apart_below(grid: Sequence[Sequence[Any]], top: int) -> bool:
    """Whether names that stand there twice are names of groups: the row below holds names that tell them apart."""
    if top + 1 >= len(grid):
        return False
    above, below = grid[top : top + 2]
    names = [cell.strip() for cell in above if isinstance(cell, str) and cell.strip()]
    if len(names) == len(set(names)) or not all(map(_is_label, filter(_text, below))):
        return False
    both = [pair for pair in zip(above, below, strict=True) if _text(pair[0])]
    return any(map(_text, below)) and len(both) == len(set(both))


def _joined(
    grid: Sequence[Sequence[Any]], top: int, bottom: int, merges: Sequence[Merge], *, spread: bool
) -> tuple[list[Any], int]:
    """The names in rows `top` to `bottom`, joined column by column, and the place of the row below them.

    spread: a name stands for the blanks to its right as well, wherever a row below names those columns.
    """
    width = len(grid[top])
    layers = [list(row) for row in grid[top : bottom + 1]]
    if spread:
        for place, layer in enumerate(layers[:-1]):
            for column in range(1, width):
                named_below = any(_text(below[column]) for below in layers[place + 1 :])
                if named_below and not _text(layer[column]):
                    layer[column] = layer[column - 1]
    for merge in merges:
        if top <= merge.top and merge.bottom <= bottom:
            for row in range(merge.top, merge.bottom + 1):
                for column in range(merge.left, min(merge.right + 1, width)):
                    layers[row - top][column] = grid[merge.top][merge.left]
    headers = []
    for names in zip(*layers, strict=True):
        parts = [str(cell).strip() for cell in names if _text(cell)]
        headers.append("/".join(dict.fromkeys(parts)))
    return headers, bottom + 1


def _fill_down(cells: Cells, top: int, bottom: int) -> None:
    """A merged cell's value stands for every row it covers."""
    value = cells[top] if top < len(cells) else None
    part = cells[top : bottom + 1]
    part[np.equal(part, np.array(None, dtype=object))] = value
