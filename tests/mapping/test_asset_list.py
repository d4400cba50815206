"""/api/assets: the list, page by page."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.models import Photo
from tests.factories import make_asset
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


def codes(client: Client, query: str = "") -> list[str]:
    """Component ids of the list, page by page of two."""
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        answer = client.get(f"/api/assets?page_size=2&{query}{f'&cursor={cursor}' if cursor else ''}").json()
        found += [row["code"] for row in answer["results"]]
        assert len(answer["results"]) <= 2
        cursor = answer["next"]
    return found


def test_it_holds_what_shows_in_the_order_of_codes(town: Town, reader: Client) -> None:
    assert codes(reader) == sorted(asset.code for asset in town.shown)


def test_a_row_tells_what_the_card_shows(town: Town, reader: Client) -> None:
    answer = reader.get("/api/assets?street=370105001&type=notice_board").json()
    assert (answer["matched"], answer["total"], answer["next"]) == (1, 6, None)
    row = answer["results"][0]
    assert row["code"] == town.board.code
    assert row["name"] == "北园大街 419 号宣传栏"
    assert (row["type"], row["symbol"], row["family"]) == ("notice_board", "panel", "psa")
    assert (row["condition"], row["lifecycle"]) == ("good", "in_use")
    assert (row["street"], row["street_name"]) == ("370105001", "无影山街道")
    assert row["community_name"] == "无影潭社区居民委员会"
    assert row["road_name"] == "北园大街"
    assert (row["lon"], row["lat"]) == (116.9851, 36.6753)
    assert row["inspected_at"].endswith("+08:00")
    assert row["next_inspection_due"] < timezone.localdate().isoformat()
    assert row["overdue"] == ["inspection"]
    assert row["support"] is None
    assert row["faces"] is None
    assert row["thumbnail"] is None


def test_faces_on_one_support_are_told(town: Town, reader: Client) -> None:
    rows = reader.get("/api/assets?type=lamp_banner&condition=severe").json()["results"]
    assert [(row["support"], row["faces"]) for row in rows] == [(town.faces[0].support_id, 2)]


def test_an_asset_without_a_name_goes_by_its_type(town: Town, reader: Client) -> None:
    rows = reader.get("/api/assets?type=unit_plaque").json()["results"]
    assert rows[0]["name"] == "单位牌匾"


def test_the_latest_photo_stands_beside_it(town: Town, reader: Client) -> None:
    now = timezone.now()
    for days, sha in ((2, "a" * 64), (1, "b" * 64)):
        latest = Photo.objects.create(
            asset=town.board, sha256=sha, width=4, height=3, taken_at=now - timedelta(days=days)
        )
    rows = reader.get("/api/assets?type=notice_board&street=370105001").json()["results"]
    assert rows[0]["thumbnail"] == f"/photos/{latest.uid}/thumb"


def test_worst_first(town: Town, reader: Client) -> None:
    severe, missing = town.faces
    order = codes(reader, "order=-condition")
    assert order[:4] == [missing.code, severe.code, town.mural.code, town.board.code]
    assert len(order) == 6


def test_longest_due_first_and_without_a_date_last(town: Town, reader: Client) -> None:
    order = codes(reader, "order=due")
    assert order[0] == town.board.code
    assert len(set(order)) == 6


def test_nearest_first_with_metres(town: Town, reader: Client) -> None:
    assert codes(reader, "order=distance&near=117.011,36.6811")[:2] == [face.code for face in town.faces]
    rows = reader.get("/api/assets?order=distance&near=117.011,36.6811").json()["results"]
    assert rows[0]["distance"] == pytest.approx(11.1, abs=0.1)
    assert [row["distance"] for row in rows] == sorted(row["distance"] for row in rows)


def test_a_hundred_on_one_spot_are_not_lost_between_pages(town: Town, reader: Client) -> None:
    for _ in range(7):
        make_asset(Point(116.99, 36.68, srid=4326), type=town.board.type)
    for order in ("code", "-condition", "due", "distance&near=116.99,36.68"):
        assert len(set(codes(reader, f"order={order}"))) == 13


def test_something_that_comes_meanwhile_does_not_shift_the_pages(town: Town, reader: Client) -> None:
    first = reader.get("/api/assets?page_size=3").json()
    make_asset(code="37010500001000000", type=town.board.type)
    second = reader.get(f"/api/assets?page_size=3&cursor={first['next']}").json()
    seen = [row["code"] for row in first["results"] + second["results"]]
    assert seen == sorted(asset.code for asset in town.shown)


@pytest.mark.parametrize(
    "query, parameter",
    [
        ("order=size", "order"),
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page_size=many", "page_size"),
        ("order=distance", "near"),
        ("order=distance&near=1", "near"),
        ("order=distance&near=nan,1", "near"),
        ("near=117,36", "near"),
        ("cursor=x", "cursor"),
        ("cursor=WzFd", "cursor"),
        ("cursor=W10", "cursor"),
        ("offset=5", "offset"),
        ("street=x", "street"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(
    town: Town, reader: Client, query: str, parameter: str
) -> None:
    response = reader.get(f"/api/assets?{query}")
    assert response.status_code == 400
    assert response.json()["parameter"] == parameter


def test_a_cursor_of_another_order_is_refused(town: Town, reader: Client) -> None:
    cursor = reader.get("/api/assets?page_size=1").json()["next"]
    assert reader.get(f"/api/assets?order=due&cursor={cursor}").json()["parameter"] == "cursor"


def test_it_takes_few_queries_whatever_the_page(
    town: Town, reader: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    reader.get("/api/assets")
    with django_assert_max_num_queries(12):
        assert len(reader.get("/api/assets?page_size=200&condition=good,damaged").json()["results"]) == 2


def test_each_sees_their_own_district(town: Town, as_user: Looking, stranger: User, owner: User) -> None:
    assert codes(as_user(stranger)) == [town.foreign.code]
    assert town.foreign.code not in codes(as_user(owner))


def test_nobody_is_asked_to_sign_in(town: Town, client: Client) -> None:
    assert client.get("/api/assets").status_code == 401


def test_what_was_answered_can_be_asked_for_again(town: Town, reader: Client) -> None:
    since = reader.get("/api/assets").json()["updated_since"]
    assert reader.get(f"/api/assets?updated_since={since}").status_code == 200
