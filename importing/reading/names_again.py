"""Column names that come again below the first rows, as where one table was pasted below another.

In the same order they are a row to leave out (`left_out`). In another order they say where each column stands from
there on, and the cells below follow them. Names of another table say that nobody can tell what the cells below mean:
those rows are held.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from importing.headers import recognised, squeezed
from importing.values.parsed import visible
from places.tables.columns import Cells, Remark

# Fewer words that are headings too may be a row of data.
_FEWEST_NAMES = 3
_SHARE = 0.8
_LONGEST_NAME = 30


def follow_names(names: Sequence[str], columns: Sequence[Cells], rows: NDArray[np.int64]) -> list[Remark]:
    """Put the cells below names in another order under their own columns; what is to be said.

    names, columns: of the sheet below its first headers, names may be empty. rows: the rows' numbers.
    """
    remarks = []
    places = _rows_of_names(columns)
    for place, following in pairwise([*places, len(rows)]):
        row = [cells[place] for cells in columns]
        here = _places_of(names, row)
        if here is None:
            remarks += [
                Remark("other_names_above", int(rows[below]), params={"above": int(rows[place])})
                for below in range(place, following)
            ]
        elif here != list(range(len(names))):
            moved = [columns[source][place:following].copy() for source in here]
            for cells, part in zip(columns, moved, strict=True):
                cells[place:following] = part
            remarks.append(Remark("columns_moved", params={"row": int(rows[place])}))
    return remarks


def _rows_of_names(columns: Sequence[Cells]) -> list[int]:
    """The places of rows that hold headings and nothing else."""
    if not columns:
        return []
    first = np.full(len(columns[0]), None, dtype=object)
    nothing = np.array(None, dtype=object)
    for cells in columns:
        opens = np.equal(first, nothing)
        first[opens] = cells[opens]
    return [
        place
        for place, cell in enumerate(first.tolist())
        if _is_name(cell) and _are_names([cells[place] for cells in columns])
    ]


def _are_names(row: Sequence[Any]) -> bool:
    filled = [cell for cell in row if cell is not None]
    names = sum(map(_is_name, filled))
    return names >= _FEWEST_NAMES and names >= _SHARE * len(filled)


def _is_name(cell: Any) -> bool:
    # Numbers and addresses, which are many, have digits.
    if type(cell) is not str or len(cell) > _LONGEST_NAME or any(sign.isdigit() for sign in cell):
        return False
    return _is_heading(visible(cell))


@lru_cache(maxsize=4096)
def _is_heading(text: str) -> bool:
    return bool(recognised([text]))


def _places_of(names: Sequence[str], row: Sequence[Any]) -> list[int] | None:
    """For each column where its cells stand below this row; None when the row names other columns."""
    places = {
        squeezed(cell): place for place, cell in enumerate(row) if isinstance(cell, str) and cell.strip()
    }
    wanted = [squeezed(name.rpartition("/")[2]) for name in names]
    named = [name for name in wanted if name]
    if len(set(named)) < len(named) or not set(places) <= set(named):
        # Names that tell the columns apart only together with the row above stay where they are.
        return list(range(len(names))) if len(set(named)) < len(named) else None
    if [places.get(name, place) for place, name in enumerate(wanted)] == list(range(len(names))):
        return list(range(len(names)))
    if set(places) != set(named):
        return None
    taken = set(places.values())
    left = iter(place for place in range(len(names)) if place not in taken)
    return [places[name] if name else next(left) for name in wanted]
