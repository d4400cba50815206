"""Geodata of every other kind, through GDAL (pyogrio): GeoPackage, shapefile, FlatGeobuf, MapInfo and more.

GDAL decides by the contents what a file is, and some of its formats are instructions to read other files or
addresses. So only the endings below are passed on, and only when the contents begin as that format does.
"""

from __future__ import annotations

import codecs
import glob
import re
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from importing.errors import LedgerError
from importing.headers import own_columns
from importing.reading.kml import read_kml
from importing.reading.layout import FOUND, Layout
from importing.reading.shapes import settled
from importing.reading.table import Table, as_cells, check_size, without_long_cells
from importing.reading.zips import open_zip
from places.coordinates import CRS, UnknownCRSError, is_undefined, parse_crs
from places.tables import encodings
from places.tables.columns import Cells, Remark, told_apart
from places.tables.dbf import Contents, DamagedTable, NoRecords, read_dbf


def _xml(root: bytes) -> re.Pattern[bytes]:
    # Possessive, and a comment ends at its first end: else the ways to split many comments double with each.
    comments = rb"(?:<!--(?:(?!-->).)*+-->\s*+)*+"
    return re.compile(
        rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*+>\s*+)?" + comments + rb"<(?:\w+:)?" + root + rb"\b", re.S
    )


FORMATS: dict[str, re.Pattern[bytes]] = {
    "gpkg": re.compile(rb"SQLite format 3\0"),
    "shp": re.compile(rb"\x00\x00\x27\x0a"),
    "fgb": re.compile(rb"fgb\x03fgb"),
    "kml": _xml(rb"kml"),
    "kmz": re.compile(rb"PK\x03\x04"),
    "gpx": _xml(rb"gpx"),
    "mif": re.compile(rb"(?i)version\s+\d+"),
    "tab": re.compile(rb"(?i)!table\s[^\0]*?type\s+native\b"),
    "gdb": re.compile(rb""),
}
"""Ending → what the contents begin with. A file geodatabase ("gdb") is a folder, and comes in a ZIP file. GML is
left out: GDAL would fetch its schema from wherever the file says."""

# What QGIS keeps in a GeoPackage for itself.
_OF_PROGRAMS = ("layer_styles", "qgis_projects")
# GPX brings a dozen columns of its own, empty as a rule.
_WITH_BUILT_IN_COLUMNS = ("gpx",)
# Without them GDAL reads half of a file and does not say so.
_PARTS = {"mif": (".mid",), "tab": (".dat", ".map", ".id")}
# What SQLite keeps beside a database: changes not yet in it, or what they replace.
_JOURNALS = ("-wal", "-journal")
# Bytes 18 and 19 of an SQLite file: 2 says that changes go to a write-ahead log first.
_SQLITE_MODE_AT, _SQLITE_LOGS = 18, 2


def read_vector(path: Path, kind: str, layout: Layout = FOUND) -> Table:
    """The features of one layer, one row each, numbered from 1; dates as ISO text.

    Without `layout.layer` it is the only layer that holds features, or the only one of those with geometry.

    Raises `LedgerError`: not_what_it_says, unsafe_contents, shapefile_incomplete, parts_missing, choose_layer,
    unknown_layer, no_rows, damaged, encrypted, expands_too_far, too_many_columns, too_many_cells,
    and those of `read_kml`.
    """
    _check_contents(path, kind)
    if kind in ("kml", "kmz"):
        return read_kml(path, kind, layout.encoding)
    with _gdal(), _at_rest(path, kind) as (settled_path, remarks):
        return _Layer(settled_path, kind, layout).table(remarks)


@contextmanager
def _index_made() -> Iterator[None]:
    """Have GDAL write the index of shapes where it is missing, into a folder of ours: it follows from the shapes.

    The option is the whole process's, and spoils the reading of a shapefile inside a ZIP file: so for this while only.
    """
    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


@contextmanager
def _at_rest(path: Path, kind: str) -> Iterator[tuple[Path, list[Remark]]]:
    """The file as GDAL is to open it, and what is to be said about that.

    A GeoPackage that was copied while a program had it open has its last changes in a log beside it. Of a shapefile
    GDAL sees the shapes only; the table (`dbf`) lies beside them under another ending.
    """
    if kind == "shp":
        with tempfile.TemporaryDirectory(prefix="shapes-") as folder:
            for ending, part in _siblings(path).items():
                ending = {".dbf": ".table"}.get(ending, ending)
                if ending in (".shp", ".shx", ".prj", ".cpg", ".table"):
                    (Path(folder) / f"data{ending}").symlink_to(part.resolve())
            with _index_made():
                yield Path(folder) / "data.shp", []
        return
    if kind != "gpkg":
        yield path, []
        return
    with path.open("rb") as file:
        logs = file.read(_SQLITE_MODE_AT + 1)[_SQLITE_MODE_AT:] == bytes([_SQLITE_LOGS])
    beside = [other for end in _JOURNALS if (other := path.with_name(path.name + end)).exists()]
    if not logs and not beside:
        yield path, []
        return
    with tempfile.TemporaryDirectory(prefix="geopackage-") as folder:
        copy = Path(folder) / "data.gpkg"
        shutil.copyfile(path, copy)
        for other in beside:
            shutil.copyfile(other, copy.with_name(copy.name + other.name.removeprefix(path.name)))
        database = sqlite3.connect(copy)
        try:
            database.execute("PRAGMA journal_mode = DELETE").fetchall()
        finally:
            database.close()
        yield copy, [] if beside else [Remark("still_open")]


class _Layer:
    """One layer of a file, on its way to a table."""

    def __init__(self, path: Path, kind: str, layout: Layout) -> None:
        self.path = path
        self.kind = kind
        layers = _layers(path)
        self.layer, self.others, self.expected = _choose(layers, None if kind == "shp" else layout.layer)
        self.drawn = {layer.name for layer in layers if layer.drawn}
        # Texts of a fixed number of bytes are never UTF-16.
        self.encoding = None if layout.encoding == "utf-16" else layout.encoding
        self.remarks: list[Remark] = []

    def table(self, remarks: Sequence[Remark]) -> Table:
        """Everything in it. Raises the `LedgerError`s of `read_vector`."""
        encoding = None
        if self.kind == "shp":
            meta, wkb, _fields = self._read()
            parts = _siblings(self.path)
            contents = _read_dbf(parts, self.encoding)
            if len(contents.deleted) != len(wkb):
                raise LedgerError("damaged", detail=f"{len(contents.deleted)} / {len(wkb)}")
            wkb = wkb[~contents.deleted]
            rows = np.arange(1, len(wkb) + 1, dtype=np.int64)
            names, columns, encoding = contents.names, contents.columns, contents.encoding
            self.remarks += contents.remarks
        else:
            meta, wkb, fields = self._read_all()
            rows = self._rows(len(fields[0]) if fields else 0 if wkb is None else len(wkb))
            names, columns = self._named(meta["fields"], [_cells(field) for field in fields])
        check_size(len(rows), len(columns))
        if self.kind in _WITH_BUILT_IN_COLUMNS:
            used = [place for place, cells in enumerate(columns) if any(cell is not None for cell in cells)]
            names, columns = [names[place] for place in used], [columns[place] for place in used]
        self.remarks += without_long_cells(names, columns, rows)
        geometry, shape_remarks = (None, []) if wkb is None else _geometries(wkb, rows)
        crs, unknown = _stated_crs(meta["crs"])
        # The tables beside our own layer tell of its assets, and no import takes them.
        left = [name for name in self.others if name in self.drawn or not own_columns(names)]
        if left:
            self.remarks.append(Remark("layers_left", params={"layer": self.layer, "names": ", ".join(left)}))
        return Table(
            tuple(names),
            tuple(columns),
            rows,
            format=self.kind,
            layer=None if self.kind == "shp" else self.layer,
            other_layers=self.others,
            encoding=encoding,
            geometry=geometry,
            crs=crs,
            remarks=(*remarks, *self.remarks, *unknown, *shape_remarks),
        )

    def _rows(self, count: int) -> NDArray[np.int64]:
        """The numbers of the rows; raises damaged when there are not as many as the file says, no_rows."""
        if count != self.expected:
            raise LedgerError("damaged", detail=f"{count} / {self.expected}")
        if not count:
            raise LedgerError("no_rows")
        return np.arange(1, count + 1, dtype=np.int64)

    def _read(self, **options: Any) -> tuple[dict[str, Any], Any, list[Any]]:
        """GDAL's metadata, WKB geometries and columns."""
        meta, _fids, wkb, fields = pyogrio.raw.read(
            self.path, layer=self.layer, force_2d=True, datetime_as_string=True, **options
        )
        return meta, wkb, fields

    def _read_all(self) -> tuple[dict[str, Any], Any, list[Any]]:
        """Every column, also when the file holds days that are none or texts in another encoding than it says."""
        try:
            meta, wkb, fields = self._read()
            for place, (name, field) in enumerate(zip(meta["fields"], fields, strict=True)):
                # Where one is missing, whole numbers come as floats, which keep no code of 17 digits.
                if meta["ogr_types"][place] == "OFTInteger64" and field.dtype.kind == "f":
                    fields[place] = self._whole_numbers(str(name))
            return meta, wkb, fields
        except (UnicodeDecodeError, ValueError):
            pass
        # Latin-1 keeps every byte; what the bytes mean is found out afterwards, text by text.
        information = pyogrio.read_info(self.path, layer=self.layer, encoding="iso-8859-1")
        days = [
            name
            for name, kind in zip(information["fields"], information["ogr_types"], strict=True)
            if kind == "OFTDate"
        ]
        others = [name for name in information["fields"] if name not in days]
        meta, wkb, fields = self._read(encoding="iso-8859-1", columns=others)
        found = dict(zip(meta["fields"], fields, strict=True))
        for name in days:
            try:
                found[name] = self._days(name.encode("iso-8859-1").decode())
            except UnicodeDecodeError:
                shown = name.encode("iso-8859-1").decode("gb18030", "replace")
                self.remarks.append(Remark("column_unreadable", column=shown, params={"name": shown}))
        names = [name for name in information["fields"] if name in found]
        return self._decoded(meta, wkb, names, [found[name] for name in names])

    def _whole_numbers(self, name: str) -> NDArray[Any]:
        """A column of whole numbers, some of which are missing, with all their digits."""
        texts = self._as_texts(name)
        numbers = np.empty(len(texts), dtype=object)
        numbers[:] = [None if text is None or text == "" else int(text) for text in texts]
        return numbers

    def _days(self, name: str) -> NDArray[Any]:
        """A column of days as text, since some of them are none."""
        days = self._as_texts(name)
        none = [day is None or not str(day).strip("0/-: ") for day in days]
        days[none] = None
        return days

    def _as_texts(self, name: str) -> NDArray[Any]:
        """A column as GDAL writes it."""
        quoted, table = (text.replace('"', '""') for text in (name, self.layer))
        sql = f'SELECT CAST("{quoted}" AS character(32)) AS text FROM "{table}"'  # noqa: S608 (quoted; OGR's own, read only)
        texts: NDArray[Any] = pyogrio.raw.read(
            self.path, sql=sql, sql_dialect="OGRSQL", read_geometry=False, encoding="iso-8859-1"
        )[3][0]
        return texts

    def _decoded(
        self, meta: dict[str, Any], wkb: Any, names: Sequence[str], fields: list[Any]
    ) -> tuple[dict[str, Any], Any, list[Any]]:
        """Columns whose texts are bytes still, in the encoding they turn out to be in."""
        texts = [name.encode("iso-8859-1") for name in names]
        texts += [cell.encode("iso-8859-1") for field in fields for cell in {*_strings(field)}]
        encoding = encodings.likely(texts, "utf-8")
        if encoding != "utf-8" and self.kind not in ("mif", "tab"):
            self.remarks.append(
                Remark("encoding_differs", params={"said": "UTF-8", "found": encoding.upper()})
            )
        unreadable = []
        for name, field in zip(names, fields, strict=True):
            for place, cell in enumerate(field if field.dtype.kind == "O" else ()):
                if isinstance(cell, str):
                    raw = cell.encode("iso-8859-1")
                    read = encodings.decoded(raw, encoding)
                    field[place] = None if read is None else read.text
                    if read is None or read.cut:
                        code = "text_unreadable" if read is None else "text_cut"
                        shown = raw.decode(encoding, "replace")
                        unreadable.append((code, place + 1, name, shown, {"bytes": len(raw)}))
        named = {name: name.encode("iso-8859-1").decode(encoding, "replace") for name in names}
        self.remarks += [
            Remark(code, row, named[name], text, params) for code, row, name, text, params in unreadable
        ]
        return {**meta, "fields": [named[name] for name in names]}, wkb, fields

    def _named(self, headers: Sequence[str], columns: list[Cells]) -> tuple[list[str], list[Cells]]:
        """The columns that have a name, each with one of its own."""
        kept = []
        for number, (header, cells) in enumerate(zip(headers, columns, strict=True), 1):
            if header.strip():
                kept.append((header, cells))
            else:
                self.remarks.append(Remark("column_unnamed", params={"number": number}))
        names, twice = told_apart([header for header, _cells in kept])
        self.remarks += twice
        return names, [cells for _header, cells in kept]


def _strings(field: NDArray[Any]) -> list[str]:
    return [cell for cell in field.tolist() if isinstance(cell, str)] if field.dtype.kind == "O" else []


def _read_dbf(parts: dict[str, Path], encoding: str | None) -> Contents:
    try:
        return read_dbf(parts[".table"], parts.get(".cpg"), encoding)
    except DamagedTable as error:
        raise LedgerError("damaged", detail=error.detail) from error
    except NoRecords as error:
        raise LedgerError("no_rows") from error


def _siblings(path: Path) -> dict[str, Path]:
    """The parts of a shapefile by their endings in lower case."""
    return {sibling.suffix.lower(): sibling for sibling in path.parent.glob(f"{glob.escape(path.stem)}.*")}


def _check_contents(path: Path, kind: str) -> None:
    if kind == "gdb":
        if not any(path.glob("*.gdbtable")):
            raise LedgerError("not_what_it_says", extension=kind)
        return
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if kind in ("kml", "gpx") and head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        head = head.decode("utf-16", "ignore").encode()
    if not FORMATS[kind].match(head):
        raise LedgerError("not_what_it_says", extension=kind)
    if kind in ("kml", "gpx") and (b"<!DOCTYPE" in head or b"<!ENTITY" in head):
        raise LedgerError("unsafe_contents")
    if kind == "kmz":
        open_zip(path).close()
    if kind == "shp":
        parts = _siblings(path)
        if ".dbf" not in parts:
            raise LedgerError("shapefile_incomplete", missing=".dbf")
    missing = [part for part in _PARTS.get(kind, ()) if part not in _siblings(path)]
    if missing:
        raise LedgerError("parts_missing", missing=", ".join(missing))


class _Listed(NamedTuple):
    """A layer of a file: how many features it should give, and whether they have shapes."""

    name: str
    features: int
    drawn: bool


def _layers(path: Path) -> list[_Listed]:
    layers = []
    for name, geometry in pyogrio.list_layers(path):
        if name not in _OF_PROGRAMS:
            information = pyogrio.read_info(path, layer=name, encoding="iso-8859-1", force_feature_count=True)
            layers.append(_Listed(str(name), int(information["features"]), geometry is not None))
    return layers


def _choose(layers: Sequence[_Listed], layer: str | None) -> tuple[str, tuple[str, ...], int]:
    """The layer to read, the others that hold features, and how many features it should give."""
    counts = {layer.name: layer.features for layer in layers}
    if not layers:
        raise LedgerError("damaged", detail="no layers")
    if layer is not None and layer not in counts:
        raise LedgerError("unknown_layer", name=layer, names=", ".join(counts))
    filled = [layer.name for layer in layers if layer.features > 0]
    if layer is None:
        drawn = [layer.name for layer in layers if layer.features > 0 and layer.drawn]
        candidates = filled if len(filled) == 1 else drawn
        if not filled:
            raise LedgerError("no_rows")
        if len(candidates) != 1:
            raise LedgerError("choose_layer", names=", ".join(filled), choices=filled)
        layer = candidates[0]
    return layer, tuple(name for name in filled if name != layer), counts[layer]


class _gdal:  # noqa: N801 (a context, used like a function)
    """Turns whatever GDAL raises into a `LedgerError`, and keeps its warnings off the console.

    GDAL, pyogrio and their drivers raise a dozen types of exception on damaged files; there is no useful
    difference between them for the owner of the file.
    """

    def __enter__(self) -> None:
        self._warnings = warnings.catch_warnings()
        self._warnings.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        self._warnings.__exit__(kind, error, traceback)
        if isinstance(error, Exception) and not isinstance(error, LedgerError | MemoryError):
            raise LedgerError("damaged", detail=str(error)[:200]) from error


def _cells(field: NDArray[Any]) -> Cells:
    """A column of GDAL's as cells: NaN is an empty one, a list becomes text."""
    if field.dtype.kind == "f":
        cells = field.astype(object)
        cells[np.isnan(field)] = None
        return cells
    if field.dtype.kind == "O":
        return as_cells(
            ["、".join(map(str, value)) if isinstance(value, list | np.ndarray) else value for value in field]
        )
    return field.astype(object)


def _geometries(
    wkb: NDArray[np.object_], rows: NDArray[np.int64]
) -> tuple[NDArray[np.object_], list[Remark]]:
    shapes: NDArray[np.object_] = shapely.from_wkb(wkb, on_invalid="ignore")
    unreadable = [place for place, value in enumerate(wkb) if value is not None and shapes[place] is None]
    return settled(shapes, rows, unreadable)


_NAME = re.compile(r'\w+\["([^"]*)"')


def _stated_crs(definition: str | None) -> tuple[CRS | None, list[Remark]]:
    """The system a file states; None, and what is to be said, for one that nobody can convert."""
    if definition is None or is_undefined(definition):
        return None, []
    try:
        return parse_crs(definition), []
    except UnknownCRSError:
        named = _NAME.match(definition)
        return None, [Remark("system_unknown", params={"said": (named[1] if named else definition)[:80]})]
