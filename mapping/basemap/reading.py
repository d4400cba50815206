"""Opens what an operator has of a base map, and says for every feature what it is drawn as.

Everything comes out in WGS84 and, with a rectangle, cut to it. Runs in a process with limits (`building`), since the
files are somebody else's and GDAL is written in C.
"""

from __future__ import annotations

import glob
import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from mapping.basemap.errors import BasemapError
from mapping.basemap.layers import LAYERS, NAMED_ONLY, SHAPES_ONLY, Kind, zoom_for_size
from mapping.basemap.naming import Rule, rule_for
from mapping.basemap.osm_file import is_whole
from mapping.basemap.tags import AREA, KEYS, POINT, geofabrik_key, geofabrik_tags, kinds
from places.coordinates import CRS, WGS84, UnknownCRSError, is_undefined, parse_crs, to_wgs84
from places.tables.dbf import read_dbf

BBox = tuple[float, float, float, float]
Column = Sequence[Any] | NDArray[Any]

# Ending → what the contents begin with, since GDAL goes by the contents and some of its formats are instructions to
# read other files or addresses.
_BEGINNINGS = {
    ".pbf": re.compile(rb"\0\0..\x0a\x09OSMHeader", re.S),
    ".shp": re.compile(rb"\x00\x00\x27\x0a"),
    ".gpkg": re.compile(rb"SQLite format 3\0"),
    ".geojson": re.compile(rb"(?:\xef\xbb\xbf)?\s*\{"),
    ".json": re.compile(rb"(?:\xef\xbb\xbf)?\s*\{"),
}
READABLE = (*_BEGINNINGS, ".gdb")
_OSM_TAGS = Path(__file__).with_name("osm_tags.ini")
_OSM_LAYERS = ("points", "lines", "multipolygons")
# A table with one of these is OpenStreetMap's; the other keys are everyday words.
_TELLING_KEYS = ("highway", "railway", "waterway", "landuse", "leisure", "building", "amenity")
# The language of the street sign comes first in China; OSM has both where they differ.
_NAMES = ("name_zh", "name:zh", "name", "名称")
_NORTHERNMOST = 85.0
_SHAPEFILE_LENGTH_AT = 24
# So many of a file's features may lie outside the world before it was read in a wrong coordinate system.
_STRAYS = 0.05


@dataclass
class Drawn:
    """Features of a base map, each with a kind, a name or None, and a shape in WGS84."""

    kinds: list[Kind] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    shapes: list[Any] = field(default_factory=list)

    def add(self, kind: Kind, name: str | None, shape: Any) -> None:
        """One feature more."""
        self.kinds.append(kind)
        self.names.append(name)
        self.shapes.append(shape)


@dataclass
class Found:
    """What the files hold, and the layers that were left out because nobody knows what they are."""

    drawn: Drawn
    left_out: list[str]


@dataclass(frozen=True)
class _Table:
    """A layer as it was read: columns by name, shapes as WKB."""

    path: Path
    layer: str
    columns: dict[str, Column]
    wkb: NDArray[np.object_]
    crs: str | None

    @property
    def label(self) -> str:
        """What it is called for people."""
        return self.path.name if self.layer in ("", self.path.stem) else f"{self.path.name}: {self.layer}"


def read_files(paths: Sequence[Path], crs: str | None, bbox: BBox | None, rules: Sequence[Rule]) -> Found:
    """Everything in the files that a base map draws.

    Args:
        crs: what their coordinates are, whatever the files say; OSM files are always WGS84.
        bbox: the rectangle to cut to, in WGS84.

    Raises:
        BasemapError: a file is not there, cannot be read or is not what its name says; nothing in them is drawn.
    """
    pyogrio.set_gdal_config_options({"OGR_GEOMETRY_ACCEPT_UNCLOSED_RING": "NO"})
    drawn, left_out = Drawn(), []
    for path in paths:
        for table in _tables(path, bbox):
            judge = _judge(table, rules)
            if judge is None:
                left_out.append(f"{table.label} ({', '.join(table.columns)})")
            else:
                _draw(table, judge, _system(table, crs), bbox, drawn)
    if not drawn.kinds:
        sentence = _("There is nothing in these files that a base map draws.")
        if left_out:
            sentence += " " + _("Say with --map what these layers are: %(layers)s") % {
                "layers": "; ".join(left_out)
            }
        raise BasemapError(sentence)
    return Found(drawn, left_out)


# --- Opening ----------------------------------------------------------------------------------------------------------


def check(path: Path) -> None:
    """Raise `BasemapError` unless the file is there and begins as its name says."""
    if path.suffix.lower() not in READABLE:
        raise BasemapError(
            _("%(path)s: a base map is built from files that end in %(endings)s.")
            % {"path": path, "endings": ", ".join((*READABLE, ".pmtiles", ".mbtiles"))}
        )
    try:
        if path.suffix.lower() == ".gdb":
            is_so = any(path.glob("*.gdbtable"))
        else:
            with path.open("rb") as file:
                is_so = bool(_BEGINNINGS[path.suffix.lower()].match(file.read(4096)))
    except OSError as error:
        raise BasemapError(f"{path}: {error.strerror}") from error
    if not is_so:
        raise BasemapError(_("%(path)s is not what its name says, or is damaged.") % {"path": path})


def _tables(path: Path, bbox: BBox | None) -> Iterator[_Table]:
    check(path)
    try:
        with warnings.catch_warnings():
            # GDAL warns of every ring that an extract has cut through; those are left out.
            warnings.simplefilter("ignore")
            yield from _read(path, bbox)
    except BasemapError:
        raise
    except Exception as error:  # GDAL's drivers raise a dozen types on damaged files
        raise _unreadable(path, error) from error


def _unreadable(path: Path, why: Exception) -> BasemapError:
    return BasemapError(
        _("%(path)s cannot be read: %(why)s")
        % {"path": path.name, "why": str(why)[:300] or type(why).__name__}
    )


def _read(path: Path, bbox: BBox | None) -> Iterator[_Table]:
    ending = path.suffix.lower()
    if ending == ".pbf":
        if not is_whole(path):
            raise BasemapError(_("%(path)s is not whole: fetch it again.") % {"path": path.name})
        for layer in _OSM_LAYERS:
            yield _table(path, layer, bbox=bbox, CONFIG_FILE=str(_OSM_TAGS))
    elif ending == ".shp":
        yield _shapefile(path)
    else:
        for layer, geometry_type in pyogrio.list_layers(path):
            if geometry_type is not None:
                yield _table(path, str(layer))


def _table(path: Path, layer: str, **options: Any) -> _Table:
    meta, table = pyogrio.raw.read_arrow(path, layer=layer, **options)
    geometry = meta["geometry_name"] or "wkb_geometry"
    wkb = np.array(table.column(geometry).to_pylist(), dtype=object)
    columns = {name: table.column(name).to_pylist() for name in table.column_names if name != geometry}
    return _Table(path, layer, columns, wkb, meta["crs"])


def _shapefile(path: Path) -> _Table:
    """The shapes from GDAL, the columns from our own reader, which finds out their encoding."""
    beside = {other.suffix.lower(): other for other in path.parent.glob(f"{glob.escape(path.stem)}.*")}
    if missing := [ending for ending in (".dbf", ".shx") if ending not in beside]:
        raise BasemapError(
            _("%(path)s: of this shapefile these parts are missing: %(parts)s")
            % {"path": path.name, "parts": ", ".join(missing)}
        )
    with path.open("rb") as file:
        head = file.read(_SHAPEFILE_LENGTH_AT + 4)
    # In words of two bytes. Of a file that is cut off GDAL reads what is there, as if that were all.
    if path.stat().st_size < 2 * int.from_bytes(head[_SHAPEFILE_LENGTH_AT:], "big"):
        raise BasemapError(_("%(path)s is not whole: fetch it again.") % {"path": path.name})
    meta, _fids, wkb, _fields = pyogrio.raw.read(path, columns=[])
    contents = read_dbf(beside[".dbf"], beside.get(".cpg"))
    if len(contents.deleted) == len(wkb):
        wkb = wkb[~contents.deleted]
    if contents.columns and len(contents.columns[0]) != len(wkb):
        raise _unreadable(path, ValueError(f"{len(contents.columns[0])} / {len(wkb)}"))
    columns: dict[str, Column] = dict(zip(contents.names, contents.columns, strict=True))
    return _Table(path, path.stem, columns, wkb, meta["crs"])


def _system(table: _Table, stated: str | None) -> CRS:
    if table.path.suffix.lower() == ".pbf":
        return WGS84
    if not stated and is_undefined(table.crs):
        raise BasemapError(
            _(
                "%(path)s does not say its coordinate system; give it with --crs (wgs84, gcj02, bd09 or EPSG:n)."
            )
            % {"path": table.path.name}
        )
    try:
        return parse_crs(stated or table.crs or "")
    except UnknownCRSError as error:
        raise BasemapError(str(error)) from error


# --- Judging ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _ByTags:
    """Judges by columns that are OpenStreetMap's keys."""

    columns: dict[str, Column]

    def kinds_of(self, row: int, dimension: int) -> Iterable[Kind]:
        """What the feature of a row is drawn as."""
        tags = {key: str(value) for key, cells in self.columns.items() if (value := cells[row]) is not None}
        return kinds(tags, dimension)


@dataclass(frozen=True)
class _ByGeofabrik:
    """Judges by Geofabrik's column `fclass`."""

    key: str
    values: Column

    def kinds_of(self, row: int, dimension: int) -> Iterable[Kind]:
        """What the feature of a row is drawn as."""
        return kinds(geofabrik_tags(self.key, str(self.values[row] or "")), dimension)


@dataclass(frozen=True)
class _ByRule:
    """Judges by the operator's mapping."""

    rule: Rule
    values: Column | None

    def kinds_of(self, row: int, dimension: int) -> Iterable[Kind]:
        """What the feature of a row is drawn as."""
        value = "" if self.values is None or self.values[row] is None else str(self.values[row]).strip()
        return (self.rule.kind_of(value),)


@dataclass(frozen=True)
class _Judge:
    """Who says what a feature is, and what it is called."""

    by: _ByTags | _ByGeofabrik | _ByRule
    names: Column | None

    def name_of(self, row: int) -> str | None:
        """The name of the feature of a row."""
        value = self.names[row] if self.names is not None else None
        return str(value).strip() or None if value is not None else None


def _judge(table: _Table, rules: Sequence[Rule]) -> _Judge | None:
    """How this layer is understood; None when nobody knows."""
    columns = {name.lower(): cells for name, cells in table.columns.items()}
    rule = rule_for(rules, table.path, table.layer)
    if rule is None and table.layer in LAYERS and "class" in columns:
        layer = LAYERS[table.layer]
        rule = Rule(table.layer, layer.name, None, "class", {}, layer.other)
    if rule is not None:
        by = _ByRule(rule, _column(table, rule.class_column))
        return _Judge(by, _column(table, rule.name_column) or _names(columns))
    if (key := geofabrik_key(table.layer)) and "fclass" in columns:
        return _Judge(_ByGeofabrik(key, columns["fclass"]), _names(columns))
    if any(key in columns for key in _TELLING_KEYS) or table.path.suffix.lower() == ".pbf":
        by_tags = _ByTags({key: columns[key] for key in KEYS if key in columns})
        return _Judge(by_tags, _names(columns))
    return None


def _column(table: _Table, name: str | None) -> Column | None:
    if name is None:
        return None
    if name not in table.columns:
        raise BasemapError(
            _("%(table)s has no column “%(name)s”; it has: %(names)s")
            % {"table": table.label, "name": name, "names": ", ".join(table.columns)}
        )
    return table.columns[name]


def _names(columns: dict[str, Column]) -> Column | None:
    """Names, the Chinese ones first where a table has several columns of them."""
    name_columns = [columns[name] for name in _NAMES if name in columns]
    return (
        [next(filter(None, row), None) for row in zip(*name_columns, strict=True)] if name_columns else None
    )


# --- Shapes -----------------------------------------------------------------------------------------------------------


def _draw(table: _Table, judge: _Judge, system: CRS, bbox: BBox | None, drawn: Drawn) -> None:
    shapes = _shapes(table, system)
    rows = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    if bbox is not None:
        rows = rows[shapely.intersects(shapes[rows], shapely.box(*bbox))]
    for row, dimension in zip(rows.tolist(), shapely.get_dimensions(shapes[rows]).tolist(), strict=True):
        name = judge.name_of(row)
        for kind in judge.by.kinds_of(row, dimension):
            shape = _as_drawn(shapes[row], dimension, kind, bbox)
            if shape is not None and (name or kind.layer not in NAMED_ONLY):
                drawn.add(_sized(kind, shape, dimension), name, shape)


def _shapes(table: _Table, system: CRS) -> NDArray[np.object_]:
    """The shapes in WGS84; None for what is none there."""
    shapes = shapely.force_2d(shapely.from_wkb(table.wkb, on_invalid="ignore"))
    if system != WGS84:
        shapes = shapely.transform(shapes, lambda at: np.column_stack(to_wgs84(at[:, 0], at[:, 1], system)))
    bounds = shapely.bounds(shapes)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    west, south, east, north = bounds.T
    on_earth = np.isfinite(bounds).all(axis=1) & (west >= -180) & (east <= 180)
    on_earth &= (south >= -_NORTHERNMOST) & (north <= _NORTHERNMOST)
    strays = there & ~on_earth
    if strays.sum() > _STRAYS * max(there.sum(), 1):
        raise BasemapError(
            _(
                "%(table)s: the coordinates are no longitude and latitude. Which coordinate system are they in? (--crs)"
            )
            % {"table": table.label}
        )
    shapes[~on_earth] = None
    broken = ~shapely.is_valid(shapes) & on_earth
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return shapes


def _as_drawn(shape: Any, dimension: int, kind: Kind, bbox: BBox | None) -> Any:
    """The shape as this kind is drawn, cut to the rectangle; None when nothing of it is left or it does not fit."""
    if kind.layer in NAMED_ONLY:
        shape = shape if dimension == POINT else shapely.point_on_surface(shape)
    elif dimension == POINT and kind.layer in SHAPES_ONLY:
        return None
    if bbox is None:
        return shape
    shape = shapely.clip_by_rect(shape, *bbox)
    return None if shape.is_empty else shape


def _sized(kind: Kind, shape: Any, dimension: int) -> Kind:
    """The kind of an area from the zoom on at which one sees it."""
    if dimension != AREA or kind.layer in NAMED_ONLY:
        return kind
    _west, south, _east, north = shape.bounds
    zoom = max(kind.first_zoom, zoom_for_size(shape.area, (south + north) / 2))
    return Kind(kind.layer, kind.name, zoom)
