"""/a/<code>: where a plate's QR code leads."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import make_unit, make_user
from tests.mapping.conftest import Town
from work.plates.qr import grouped

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def cared_for(town: Town) -> Town:
    unit = make_unit("明湖景观养护公司", contact_person="张师傅", contact_phone="13700000003")
    town.board.maintainer = unit
    town.board.remarks = "内部备注"
    town.board.save()
    return town


def test_a_crew_comes_to_the_phone_page_and_others_to_the_assets(
    town: Town, as_user: Looking, crew: User, viewer: User, owner: User, colleague: User
) -> None:
    code = town.board.code
    assert as_user(crew).get(f"/a/{code}")["Location"] == f"/field/#/asset/{code}"
    for user in (viewer, owner, colleague):
        assert as_user(user).get(f"/a/{code}")["Location"] == f"/assets/{code}/"


def test_a_passer_by_sees_a_plain_card(cared_for: Town, client: Client) -> None:
    response = client.get(f"/a/{cared_for.board.code}")
    content = response.content.decode()
    assert response.status_code == 200
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    for words in (
        "北园大街 419 号宣传栏",
        grouped(cared_for.board.code),
        "明湖景观养护公司",
        "无影山街道",
        "12345",
    ):
        assert words in content
    for secret in ("张师傅", "13700000003", "内部备注", "/photos/", "完好", "poster"):
        assert secret not in content


def test_a_stranger_sees_the_card_too(town: Town, as_user: Looking, stranger: User) -> None:
    client = as_user(stranger)
    assert client.get(f"/a/{town.board.code}").status_code == 200
    assert as_user(make_user(None)).get(f"/a/{town.board.code}").status_code == 200


@pytest.mark.parametrize("code", ["1", "37010503008999999", "%E7%A0%81" * 17, "x" * 500])
def test_what_is_no_plate_is_a_404_of_the_same_look(town: Town, client: Client, code: str) -> None:
    response = client.get(f"/a/{code}")
    assert response.status_code == 404
    assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_what_is_only_planned_is_not_told(town: Town, client: Client) -> None:
    assert client.get(f"/a/{town.planned.code}").status_code == 404
    client.cookies["django_language"] = "en"
    assert "No longer in place" in client.get(f"/a/{town.removed.code}").content.decode()


def test_a_programme_that_counts_through_the_numbers_is_slowed_down(
    town: Town, client: Client, as_user: Looking, viewer: User
) -> None:
    answers = [client.get(f"/a/{town.board.code}").status_code for _ in range(62)]
    assert answers[:60] == [200] * 60
    refused = client.get(f"/a/{town.board.code}")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) >= 1
    # Somebody else is not kept waiting, nor are our own people.
    assert client.get(f"/a/{town.board.code}", REMOTE_ADDR="10.0.0.9").status_code == 200
    assert as_user(viewer).get(f"/a/{town.board.code}").status_code == 302


def test_the_card_is_only_looked_at(town: Town, client: Client) -> None:
    assert client.post(f"/a/{town.board.code}").status_code == 405
