"""The one form every ledger is read into, and the limits that hold for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from importing.errors import LedgerError
from importing.values.parsed import visible
from places.coordinates import CRS
from places.tables.columns import Cells, Remark, showable

# Far beyond any real ledger; what exceeds them is a damaged or hostile file.
MAX_FILE_MB = 300
MAX_EXPANDED_MB = 600
MAX_COLUMNS = 300
MAX_CELLS = 20_000_000
MAX_CELL_CHARACTERS = 100_000
# One such text may be named in every cell of a workbook.
_BEYOND_BEARING = 8 << 20


@dataclass(frozen=True)
class Table:
    """A ledger in memory: columns of cells, as the file has them.

    names: the headers, stripped and unique.
    columns: for each name an object array with one element a row. An empty cell is None. Text is as it stands
        in the file; workbooks also give float, bool, date, datetime, time and timedelta, geodata also int.
        A workbook's cell that shows an error (#N/A, #REF! …) is `FORMULA_ERROR`.
    rows: each row's number as a person sees it: the spreadsheet's row number (a CSV as a spreadsheet shows it,
        so a line break in a quoted cell makes no new row), or the feature's place in the file, from 1.
    format: "csv", "xlsx", "xls", "geojson", or the ending of another geodata format ("gpkg", "shp" …).
    layer, other_layers: the sheet or layer that was read, and those that hold data and were not.
    header_row: the number of the (last) row of headers, None for geodata.
    encoding, delimiter: what a text file turned out to be.
    geometry: shapely geometries, two-dimensional, None where a row has none; None when the format has none.
    shape_column: the column whose texts spell out the geometry ("POINT(117 36)"); None when the format has it.
    shape_systems: for each row the EPSG number that such a text names, 0 for none; None when all name the same.
    crs: the system the file states, or its format prescribes (GeoJSON, KML: WGS84); None when it states none
        or one that is not known here. It speaks of `geometry`; coordinates in columns are anybody's guess.
    remarks: what was noticed while it was read.
    """

    names: tuple[str, ...]
    columns: tuple[Cells, ...]
    rows: NDArray[np.int64]
    format: str
    layer: str | None = None
    other_layers: tuple[str, ...] = ()
    header_row: int | None = None
    encoding: str | None = None
    delimiter: str | None = None
    geometry: NDArray[np.object_] | None = None
    shape_column: str | None = None
    shape_systems: NDArray[np.int64] | None = None
    crs: CRS | None = None
    remarks: tuple[Remark, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def has_shapes(self) -> bool:
        """Whether any row has a shape, or one that cannot be read."""
        return self.geometry is not None and (
            any(shape is not None for shape in self.geometry)
            or any(remark.code in ABOUT_GEOMETRY for remark in self.remarks)
        )

    def __getitem__(self, name: str) -> Cells:
        """The cells of the column of this name; KeyError when there is none."""
        try:
            return self.columns[self.names.index(name)]
        except ValueError:
            raise KeyError(name) from None


ABOUT_GEOMETRY = frozenset(("geometry_unreadable", "several_places", "shape_parts"))
"""Codes of remarks that matter only when the positions are taken from the shapes."""
FORMULA_ERROR = "#ERROR!"
"""Stands in a cell whose formula failed: no parser takes it for a value."""
NOT_CALCULATED = "#UNCALCULATED!"
"""Stands in a cell whose formula was never calculated."""
PICTURE = "#PICTURE!"
"""Stands in a cell that holds a picture, until `header.cut` has counted it."""


def as_cells(values: Sequence[Any]) -> Cells:
    """One column as an object array, empty text as None."""
    cells = np.empty(len(values), dtype=object)
    cells[:] = [value if value or value != "" else None for value in values]
    return cells


def column_names(headers: Sequence[Any]) -> list[str]:
    """Headers as text without surrounding space; empty for none."""
    return ["" if header is None else visible(showable(str(header))) for header in headers]


def check_size(rows: int, columns: int) -> None:
    """Raises too_many_columns, too_many_cells."""
    if columns > MAX_COLUMNS:
        raise LedgerError("too_many_columns", columns=columns, most=MAX_COLUMNS)
    if rows * columns > MAX_CELLS:
        raise LedgerError("too_many_cells", cells=rows * columns, most=MAX_CELLS)


def without_long_cells(
    names: Sequence[str], columns: Sequence[Cells], rows: NDArray[np.int64]
) -> list[Remark]:
    """Empty the cells that are longer than any text of a ledger, such as pictures in letters; a remark for each.

    Raises `LedgerError`: cell_too_long, of one that is beyond bearing.
    """
    remarks = []
    for name, cells in zip(names, columns, strict=True):
        texts = {cell for cell in cells if type(cell) is str}
        if max(map(len, texts), default=0) <= MAX_CELL_CHARACTERS:
            continue
        if max(map(len, texts)) > _BEYOND_BEARING:
            row = next(row for row, cell in zip(rows, cells, strict=True) if len(str(cell)) > _BEYOND_BEARING)
            raise LedgerError("cell_too_long", row=int(row), most=_BEYOND_BEARING)
        for place, cell in enumerate(cells):
            if type(cell) is str and len(cell) > MAX_CELL_CHARACTERS:
                params = {"most": MAX_CELL_CHARACTERS}
                remarks.append(Remark("cell_too_long", int(rows[place]), name, cell[:80], params))
                cells[place] = None
    return remarks


def filled_rows(columns: Sequence[Cells]) -> NDArray[np.bool_]:
    """Which rows have anything but empty cells and blanks."""
    nothing = np.array(None, dtype=object)
    filled = sum((np.not_equal(cells, nothing).astype(np.int32) for cells in columns), np.int32(0))
    keep: NDArray[np.bool_] = np.asarray(filled > 0)
    # Rows of blanks have few filled cells as a rule; only those are looked at one by one.
    for row in np.flatnonzero(keep & (np.asarray(filled) <= 2)):
        cells = [column[row] for column in columns if column[row] is not None]
        keep[row] = not all(isinstance(cell, str) and cell.isspace() for cell in cells)
    return keep


def column_letters(place: int) -> str:
    """A spreadsheet's name of the column at this place, from 0: A, B, … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
