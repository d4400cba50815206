"""Geodata of every other kind, through GDAL (pyogrio): GeoPackage, shapefile, KML, FlatGeobuf and more.

GDAL decides by the contents what a file is, and some of its formats are instructions to read other files or
addresses. So only the endings below are passed on, and only when the contents begin as that format does.
"""

from __future__ import annotations

import glob
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from assets.importing.errors import LedgerError
from assets.importing.reading.table import Cells, Table, as_cells, check_cells, check_size, column_names
from assets.importing.reading.zips import open_zip
from places.coordinates import CRS, UnknownCRSError, parse_crs


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

# They bring a dozen columns of their own, empty as a rule.
_WITH_BUILT_IN_COLUMNS = ("kml", "kmz", "gpx")


def read_vector(path: Path, kind: str, layer: str | None = None) -> Table:
    """The features of one layer, one row each, numbered from 1; dates as ISO text.

    Without `layer` it is the only layer that holds features, or the only one of those with geometry.

    Raises `LedgerError`: not_what_it_says, unsafe_contents, shapefile_incomplete, choose_layer, unknown_layer,
    no_rows, damaged, bad_geometry, encrypted, expands_too_far, too_many_columns, too_many_cells, cell_too_long,
    nul_bytes, duplicate_headers.
    """
    _check_contents(path, kind)
    encoding = _shapefile_encoding(path) if kind == "shp" else None
    with _gdal():
        try:
            layer, others, expected = _choose(path, layer, encoding)
            meta, wkb, fields = _read(path, layer, encoding)
        except UnicodeDecodeError:
            # Formats that say nothing about their encoding (MapInfo), or the wrong thing.
            layer, others, expected = _choose(path, layer, "gb18030")
            meta, wkb, fields = _read(path, layer, "gb18030")

    count = len(fields[0]) if fields else len(wkb) if wkb is not None else 0
    if count != expected:
        raise LedgerError("damaged", detail=f"{count} / {expected}")
    if not count:
        raise LedgerError("no_rows")
    check_size(count, len(fields))
    rows = np.arange(1, count + 1, dtype=np.int64)
    names = column_names(meta["fields"])
    columns = [_cells(field) for field in fields]
    if kind in _WITH_BUILT_IN_COLUMNS:
        used = [place for place, cells in enumerate(columns) if any(cell is not None for cell in cells)]
        names, columns = [names[place] for place in used], [columns[place] for place in used]
    check_cells(columns, rows)
    return Table(
        tuple(names),
        tuple(columns),
        rows,
        format=kind,
        layer=layer,
        other_layers=others,
        encoding=encoding,
        geometry=None if wkb is None else _geometries(wkb),
        crs=_stated_crs(meta["crs"]),
    )


def _check_contents(path: Path, kind: str) -> None:
    if kind == "gdb":
        if not any(path.glob("*.gdbtable")):
            raise LedgerError("not_what_it_says", extension=kind)
        return
    with path.open("rb") as file:
        head = file.read(1 << 16)
    if not FORMATS[kind].match(head):
        raise LedgerError("not_what_it_says", extension=kind)
    if kind in ("kml", "gpx") and (b"<!DOCTYPE" in head or b"<!ENTITY" in head):
        raise LedgerError("unsafe_contents")
    if kind == "kmz":
        open_zip(path).close()
    if kind == "shp":
        siblings = {sibling.name.lower() for sibling in path.parent.glob(f"{glob.escape(path.stem)}.*")}
        missing = [part for part in ("shx", "dbf") if f"{path.stem}.{part}".lower() not in siblings]
        if missing:
            raise LedgerError("shapefile_incomplete", missing=", ".join(f".{part}" for part in missing))


def _choose(path: Path, layer: str | None, encoding: str | None) -> tuple[str, tuple[str, ...], int]:
    """The layer to read, the others that hold features, and how many features it should give."""
    layers = [(str(name), geometry) for name, geometry in pyogrio.list_layers(path)]
    counts = {}
    for name, _geometry in layers:
        information = pyogrio.read_info(path, layer=name, encoding=encoding, force_feature_count=True)
        counts[name] = int(information["features"])
    if not layers:
        raise LedgerError("damaged", detail="no layers")
    if layer is not None and layer not in counts:
        raise LedgerError("unknown_layer", name=layer, names=", ".join(counts))
    filled = [name for name, _geometry in layers if counts[name] > 0]
    if layer is None:
        drawn = [name for name, geometry in layers if counts[name] > 0 and geometry is not None]
        candidates = filled if len(filled) == 1 else drawn
        if not filled:
            raise LedgerError("no_rows")
        if len(candidates) != 1:
            raise LedgerError("choose_layer", names=", ".join(filled), choices=filled)
        layer = candidates[0]
    return layer, tuple(name for name in filled if name != layer), counts[layer]


def _read(path: Path, layer: str, encoding: str | None) -> tuple[dict[str, Any], Any, list[Any]]:
    """GDAL's metadata, WKB geometries and columns."""
    meta, _fids, wkb, fields = pyogrio.raw.read(
        path, layer=layer, encoding=encoding, force_2d=True, datetime_as_string=True
    )
    return meta, wkb, fields


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


def _geometries(wkb: NDArray[np.object_]) -> NDArray[np.object_]:
    try:
        geometries: NDArray[np.object_] = shapely.from_wkb(wkb)
    except (shapely.errors.ShapelyError, ValueError, TypeError) as error:
        broken = next(row for row, one in enumerate(wkb, 1) if not _readable(one))
        raise LedgerError("bad_geometry", row=broken) from error
    return geometries


def _readable(wkb: Any) -> bool:
    return wkb is None or shapely.from_wkb(wkb, on_invalid="ignore") is not None


def _stated_crs(said: str | None) -> CRS | None:
    try:
        return parse_crs(said) if said else None
    except UnknownCRSError:
        return None


# The byte of a DBF header that names its encoding; these two mean "whatever this Windows uses" and nothing.
_DBF_ENCODING_AT = 29
_DBF_UNCERTAIN = (0x00, 0x57)


def _shapefile_encoding(path: Path) -> str | None:
    """The encoding of a shapefile that does not truly state one; None when GDAL finds it stated.

    A Chinese Windows writes GBK and says "ANSI", as a French one does with its own encoding.
    """
    siblings = {
        sibling.suffix.lower(): sibling for sibling in path.parent.glob(f"{glob.escape(path.stem)}.*")
    }
    data = siblings[".dbf"].read_bytes()
    if ".cpg" in siblings or len(data) <= _DBF_ENCODING_AT or data[_DBF_ENCODING_AT] not in _DBF_UNCERTAIN:
        return None
    body = data[_DBF_ENCODING_AT + 3 :]
    beyond_ascii = re.findall(rb"[\x80-\xff]+", body)
    if not beyond_ascii:
        return None
    # Fields of fixed length cut a last character in two, so nothing decodes perfectly: the likelier one wins.
    if sum(_decodes(run, "utf-8") for run in beyond_ascii) > 0.8 * len(beyond_ascii):
        return "utf-8"
    pairs = sum(len(run) % 2 == 0 and _decodes(run, "gb18030") for run in beyond_ascii)
    return "gb18030" if pairs > 0.5 * len(beyond_ascii) else "cp1252"


def _decodes(run: bytes, encoding: str) -> bool:
    try:
        run.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
