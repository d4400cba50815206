"""A ledger's table as it was read, kept beside the file, so that it is read once and not at every step of an import.

One file a column: the map of positions needs two of them, a check all. Written by this product and read back by it,
in a folder that nobody else may write to, and so pickled; a workbook's cells are texts, numbers, dates and times.
"""

from __future__ import annotations

import dataclasses
import os
import pickle
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from assets.importing.reading import Table
from places.coordinates import parse_crs

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


def kept(folder: Path, only: Collection[str] | None = None) -> Table | None:
    """The table that was kept in `folder`; None when there is none.

    With `only`, the columns of these names and no geometry unless "" is among them.
    """
    try:
        meta = _read(folder / _META)
    except FileNotFoundError:
        return None
    names = meta.pop("names")
    chosen = [place for place, name in enumerate(names) if only is None or name in only]
    geometry = None
    if (folder / _GEOMETRY).exists() and (only is None or "" in only):
        geometry = shapely.from_wkb(_read(folder / _GEOMETRY))
    crs = meta.pop("crs")
    columns = tuple(_read(folder / str(place)) for place in chosen)
    return Table(
        tuple(names[place] for place in chosen),
        columns,
        geometry=geometry,
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
        value = pickle.load(file)
    if isinstance(value, list):
        cells = np.empty(len(value), dtype=object)
        cells[:] = value
        return cells
    return value
