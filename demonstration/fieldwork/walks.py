"""Which assets somebody passes on a day, in which order and at what time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np
from django.contrib.gis.db.models.functions import GeometryDistance
from django.contrib.gis.geos import Point
from django.db.models import Count, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from assets.models import Asset, Lifecycle

Floats = NDArray[np.float64]
# Metres of a degree at 36.7° north.
METRES = np.array([89_270.0, 110_980.0])
BUSIEST = 8
BEGIN, LUNCH, AFTERNOON = time(8, 35), time(11, 40), time(13, 25)
WALKING = 70  # metres a minute, looking for it included


class TooFew(Exception):
    """The register is too small for what was to happen."""


@dataclass(frozen=True)
class Stop:
    """One asset on somebody's way, and when they had seen it."""

    asset: Asset
    at: datetime


class Streets:
    """The assets in use by street, each to be passed once."""

    def __init__(self, district: str) -> None:
        self._in_use = Asset.objects.filter(
            lifecycle=Lifecycle.IN_USE, street__code__startswith=district
        ).select_related("type", "area", "street")
        counted = self._in_use.order_by().values_list("street__code").annotate(n=Count("pk"))
        self.busiest = [code for code, _count in counted.order_by("-n", "street__code")[:BUSIEST]]
        self._due: dict[str, list[int]] = {}
        self._passed: set[int] = set()

    def near(self, street: str, count: int, rng: np.random.Generator) -> list[Asset]:
        """So many assets of a street around one of those due soonest, as one would walk; they are passed then."""
        left = [key for key in self._by_due(street) if key not in self._passed]
        if not left:
            return []
        # Crews come by when something is due: one of the first of them.
        begin = self._in_use.get(pk=left[int(rng.integers(max(1, len(left) // 6)))])
        found = self._in_use.filter(street__code=street).exclude(pk__in=self._passed)
        around = list(found.order_by(GeometryDistance("point", begin.point), "code")[:count])
        self._passed.update(asset.pk for asset in around)
        order = _walk(np.array([asset.point.coords for asset in around]))
        return [around[index] for index in order]

    def board_near(self, asset: Asset) -> Asset:
        """The nearest notice board of the same street that nobody passes; alone on what carries it."""
        boards = self._in_use.filter(street=asset.street, support=None, type__code="notice_board")
        others = boards.exclude(pk__in=self._passed)
        found = _first(others, asset)
        self._passed.add(found.pk)
        return found

    def across_the_boundary(self, asset: Asset) -> Asset:
        """The nearest asset of another street."""
        others = self._in_use.exclude(street=asset.street).exclude(pk__in=self._passed)
        return _first(others, asset)

    def _by_due(self, street: str) -> list[int]:
        if street not in self._due:
            rows = self._in_use.filter(street__code=street).order_by("next_inspection_due", "code")
            self._due[street] = list(rows.values_list("pk", flat=True))
        return self._due[street]


def day_of(day: date, assets: Sequence[Asset], rng: np.random.Generator) -> list[Stop]:
    """A day's stops: from morning, with a break at noon, at a walk."""
    moment = _at(day, BEGIN) + timedelta(minutes=int(rng.integers(25)))
    stops: list[Stop] = []
    for before, asset in zip([None, *assets], assets, strict=False):
        way = 0.0 if before is None else metres(before.point, asset.point)
        moment += timedelta(minutes=way / WALKING, seconds=int(rng.integers(150, 560)))
        if _at(day, LUNCH) < moment < _at(day, AFTERNOON):
            moment = _at(day, AFTERNOON) + timedelta(seconds=int(rng.integers(700)))
        stops.append(Stop(asset, moment))
    return stops


def morning(day: date) -> datetime:
    """When a day begins for the office."""
    return _at(day, BEGIN)


def shifted(point: Point, metres_east: float, metres_north: float) -> Point:
    """A place so far from another."""
    east, north = np.array([metres_east, metres_north]) / METRES
    return Point(round(point.x + float(east), 7), round(point.y + float(north), 7), srid=4326)


def onwards(start: Point, towards: Point, further: float) -> Point:
    """A place so many metres beyond another, seen from the start."""
    way = (np.array(towards.coords) - np.array(start.coords)) * METRES
    east, north = way / max(float(np.hypot(*way)), 1.0) * further
    return shifted(towards, float(east), float(north))


def metres(here: Point, there: Point) -> float:
    """About how far two places of the district are from each other."""
    return float(np.hypot(*((np.array(here.coords) - np.array(there.coords)) * METRES)))


def _walk(places: Floats) -> list[int]:
    """Always on to the nearest."""
    left = list(range(len(places)))
    order = [left.pop(0)]
    while left:
        nearest = int(np.argmin(_distances(places[left], places[order[-1]])))
        order.append(left.pop(nearest))
    return order


def _distances(places: Floats, origin: Floats) -> Floats:
    return np.hypot(*((places - origin) * METRES).T)


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))


def _first(assets: QuerySet[Asset], near: Asset) -> Asset:
    """The nearest.

    Raises:
        TooFew: there is none.
    """
    found = assets.order_by(GeometryDistance("point", near.point), "code").first()
    if found is None:
        raise TooFew
    return found
