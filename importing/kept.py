"""A ledger's table as it was read, kept beside the file, so that it is read once and not at every step of an import.

One file a column: the map of positions needs two of them, a check all. Written by this product and read back by it,
in a folder that nobody else may write to, and so pickled; a workbook's cells are texts, numbers, dates and times.
"""

from __future__ import annotations

import dataclasses
import os
import pickle
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import shapely

from importing.reading import Table
from places.coordinates import parse_crs
from places.tables.columns import Cells

_META, _GEOMETRY = "table", "geometry"


def keep(table: Table, folder: Path) -> None:
    """Write a table into `folder`, all of it or nothing, in place of what was there."""
    new = folder.with_name(folder.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700, parents=True)
    meta = {field.name: getattr(table, field.name) for field in dataclasses.fields(table)}
    crs, geometry = meta.pop("crs"), meta.pop("geometry")
    del meta["columns"]
    meta["crs"] = None if crs is None else (crs.definition or crs.code)
    _write(new / _META, meta)
    for place, cells in enumerate(table.columns):
        _write(new / str(place), cells)
    if geometry is not None:
        _write(new / _GEOMETRY, shapely.to_wkb(geometry))
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(new, folder)


def kept(folder: Path) -> Table | None:
    """The table that was kept in `folder`; None when there is none."""
    try:
        meta = _read(folder / _META)
    except FileNotFoundError:
        return None
    names = meta.pop("names")
    columns = tuple(_array(_read(folder / str(place))) for place in range(len(names)))
    geometry = _read(folder / _GEOMETRY) if (folder / _GEOMETRY).exists() else None
    return _table(names, columns, geometry, meta)


class Sample(NamedTuple):
    """Some rows of a table, and how many there would have been to choose from."""

    table: Table
    of: int


def kept_sample(folder: Path, filled: Collection[str], others: Collection[str], most: int) -> Sample | None:
    """At most `most` rows, evenly spread over those that have something in one of the columns `filled`.

    "" among them is the geometry. The table has these columns and the `others`; cells are looked at only for whether
    they hold anything, so this takes its time with the size of the file and not with what is in it. None when no table
    is kept.
    """
    try:
        meta = _read(folder / _META)
    except FileNotFoundError:
        return None
    every = meta.pop("names")
    names = [name for name in every if name in filled or name in others]
    cells = {name: _read(folder / str(every.index(name))) for name in names}
    wkb = _read(folder / _GEOMETRY) if "" in filled and (folder / _GEOMETRY).exists() else None
    looked_in = [cells[name] for name in names if name in filled] + ([] if wkb is None else [wkb])
    used = [
        place
        for place, row in enumerate(zip(*looked_in, strict=True))
        if any(cell is not None for cell in row)
    ]
    places = [used[place] for place in np.linspace(0, len(used) - 1, min(most, len(used))).astype(int)]
    meta["rows"] = meta["rows"][places]
    if meta.get("shape_systems") is not None:  # tables kept by earlier versions have none
        meta["shape_systems"] = meta["shape_systems"][places]
    columns = tuple(_array([cells[name][place] for place in places]) for name in names)
    geometry = None if wkb is None else [wkb[place] for place in places]
    return Sample(_table(names, columns, geometry, meta), len(used))


def _table(names: Sequence[str], columns: tuple[Cells, ...], wkb: Any, meta: dict[str, Any]) -> Table:
    crs = meta.pop("crs")
    return Table(
        tuple(names),
        columns,
        geometry=None if wkb is None else shapely.from_wkb(_array(wkb)),
        crs=None if crs is None else parse_crs(crs),
        **meta,
    )


def _write(path: Path, value: Any) -> None:
    with path.open("wb") as file:
        pickle.dump(_plain(value), file, protocol=5)


def _plain(value: Any) -> Any:
    """Object arrays as lists: they pickle in half the time, and equal texts of a list are written once."""
    return value.tolist() if isinstance(value, np.ndarray) and value.dtype == object else value


def _read(path: Path) -> Any:
    with path.open("rb") as file:
        return pickle.load(file)


def _array(cells: list[Any]) -> Cells:
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    return array
