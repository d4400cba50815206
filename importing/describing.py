"""What is in a file, for the person who is to say what its columns mean: names, examples, sheets, coordinate system."""

from __future__ import annotations

from datetime import date, datetime, time
from hashlib import blake2b
from typing import Any

import shapely

from importing.reading import Table
from importing.reading.number_formats import ShownNumber
from places.tables.columns import Cells, showable

_EXAMPLES = 3
_LONGEST_EXAMPLE = 60
# Looking for different examples in a column that holds one word a million times would take its time.
_CELLS_LOOKED_AT = 500


def describe(table: Table) -> dict[str, Any]:
    """The description, as data that a ledger keeps."""
    return {
        "format": table.format,
        "layer": table.layer,
        "other_layers": list(table.other_layers),
        "header_row": table.header_row,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "rows": len(table),
        "columns": [
            {
                "name": name,
                "examples": _examples(cells),
                "filled": sum(cell is not None for cell in cells.tolist()),
            }
            for name, cells in zip(table.names, table.columns, strict=True)
        ],
        "geometry": _kinds(table),
        "shape_column": table.shape_column,
        "crs": None if table.crs is None else table.crs.code,
        "crs_title": None if table.crs is None else table.crs.title,
        "remarks": [
            {"code": remark.code, "params": {name: _param(value) for name, value in remark.params.items()}}
            for remark in table.remarks
            if remark.row is None
        ],
        "signature": _signature(table),
    }


def _param(value: Any) -> Any:
    return showable(value) if isinstance(value, str) else value


def _signature(table: Table) -> str:
    """The same for two ledgers with the same columns: last year's and this year's, and its rows to correct."""
    from importing.corrections import is_ours  # loads openpyxl

    names = sorted(name for name in table.names if not is_ours(name))
    return blake2b("\x1f".join(names).encode(), digest_size=8).hexdigest()


def _examples(cells: Cells) -> list[str]:
    found: dict[str, None] = {}
    filled = (cell for cell in cells.tolist() if cell is not None)
    for _place, cell in zip(range(_CELLS_LOOKED_AT), filled, strict=False):
        found.setdefault(_text(cell))
        if len(found) == _EXAMPLES:
            break
    return list(found)


def _text(cell: Any) -> str:
    """A cell as a person reads it."""
    if isinstance(cell, ShownNumber):
        text = cell.shown
    elif isinstance(cell, datetime):
        text = cell.strftime("%Y-%m-%d" if cell.time() == time() else "%Y-%m-%d %H:%M")
    elif isinstance(cell, date):
        text = cell.isoformat()
    elif isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        text = str(int(cell))
    else:
        text = " ".join(showable(str(cell)).split())
    return text if len(text) <= _LONGEST_EXAMPLE else text[: _LONGEST_EXAMPLE - 1] + "…"


def _kinds(table: Table) -> list[str]:
    """The kinds of shapes: Point, LineString …"""
    if table.geometry is None:
        return []
    kinds = {int(kind) for kind in shapely.get_type_id(table.geometry)} - {-1}
    return sorted(shapely.GeometryType(kind).name.title() for kind in kinds)
