"""Positions that stand in a column of texts: WKT, WKT with its system (EWKT), WKB in hexadecimal digits, GeoJSON.

Databases and map programs write such a column into a CSV or a workbook. It becomes the table's geometry, as if the file
were geodata, so that everything that holds for shapes holds for it too; it stays among the columns all the same.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
import shapely

from importing.headers import squeezed, stated_system, without_system
from importing.reading.shapes import UNREADABLE, settled
from importing.reading.table import Table
from importing.values.parsed import Outcome, parse_each, plain
from places.coordinates import CRS, UnknownCRSError, parse_crs
from places.tables.columns import Remark

_SPELLINGS = """
    wkt ewkt wkb ewkb geom geometry the_geom shape geo geojson wkt_geom wkt_geometry geom_wkt geometry_wkt
    wkb_geometry geom_wkb geometry_wkb st_astext st_asewkt st_asgeojson
    几何 几何图形 几何信息 几何数据 几何对象 图形 图形信息 空间 空间位置 空间信息 空间数据 空间坐标"""
_HEADINGS = frozenset(map(squeezed, _SPELLINGS.split()))
_SHAPE = re.compile(
    r"(?:SRID\s{0,3}=\s{0,3}(\d{1,7})\s{0,3};\s{0,3})?"
    r"((?:POINT|LINESTRING|LINEARRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION|CIRCULARSTRING"
    r"|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE|TRIANGLE|TIN|POLYHEDRALSURFACE)"
    r"\s{0,3}(?:ZM|Z|M)?\s{0,3}(?:\(|EMPTY))",
    re.IGNORECASE,
)
_HEXADECIMAL = re.compile(r"(?:\\x|0x)?(0[01](?:[0-9A-Fa-f]{2}){8,})")
_OBJECT = re.compile(
    r'\{[^{}]{0,100}"(?:coordinates|geometries)"|\{\s{0,3}"type"\s{0,3}:\s{0,3}"(?:Multi)?[PL]'
)
# A point as people write one by hand, with the comma that belongs between points.
_WITH_COMMA = re.compile(
    r"POINT\s{0,3}\(\s{0,3}([-+.\d]{1,30})\s{0,3},\s{0,3}([-+.\d]{1,30})\s{0,3}\)", re.IGNORECASE
)


class _Read(NamedTuple):
    """A shape and the number of its system, 0 when the text names none."""

    shape: Any
    system: int


_NOTHING = _Read(None, 0)


def with_shapes(table: Table) -> Table:
    """The table with the shapes that one of its columns spells out, when it has no others."""
    if table.has_shapes:
        return table
    name = _column_of_shapes(table)
    if name is None:
        return table
    outcomes = parse_each(table[name], _read)
    read = [outcome.value or _NOTHING for outcome in outcomes]
    shapes = np.empty(len(read), dtype=object)
    shapes[:] = [shape.shape for shape in read]
    unreadable = [place for place, outcome in enumerate(outcomes) if outcome.problem]
    shapes, shape_remarks = settled(shapes, table.rows, unreadable)
    texts = dict(zip(table.rows.tolist(), table[name].tolist(), strict=True))
    shape_remarks = [
        dataclasses.replace(remark, column=name, value=str(texts[remark.row or 0]))
        for remark in shape_remarks
    ]
    systems = np.array([shape.system for shape in read], dtype=np.int64)
    stated = set(systems[shapes != np.array(None, dtype=object)].tolist())
    crs, unknown = _stated_crs(name, stated)
    return dataclasses.replace(
        table,
        geometry=shapes,
        shape_column=name,
        shape_systems=systems if len(stated) > 1 else None,
        crs=crs,
        remarks=(*table.remarks, *unknown, *shape_remarks),
    )


def _column_of_shapes(table: Table) -> str | None:
    """The column that is headed as one of shapes and holds some, else the first that holds nothing else."""
    for name, cells in zip(table.names, table.columns, strict=True):
        if squeezed(without_system(name)) in _HEADINGS and any(map(_spells_shape, cells)):
            return name
    for name, cells in zip(table.names, table.columns, strict=True):
        filled = [cell for cell in cells if cell is not None]
        # Digits may be anything where nothing says what they are.
        if filled and all(_spells_shape(cell) and not _hexadecimal(cell) for cell in filled):
            return name
    return None


def _spells_shape(cell: Any) -> bool:
    if not isinstance(cell, str):
        return False
    text = plain(cell)
    return bool(_SHAPE.match(text) or _OBJECT.match(text) or _hexadecimal(text))


def _hexadecimal(text: str) -> str:
    """The digits of a WKB; empty for any other text."""
    digits = _HEXADECIMAL.fullmatch(text.strip())
    return digits[1] if digits else ""


def _read(cell: Any) -> Outcome:
    text = plain(cell) if isinstance(cell, str) else ""
    try:
        if found := _SHAPE.match(text):
            return Outcome(_Read(_from_wkt(text[found.start(2) :]), int(found[1] or 0)))
        if digits := _hexadecimal(text):
            shape = shapely.from_wkb(digits)
            return Outcome(_Read(shape, max(int(shapely.get_srid(shape)), 0)))
        if _OBJECT.match(text):
            return Outcome(_Read(shapely.from_geojson(text), 0))
    # GEOS and shapely fail on a text in whatever way it is wrong.
    except (shapely.errors.ShapelyError, NotImplementedError, ValueError):
        pass
    return Outcome(None, UNREADABLE)


def _from_wkt(text: str) -> shapely.Geometry:
    if comma := _WITH_COMMA.fullmatch(text):
        text = f"POINT({comma[1]} {comma[2]})"
    return shapely.from_wkt(text)


def _stated_crs(name: str, stated: Collection[int]) -> tuple[CRS | None, list[Remark]]:
    """The system that all texts name, or the heading; None where they differ or contradict it."""
    in_heading = stated_system(name)
    if not any(stated):
        return in_heading, []
    if len(stated) > 1:
        return None, []
    (number,) = stated
    try:
        crs = parse_crs(f"EPSG:{number}")
    except UnknownCRSError:
        return None, [Remark("system_unknown", params={"said": f"SRID={number}"})]
    # Databases have no number for GCJ-02, so that a column of it often says 4326.
    return (crs if in_heading in (None, crs) else None), []
