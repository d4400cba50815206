"""What is said of a place before anything is written there, and what somebody means by it."""

import json

import pytest
from django.contrib.gis.geos import Point
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from places.coordinates import BD09, CGCS2000_GK_117E, CGCS2000_GK_ZONE_39, GCJ02, WGS84, from_wgs84
from tests.factories import make_support
from tests.mapping.conftest import Town
from work.desk.place import OFFERED_CRS, point_of, read_place

db = pytest.mark.django_db


def ask(desk, user: User, **query: object) -> dict:
    answer = desk(user).client.get("/desk/place", query)
    assert answer.status_code == 200, answer.content.decode()
    return json.loads(answer.content)


@db
def test_moving_says_how_far_and_which_boundary_it_crosses(town: Town, desk, publicity: User) -> None:
    near = ask(desk, publicity, asset=town.board.code, lon=116.9852, lat=36.6753)
    assert 8 < near["metres"] < 10
    assert near["crosses"] == ""
    far = ask(desk, publicity, asset=town.board.code, lon=117.01, lat=36.6753)
    assert "无影山街道" in far["crosses"]
    assert "天桥东街街道" in far["crosses"]
    assert far["allowed"]


@db
def test_who_may_not_write_there_is_told_before_saving(town: Town, desk, owner: User) -> None:
    there = ask(desk, owner, asset=town.board.code, lon=117.01, lat=36.6753)
    assert not there["allowed"]
    assert "天桥东街街道" in there["refusal"]
    assert not ask(desk, owner, lon=117.01, lat=36.6753)["allowed"]
    assert ask(desk, owner, lon=116.99, lat=36.6753)["allowed"]


@db
def test_supports_near_are_offered_nearest_first(town: Town, desk, owner: User) -> None:
    near = make_support(Point(116.99, 36.6753, srid=4326), name="近杆")
    further = make_support(Point(116.9901, 36.6753, srid=4326), name="远杆")
    make_support(Point(116.9921, 36.6753, srid=4326), name="很远的杆")
    supports = ask(desk, owner, lon=116.99001, lat=36.6753)["supports"]
    assert [support["id"] for support in supports] == [near.pk, further.pk]
    assert [support["snaps"] for support in supports] == [True, False]


@db
def test_many_supports_at_one_spot_take_no_more_queries(
    town: Town, desk, owner: User, django_assert_max_num_queries
) -> None:
    somebody = desk(owner)
    for number in range(12):
        make_support(Point(116.99 + number / 1e6, 36.6753, srid=4326), area=town.board.area)
    somebody.client.get("/desk/place?lon=116.99&lat=36.6753")
    with django_assert_max_num_queries(12):
        answer = somebody.client.get("/desk/place?lon=116.99&lat=36.6753")
    assert len(answer.json()["supports"]) == 5


@db
def test_supports_of_other_streets_are_not_offered(town: Town, desk, owner: User) -> None:
    make_support(Point(117.00002, 36.6753, srid=4326))
    assert ask(desk, owner, lon=116.99999, lat=36.6753)["supports"] == []


@db
def test_supports_are_offered_to_what_hangs_on_one_only_when_it_leaves_it(
    town: Town, desk, colleague: User
) -> None:
    face = town.faces[0]
    beside = make_support(Point(face.point.x + 0.00005, face.point.y, srid=4326), area=face.area)
    asked = {"asset": face.code, "lon": face.point.x, "lat": face.point.y}
    assert ask(desk, colleague, **asked)["supports"] == []
    assert [support["id"] for support in ask(desk, colleague, **asked, alone=1)["supports"]] == [beside.pk]


@db
def test_look_alikes_are_those_of_the_type_within_25_metres(town: Town, desk, owner: User) -> None:
    board = town.board
    beside = {"lon": board.point.x + 0.0001, "lat": board.point.y}
    assert [asset["code"] for asset in ask(desk, owner, **beside)["alike"]] == [board.code]
    assert [asset["code"] for asset in ask(desk, owner, **beside, type=board.type_id)["alike"]] == [
        board.code
    ]
    assert ask(desk, owner, **beside, type=town.plaque.type_id)["alike"] == []
    assert ask(desk, owner, lon=board.point.x + 0.0004, lat=board.point.y)["alike"] == []


@db
def test_the_faces_of_a_support_are_no_look_alikes_of_its_next_one(town: Town, desk, colleague: User) -> None:
    face = town.faces[0]
    there = {"lon": face.point.x, "lat": face.point.y, "type": face.type_id}
    assert face.code in {asset["code"] for asset in ask(desk, colleague, **there)["alike"]}
    assert ask(desk, colleague, **there, seen_support=face.support_id)["alike"] == []
    assert ask(desk, colleague, **there, seen_support="9" * 30)["alike"] != []


@db
@pytest.mark.parametrize("query", ["lon=a&lat=1", "lon=nan&lat=36", "lon=0&lat=0", "lon=200&lat=1", ""])
def test_a_place_that_is_none_is_refused(town: Town, desk, owner: User, query: str) -> None:
    assert desk(owner).client.get(f"/desk/place?{query}").status_code == 400


@db
def test_places_are_told_to_those_who_write(
    town: Town, desk, viewer: User, stranger: User, colleague: User
) -> None:
    query = f"/desk/place?asset={town.board.code}&lon=116.99&lat=36.68"
    assert desk(viewer).client.get(query).status_code == 403
    assert desk(colleague).client.get(query).status_code == 403
    assert desk(stranger).client.get(query).status_code == 404
    assert desk(None).client.get(query).status_code == 401
    assert desk(viewer).client.get("/desk/position?text=1").status_code == 403


@db
@given(
    lon=st.floats(116.8, 117.2, allow_nan=False),
    lat=st.floats(36.5, 36.9, allow_nan=False),
    crs=st.sampled_from(OFFERED_CRS),
    northing_first=st.booleans(),
)
def test_coordinates_in_every_system_and_order_mean_the_same_place(
    lon: float, lat: float, crs, northing_first: bool
) -> None:
    x, y = from_wgs84([lon], [lat], crs)
    pair = [float(x[0]), float(y[0])]
    text = ", ".join(f"{number:.8f}" for number in (reversed(pair) if northing_first else pair))
    read = read_place(User(), text, crs.code)
    assert abs(read["lon"] - lon) < 2e-6
    assert abs(read["lat"] - lat) < 2e-6


@db
def test_degrees_minutes_and_seconds_are_read(town: Town) -> None:
    read = read_place(User(), "N36°40′12″ E116°58′12″", "wgs84")
    assert read == {"lon": 116.97, "lat": 36.67}


@db
def test_an_address_is_found_where_the_search_finds_it(town: Town, desk, owner: User) -> None:
    answer = desk(owner).client.get("/desk/position", {"text": "419 号"}).json()
    assert any(result["title"] == town.board.name for result in answer["found"])
    nothing = desk(owner).client.get("/desk/position", {"text": "没有这个地方"})
    assert nothing.status_code == 422
    assert "coordinates" in nothing.json()["errors"]


@db
def test_a_system_that_is_unknown_is_named(town: Town, desk, owner: User) -> None:
    answer = desk(owner).client.get("/desk/position", {"text": "117, 36.6", "crs": "mars"})
    assert answer.json()["errors"].keys() == {"crs"}


def test_a_point_is_kept_to_a_centimetre() -> None:
    assert point_of(117.000000049, 36.6).coords == (117.0, 36.6)
    assert {GCJ02, BD09, WGS84, CGCS2000_GK_117E, CGCS2000_GK_ZONE_39} <= set(OFFERED_CRS)
