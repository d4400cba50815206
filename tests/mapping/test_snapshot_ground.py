"""The base map in a snapshot: what of it is in the file, whose it is said to be, and what is left out of too much."""

from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mapping.basemap.archive import location
from mapping.snapshot import ground as grounds
from mapping.snapshot.ground import MOST_POSITIONS, ground
from tests.factories import make_asset
from tests.mapping.basemap.conftest import geojson, made_of
from tests.mapping.test_snapshot import read

EXTENT = (116.97, 36.67, 117.02, 36.70)
BEIYUAN = shapely.LineString([(116.90, 36.685), (117.09, 36.685)])
LANE = shapely.LineString([(116.99, 36.68), (116.99, 36.69)])
FAR = shapely.LineString([(117.5, 36.68), (117.6, 36.68)])


@pytest.fixture
def built(tmp_path: Path) -> None:
    """A base map with a road through the extent, a lane, and a road far away."""
    roads = [
        ({"highway": "primary", "name": "北园大街"}, BEIYUAN),
        ({"highway": "residential", "name": None}, LANE),
        ({"highway": "primary", "name": "远路"}, FAR),
    ]
    made_of(geojson(tmp_path / "roads.geojson", roads))


def test_without_a_base_map_a_snapshot_has_none(db):
    assert ground(EXTENT) is None


def test_the_roads_of_the_extent_are_in_it_by_class_and_name(built):
    drawn = ground(EXTENT)
    assert [(line["kind"], line["name"]) for line in drawn["lines"]] == [
        ("primary", "北园大街"),
        ("street", ""),
    ]
    assert drawn["areas"] == drawn["spots"] == []


def test_pieces_that_tiles_were_cut_into_are_one_line_again(built):
    (road,) = (line for line in ground(EXTENT)["lines"] if line["name"] == "北园大街")
    (line,) = road["lines"]
    ends = line.reshape(-1, 2).cumsum(axis=0)[[0, -1]] / 1e6
    # The extent is widened a little, so that nothing ends at the last asset.
    assert ends[:, 1] == pytest.approx(36.685, abs=1e-5)
    assert sorted(ends[:, 0]) == pytest.approx([116.9625, 117.0275], abs=1e-4)


def test_its_credit_names_the_makers_in_the_reader_s_language(built, planner):
    make_asset()
    _html, document = read(planner, "lang=en")
    assert document["ground"]["credit"] == "© Test · 2020-11"
    assert document["ground"]["lines"][0]["name"] == "北园大街 Beiyuan Dajie"


def test_areas_and_stations_are_in_it_too(tmp_path):
    features = [
        ({"natural": "water", "name": "大明湖"}, shapely.box(117.0, 36.675, 117.01, 36.68)),
        ({"leisure": "park", "name": "金牛公园"}, shapely.box(116.98, 36.69, 116.99, 36.695)),
    ]
    stations = [({"railway": "station", "name": "济南"}, shapely.Point(116.985, 36.672))]
    made_of(geojson(tmp_path / "areas.geojson", features), geojson(tmp_path / "stations.geojson", stations))
    drawn = ground(EXTENT)
    assert [(area["kind"], len(area["lines"])) for area in drawn["areas"]] == [("water", 1), ("park", 1)]
    assert drawn["spots"] == [
        {"kind": "station", "name": "济南", "at": pytest.approx([116.985, 36.672], abs=1e-4)}
    ]


def test_where_it_is_too_much_for_a_file_the_lanes_go_and_the_main_roads_stay(built, monkeypatch):
    monkeypatch.setattr(grounds, "MOST_POSITIONS", 3)
    assert [line["kind"] for line in ground(EXTENT)["lines"]] == ["primary"]


def test_a_damaged_base_map_leaves_a_snapshot_without_one(built, planner, monkeypatch):
    make_asset()
    monkeypatch.setattr(grounds, "location", lambda: location().with_name("gone.pmtiles"))
    _html, document = read(planner)
    assert document["ground"] is None
    assert document["count"] == 1


@given(st.lists(st.tuples(st.integers(0, 14), st.integers(2, MOST_POSITIONS)), max_size=12))
def test_no_class_stays_while_a_more_important_one_goes(features):
    pieces = [
        grounds._Piece(rank, str(n), shapely.linestrings([(k % 2, k) for k in range(positions)]))
        for n, (rank, positions) in enumerate(features)
    ]
    kept = grounds._within_budget(pieces)
    gone = [rank for rank, _positions in features if rank not in {piece.rank for piece in kept}]
    assert sum(shapely.get_num_coordinates(piece.shape) for piece in kept) <= MOST_POSITIONS
    assert all(piece.rank < rank for piece in kept for rank in gone)
    # All of a class, or nothing of it.
    ranks = [rank for rank, _positions in features]
    assert all(ranks.count(piece.rank) == sum(other.rank == piece.rank for other in kept) for piece in kept)
