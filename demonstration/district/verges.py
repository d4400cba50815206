"""Where something can stand beside a road of the demonstration: a spot every few metres on both sides, given away once.

Works on arrays, in metres on the plane of `demonstration/district/geography.py`. What stands along a real road that the
extract does not name belongs to a road of the register only if that runs there, as far as is known.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from demonstration.district.geography import STATION, Cell, Geography, RoadLine
from demonstration.district.real_roads import THOROUGHFARES, Way, direction_of
from places.boundaries import Coordinates

Integers = NDArray[np.int64]

# Metres: from one spot to the next along a road, between any two, and from any road's middle.
STEP = 8.0
LEAST_APART = 4.0
OFF_THE_ROAD = 4.0
# Lamp posts and railings come at even distances: each fourth spot.
EVERY_LAMP = 4
# A road of the register whose line is invented is taken to be the real one that runs along it so closely.
NEAR_ENOUGH = 60.0
PARALLEL_ENOUGH = 25.0
# A street with fewer metres of known roads (those north of the river) uses the invented lines too.
FEW_METRES = 15_000.0
# Along a road that everybody knows stands so many times as much.
KNOWN_ROADS_HAVE = 3.0
# The middle of the town is busier: twice and a half at the station, falling off over this many metres.
_BUSIER, _FALLS_OFF = 1.5, 1800.0


@dataclass
class Verge:
    """The spots of one street; all arrays have one entry a spot."""

    at: Coordinates
    bearing: Integers  # from the spot towards the road, in degrees
    number: Integers  # the house number it would have
    owner: Integers  # index into `roads`, -1 where the road has no name
    community: Integers  # index into `communities`, -1 where there is none
    weight: NDArray[np.float64]
    has_lamp: NDArray[np.bool_]
    roads: list[RoadLine]
    communities: list[Cell]

    def __post_init__(self) -> None:
        self._is_free = np.ones(len(self.at), dtype=bool)

    def __len__(self) -> int:
        return len(self.at)

    def take(self, count: int, rng: np.random.Generator, *, lamps: bool) -> list[dict]:
        """Give away `count` spots, those with a lamp first if `lamps`; fewer when there are no more."""
        wanted = self._is_free & self.has_lamp if lamps else self._is_free
        taken = self._drawn(wanted, count, rng)
        if len(taken) < count:
            self._is_free[taken] = False
            taken = np.concatenate([taken, self._drawn(self._is_free, count - len(taken), rng)])
        self._is_free[taken] = False
        return [self._spot(index) for index in taken.tolist()]

    def _drawn(self, among: NDArray[np.bool_], count: int, rng: np.random.Generator) -> Integers:
        places = np.flatnonzero(among)
        if len(places) <= count:
            return places
        weights = self.weight[places]
        return rng.choice(places, count, replace=False, p=weights / weights.sum())

    def _spot(self, index: int) -> dict:
        return {
            "flat": self.at[index],
            "bearing": int(self.bearing[index]),
            "number": int(self.number[index]),
            "road": self.roads[self.owner[index]] if self.owner[index] >= 0 else None,
            "community": self.communities[self.community[index]] if self.community[index] >= 0 else None,
        }


@dataclass(frozen=True)
class _Stretch:
    line: shapely.LineString
    busy: float
    owner: int


def verges(geography: Geography, rng: np.random.Generator) -> dict[str, Verge]:
    """The spots beside the roads of each street, by the street's code."""
    roads = list(geography.roads.values())
    stretches = [
        _Stretch(way.line, max(way.busy, roads[owner].busy if owner >= 0 else 0), owner)
        for way, owner in zip(geography.ways, _owners(geography.ways, roads), strict=True)
    ]
    stretches += _invented_where_few_are_known(geography, roads)
    spots = _beside(stretches, rng)
    spots = spots.only(_off_the_roads(spots.points, stretches))
    spots = spots.only(_apart(spots.points))
    streets = _index_of(spots.points, list(geography.streets.values()))
    communities = list(geography.communities.values())
    community = _index_of(spots.points, communities)
    weight = spots.weight * _nearness(spots.at, geography) * np.where(spots.owner >= 0, KNOWN_ROADS_HAVE, 1)
    found = {}
    for place, code in enumerate(geography.streets):
        here = np.flatnonzero(streets == place)
        part = spots.only(here)
        found[code] = Verge(
            at=part.at,
            bearing=part.bearing,
            number=part.number,
            owner=part.owner,
            community=community[here],
            weight=weight[here],
            has_lamp=part.has_lamp,
            roads=roads,
            communities=communities,
        )
    return found


def _owners(ways: list[Way], roads: list[RoadLine]) -> list[int]:
    """Which road each way is part of: by its name, else the invented line along which a thoroughfare runs; or -1."""
    by_name = {road.name: number for number, road in enumerate(roads)}
    invented = [number for number, road in enumerate(roads) if not road.real]
    lines = STRtree([roads[number].line for number in invented])
    owners = []
    for way in ways:
        owner = by_name.get(way.name, -1)
        if not way.name and way.highway in THOROUGHFARES:
            middle = way.line.interpolate(0.5, normalized=True)
            near = lines.query_nearest(middle, max_distance=NEAR_ENOUGH)
            if len(near) and _is_parallel(way.line, roads[invented[near[0]]].line, middle):
                owner = invented[near[0]]
        owners.append(owner)
    return owners


def _is_parallel(way: shapely.LineString, line: shapely.LineString, at: shapely.Point) -> bool:
    along = line.project(at)
    here = shapely.LineString([line.interpolate(max(along - 30, 0)), line.interpolate(along + 30)])
    apart = abs(direction_of(way) - direction_of(here))
    return min(apart, 180 - apart) <= PARALLEL_ENOUGH


def _invented_where_few_are_known(geography: Geography, roads: list[RoadLine]) -> list[_Stretch]:
    ways = STRtree([way.line for way in geography.ways])
    lengths = shapely.length([way.line for way in geography.ways])
    found = []
    for cell in geography.streets.values():
        if lengths[ways.query(cell.shape, predicate="intersects")].sum() >= FEW_METRES:
            continue
        for number, road in enumerate(roads):
            if not road.real:
                parts = shapely.get_parts(shapely.intersection(road.line, cell.shape))
                found += [_Stretch(part, road.busy, number) for part in parts if part.length > 30]
    return found


@dataclass
class _Spots:
    at: Coordinates
    points: NDArray[np.object_]  # the same as shapes: what is asked of trees
    bearing: Integers
    number: Integers
    owner: Integers
    weight: NDArray[np.float64]
    has_lamp: NDArray[np.bool_]

    def only(self, which: NDArray) -> "_Spots":
        return _Spots(**{name: column[which] for name, column in vars(self).items()})


def _beside(stretches: list[_Stretch], rng: np.random.Generator) -> _Spots:
    """Spots on both sides of all stretches, STEP metres apart."""
    counts = [int(stretch.line.length // STEP) for stretch in stretches]
    which = np.repeat(np.repeat(np.arange(len(stretches)), counts), 2)
    station = np.repeat(np.concatenate([np.arange(count) for count in counts]), 2)
    side = np.tile([-1, 1], len(which) // 2)
    lines = np.array([stretch.line for stretch in stretches])[which]
    busy = np.array([stretch.busy for stretch in stretches])[which]
    has_lamp = station % EVERY_LAMP == 0
    along = (station + 0.5) * STEP + rng.normal(0, 1.0, len(which))
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, along))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, along + 1.0))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(along - 1.0, 0)))
    direction = ahead - behind
    direction /= np.maximum(np.hypot(direction[:, 0], direction[:, 1]), 1e-9)[:, None]
    right = np.column_stack([direction[:, 1], -direction[:, 0]])
    off = 5 + 2.5 * np.minimum(busy, 4) + np.abs(rng.normal(0, 1.5, len(which)))
    towards = -right * side[:, None]
    at = middle + right * (side * off)[:, None]
    return _Spots(
        at=at,
        points=shapely.points(at),
        bearing=np.degrees(np.arctan2(towards[:, 0], towards[:, 1])).round().astype(np.int64) % 360,
        number=station * 2 + 1 + (side > 0),
        owner=np.array([stretch.owner for stretch in stretches])[which],
        weight=busy,
        has_lamp=has_lamp,
    )


def _off_the_roads(points: NDArray[np.object_], stretches: list[_Stretch]) -> NDArray[np.bool_]:
    """Which spots lie on no other road's way."""
    tree = STRtree([stretch.line for stretch in stretches])
    on_one = tree.query(points, predicate="dwithin", distance=OFF_THE_ROAD)[0]
    free = np.ones(len(points), dtype=bool)
    free[on_one] = False
    return free


def _apart(points: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which spots to keep so that no two are too near to one another: of two, the first."""
    pairs = STRtree(points).query(points, predicate="dwithin", distance=LEAST_APART)
    earlier, later = pairs[:, pairs[0] < pairs[1]]
    keep = np.ones(len(points), dtype=bool)
    for first, second in zip(
        *(column[np.lexsort((later, earlier))].tolist() for column in (earlier, later)), strict=True
    ):
        if keep[first]:
            keep[second] = False
    return keep


def _index_of(points: NDArray[np.object_], cells: list[Cell]) -> Integers:
    """In which cell each point lies, -1 for none."""
    found = np.full(len(points), -1, dtype=np.int64)
    point, inside = STRtree([cell.shape for cell in cells]).query(points, predicate="intersects")
    found[point] = inside
    return found


def _nearness(at: Coordinates, geography: Geography) -> NDArray[np.float64]:
    station = geography.plane.flat(np.array(STATION))
    return 1 + _BUSIER * np.exp(-((np.hypot(*(at - station).T) / _FALLS_OFF) ** 2))
