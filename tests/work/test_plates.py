"""/labels/: QR plates on sheets."""

import re
from collections.abc import Callable

import pytest
import segno
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from tests.conftest import District
from tests.factories import make_asset, make_site
from tests.mapping.conftest import Town
from work.plates import views
from work.plates.qr import grouped

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def office(publicity: User, as_user: Looking) -> Client:
    client = as_user(publicity)
    client.cookies["django_language"] = "en"
    return client


def digits(content: str) -> list[str]:
    return re.findall(r'<p class="plate-digits">([^<]+)</p>', content)


def test_a_plate_has_code_digits_name_and_address(town: Town, office: Client) -> None:
    content = office.get(f"/labels/?asset={town.board.code}").content.decode()
    assert digits(content) == [f"370105 03008 {town.board.code[11:]}"]
    assert "北园大街 419 号宣传栏" in content
    assert f"testserver/a/{town.board.code}" in content
    assert "Plates 1–1 of 1" in content


def test_the_qr_code_says_the_address_whose_tail_is_the_id(
    town: Town, office: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://map.example.gov.cn/"
    content = office.get(f"/labels/?asset={town.board.code}").content.decode()
    expected = segno.make(
        f"https://map.example.gov.cn/a/{town.board.code}", error="m", micro=False
    ).svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None)
    assert expected in content
    assert "These plates lead to this computer only" not in content


def test_plates_for_this_computer_only_are_warned_of(town: Town, office: Client) -> None:
    warned = "These plates lead to this computer only"
    assert warned in office.get("/labels/", headers={"host": "localhost"}).content.decode()
    assert warned not in office.get("/labels/").content.decode()


@pytest.mark.parametrize("layout, sheets", [("a4-2x5", 2), ("a4-2x7", 1), ("a4-3x8", 1), ("roll-60x40", 12)])
def test_sheets_are_filled(town: Town, office: Client, layout: str, sheets: int) -> None:
    for _ in range(6):
        make_asset()
    content = office.get(f"/labels/?layout={layout}").content.decode()
    assert content.count('<section class="sheet"') == sheets
    assert len(digits(content)) == 12
    assert f'class="sheets {layout}' in content


def test_a_sheet_used_in_part_can_be_used_up(town: Town, office: Client) -> None:
    content = office.get("/labels/?layout=a4-2x5&skip=6").content.decode()
    assert content.count('class="plate used"') == 6
    assert content.count('<section class="sheet"') == 2
    assert len(digits(content)) == 6


def test_big_sets_come_in_parts_and_say_so(
    town: Town,
    office: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(views, "MOST_PLATES", 4)
    office.get("/labels/")
    with django_assert_max_num_queries(9):
        first = office.get("/labels/?layout=a4-2x5").content.decode()
    assert "Plates 1–4 of 6" in first
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following
    second = office.get(f"/labels/{following[1].replace('&amp;', '&')}").content.decode()
    assert "Plates 5–6 of 6" in second
    assert 'rel="next"' not in second
    assert sorted(digits(first) + digits(second)) == sorted(grouped(asset.code) for asset in town.shown)


@pytest.mark.parametrize(
    "query, parameter",
    [("layout=a5", "layout"), ("skip=24", "skip"), ("skip=-1", "skip"), ("after=1", "after"), ("x=1", "x")],
)
def test_what_does_not_exist_is_named(town: Town, office: Client, query: str, parameter: str) -> None:
    response = office.get(f"/labels/?{query}")
    assert response.status_code == 400
    assert parameter in response.content.decode()


def test_nothing_to_print_is_said(town: Town, office: Client) -> None:
    assert "No asset matches these filters" in office.get("/labels/?q=没有这个").content.decode()


def test_who_prints_what(
    town: Town, as_user: Looking, owner: User, colleague: User, viewer: User, crew: User, stranger: User
) -> None:
    for user in (owner, colleague):
        assert len(digits(as_user(user).get("/labels/").content.decode())) == 6
    assert digits(as_user(stranger).get("/labels/").content.decode()) == [grouped(town.foreign.code)]
    for user, status in ((viewer, 403), (crew, 403), (None, 302)):
        assert as_user(user).get("/labels/").status_code == status


# --- Sites ----------------------------------------------------------------------------------------------------------


def test_sites_have_plates_that_open_their_cards(
    district: District, office: Client, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://map.example.gov.cn/"
    settings.PUBLIC_REPORTS = True
    make_site("济南站", "station", area=district.southwest, code="370105S001")
    content = office.get("/labels/sites/").content.decode()
    assert digits(content) == ["370105S001"]
    assert "济南站" in content
    assert "map.example.gov.cn/s/370105S001" in content
    expected = segno.make("https://map.example.gov.cn/s/370105S001", error="m", micro=False)
    assert expected.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None) in content
    assert "PUBLIC_REPORTS" not in content
    settings.PUBLIC_REPORTS = False
    assert "open only where residents are let in" in office.get("/labels/sites/").content.decode()


def test_plates_of_sites_are_narrowed_by_street_and_kind_and_come_in_parts(
    district: District,
    office: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        area = district.southwest if number < 3 else district.east
        make_site(f"点位{number}", ("station", "market")[number % 2], area=area, code=f"T{number}")
    west = district.west.code
    assert len(digits(office.get(f"/labels/sites/?street={west}").content.decode())) == 3
    assert len(digits(office.get(f"/labels/sites/?street={west}&site_kind=market").content.decode())) == 1
    refused = {"street=1": "street", "site_kind=x": "site_kind", "page=2": "cursor", "cursor=x": "cursor"}
    for query, name in (refused | {"x=1": "x", "skip=99": "skip"}).items():
        answer = office.get(f"/labels/sites/?{query}")
        assert answer.status_code == 400, query
        assert name in answer.content.decode()
    monkeypatch.setattr("work.plates.sites.MOST_PLATES", 2)
    with django_assert_max_num_queries(12):
        first = office.get("/labels/sites/").content.decode()
    assert digits(first) == ["T0", "T1"]
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    second = office.get("/labels/sites/" + following[1].replace("&amp;", "&")).content.decode()
    assert digits(second) == ["T2", "T3"]


def test_plates_of_sites_are_for_whoever_may_take_them_away(
    district: District, as_user: Looking, owner: User, stranger: User, viewer: User
) -> None:
    make_site("点位", "station", area=district.southwest, code="T1")
    assert as_user(None).get("/labels/sites/").status_code == 302
    assert as_user(viewer).get("/labels/sites/").status_code == 403
    assert "T1" in digits(as_user(owner).get("/labels/sites/").content.decode())
    assert digits(as_user(stranger).get("/labels/sites/").content.decode()) == []
