"""The metrics: each takes a rule and the ground, and gives what was found at every place that the rule speaks of.

A metric is one function. Lengths are metres (EPSG:4548), shares per cent, times days. `METRICS` says which is which.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import shapely
from django.db import connection

from evaluation.coverage.counting import (
    NOT_PROMINENT,
    PROMINENT_UNKNOWN,
    Count,
    Counting,
    far_enough,
)
from evaluation.coverage.ground import Ground, Spot
from evaluation.models import CoverageRule, Operator, PlaceKind

# Of a whole street only figures are kept, not every piece.
MOST_PIECES_KEPT = 500
# What stands for "nowhere at all" where the nearest piece is asked for, in metres.
NOWHERE_NEAR = 99_999.0


@dataclass(frozen=True)
class Finding:
    """What a rule comes to at one place."""

    kind: PlaceKind
    place: str
    name: str
    lonlat: tuple[float, float]
    district: str
    streets: tuple[str, ...]
    found: float
    ok: bool
    counted: list[int] = field(default_factory=list)  # keys of assets
    left_out: dict[str, list[int]] = field(default_factory=dict)
    site: int | None = None
    site_kind: str = ""
    road: int | None = None
    from_m: float = 0.0
    to_m: float = 0.0
    shape: shapely.LineString | None = None  # WGS84
    counted_number: int = 0


class Measuring:
    """One rule on the ground: which pieces it is about, and what counts."""

    def __init__(
        self, rule: CoverageRule, ground: Ground, counting: Counting, reasons: Sequence[str]
    ) -> None:
        self.rule = rule
        self.ground = ground
        self.counting = counting
        self.reasons = reasons
        self.carriers = frozenset(rule.carriers)
        self.themes = frozenset(rule.themes)
        self.kinds = frozenset(rule.site_kinds)
        self.wanted = float(rule.threshold or 0)

    def holds(self, found: float) -> bool:
        """Whether what was found is as the rule wants it."""
        if self.rule.operator == Operator.AT_LEAST:
            return found >= self.wanted
        if self.rule.operator == Operator.AT_MOST:
            return found <= self.wanted
        return found == self.wanted

    def is_about(self, row: int) -> bool:
        """Whether a piece is of the carriers and themes that the rule names."""
        pieces = self.ground.pieces
        return (not self.carriers or pieces.carriers[row] in self.carriers) and (
            not self.themes or bool(self.themes & pieces.themes[row])
        )

    def count(self, rows: Sequence[int], *, prominent: bool = False) -> Count:
        """Which of some pieces count, in their order."""
        pieces = self.ground.pieces
        left_out = Count()
        able = []
        for row in rows:
            if not self.is_about(row):
                continue
            if self.reasons[row]:
                left_out.leave_out(row, self.reasons[row])
            elif prominent and pieces.prominent[row] is not True:
                why = PROMINENT_UNKNOWN if pieces.prominent[row] is None else NOT_PROMINENT
                left_out.leave_out(row, why)
            else:
                able.append(row)
        count = far_enough(able, pieces.xy, pieces.indoor, self.counting)
        for why, those in left_out.left_out.items():
            count.left_out[why] = those + count.left_out.get(why, [])
        return count

    def sites(self) -> Iterator[Spot]:
        """The sites of the rule's kinds; all where it names none."""
        return (site for site in self.ground.sites if not self.kinds or site.kind in self.kinds)

    def near(self, spot: Spot, radius: float) -> list[int]:
        """Rows within so many metres, the nearest first."""
        here = shapely.Point(spot.xy)
        rows = self.ground.pieces.tree.query(here, predicate="dwithin", distance=radius)
        away = np.hypot(*(self.ground.pieces.xy[rows] - np.array(spot.xy)).T)
        return [int(rows[place]) for place in np.lexsort((rows, away))]

    def keys(self, rows: Sequence[int]) -> list[int]:
        """The keys of the assets behind some rows."""
        return [int(self.ground.pieces.ids[row]) for row in rows]

    def at_site(self, site: Spot, found: float, count: Count) -> Finding:
        """What was found at a site."""
        return Finding(
            PlaceKind.SITE,
            f"site:{site.key}",
            site.name,
            site.lonlat,
            site.district,
            (site.street,) if site.street else (),
            found,
            self.holds(found),
            self.keys(count.counted),
            {why: self.keys(rows) for why, rows in count.left_out.items()},
            site=site.key,
            site_kind=site.kind,
            counted_number=len(count.counted),
        )

    def in_street(self, street: Spot, found: float, count: Count) -> Finding:
        """What was found in a street."""
        return Finding(
            PlaceKind.STREET,
            f"street:{street.key}",
            street.name,
            street.lonlat,
            street.district,
            (street.street,),
            found,
            self.holds(found),
            self.keys(count.counted[:MOST_PIECES_KEPT]),
            {why: self.keys(rows[:MOST_PIECES_KEPT]) for why, rows in count.left_out.items()},
            counted_number=len(count.counted),
        )


def count(measuring: Measuring) -> Iterator[Finding]:
    """Pieces at each site."""
    for site in measuring.sites():
        counted = measuring.count(measuring.ground.pieces.at_site.get(site.key, ()))
        yield measuring.at_site(site, len(counted.counted), counted)


def count_prominent(measuring: Measuring) -> Iterator[Finding]:
    """Pieces at each site that are known to be in a prominent position."""
    for site in measuring.sites():
        counted = measuring.count(measuring.ground.pieces.at_site.get(site.key, ()), prominent=True)
        yield measuring.at_site(site, len(counted.counted), counted)


def count_near(measuring: Measuring) -> Iterator[Finding]:
    """Pieces within so many metres of each site's point, whichever site they belong to."""
    for site in measuring.sites():
        counted = measuring.count(measuring.near(site, float(measuring.rule.parameters["radius_m"])))
        yield measuring.at_site(site, len(counted.counted), counted)


def distinct_themes(measuring: Measuring) -> Iterator[Finding]:
    """Different themes among the pieces that count at each site."""
    pieces = measuring.ground.pieces
    for site in measuring.sites():
        counted = measuring.count(pieces.at_site.get(site.key, ()))
        themes = {theme for row in counted.counted for theme in pieces.themes[row]}
        yield measuring.at_site(site, len(themes), counted)


def distance(measuring: Measuring) -> Iterator[Finding]:
    """Metres from each site to the nearest piece that counts, as the crow flies."""
    pieces = measuring.ground.pieces
    able = [row for row in range(len(pieces)) if measuring.is_about(row) and not measuring.reasons[row]]
    tree = shapely.STRtree(shapely.points(pieces.xy[able]))
    for site in measuring.sites():
        if not able:
            yield measuring.at_site(site, NOWHERE_NEAR, Count())
            continue
        nearest = able[int(tree.nearest(shapely.Point(site.xy)))]
        metres = float(np.hypot(*(pieces.xy[nearest] - np.array(site.xy))))
        yield measuring.at_site(site, round(metres, 1), Count([nearest]))


def theme_share(measuring: Measuring) -> Iterator[Finding]:
    """Per cent of the pieces of each street that have one of the rule's themes."""
    pieces = measuring.ground.pieces
    yield from _share(measuring, lambda row: bool(measuring.themes & pieces.themes[row]))


def local_artwork_share(measuring: Measuring) -> Iterator[Finding]:
    """Per cent of the pieces of each street that show a local design, of those whose design's origin is known."""
    pieces = measuring.ground.pieces
    yield from _share(
        measuring, lambda row: pieces.origins[row] == "local", lambda row: pieces.origins[row] != ""
    )


def _share(
    measuring: Measuring, has: Callable[[int], bool], is_known: Callable[[int], bool] = lambda row: True
) -> Iterator[Finding]:
    """Every piece in use that counts is one; how far apart they stand is nothing to a share."""
    pieces = measuring.ground.pieces
    for street in measuring.ground.streets:
        count = Count()
        whole = 0
        for row in pieces.in_street.get(street.key, ()):
            if measuring.carriers and pieces.carriers[row] not in measuring.carriers:
                continue
            if measuring.reasons[row]:
                count.leave_out(row, measuring.reasons[row])
            elif is_known(row):
                whole += 1
                if has(row):
                    count.counted.append(row)
        if whole:
            yield measuring.in_street(street, round(100 * len(count.counted) / whole, 2), count)


def share_of_sites(measuring: Measuring) -> Iterator[Finding]:
    """Per cent of the sites of each street that have as many pieces as the parameters say."""
    enough = float(measuring.rule.parameters["pieces"])
    pieces = measuring.ground.pieces
    by_street: dict[str, list[bool]] = {}
    for site in measuring.sites():
        there = len(measuring.count(pieces.at_site.get(site.key, ())).counted)
        by_street.setdefault(site.street, []).append(there >= enough)
    for street in measuring.ground.streets:
        if told := by_street.get(street.code):
            yield measuring.in_street(street, round(100 * sum(told) / len(told), 2), Count())


def none_allowed(measuring: Measuring) -> Iterator[Finding]:
    """Pieces where none may be: at each site of the kinds named, else in each street; in whatever state they are."""
    pieces = measuring.ground.pieces
    if measuring.kinds:
        for site in measuring.sites():
            there = [row for row in pieces.at_site.get(site.key, ()) if measuring.is_about(row)]
            yield measuring.at_site(site, len(there), Count(there))
        return
    for street in measuring.ground.streets:
        there = [row for row in pieces.in_street.get(street.key, ()) if measuring.is_about(row)]
        yield measuring.in_street(street, len(there), Count(there))


# Faces that carried something, and carry nothing now: since when.
_IDLE = """
    SELECT asset.id, asset.name, asset.code, ST_X(asset.point), ST_Y(asset.point), street.code,
           %(day)s::date - max(posting.taken_down_on), type.code
    FROM assets_asset asset
    JOIN assets_assettype type ON type.id = asset.type_id
    JOIN assets_posting posting ON posting.asset_id = asset.id
    LEFT JOIN places_area street ON street.id = asset.street_id
    WHERE asset.lifecycle = 'in_use' AND asset.artwork_id IS NULL
    GROUP BY asset.id, street.code, type.code
    HAVING count(*) FILTER (WHERE posting.taken_down_on IS NULL) = 0
    ORDER BY asset.id
"""


def idle_days(measuring: Measuring) -> Iterator[Finding]:
    """Days since the last artwork of an empty face was taken down; a place is a face that is empty now."""
    with connection.cursor() as cursor:
        cursor.execute(_IDLE, {"day": measuring.ground.day})
        rows = cursor.fetchall()
    for *face, days, carrier in rows:
        if not measuring.carriers or carrier in measuring.carriers:
            yield at_face(measuring, face, days)


def at_face(measuring: Measuring, face: Sequence[Any], value: float) -> Finding:
    """What was measured of one face: its key, name, code, longitude, latitude (WGS84) and street's code or None."""
    key, name, code, lon, lat, street = face
    return Finding(
        PlaceKind.FACE,
        f"face:{key}",
        name or code,
        (lon, lat),
        (street or code)[:6],
        (street,) if street else (),
        value,
        measuring.holds(value),
        [key],
        counted_number=1,
    )


def as_decimal(number: float) -> Decimal:
    """As results keep it: two places."""
    return Decimal(str(round(number, 2)))
