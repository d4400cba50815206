"""Coordinate systems at the edges of the catalogue: WGS84, GCJ-02, BD-09 and whatever PROJ knows.

Everything stored is WGS84 longitude and latitude in degrees (EPSG:4326; CGCS2000, EPSG:4490, is equal to it
at this accuracy). Ledgers, base maps and survey files come in other systems, and this module is the one place
that converts them. It knows nothing of Django's models or of the database.

`parse_crs` turns what a person or a file says ("gcj02", "EPSG:4548", "cgcs2000", a WKT) into a `CRS`;
`to_wgs84` and `from_wgs84` convert NumPy arrays. Coordinates are always (x, y): longitude before latitude,
easting before northing, whatever order the authority prescribes. NaN comes out where NaN went in, and where a
projection has no answer.

GCJ-02 ("Mars coordinates": AMap, Tencent) and BD-09 (Baidu) are unpublished. The formulas for GCJ-02 are the
ones that gcoord, eviltransform and coordtransform share, those for BD-09 the ones of gcoord and coordtransform
(eviltransform's differ by up to 40 m); the tests compare with all three. Two properties follow from them:

* GCJ-02 equals WGS84 outside a box around China (72.004–137.8347° E, 0.8293–55.8271° N), and each direction
  looks at its own input to decide. The shift jumps from zero to some hundred metres on that box's edge, so a
  point within 0.02° of it need not return to itself. The edge runs through the sea, Siberia, Central Asia and
  near the equator, more than 100 km from China; everywhere else the round trip is exact to 1e-9°.
* BD-09 adds its own offset to GCJ-02 everywhere in the world, because the implementations do.

The one-step inverses that circulate are wrong by up to some metres. Here both inverses are iterated until
they stand still, which takes four or five rounds.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    import pyproj

Floats = NDArray[np.float64]

# The Krasovsky 1940 ellipsoid, on which GCJ-02's offset is computed.
_SEMI_MAJOR_AXIS_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323

# Outside this box (west, south, east, north) GCJ-02 is WGS84.
_GCJ02_BOX = (72.004, 0.8293, 137.8347, 55.8271)

_BD09_SHIFT = (0.0065, 0.006)
_BD09_WAVE = np.pi * 3000.0 / 180.0

_STANDING_STILL_DEG = 1e-12
# Both offsets change by less than 1 % of the step taken, so a round wins more than two digits.
_MOST_ROUNDS = 12


class UnknownCRSError(ValueError):
    """What was said names no coordinate system that this installation can convert to WGS84.

    `code` is stable ("unknown_crs", "crs_not_convertible"), `params` holds what was said, and `str()` gives a
    sentence in the active language.
    """

    def __init__(self, code: str, **params: Any):
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __str__(self) -> str:
        if self.code == "crs_not_convertible":
            sentence = _("The coordinate system “%(said)s” cannot be converted to longitude and latitude.")
        else:
            sentence = _(
                "“%(said)s” is not a coordinate system known here. Use wgs84, gcj02, bd09, cgcs2000 or "
                "EPSG:n, for example EPSG:4548."
            )
        return sentence % self.params


@dataclass(frozen=True)
class CRS:
    """A coordinate system, made by `parse_crs`.

    `code` is its one spelling: "wgs84", "gcj02", "bd09", "EPSG:4548"; for a system that no register lists it
    is "custom", and `definition` (WKT) tells two of those apart. `degrees` says whether coordinates are
    longitude and latitude rather than metres or feet. Two spellings of one system compare equal.
    """

    code: str
    degrees: bool
    definition: str = ""

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """Its name for people, in the active language where this module knows one."""
        titles = {
            "wgs84": _("WGS84 longitude and latitude"),
            "gcj02": _("GCJ-02 (AMap, Tencent)"),
            "bd09": _("BD-09 (Baidu)"),
            "EPSG:4490": _("CGCS2000 longitude and latitude"),
            "EPSG:4548": _("CGCS2000, 3-degree zone, central meridian 117° E"),
            "EPSG:4527": _("CGCS2000, 3-degree zone 39, easting with the zone's number"),
        }
        if self.code in titles:
            return titles[self.code]
        name = _pyproj_crs(self.definition or self.code).name
        return name if self.code == "custom" else f"{self.code} ({name})"


WGS84 = CRS("wgs84", degrees=True)
GCJ02 = CRS("gcj02", degrees=True)
BD09 = CRS("bd09", degrees=True)
CGCS2000 = CRS("EPSG:4490", degrees=True)
CGCS2000_GK_117E = CRS("EPSG:4548", degrees=False)
CGCS2000_GK_ZONE_39 = CRS("EPSG:4527", degrees=False)

# Compared after `_squeeze`: lower case, without spaces and punctuation.
_SPELLINGS: dict[str, CRS] = {
    **dict.fromkeys(("wgs84", "wgs1984", "epsg4326", "4326", "crs84", "ogccrs84", "gps", "84坐标系"), WGS84),
    **dict.fromkeys(("gcj02", "gcj", "gcj2", "火星坐标", "火星坐标系", "国测局", "amap", "高德"), GCJ02),
    **dict.fromkeys(("tencent", "腾讯", "高德坐标系", "腾讯坐标系"), GCJ02),
    **dict.fromkeys(("bd09", "bd9", "bd09ll", "baidu", "百度", "百度坐标系"), BD09),
    **dict.fromkeys(("cgcs2000", "2000国家大地坐标系", "国家2000", "cgcs2000坐标系", "china2000"), CGCS2000),
    **dict.fromkeys(("epsg4490", "4490", "国家大地2000"), CGCS2000),
    **dict.fromkeys(
        ("epsg4548", "4548", "cgcs20003degreegkcm117e", "cgcs20003degreegausskrugercm117e"), CGCS2000_GK_117E
    ),
    **dict.fromkeys(
        ("epsg4527", "4527", "cgcs20003degreegkzone39", "cgcs20003degreegausskrugerzone39"),
        CGCS2000_GK_ZONE_39,
    ),
}
_EPSG = re.compile(
    r"(?:epsg:{1,2}|urn:ogc:def:crs:epsg:[\d.]*:|https?://www\.opengis\.net/def/crs/epsg/[\d.]+/)?(\d{4,6})"
)
# A system of which only the name is known, as our exports write GCJ-02 and BD-09.
_NAMED_ONLY = re.compile(r'(?:LOCAL_CS|ENGCRS|ENGINEERINGCRS)\["([^"]+)"', re.IGNORECASE)
_UNDEFINED = re.compile(r'\w+\["Undefined[^"]*"', re.IGNORECASE)
_CRS84_URN = re.compile(
    r"(?:urn:ogc:def:crs:ogc:[\d.]*:|https?://www\.opengis\.net/def/crs/ogc/[\d.]+/)crs84"
)


def parse_crs(definition: str) -> CRS:
    """The coordinate system that a person, an option or a file names.

    Takes wgs84, gcj02, bd09, cgcs2000 with their common spellings in English and Chinese, `EPSG:n` or the
    bare number, the URN and URL forms of GeoJSON and OGC, ESRI's and EPSG's names of the two local
    Gauss-Krüger systems, and WKT or PROJ strings as `.prj` files hold them.

    Raises `UnknownCRSError` when nothing is known by that name, or when it cannot be converted to WGS84.
    """
    text = unicodedata.normalize("NFKC", definition).strip()
    squeezed = _squeeze(text)
    if squeezed in _SPELLINGS:
        return _SPELLINGS[squeezed]
    if _CRS84_URN.fullmatch(text.lower()):
        return WGS84
    if by_number := _EPSG.fullmatch(text.lower().replace(" ", "")):
        return _registered(int(by_number[1]), definition)
    # PROJ guesses at free text ("Jinan" finds something); only a definition is looked up.
    if "[" in text or "+proj" in text:
        return _described(text)
    raise UnknownCRSError("unknown_crs", said=definition[:80])


def is_undefined(definition: str | None) -> bool:
    """Whether a file's definition says that its system is not known, as GDAL puts it for a GeoPackage: it is none."""
    return not definition or _UNDEFINED.match(definition) is not None


def to_wgs84(x: ArrayLike, y: ArrayLike, crs: CRS) -> tuple[Floats, Floats]:
    """Longitude and latitude in degrees, WGS84, of coordinates given in `crs`.

    `x` is longitude or easting, `y` latitude or northing, in the unit of `crs`; arrays of one shape, or
    numbers. The answers are new float64 arrays of that shape: NaN where an input is NaN or infinite and where
    the projection has no answer. Numbers that can be no position pass; `importing.positions` names
    them.
    """
    x, y = _finite(x, y)
    if crs in (WGS84, CGCS2000):
        return x, y
    if crs == GCJ02:
        return _gcj02_to_wgs84(x, y)
    if crs == BD09:
        return _gcj02_to_wgs84(*_bd09_to_gcj02(x, y))
    return _through_proj(x, y, _transformer(crs, to_wgs84=True))


def from_wgs84(lon: ArrayLike, lat: ArrayLike, crs: CRS) -> tuple[Floats, Floats]:
    """Coordinates (x, y) in `crs` of WGS84 longitude and latitude in degrees; the opposite of `to_wgs84`."""
    lon, lat = _finite(lon, lat)
    if crs in (WGS84, CGCS2000):
        return lon, lat
    if crs == GCJ02:
        return _wgs84_to_gcj02(lon, lat)
    if crs == BD09:
        return _gcj02_to_bd09(*_wgs84_to_gcj02(lon, lat))
    return _through_proj(lon, lat, _transformer(crs, to_wgs84=False))


# --- GCJ-02 and BD-09 -------------------------------------------------------------------------------------


def _gcj02_offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """What GCJ-02 adds to a WGS84 position in China, in degrees of longitude and latitude."""
    x, y = lon - 105.0, lat - 35.0
    ripple = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0

    radians = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    meridian = _SEMI_MAJOR_AXIS_M * (1.0 - _ECCENTRICITY_SQUARED) / magic**1.5
    parallel = _SEMI_MAJOR_AXIS_M / np.sqrt(magic) * np.cos(radians)
    return np.degrees(east / parallel), np.degrees(north / meridian)


def _in_gcj02_box(x: Floats, y: Floats) -> NDArray[np.bool_]:
    west, south, east, north = _GCJ02_BOX
    return (x >= west) & (x <= east) & (y >= south) & (y <= north)


def _wgs84_to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    return _where_in_china(lon, lat, _add_gcj02_offset)


def _gcj02_to_wgs84(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    # The offset without its box is smooth, so the iteration converges for points whose answer lies beyond it.
    return _where_in_china(x, y, lambda x, y: _invert(_add_gcj02_offset, x, y))


def _where_in_china(
    x: Floats, y: Floats, convert: Callable[[Floats, Floats], tuple[Floats, Floats]]
) -> tuple[Floats, Floats]:
    """`convert` applied inside GCJ-02's box only: elsewhere its formulas are meaningless and may overflow."""
    inside = _in_gcj02_box(x, y)
    x, y = x.copy(), y.copy()
    x[inside], y[inside] = convert(x[inside], y[inside])
    return x, y


def _add_gcj02_offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    east, north = _gcj02_offset(lon, lat)
    return lon + east, lat + north


def _gcj02_to_bd09(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BD09_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BD09_WAVE)
    return radius * np.cos(angle) + _BD09_SHIFT[0], radius * np.sin(angle) + _BD09_SHIFT[1]


def _bd09_to_gcj02(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return _invert(_gcj02_to_bd09, x, y)


def _invert(
    forward: Callable[[Floats, Floats], tuple[Floats, Floats]], x: Floats, y: Floats
) -> tuple[Floats, Floats]:
    """What `forward` takes to (x, y), for a `forward` that moves neighbours by nearly the same small step."""
    guess_x, guess_y = x.copy(), y.copy()
    for _round in range(_MOST_ROUNDS):
        reached_x, reached_y = forward(guess_x, guess_y)
        miss_x, miss_y = reached_x - x, reached_y - y
        guess_x -= miss_x
        guess_y -= miss_y
        largest = max(np.nanmax(np.abs(miss), initial=0.0) for miss in (miss_x, miss_y))
        if largest < _STANDING_STILL_DEG:
            break
    return guess_x, guess_y


# --- Everything else, through PROJ ------------------------------------------------------------------------


def _pyproj() -> Any:
    """The pyproj module, which finds its own database or fails here with one clear sentence.

    Settings point `PROJ_DATA` at the PROJ database in pyogrio's wheel, for Django's GDAL. pyproj's wheel
    brings its own database and prefers it; a pyproj built without one takes `PROJ_DATA`, and two versions of
    PROJ may then disagree about the file's layout. Imported on first use: most ledgers are WGS84 or GCJ-02.
    """
    import pyproj

    try:
        pyproj.CRS.from_epsg(4326)
    except pyproj.exceptions.CRSError as error:
        raise RuntimeError(
            f"pyproj cannot use the PROJ database in {pyproj.datadir.get_data_dir()} "
            f"(PROJ_DATA={os.environ.get('PROJ_DATA', '')!r}): {error}"
        ) from error
    return pyproj


def _pyproj_crs(definition: str) -> pyproj.CRS:
    return _pyproj().CRS.from_user_input(definition)


def _registered(number: int, definition: str) -> CRS:
    pyproj = _pyproj()
    try:
        found = pyproj.CRS.from_epsg(number)
    except pyproj.exceptions.CRSError as error:
        raise UnknownCRSError("unknown_crs", said=definition[:80]) from error
    return _checked(found, f"EPSG:{number}")


def _described(definition: str) -> CRS:
    """The system that a WKT or PROJ string describes, by its register number where it has one."""
    if (called := _NAMED_ONLY.match(definition)) and _squeeze(called[1]) in _SPELLINGS:
        return _SPELLINGS[_squeeze(called[1])]
    pyproj = _pyproj()
    try:
        found = pyproj.CRS.from_user_input(definition)
    except pyproj.exceptions.CRSError as error:
        raise UnknownCRSError("unknown_crs", said=definition[:80]) from error
    number = found.to_epsg()
    if number is not None:
        return _SPELLINGS.get(str(number)) or _checked(found, f"EPSG:{number}")
    return _checked(found, "custom", found.to_wkt())


def _checked(found: pyproj.CRS, code: str, definition: str = "") -> CRS:
    """The value for what PROJ found, once it is known to be horizontal and to lead to WGS84."""
    pyproj = _pyproj()
    if not (found.is_geographic or found.is_projected):
        raise UnknownCRSError("crs_not_convertible", said=found.name[:80])
    crs = CRS(code, degrees=found.is_geographic, definition=definition)
    try:
        _transformer(crs, to_wgs84=True)
    except pyproj.exceptions.ProjError as error:
        raise UnknownCRSError("crs_not_convertible", said=found.name[:80]) from error
    return crs


@lru_cache(maxsize=64)
def _transformer(crs: CRS, *, to_wgs84: bool) -> pyproj.Transformer:
    here, there = _pyproj_crs(crs.definition or crs.code), _pyproj_crs("EPSG:4326")
    if not to_wgs84:
        here, there = there, here
    return _pyproj().Transformer.from_crs(here, there, always_xy=True)


def _through_proj(x: Floats, y: Floats, transformer: pyproj.Transformer) -> tuple[Floats, Floats]:
    new_x, new_y = transformer.transform(x, y)
    return _finite(new_x, new_y)


def _finite(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Fresh float64 copies, of one shape; a pair in which either number is not finite becomes (NaN, NaN)."""
    x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    finite = np.isfinite(x) & np.isfinite(y)
    return np.where(finite, x, np.nan), np.where(finite, y, np.nan)


def _squeeze(text: str) -> str:
    return re.sub(r"[\s_\-–—/:.,()]+", "", text.lower())
