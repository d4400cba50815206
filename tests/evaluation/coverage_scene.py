"""What tests of coverage draw: rules, and pieces placed in metres from a corner of the west street."""

from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import LineString, MultiLineString, Point

from assets.models import Asset, AssetType
from evaluation.coverage.computing import counting_in_force, measure
from evaluation.coverage.ground import read_ground
from evaluation.coverage.metrics import Finding
from evaluation.models import CoverageRule, Metric
from places.coordinates import CGCS2000_GK_117E, from_wgs84, to_wgs84
from places.models import Road, Site
from tests.factories import make_asset, make_site, make_theme, make_type

# In the west street, its southern community.
ORIGIN = (116.985, 36.675)


def at(east: float, north: float = 0.0) -> Point:
    """So many metres east and north of the origin (EPSG:4548)."""
    x, y = from_wgs84(*ORIGIN, CGCS2000_GK_117E)
    lon, lat = to_wgs84(x + east, y + north, CGCS2000_GK_117E)
    return Point(float(lon), float(lat), srid=4326)


def road(*ends: float, **values: Any) -> Road:
    """A road eastwards through these metres."""
    line = MultiLineString(LineString(*[at(end).coords for end in ends]), srid=4326)
    return Road.objects.create(
        code=values.pop("code", "R-cov"), name=values.pop("name", "北园大街"), line=line, **values
    )


def site(kind: str = "square", east: float = 0.0, **values: Any) -> Site:
    """A site of a kind, in the west street."""
    return make_site(values.pop("name", "泉城广场"), kind, at(east), **values)


def piece(east: float, north: float = 0.0, *, themes: tuple[str, ...] = (), **values: Any) -> Asset:
    """A piece; of a fixed type unless it is said."""
    for theme in themes:
        make_theme(theme)
    return make_asset(at(east, north), themes=list(themes), **values)


def carrier(code: str, *, fixed: bool = True) -> AssetType:
    """A type of carrier."""
    return make_type(code, fixed=fixed)


def rule(metric: str = Metric.COUNT, threshold: float | None = 1, **values: Any) -> CoverageRule:
    """A rule that is switched on."""
    return CoverageRule.objects.create(
        code=values.pop("code", f"T{CoverageRule.objects.count() + 1}"),
        edition=values.pop("edition", "test"),
        name_zh=values.pop("name_zh", "试用规则"),
        name_en=values.pop("name_en", "A rule to try"),
        metric=metric,
        threshold=None if threshold is None else Decimal(str(threshold)),
        active=values.pop("active", True),
        **values,
    )


def found(of: CoverageRule) -> list[Finding]:
    """What a rule comes to now."""
    return measure(of, read_ground(), counting_in_force())
