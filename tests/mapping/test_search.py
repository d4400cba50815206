"""/api/search: suggestions while one types."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import make_asset, make_site
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


def kinds(client: Client, words: str) -> dict[str, list[str]]:
    """Titles by kind."""
    found: dict[str, list[str]] = {}
    for row in client.get("/api/search", {"q": words}).json()["results"]:
        found.setdefault(row["kind"], []).append(row["title"])
    return found


def test_two_characters_find_an_asset(town: Town, reader: Client) -> None:
    assert kinds(reader, "鹊华") == {"asset": ["鹊华烟雨"]}


def test_a_road_comes_with_what_stands_on_it(town: Town, reader: Client) -> None:
    assert kinds(reader, "北园") == {"road": ["北园大街"], "asset": ["北园大街 419 号宣传栏"]}
    assert kinds(reader, "北圆")["road"] == ["北园大街"]


@pytest.mark.parametrize("address", ["北园大街 18 号", "北园大街18号", "北园大街 18号"])
@pytest.mark.parametrize("written", ["北园大街 18 号", "北园大街18号"])
def test_an_address_is_found_however_its_number_is_written_and_before_look_alikes(
    town: Town, reader: Client, address: str, written: str
) -> None:
    for number in ("118", "180", "81"):
        make_asset(name=f"18 展板 {number}", address=f"北园大街 {number} 号")
    make_asset(name="要找的", address=written)
    assert kinds(reader, address)["asset"][0] == "要找的"


@pytest.mark.parametrize("address", ["北园大街 9999 号", "北园大街9999号"])
def test_an_address_that_nothing_bears_leads_to_its_road(town: Town, reader: Client, address: str) -> None:
    assert kinds(reader, address) == {"road": ["北园大街"]}
    assert kinds(reader, "没有的路 9999 号") == {}
    assert kinds(reader, "9999 号") == {}


def test_the_digits_of_a_plate_that_is_no_more_lead_to_no_other_plate(town: Town, reader: Client) -> None:
    gone = f"{town.board.code[:-1]}{(int(town.board.code[-1]) + 5) % 10}"
    assert kinds(reader, f"{gone[:4]} {gone[4:8]} {gone[8:12]} {gone[12:16]} {gone[16:]}") == {}


def test_a_word_of_two_hundred_parts_is_searched_for_as_one(
    town: Town, reader: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(20):
        assert kinds(reader, "1路" * 100) == {}


def test_streets_communities_and_sites(town: Town, reader: Client) -> None:
    assert kinds(reader, "无影") == {"street": ["无影山街道"], "community": ["无影潭社区居民委员会"]}
    assert kinds(reader, "济南站") == {"site": ["济南站"]}


def test_words_of_a_sites_name_stand_in_any_order_and_no_single_characters_do(
    town: Town, reader: Client
) -> None:
    make_site("大明湖 公园")
    assert kinds(reader, "公园 大明湖") == {"site": ["大明湖 公园"]}
    assert kinds(reader, "湖明大") == {}
    assert kinds(reader, "站 济南") == {"site": ["济南站"]}


def test_a_street_says_where_it_is(town: Town, reader: Client) -> None:
    row = reader.get("/api/search?q=无影山").json()["results"][0]
    assert row["bbox"] == [116.98, 36.67, 117.0, 36.7]
    assert (row["code"], row["subtitle"]) == ("370105001", "天桥区")


def test_a_component_id_or_its_end(town: Town, reader: Client) -> None:
    assert kinds(reader, town.mural.code) == {"asset": ["鹊华烟雨"]}
    assert "鹊华烟雨" in kinds(reader, town.mural.code[-5:])["asset"]


def test_nothing_and_blanks(town: Town, reader: Client) -> None:
    assert kinds(reader, "没有这个") == {}
    assert kinds(reader, "  ") == {}


def test_places_leave_room_for_assets(town: Town, reader: Client) -> None:
    rows = reader.get("/api/search?q=3701&limit=4").json()["results"]
    assert len(rows) == 4
    assert "asset" in {row["kind"] for row in rows}


def test_another_district_is_not_found(town: Town, reader: Client, as_user: Looking, stranger: User) -> None:
    assert kinds(reader, "邻区宣传栏") == {}
    assert kinds(as_user(stranger), "邻区宣传栏") == {"asset": ["邻区宣传栏"]}


@pytest.mark.parametrize(
    "query, parameter",
    [("", "q"), ("q=a&limit=0", "limit"), ("q=a&limit=x", "limit"), ("q=a&street=x", "street")],
)
def test_what_does_not_exist_is_refused_by_name(
    town: Town, reader: Client, query: str, parameter: str
) -> None:
    response = reader.get(f"/api/search?{query}")
    assert response.status_code == 400
    assert response.json()["parameter"] == parameter


def test_nobody_is_asked_to_sign_in(town: Town, client: Client) -> None:
    assert client.get("/api/search?q=a").status_code == 401


def test_strange_words_do_no_harm(town: Town, reader: Client) -> None:
    for words in ("\0", "%", "'; --", "长" * 500, "İ", "﷽"):
        assert reader.get("/api/search", {"q": words}).status_code in (200, 400)


@pytest.mark.parametrize(
    "written",
    [
        "https://map.example.gov.cn/a/{code}",
        "http://10.1.2.3:8000/a/{code}/",
        " https://map.example.gov.cn/assets/{code}/?condition=good#15/36.7/117.0 ",
        "/field/#/asset/{code}",
        "{code}",
        "{district} {item} {serial}",
        "{district}　{item}  {serial}\n",
    ],
)
def test_what_a_plate_says_finds_its_asset(town: Town, reader: Client, written: str) -> None:
    code = town.faces[0].code
    typed = written.format(code=code, district=code[:6], item=code[6:11], serial=code[11:])
    assert [row["code"] for row in reader.get("/api/search", {"q": typed}).json()["results"]] == [code]
    assert [row["code"] for row in reader.get("/api/assets", {"q": typed}).json()["results"]] == [code]


@pytest.mark.parametrize("words", ["370105 北园", "3701 0503", "https://map.example.gov.cn/a/1", "a/b"])
def test_other_digits_and_addresses_are_words(words: str) -> None:
    from assets.filter_values import component_id_in

    assert component_id_in(words) is None
