"""The demonstration's assets stand beside real roads, a few metres from one another."""

from collections.abc import Iterator

import numpy as np
import pytest
import shapely

from demonstration.district.geography import Geography, invent
from demonstration.district.placing import LEAST_APART, Standing, stand
from demonstration.district.real_roads import lines_by_name
from demonstration.district.verges import OFF_THE_ROAD, Verge, verges


@pytest.fixture(scope="module")
def geography() -> Geography:
    return invent(np.random.default_rng(1))


@pytest.fixture(scope="module")
def standing(geography: Geography) -> Standing:
    return stand(geography, 3000, np.random.default_rng(2))


@pytest.fixture(scope="module")
def roadsides(geography: Geography) -> dict[str, Verge]:
    return verges(geography, np.random.default_rng(3))


def first_of_each_spot(standing: Standing) -> np.ndarray:
    return standing.flat[np.unique(standing.spot, return_index=True)[1]]


def pairs_within(metres: float, at: np.ndarray) -> Iterator[tuple[int, int]]:
    points = shapely.points(at)
    found = shapely.STRtree(points).query(points, predicate="dwithin", distance=metres)
    return ((point, other) for point, other in found.T.tolist() if point < other)


def test_a_road_that_the_extract_names_has_its_real_line_and_the_others_say_they_are_invented(
    geography: Geography,
) -> None:
    real = {road.name for road in geography.roads.values() if road.real}
    assert real == set(lines_by_name(geography.ways)) & {road.name for road in geography.roads.values()}
    assert {"北园大街", "堤口路", "济泺路"} <= real
    assert "无影山路" not in real
    beiyuan = next(road for road in geography.roads.values() if road.name == "北园大街")
    assert 4000 < beiyuan.lines.length < 5000


def test_nothing_stands_nearer_to_another_than_a_few_metres(standing: Standing) -> None:
    assert list(pairs_within(LEAST_APART - 0.01, first_of_each_spot(standing))) == []


def test_spots_beside_roads_are_apart_and_on_no_carriageway(
    geography: Geography, roadsides: dict[str, Verge]
) -> None:
    at = np.concatenate([verge.at for verge in roadsides.values()])
    assert len(at) > 50_000
    assert list(pairs_within(OFF_THE_ROAD - 0.01, at)) == []
    ways = shapely.STRtree([way.line for way in geography.ways])
    assert len(ways.query(shapely.points(at), predicate="dwithin", distance=OFF_THE_ROAD - 0.01)[0]) == 0


def test_every_spot_is_given_away_once_and_a_full_roadside_gives_fewer(roadsides: dict[str, Verge]) -> None:
    verge = min(roadsides.values(), key=len)
    chance = np.random.default_rng(4)
    lamps = verge.take(100, chance, lamps=True)
    rest = verge.take(len(verge), chance, lamps=False)
    assert len(lamps) + len(rest) == len(verge)
    assert len({tuple(spot["flat"]) for spot in (*lamps, *rest)}) == len(verge)
    assert verge.take(1, chance, lamps=True) == []


def test_what_stands_by_a_road_without_a_name_is_called_after_its_community(standing: Standing) -> None:
    nameless = [
        (name, address)
        for name, address, road, place in zip(
            standing.name, standing.address, standing.road, standing.place, strict=True
        )
        if road is None and place is None
    ]
    assert len(nameless) > 100
    assert all("路边" in name and address.endswith("路边") for name, address in nameless)
