"""The register in memory, in metres (EPSG:4548), as the metrics measure it: pieces, sites, roads, streets.

Read once for all rules: 51,000 pieces take about a second.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import shapely
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from assets.models import Condition
from evaluation.coverage.counting import BAD, MISSING, NOT_FIXED, OUTDATED, Counting
from places.coordinates import CGCS2000_GK_117E, from_wgs84, to_wgs84
from places.models import Area, Level, Road, Site

# A piece further from a road's line does not stand along it, whatever the register says of its road.
REACH = 50.0
# The latest unvoided inspection says what is wrong; most say nothing.
_PIECES = """
    SELECT asset.id, ST_X(asset.point), ST_Y(asset.point), type.code, type.fixed, asset.themes, asset.indoor,
           asset.prominent, asset.site_id, asset.road_id, asset.street_id, asset.condition,
           coalesce(artwork.approval = 'withdrawn' OR artwork.valid_to < %(today)s, false), coalesce(artwork.origin, '')
    FROM assets_asset asset
    JOIN assets_assettype type ON type.id = asset.type_id
    LEFT JOIN assets_artwork artwork ON artwork.id = asset.artwork_id
    WHERE asset.lifecycle = 'in_use' AND type.family = 'psa'
    ORDER BY asset.id
"""
_DEFECTS = """
    SELECT asset_id, defects FROM (
        SELECT DISTINCT ON (asset_id) asset_id, defects FROM assets_inspection
        WHERE voided_at IS NULL ORDER BY asset_id, effective_at DESC, id DESC) latest
    WHERE defects <> '{}'
"""


def metres(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape in longitude and latitude (WGS84), in metres (EPSG:4548)."""
    return shapely.transform(
        shape, lambda at: np.column_stack(from_wgs84(at[:, 0], at[:, 1], CGCS2000_GK_117E))
    )


def degrees(shape: shapely.Geometry) -> shapely.Geometry:
    """A shape in metres (EPSG:4548), in longitude and latitude (WGS84)."""
    return shapely.transform(
        shape, lambda at: np.column_stack(to_wgs84(at[:, 0], at[:, 1], CGCS2000_GK_117E))
    )


@dataclass(frozen=True)
class Pieces:
    """All public-service advertisements in use, a row each; rows are what the metrics pass about."""

    ids: NDArray[np.int64]
    xy: NDArray[np.float64]
    carriers: NDArray[np.object_]
    fixed: NDArray[np.bool_]
    themes: list[frozenset[str]]
    indoor: NDArray[np.bool_]
    prominent: NDArray[np.object_]
    sites: NDArray[np.object_]
    roads: NDArray[np.object_]
    streets: NDArray[np.object_]
    condition: NDArray[np.int64]
    outdated: NDArray[np.bool_]
    origins: NDArray[np.object_]
    defects: dict[int, list[str]]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def at_site(self) -> dict[int, list[int]]:
        """Rows by the key of their site."""
        return _grouped(self.sites)

    @cached_property
    def in_street(self) -> dict[int, list[int]]:
        """Rows by the key of their street."""
        return _grouped(self.streets)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Finds rows by place."""
        return shapely.STRtree(shapely.points(self.xy))

    def why_not(self, counting: Counting) -> list[str]:
        """For each row why it does not count; empty where it does."""
        reasons = [""] * len(self)
        for row, condition in enumerate(self.condition):
            if condition == Condition.MISSING:
                reasons[row] = MISSING
            elif counting.fixed_only and not self.fixed[row]:
                reasons[row] = NOT_FIXED
            elif counting.sound_only:
                wrong = [
                    defect
                    for defect in self.defects.get(int(self.ids[row]), ())
                    if defect in counting.defects
                ]
                if wrong:
                    reasons[row] = f"defect:{wrong[0]}"
                elif self.outdated[row]:
                    reasons[row] = OUTDATED
                elif condition >= counting.bad_from:
                    reasons[row] = BAD
        return reasons


@dataclass(frozen=True)
class Spot:
    """A site or a street: where it is (metres), and in which areas."""

    key: int
    code: str
    name: str
    kind: str
    xy: tuple[float, float]
    lonlat: tuple[float, float]
    street: str
    district: str


@dataclass(frozen=True)
class Line:
    """A part of a road that has no gaps, in metres."""

    road: int
    name: str
    part: int
    line: shapely.LineString
    district: str


@dataclass(frozen=True)
class Ground:
    """Everything that is measured, on one day."""

    day: date
    pieces: Pieces
    sites: list[Spot]
    streets: list[Spot]
    lines: list[Line]
    outlines: dict[str, shapely.Geometry]

    def streets_along(self, line: shapely.LineString) -> list[str]:
        """Codes of the streets in which a stretch has more than a metre."""
        return sorted(
            code
            for code, outline in self.outlines.items()
            if outline.intersects(line) and outline.intersection(line).length > 1
        )


def read_ground() -> Ground:
    """The register as it is now."""
    day = timezone.localdate()
    outlines: dict[str, shapely.Geometry] = {}
    streets = []
    for area in Area.objects.filter(level=Level.STREET).order_by("code"):
        boundary = shapely.from_wkb(bytes(area.boundary.wkb)) if area.boundary else None
        at = boundary.point_on_surface() if boundary is not None else None
        if at is None and area.office:
            at = shapely.Point(area.office.x, area.office.y)
        if boundary is not None:
            outlines[area.code] = metres(boundary)
            shapely.prepare(outlines[area.code])
        if at is not None:
            streets.append(_spot(area.pk, area.code, area.name, "", (at.x, at.y), area.code))
    sites = [
        _spot(key, code, name, kind, (point.x, point.y), area or code[:6])
        for key, code, name, kind, point, area in Site.objects.order_by("code").values_list(
            "pk", "code", "name", "kind__code", "point", "area__code"
        )
    ]
    return Ground(day, _read_pieces(day), sites, streets, _read_lines(), outlines)


def _spot(key: int, code: str, name: str, kind: str, lonlat: tuple[float, float], area: str) -> Spot:
    x, y = from_wgs84(lonlat[0], lonlat[1], CGCS2000_GK_117E)
    street = area[:9] if len(area) >= 9 else ""
    return Spot(key, code, name, kind, (float(x), float(y)), lonlat, street, area[:6])


def _read_lines() -> list[Line]:
    """The parts of all roads that have a line; parts that meet end to end are one."""
    lines = []
    roads = Road.objects.exclude(line=None).select_related("district").defer("district__boundary")
    for road in roads.order_by("code"):
        assert road.line is not None  # those without are left out
        merged = shapely.line_merge(metres(shapely.from_wkb(bytes(road.line.wkb))))
        parts = list(merged.geoms) if hasattr(merged, "geoms") else [merged]
        district = road.district.code if road.district else road.code[:6]
        lines += [Line(road.pk, road.name, n, part, district) for n, part in enumerate(parts, 1)]
    return lines


def _read_pieces(day: date) -> Pieces:
    with connection.cursor() as cursor:
        cursor.execute(_PIECES, {"today": day})
        rows = cursor.fetchall()
        cursor.execute(_DEFECTS)
        defects = dict(cursor.fetchall())
    columns = list(zip(*rows, strict=True)) or [()] * 14
    lon, lat = (np.array(column, float) for column in columns[1:3])
    x, y = from_wgs84(lon, lat, CGCS2000_GK_117E)
    return Pieces(
        ids=np.array(columns[0], np.int64),
        xy=np.column_stack([x, y]),
        carriers=np.array(columns[3], object),
        fixed=np.array(columns[4], bool),
        themes=[frozenset(themes) for themes in columns[5]],
        indoor=np.array([bool(indoor) for indoor in columns[6]], bool),
        prominent=np.array(columns[7], object),
        sites=np.array(columns[8], object),
        roads=np.array(columns[9], object),
        streets=np.array(columns[10], object),
        condition=np.array(columns[11], np.int64),
        outdated=np.array(columns[12], bool),
        origins=np.array(columns[13], object),
        defects=defects,
    )


def _grouped(keys: NDArray[np.object_]) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for row, key in enumerate(keys):
        if key is not None:
            groups[int(key)].append(row)
    return groups
