"""Where a ledger's positions would lie under each coordinate system that makes sense of them, for a person to see.

WGS84 and GCJ-02 lie 500 m apart and both fall inside the district. Only somebody who knows the places can tell, so
both readings of a sample of rows are put on a map. This happens while a person waits for a page, so of a large ledger
some rows are parsed and never all.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from assets.models import Ledger
from importing import outlines
from importing.answers import Answers
from importing.kept import kept_sample
from importing.options import NO_POSITIONS
from importing.positions import WORLD, fit_of, suggest_crs
from importing.preparing import coordinates_of
from importing.values import words
from places.coordinates import BD09, CRS, GCJ02, WGS84, UnknownCRSError, parse_crs, to_wgs84

# Few enough for a page, many enough to see streets in them.
SAMPLE = 1_000
# Few enough to be parsed while somebody waits, many enough to tell systems apart.
LOOKED_AT = 2_000
_LABELS = ("name", "address")


@dataclass(frozen=True)
class Reading:
    """One way to read the numbers: a system, the columns as they are or exchanged, and where the sample then lies.

    `inside` of `of` rows lie in the known districts (None when no boundary is known).
    """

    crs: CRS
    exchanged: bool
    rows: int
    inside: int | None
    of: int
    lon: list[float | None]
    lat: list[float | None]


@dataclass(frozen=True)
class Located:
    """What is to be asked about a ledger's positions.

    stated: the system that the file states. looked_at: how many rows were, of as many as have anything where positions
    stand. labels: what to call the rows of the sample.
    """

    stated: CRS | None
    looked_at: int
    of: int
    from_geometry: bool
    rows: list[int]
    labels: list[str]
    readings: tuple[Reading, ...]


def has_positions(ledger: Ledger, answers: Answers) -> bool:
    """Whether there is anything whose coordinate system could be asked for."""
    return bool(ledger.contents.get("geometry")) or bool({"lon", "lat", "coordinates"} & set(answers.fields))


def takes_shapes(ledger: Ledger, answers: Answers) -> bool:
    """Whether positions come from the shapes of the file, and not from columns."""
    return bool(ledger.contents.get("geometry")) and not answers.positions_from_columns


def locate(ledger: Ledger, answers: Answers, also: str = "") -> Located | None:
    """The sample under every system that fits, under the stated one and under `also` (what a person tries).

    Where none fits, and the numbers could be degrees, WGS84, GCJ-02 and BD-09 stand there all the same. None when the
    table is not kept (any more) or no row has a position.

    Raises:
        UnknownCRSError: `also` is no system.
    """
    fields = answers.fields
    columns = {fields[name] for name in ("lon", "lat", "coordinates") if name in fields}
    if takes_shapes(ledger, answers):
        columns = {""}
    labels = {fields[name] for name in _LABELS if name in fields}
    kept = kept_sample(ledger.folder / "table", columns or {""}, labels, LOOKED_AT)
    if kept is None:
        return None
    table = kept.table
    options = dataclasses.replace(answers, crs="", district="").options()
    read = {name: column for name, column in fields.items() if column in table.names}
    x, y, from_geometry, stated = coordinates_of(table, dataclasses.replace(options, columns=read))
    used = np.flatnonzero(np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0)))
    if not len(used):
        return None
    district = _outline(answers.district)
    fits = suggest_crs(x, y, district=district)
    readings_asked: list[tuple[CRS, bool]] = [(fit.crs, fit.exchanged) for fit in fits]
    answered = answers.crs if answers.crs != NO_POSITIONS and is_known(answers.crs) else ""
    readings_asked += [
        (crs, False) for crs in (stated, *map(parse_crs, filter(None, (also, answered)))) if crs is not None
    ]
    if not readings_asked and WORLD.holds(x[used], y[used]).all():
        readings_asked = [(WGS84, False)]
    if any(crs in (WGS84, GCJ02, BD09) and not exchanged for crs, exchanged in readings_asked):
        # Whoever compares one of the three needs the other two beside it.
        readings_asked += [(crs, False) for crs in (WGS84, GCJ02, BD09)]
    sample = used[np.linspace(0, len(used) - 1, min(SAMPLE, len(used))).astype(int)]
    readings = []
    for crs, exchanged in dict.fromkeys(readings_asked):
        first, second = (y, x) if exchanged else (x, y)
        lon, lat = to_wgs84(first[sample], second[sample], crs)
        fit = fit_of(x[used], y[used], crs, exchanged=exchanged, district=district)
        readings.append(
            Reading(
                crs=crs,
                exchanged=exchanged,
                rows=fit.rows,
                inside=fit.inside,
                of=len(used),
                lon=_rounded(lon),
                lat=_rounded(lat),
            )
        )
    return Located(
        stated=stated,
        looked_at=len(used),
        of=kept.of,
        from_geometry=from_geometry,
        rows=table.rows[sample].tolist(),
        labels=_labels(table, fields, sample),
        readings=tuple(readings),
    )


def _outline(code: str) -> shapely.Geometry | None:
    """Where rows have to lie; one that is not known any more is the check's to name."""
    try:
        return outlines.outline_of(code) if code else outlines.known_districts()
    except outlines.OutlineError:
        return outlines.known_districts()


def is_known(crs: str) -> bool:
    """Whether somebody's words name a coordinate system."""
    try:
        parse_crs(crs)
    except UnknownCRSError:
        return False
    return True


def _rounded(values: NDArray[np.float64]) -> list[float | None]:
    """Seven decimals are a centimetre."""
    return [None if value != value else round(value, 7) for value in values.tolist()]


def _labels(table: Any, fields: dict[str, str], sample: NDArray[np.int64]) -> list[str]:
    labels = [""] * len(sample)
    for name in _LABELS:
        if name in fields:
            texts = words.parse_text(table[fields[name]][sample]).values.tolist()
            labels = [label or str(text or "")[:60] for label, text in zip(labels, texts, strict=True)]
    return labels
