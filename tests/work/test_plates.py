"""/labels/: QR plates on sheets."""

import re
from collections.abc import Callable

import pytest
import segno
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from tests.factories import make_asset
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
