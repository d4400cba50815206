"""GeoJSON: RFC 7946, and the 2008 form with a `crs` member that Chinese offices still get.

Not through GDAL, which guesses column types, turns some texts into dates and passes over what it cannot read. One
feature at a time goes into columns: as objects in memory a file takes ten times its size.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from importing.errors import LedgerError
from importing.reading.delimited import decode
from importing.reading.json_items import NotJSON, Reader
from importing.reading.layout import FOUND, Layout
from importing.reading.shapes import settled
from importing.reading.table import MAX_COLUMNS, Table, as_cells, check_size, without_long_cells
from places.coordinates import CRS, WGS84, UnknownCRSError, parse_crs
from places.tables.columns import Remark, told_apart

_PIECE = 1 << 20
_HEAD = 8 << 20


def read_geojson(path: Path, layout: Layout = FOUND) -> Table:
    """The features of a file, one row each, numbered from 1; properties in the order they first appear.

    They stand in a collection, in a bare array, or one after the other (a line each). A feature's own `id` becomes a
    column "id" where the properties have none. Lists become text joined with "、", objects JSON. What is no feature, or
    has no readable shape, is a row all the same, with a remark.

    Raises `LedgerError`: damaged, not_geojson, no_rows, bad_feature, too_many_columns, too_many_cells,
    nul_bytes, not_text, not_in_encoding, mixed_encodings.
    """
    features = _Features()
    with _opened(path, layout.encoding) as (file, encoding, doubts):
        try:
            members = _read(Reader(file), features.take)
        except NotJSON as error:
            raise LedgerError("damaged", detail=str(error)[:200]) from error
    if not features.count:
        raise LedgerError("no_rows")
    if len(features.strangers) == features.count:
        raise LedgerError("bad_feature", row=1)
    rows = np.arange(1, features.count + 1, dtype=np.int64)
    columns = features.columns()
    check_size(len(rows), len(columns))
    unnamed = {key: cells for key, cells in columns.items() if not key.strip()}
    named = {key: cells for key, cells in columns.items() if key.strip()}
    names, remarks = told_apart(list(named))
    if unnamed:
        times = sum(any(cell is not None for cell in row) for row in zip(*unnamed.values(), strict=True))
        remarks.append(Remark("values_unnamed", params={"times": times}))
    remarks += [Remark("feature_unreadable", int(rows[place])) for place in features.strangers]
    cells = tuple(as_cells(values) for values in named.values())
    remarks += without_long_cells(names, cells, rows)
    geometry, shape_remarks = settled(features.shapes(), rows, features.unreadable)
    crs, unknown = _stated_crs(members)
    return Table(
        tuple(names),
        cells,
        rows,
        format="geojson",
        encoding=encoding,
        geometry=geometry,
        crs=crs,
        remarks=(*doubts, *remarks, *unknown, *shape_remarks),
    )


@contextmanager
def _opened(path: Path, encoding: str | None) -> Iterator[tuple[TextIO, str, tuple[Remark, ...]]]:
    """The text of the file, its encoding, and what is to be said about that.

    A large one is never in memory as a whole; in another encoding than UTF-8 it is judged by how it begins.

    Raises `LedgerError`: nul_bytes, not_text, not_in_encoding, mixed_encodings.
    """
    if encoding in (None, "utf-8") and _is_utf8(path):
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file, "utf-8", ()
        return
    with path.open("rb") as opened:
        head = opened.read(_HEAD)
    if len(head) < _HEAD:
        decoded = decode(head, encoding)
        yield io.StringIO(decoded.text, newline=""), decoded.encoding, decoded.doubts
        return
    # A quotation mark is never part of another sign.
    decoded = decode(head[: head.rfind(b'"') + 1], encoding)
    try:
        with path.open(encoding=decoded.encoding, newline="") as file:
            yield file, decoded.encoding, decoded.doubts
    except UnicodeError as error:
        raise LedgerError("damaged", detail=str(error)[:200]) from error


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                if "\0" in decoder.decode(piece):
                    return False
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _read(reader: Reader, take: Callable[[Any], None]) -> dict[str, Any]:
    """Hand every feature to `take`, and return what else the collection holds.

    Raises NotJSON, and `LedgerError`: not_geojson.
    """
    if reader.peek() == "[":
        _take_array(reader, take)
        members: dict[str, Any] = {}
    elif reader.peek() == "{":
        members = _read_object(reader, take)
        if members.get("type") == "Feature" and "features" not in members:
            take(members)
            while reader.peek():
                take(reader.value())
            return {}
    else:
        reader.value()
        raise LedgerError("not_geojson")
    if reader.peek():
        raise NotJSON("More follows behind the end.")
    return members


def _take_array(reader: Reader, take: Callable[[Any], None]) -> None:
    """A bare array, which is GeoJSON as soon as one of its items is a feature. Raises not_geojson."""
    is_geojson = False
    for item in reader.items():
        is_geojson = is_geojson or _is_feature(item)
        take(item)
    if not is_geojson:
        raise LedgerError("not_geojson")


def _read_object(reader: Reader, take: Callable[[Any], None]) -> dict[str, Any]:
    """The members of an object but for the array of its features, which `take` gets. Raises not_geojson."""
    members: dict[str, Any] = {}
    collected = False
    for key in reader.object_keys():
        if key == "features" and reader.peek() == "[":
            collected = True
            for item in reader.items():
                take(item)
        else:
            members[key] = reader.value()
    if not collected and members.get("type") != "Feature":
        raise LedgerError("not_geojson")
    return members


def _is_feature(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and item.get("type") == "Feature"
        and isinstance(item.get("properties"), dict | None)
    )


class _Features:
    """Features on their way into columns.

    count: how many there were. strangers: the places of items that were none. unreadable: the places of features whose
    shape is none.
    """

    def __init__(self) -> None:
        self.count = 0
        self.strangers: list[int] = []
        self.unreadable: set[int] = set()
        self._ids: list[Any] = []
        self._columns: dict[str, list[Any]] = {}
        self._texts: dict[str, str] = {}
        self._points: list[tuple[float, float]] = []
        self._point_places: list[int] = []
        self._others: dict[int, shapely.Geometry] = {}

    def take(self, item: Any) -> None:
        """One more feature. Raises too_many_columns."""
        if not _is_feature(item):
            self.strangers.append(self.count)
            item = {}
        self._ids.append(self._cell(item.get("id")))
        for key, value in (item.get("properties") or {}).items():
            column = self._columns.setdefault(key, [])
            # Columns end where they were last filled; what lies between is empty.
            column.extend([None] * (self.count - len(column)))
            column.append(self._cell(value))
        if len(self._columns) > MAX_COLUMNS:
            raise LedgerError("too_many_columns", columns=len(self._columns), most=MAX_COLUMNS)
        self._take_shape(item.get("geometry"))
        self.count += 1

    def _cell(self, value: Any) -> Any:
        """A property as a cell; a text that comes again is kept once."""
        if type(value) in (list, dict):
            value = _as_text(value)
        return self._texts.setdefault(value, value) if type(value) is str else value

    def _take_shape(self, member: Any) -> None:
        if member is None:
            return
        position = member.get("coordinates") if isinstance(member, dict) else None
        if isinstance(member, dict) and member.get("type") == "Point" and isinstance(position, list):
            # An empty one is no position. bool is an int, and NumPy would read the text "117" as a number.
            if len(position) >= 2 and {type(number) for number in position[:2]} <= {int, float}:
                self._point_places.append(self.count)
                self._points.append((position[0], position[1]))
            elif position:
                self.unreadable.add(self.count)
            return
        try:
            self._others[self.count] = shapely.from_geojson(orjson.dumps(member))
        except (shapely.errors.ShapelyError, ValueError, TypeError):
            self.unreadable.add(self.count)

    def columns(self) -> dict[str, list[Any]]:
        """Property → its cells, one for each feature; the features' own ids where no property is called so."""
        columns = {
            key: cells + [None] * (self.count - len(cells)) if len(cells) < self.count else cells
            for key, cells in self._columns.items()
        }
        if "id" not in columns and any(value is not None for value in self._ids):
            columns = {"id": self._ids, **columns}
        return columns

    def shapes(self) -> NDArray[np.object_]:
        """The shapes, one for each feature."""
        shapes = np.full(self.count, None, dtype=object)
        if self._points:
            shapes[self._point_places] = shapely.points(np.array(self._points, dtype=np.float64))
        for place, shape in self._others.items():
            shapes[place] = shape
        return shapes


def _as_text(value: list[Any] | dict[str, Any]) -> str:
    if isinstance(value, list) and not any(isinstance(part, list | dict) for part in value):
        return "、".join(str(part) for part in value if part is not None)
    return orjson.dumps(value).decode()


def _stated_crs(document: dict[str, Any]) -> tuple[CRS | None, list[Remark]]:
    """The system of a 2008 `crs` member; without one the standard says WGS84. None when it is not known here."""
    if "crs" not in document:
        return WGS84, []
    member = document["crs"]
    properties = member.get("properties") if isinstance(member, dict) else None
    name = (properties.get("name") or properties.get("code")) if isinstance(properties, dict) else None
    if name is None:
        return None, []
    try:
        return parse_crs(str(name)), []
    except UnknownCRSError:
        return None, [Remark("system_unknown", params={"said": str(name)[:80]})]
