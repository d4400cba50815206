"""Reads boundaries from any file GDAL reads, matches them with areas, and says what is wrong with them.

Nothing is written here: `assets/actions/replace_boundaries.py` does that with what `read` and `match` give.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from django.utils.translation import gettext as _
from shapely import MultiPolygon

from places.apart import GaveUp, run_apart
from places.boundaries import Plane, multipolygon
from places.coordinates import CRS, UnknownCRSError, is_undefined, parse_crs, to_wgs84
from places.models import Area, Level

CODE_HEADERS = (
    "code",
    "区划代码",
    "行政区划代码",
    "统计用区划代码",
    "代码",
    "编码",
    "adcode",
    "gbcode",
    "pac",
    "xzqdm",
)
NAME_HEADERS = (
    "name",
    "名称",
    "区划名称",
    "行政区名称",
    "街道",
    "街道名称",
    "社区",
    "社区名称",
    "xzqmc",
    "mc",
)
# A new boundary further than this from the district it belongs to was read in a wrong coordinate system.
FARTHEST_METRES = 20_000.0
# Slivers below this are how two digitised edges of one border meet, and are not worth a sentence.
SMALLEST_SQUARE_METRES = 50.0


class UnreadableBoundaries(Exception):
    """The file, or an option about it, cannot be used; the message says why, in the active language."""


@dataclass
class Boundaries:
    """What a file holds: one row a feature, shapes in WGS84."""

    shapes: list[Any]
    codes: list[str]
    names: list[str]
    crs: CRS
    notes: list[str] = field(default_factory=list)


@dataclass
class Match:
    """New boundaries by area, what was found about them, and what keeps them from being used."""

    boundaries: dict[Area, MultiPolygon]
    notes: list[str]
    problems: list[str]


def read(
    path: Path,
    *,
    crs: str | None = None,
    layer: str | None = None,
    code_field: str | None = None,
    name_field: str | None = None,
) -> Boundaries:
    """The features of a file in WGS84, with the code and the name of each.

    Args:
        crs: overrides what the file says of itself (a GeoJSON file says WGS84 whatever it holds).
        code_field, name_field: where code and name stand; guessed from usual headers when not given.

    Raises:
        UnreadableBoundaries: no such file, nothing GDAL reads, no coordinate system, no such field.
    """
    meta, wkb, columns = _raw(path, layer)
    system = _system(crs, meta["crs"])
    code_field = _field(code_field, columns, CODE_HEADERS)
    name_field = _field(name_field, columns, NAME_HEADERS)
    if code_field is None and name_field is None:
        raise UnreadableBoundaries(
            _("No column holds codes or names; say which with --code-field or --name-field: %(columns)s")
            % {"columns": ", ".join(columns)}
        )
    count = len(wkb)
    shapes = shapely.force_2d(shapely.from_wkb(wkb))
    return Boundaries(
        shapes=list(
            shapely.transform(shapes, lambda at: np.column_stack(to_wgs84(at[:, 0], at[:, 1], system)))
        ),
        codes=_texts(columns[code_field]) if code_field else [""] * count,
        names=_texts(columns[name_field]) if name_field else [""] * count,
        crs=system,
    )


def match(found: Boundaries, areas: Sequence[Area], level: Level | None = None) -> Match:
    """Find each feature's area, by code or else by name, and check its shape.

    Args:
        areas: the areas of the register.
        level: only areas of this level are meant; needed where names of two levels are alike.
    """
    result = Match({}, list(found.notes), [])
    meant = [area for area in areas if level is None or area.level == level]
    by_code = {area.code: area for area in meant}
    by_name: dict[str, list[Area]] = defaultdict(list)
    for meant_area in meant:
        for name in {meant_area.name, *meant_area.aliases}:
            by_name[name].append(meant_area)
    parts: dict[Area, list[MultiPolygon]] = defaultdict(list)
    for number, (shape, code, name) in enumerate(zip(found.shapes, found.codes, found.names, strict=True), 1):
        label = " ".join(filter(None, [code, name])) or "?"
        area = _area_of(code, name, by_code, by_name)
        if area is None:
            result.problems.append(
                _("Row %(number)s: no area is called “%(label)s”.") % {"number": number, "label": label}
            )
            continue
        polygons = _polygons(shape, number, label, result)
        if polygons is not None:
            parts[area].append(polygons)
    for area, shapes in parts.items():
        if len(shapes) > 1:
            result.notes.append(
                _("%(area)s: %(count)s rows were put together.") % {"area": area.name, "count": len(shapes)}
            )
        result.boundaries[area] = multipolygon(shapely.union_all(shapes)) if len(shapes) > 1 else shapes[0]
    _check_position(result, areas)
    return result


def _raw(path: Path, layer: str | None) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    """GDAL's metadata, WKB shapes and columns, read in a process with limits."""
    if not path.exists():
        raise UnreadableBoundaries(_("There is no file %(path)s.") % {"path": path})
    try:
        return run_apart(_raw_here, path, layer)
    except GaveUp as error:
        raise UnreadableBoundaries(
            _("%(path)s is damaged, or reading it needs more memory or time than it may have.")
            % {"path": path.name}
        ) from error


def _raw_here(path: Path, layer: str | None) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    try:
        layers = [str(name) for name, _kind in pyogrio.list_layers(path)]
        if layer is None and len(layers) > 1:
            raise UnreadableBoundaries(
                _("The file has several layers; choose one with --layer: %(layers)s")
                % {"layers": ", ".join(layers)}
            )
        meta, _fids, wkb, values = pyogrio.raw.read(path, layer=layer)
    except UnreadableBoundaries:
        raise
    except Exception as error:  # GDAL's drivers raise a dozen types on damaged files
        raise UnreadableBoundaries(
            _("%(path)s cannot be read: %(why)s") % {"path": path.name, "why": error}
        ) from error
    if wkb is None or len(wkb) == 0:
        raise UnreadableBoundaries(_("%(path)s holds no shapes.") % {"path": path.name})
    return meta, wkb, dict(zip(meta["fields"].tolist(), values, strict=True))


def _system(stated: str | None, own: str | None) -> CRS:
    if not stated and is_undefined(own):
        raise UnreadableBoundaries(
            _(
                "The file does not say its coordinate system; give it with --crs (wgs84, gcj02, bd09 or EPSG:n)."
            )
        )
    try:
        return parse_crs(stated or own or "")
    except UnknownCRSError as error:
        raise UnreadableBoundaries(str(error)) from error


def _field(column: str | None, columns: dict[str, Any], usual: tuple[str, ...]) -> str | None:
    if column is not None:
        if column not in columns:
            raise UnreadableBoundaries(
                _("There is no column %(name)s; there are: %(columns)s")
                % {"name": column, "columns": ", ".join(columns)}
            )
        return column
    return next((name for header in usual for name in columns if name.strip().lower() == header), None)


def _texts(values: Iterable[Any]) -> list[str]:
    """Codes may have been kept as numbers: 370105001.0 is 370105001."""
    found = []
    for value in values:
        if value is None or (isinstance(value, float) and np.isnan(value)):
            found.append("")
        elif isinstance(value, float | np.floating) and float(value).is_integer():
            found.append(str(int(value)))
        else:
            found.append(str(value).strip())
    return found


def _area_of(code: str, name: str, by_code: dict[str, Area], by_name: dict[str, list[Area]]) -> Area | None:
    # Statistics tables fill codes up to twelve digits with zeros.
    for candidate in (
        code,
        code[:9] if code.endswith("000") else "",
        code[:6] if code.endswith("000000") else "",
    ):
        if candidate and candidate in by_code:
            return by_code[candidate]
    named = by_name.get(name, []) if not code else []
    return named[0] if len(named) == 1 else None


def _polygons(shape: Any, number: int, label: str, result: Match) -> MultiPolygon | None:
    """The shape as a valid multipolygon, repaired if need be; None with a problem noted if that is impossible."""
    if shape is None or shape.is_empty:
        result.problems.append(
            _("Row %(number)s (%(label)s) has no shape.") % {"number": number, "label": label}
        )
        return None
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        result.problems.append(
            _("Row %(number)s (%(label)s): its coordinates do not fit the coordinate system.")
            % {"number": number, "label": label}
        )
        return None
    if not shape.is_valid:
        why = shapely.is_valid_reason(shape)
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
        result.notes.append(
            _("Row %(number)s (%(label)s): its outline was repaired (%(why)s).")
            % {"number": number, "label": label, "why": why}
        )
    polygons = multipolygon(shape)
    if polygons.is_empty:
        result.problems.append(
            _("Row %(number)s (%(label)s) is no polygon.") % {"number": number, "label": label}
        )
        return None
    return polygons


def _check_position(result: Match, areas: Sequence[Area]) -> None:
    """A boundary far from its district, as known so far, was read in a wrong coordinate system."""
    districts = {
        area.code: shapely.from_wkb(bytes(area.boundary.wkb))
        for area in areas
        if area.level == Level.DISTRICT and area.boundary
    }
    for area, shape in result.boundaries.items():
        west, south, east, north = shape.bounds
        if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
            result.problems.append(
                _(
                    "%(area)s: the coordinates are no longitude and latitude. Which coordinate system are they in?"
                )
                % {"area": area.name}
            )
            continue
        district = districts.get(area.district_code)
        if district is None:
            continue
        plane = Plane(district.centroid.x, district.centroid.y)
        metres = shapely.distance(
            shapely.transform(district, plane.flat), shapely.transform(shape, plane.flat)
        )
        if metres > FARTHEST_METRES:
            result.problems.append(
                _("%(area)s would lie %(distance)s km from its district. Is the coordinate system right?")
                % {"area": area.name, "distance": f"{metres / 1000:,.0f}"}
            )


def fit(areas: Sequence[Area]) -> list[str]:
    """How areas fit together, as sentences: overlaps within a level, and what of an area its parts leave open.

    Sizes are in square metres or square kilometres; slivers are left out.
    """
    shapes = {area: shapely.from_wkb(bytes(area.boundary.wkb)) for area in areas if area.boundary is not None}
    if not shapes:
        return []
    middle = shapely.union_all([shapely.box(*shape.bounds) for shape in shapes.values()]).centroid
    plane = Plane(middle.x, middle.y)
    flat = {area: shapely.transform(shape, plane.flat) for area, shape in shapes.items()}
    return [*_overlaps(flat), *_gaps(flat)]


def _overlaps(flat: dict[Area, Any]) -> list[str]:
    found = []
    for level in Level:
        same = sorted((area for area in flat if area.level == level), key=lambda area: area.code)
        shapes = np.array([flat[area] for area in same], dtype=object)
        tree = shapely.STRtree(shapes)
        for first, second in zip(*tree.query(shapes, predicate="intersects"), strict=True):
            if first < second:
                size = shapely.area(shapely.intersection(shapes[first], shapes[second]))
                if size > SMALLEST_SQUARE_METRES:
                    found.append(
                        _("%(one)s and %(other)s overlap by %(size)s.")
                        % {"one": same[first].name, "other": same[second].name, "size": size_text(size)}
                    )
    return found


def _gaps(flat: dict[Area, Any]) -> list[str]:
    children: dict[int, list[Any]] = defaultdict(list)
    for area, shape in flat.items():
        if area.parent_id:
            children[area.parent_id].append(shape)
    found = []
    for area, shape in sorted(flat.items(), key=lambda item: item[0].code):
        parts = children.get(area.pk)
        if not parts:
            continue
        whole = shapely.union_all(parts)
        open_size = shapely.area(shapely.difference(shape, whole))
        outside = shapely.area(shapely.difference(whole, shape))
        if open_size > SMALLEST_SQUARE_METRES:
            found.append(
                _("The parts of %(area)s leave %(size)s of it open.")
                % {"area": area.name, "size": size_text(open_size)}
            )
        if outside > SMALLEST_SQUARE_METRES:
            found.append(
                _("The parts of %(area)s reach %(size)s beyond it.")
                % {"area": area.name, "size": size_text(outside)}
            )
    return found


def size_text(square_metres: float) -> str:
    """A size for people: square metres up to a hectare, then square kilometres."""
    if square_metres < 10_000:
        return f"{square_metres:,.0f} m²"
    return f"{square_metres / 1e6:,.2f} km²"
