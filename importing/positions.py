"""What an importer sees in the coordinates of a ledger, said before anything is written.

`check_positions` converts the two columns to WGS84 and gives every row a verdict; `suggest_crs` says which
coordinate systems would make sense of the numbers when none was named or the named one does not fit. Neither
ever repairs a number or chooses a system: WGS84 and GCJ-02 lie 500 m apart in Jinan and both fall inside the
district, so only a person who knows the ledger can tell, with both on the map.

Pure: NumPy and shapely, no models and no database. Degrees-minutes-seconds and "117.01,36.68" in one cell are
read by `importing.values`, which hands plain numbers to this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from numpy.typing import ArrayLike, NDArray

from places.coordinates import (
    BD09,
    CGCS2000_GK_117E,
    CGCS2000_GK_ZONE_39,
    CRS,
    GCJ02,
    WGS84,
    Floats,
    parse_crs,
    to_wgs84,
)

Mask = NDArray[np.bool_]

# --- Verdicts on a row ------------------------------------------------------------------------------------

MISSING = "coordinates_missing"
ZERO = "coordinates_zero"
SWAPPED = "coordinates_swapped"
ABSURD = "coordinates_absurd"
OUTSIDE = "outside_district"
ONE_POINT = "all_on_one_point"
"""Said beside the verdicts: the position is good, but too many rows share it."""

SENTENCES = {
    MISSING: gettext_lazy("There are no coordinates."),
    ZERO: gettext_lazy("The coordinates are zero."),
    SWAPPED: gettext_lazy("Longitude and latitude (or easting and northing) are exchanged."),
    ABSURD: gettext_lazy("The coordinates cannot be right: no place in or near the district has them."),
    OUTSIDE: gettext_lazy("The position lies outside the district."),
}


class Box(NamedTuple):
    """WGS84 degrees within which a position is plausible at all."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: Floats, lat: Floats) -> Mask:
        """Which of these lie in the box; NaN lies nowhere."""
        return (lon >= self.west) & (lon <= self.east) & (lat >= self.south) & (lat <= self.north)


CHINA = Box(73.0, 3.0, 136.0, 54.0)
WORLD = Box(-180.0, -90.0, 180.0, 90.0)

# With a district to compare with, a position farther off than this is a slip of the pen, not a neighbour's
# asset: one wrong digit in the whole degrees moves a point by 90 km or more. Degrees, about 300 km.
_FAR_DEG = 3.0


@dataclass(frozen=True)
class Fit:
    """One reading of the numbers that makes sense: a system, the columns as they are or exchanged.

    `rows` of `of` rows are plausible under it, `inside` of them lie in the district (None when no district was
    given to compare with).
    """

    crs: CRS
    exchanged: bool
    rows: int
    inside: int | None
    of: int

    def __str__(self) -> str:
        reading = _("%(crs)s, columns exchanged") if self.exchanged else "%(crs)s"
        if self.inside is None:
            sentence = _("%(reading)s: %(rows)s of %(of)s rows make sense")
        else:
            sentence = _("%(reading)s: %(inside)s of %(of)s rows lie in the district")
        numbers = {"rows": self.rows, "inside": self.inside, "of": self.of}
        return sentence % {"reading": reading % {"crs": self.crs.title}, **numbers}


@dataclass(frozen=True)
class Finding:
    """Something about the whole file that a person has to look at.

    `code` is stable: "all_on_one_point" (params lon, lat, rows, of), "columns_exchanged" (rows, of), "far_away" (crs,
    lon, lat, rows, of: they are somewhere on Earth, and no other system brings them nearer) or "crs_does_not_fit" (crs,
    rows, of; `fits` holds the systems that do).
    """

    code: str
    params: dict[str, Any]
    fits: tuple[Fit, ...] = ()

    def __str__(self) -> str:
        if self.code == ONE_POINT:
            sentence = _("%(rows)s of %(of)s rows share one position, %(lon).6f, %(lat).6f.")
        elif self.code == "columns_exchanged":
            sentence = _("In %(rows)s of %(of)s rows the two coordinate columns are exchanged.")
        elif self.code == "far_away":
            sentence = _(
                "%(rows)s of %(of)s rows lie far away, around %(lat).2f, %(lon).2f, read as %(crs)s. If that is right, "
                "allow places outside every known district (--allow-outside)."
            )
        else:
            sentence = _("%(rows)s of %(of)s rows make no sense as %(crs)s.")
        return sentence % self.params


@dataclass(frozen=True)
class Positions:
    """The answer of `check_positions`, one element a row.

    `lon` and `lat` are WGS84 degrees where the verdict is none or `OUTSIDE`, else NaN, so that nothing
    unusable can slip through. `verdicts` is an object array: None for a good row, else one of the codes above,
    which are keys of `SENTENCES`. A row has one verdict, the gravest. `crowded` marks the good rows that share the
    position of at least half of them, which a person has to vouch for.
    """

    lon: Floats
    lat: Floats
    verdicts: NDArray[np.object_]
    findings: tuple[Finding, ...]
    crowded: Mask

    @property
    def fine(self) -> Mask:
        """The rows with nothing wrong."""
        return self.having(None)

    def having(self, verdict: str | None) -> Mask:
        """The rows with this verdict."""
        return _is(self.verdicts, verdict)


def check_positions(
    x: ArrayLike,
    y: ArrayLike,
    crs: CRS,
    *,
    district: shapely.Geometry | None = None,
    plausible: Box | None = None,
) -> Positions:
    """Convert the coordinate columns to WGS84 and say what is wrong with which row.

    `x` (longitude, easting) and `y` are numbers as the ledger has them, NaN where a cell is empty; `crs` is
    what the person declared. `district` is a polygon in WGS84; without it no row is `OUTSIDE`. `plausible`
    bounds what can be meant at all: by default 3° around the district, or China. Pass `WORLD` (and no
    district) to import positions of anywhere.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    box = plausible or _around(district)
    present = np.isfinite(x) & np.isfinite(y)
    lon, lat = to_wgs84(x, y, crs)
    zero = present & (x == 0) & (y == 0)
    good = box.holds(lon, lat) & ~zero

    verdicts = np.full(x.shape, None, dtype=object)
    verdicts[~good] = ABSURD
    doubtful = np.flatnonzero(~good & present)
    verdicts[doubtful[box.holds(*to_wgs84(y[doubtful], x[doubtful], crs))]] = SWAPPED
    # One zero beside a number is no position either, and its counterpart is nothing to exchange it with.
    verdicts[zero | (~good & present & ((x == 0) | (y == 0)))] = ZERO
    verdicts[~present] = MISSING
    if district is not None:
        verdicts[good & ~_inside(district, lon, lat)] = OUTSIDE
    used = present & ~zero
    crowd = _most_crowded(x[used], y[used])
    findings = _findings(x, y, crs, verdicts, used, district, box)
    crowded = np.zeros(x.shape, dtype=bool)
    if crowd is not None:
        crowded = good & (x == crowd.x) & (y == crowd.y)
        findings += (_one_point(crowd, crs, int(used.sum())),)
    return Positions(np.where(good, lon, np.nan), np.where(good, lat, np.nan), verdicts, findings, crowded)


# Survey sheets of this district give metres from the 117th meridian with a false easting of 500,000 m, so six
# digits, or the zone's number 39 before it, so eight; web maps export spherical metres.
_CANDIDATES = (WGS84, GCJ02, BD09, CGCS2000_GK_117E, CGCS2000_GK_ZONE_39, "EPSG:3857")


def suggest_crs(
    x: ArrayLike,
    y: ArrayLike,
    *,
    district: shapely.Geometry | None = None,
    plausible: Box | None = None,
) -> tuple[Fit, ...]:
    """The coordinate systems under which at least half of the rows make sense, for a person to choose from.

    Always in the order WGS84, GCJ-02, BD-09, EPSG:4548, EPSG:4527, EPSG:3857: degrees fit the first three
    alike, whichever happens to put most rows inside. Each system is tried with the columns as they are and
    exchanged, because Chinese survey files often call the northing x. Older datums (Xian 1980, Beijing 1954)
    give numbers like those of CGCS2000, some hundred metres off, so even a single fit is a question to ask
    and not an answer.
    """
    all_x, all_y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    box = plausible or _around(district)
    used = np.isfinite(all_x) & np.isfinite(all_y) & ((all_x != 0) | (all_y != 0))
    used_x, used_y = all_x[used], all_y[used]
    of = len(used_x)
    fits = []
    for candidate in _CANDIDATES:
        crs = candidate if isinstance(candidate, CRS) else parse_crs(candidate)
        for exchanged in (False, True):
            fit = fit_of(used_x, used_y, crs, exchanged=exchanged, district=district, plausible=box)
            if 0 < of <= 2 * fit.rows:
                fits.append(fit)
    return tuple(fits)


def fit_of(
    x: Floats,
    y: Floats,
    crs: CRS,
    *,
    exchanged: bool = False,
    district: shapely.Geometry | None = None,
    plausible: Box | None = None,
) -> Fit:
    """How well numbers, all of which are there, make sense under one system."""
    lon, lat = to_wgs84(y, x, crs) if exchanged else to_wgs84(x, y, crs)
    good = (plausible or _around(district)).holds(lon, lat)
    inside = None if district is None else int(_inside(district, lon[good], lat[good]).sum())
    return Fit(crs, exchanged, int(good.sum()), inside, len(x))


def _findings(
    x: Floats,
    y: Floats,
    crs: CRS,
    verdicts: NDArray[np.object_],
    used: Mask,
    district: shapely.Geometry | None,
    box: Box,
) -> tuple[Finding, ...]:
    """What holds for at least half of the rows that have coordinates at all."""
    of = int(used.sum())
    findings = []
    swapped = int(_is(verdicts, SWAPPED).sum())
    senseless = int(_is(verdicts, ABSURD).sum())
    if 0 < of <= 2 * swapped:
        findings.append(Finding("columns_exchanged", {"rows": swapped, "of": of}))
    if 0 < of <= 2 * senseless:
        fits = suggest_crs(x[used], y[used], district=district, plausible=box)
        params = {"crs": crs.title, "rows": senseless, "of": of}
        lon, lat = to_wgs84(x[used], y[used], crs)
        if not fits and WORLD.holds(lon, lat).all():
            middle = {"lon": float(np.median(lon)), "lat": float(np.median(lat))}
            findings.append(Finding("far_away", params | middle))
        else:
            findings.append(Finding("crs_does_not_fit", params, fits))
    return tuple(findings)


# Fewer rows than this may well stand on one pole.
_CROWD = 5


class _Crowd(NamedTuple):
    """The position that at least half of the rows share, as the file has it, and how many do."""

    x: float
    y: float
    rows: int


def _one_point(crowd: _Crowd, crs: CRS, of: int) -> Finding:
    lon, lat = to_wgs84(crowd.x, crowd.y, crs)
    return Finding(ONE_POINT, {"lon": float(lon), "lat": float(lat), "rows": crowd.rows, "of": of})


def _most_crowded(x: Floats, y: Floats) -> _Crowd | None:
    """None in a healthy ledger."""
    if len(x) < _CROWD:
        return None
    pairs, rows = np.unique(x + 1j * y, return_counts=True)
    most = rows.argmax()
    if rows[most] < _CROWD or 2 * rows[most] < len(x):
        return None
    return _Crowd(float(pairs[most].real), float(pairs[most].imag), int(rows[most]))


def _around(district: shapely.Geometry | None) -> Box:
    if district is None:
        return CHINA
    west, south, east, north = district.bounds
    return Box(west - _FAR_DEG, south - _FAR_DEG, east + _FAR_DEG, north + _FAR_DEG)


def _is(verdicts: NDArray[np.object_], verdict: str | None) -> Mask:
    same: Mask = np.equal(verdicts, np.array(verdict, dtype=object))
    return same


def _inside(district: shapely.Geometry, lon: Floats, lat: Floats) -> Mask:
    """In the district or on its line; NaN is nowhere."""
    shapely.prepare(district)
    inside: Mask = shapely.intersects_xy(district, lon, lat)
    return inside
