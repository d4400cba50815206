"""/assets/<code>/ and its panel: one asset with facts, badges and history."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Membership, User
from assets.actions.edit_asset import edit_asset
from assets.actions.record_inspection import record_inspection
from assets.actions.void_inspection import void_inspection
from assets.history import Actor
from assets.models import Condition, Origin, Photo, Posting
from tests.factories import make_artwork, make_user
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def english(reader: Client) -> Client:
    reader.cookies["django_language"] = "en"
    return reader


def panel(client: Client, code: str) -> str:
    response = client.get(f"/assets/{code}/panel")
    assert response.status_code == 200
    return response.content.decode()


def test_the_page_holds_the_panel(town: Town, reader: Client) -> None:
    page = reader.get(f"/assets/{town.mural.code}/?street=370105001").content.decode()
    assert f'data-code="{town.mural.code}"' in page
    assert "鹊华烟雨" in page
    assert 'id="page-config"' in page
    alone = panel(reader, town.mural.code)
    assert "<html" not in alone
    assert "鹊华烟雨" in alone


def test_badges_say_condition_and_what_is_late(town: Town, english: Client) -> None:
    board, mural = panel(english, town.board.code), panel(english, town.mural.code)
    assert "Inspection 6 days overdue" in board
    assert "Maintenance 2 days overdue" in mural
    assert "Artwork expired" in mural
    assert 'badge damaged"' in mural


def test_facts_that_are_not_known_are_left_out(town: Town, english: Client) -> None:
    board = panel(english, town.board.code)
    assert "讲文明树新风" in board
    assert "Owner" not in board
    assert "无影山街道" in board


def test_faces_on_the_same_support_are_listed(town: Town, reader: Client) -> None:
    east, west = town.faces
    assert f"/assets/{west.code}/" in panel(reader, east.code)
    assert f"/assets/{east.code}/" not in panel(reader, east.code)


def test_history_tells_who_changed_what_from_what_to_what(
    town: Town, english: Client, publicity: User
) -> None:
    edit_asset(Actor(publicity, Origin.WEB), town.board, {"address": "北园大街 421 号"})
    told = panel(english, town.board.code)
    assert "北园大街 419 号 → 北园大街 421 号" in told
    assert "publicity" in told


def test_history_tells_inspections_and_what_was_voided(town: Town, english: Client, publicity: User) -> None:
    actor = Actor(publicity, Origin.WEB)
    record_inspection(actor, town.board, Condition.SEVERE, note="松动")
    wrong = record_inspection(actor, town.board, Condition.MISSING)
    void_inspection(actor, wrong, "看错了")
    told = panel(english, town.board.code)
    assert "Inspected: Severe damage" in told
    assert "松动" in told
    assert "看错了" in told
    assert told.index("看错了") < told.index("松动")
    # What was voided does not count as what it had been before.
    record_inspection(actor, town.board, Condition.GOOD)
    assert "Inspected: Severe damage → Good" in panel(english, town.board.code)


def test_history_tells_postings_and_jobs(town: Town, english: Client) -> None:
    today = timezone.localdate()
    Posting.objects.create(
        asset=town.mural,
        artwork=make_artwork(title="黄河文化"),
        posted_on=today - timedelta(days=9),
        taken_down_on=today - timedelta(days=3),
    )
    told = panel(english, town.mural.code)
    assert "Posted: 黄河文化" in told
    assert f">{today - timedelta(days=9)}</time>" in told
    assert "Taken down: 黄河文化" in told
    assert "Maintenance: Repaint" in told
    assert "补画" in told


def test_photos_come_latest_first(town: Town, reader: Client) -> None:
    now = timezone.now()
    photos = [
        Photo.objects.create(
            asset=town.board, sha256=letter * 64, width=4, height=3, taken_at=now - timedelta(days=days)
        )
        for letter, days in (("a", 2), ("b", 1))
    ]
    told = panel(reader, town.board.code)
    assert told.index(f"/photos/{photos[1].uid}/medium") < told.index(f"/photos/{photos[0].uid}/medium")


def test_who_may_change_it_finds_the_way(town: Town, as_user: Looking, owner: User, colleague: User) -> None:
    for user in (owner, colleague):
        user.is_staff = True
        user.save()
    way = f"/admin/assets/asset/{town.board.pk}/change/"
    assert way in panel(as_user(owner), town.board.code)
    assert way not in panel(as_user(colleague), town.board.code)


def test_text_of_people_is_no_markup(town: Town, reader: Client, publicity: User) -> None:
    actor = Actor(publicity, Origin.WEB)
    edit_asset(actor, town.board, {"remarks": "<script>alert(1)</script>"})
    assert "<script>" not in panel(reader, town.board.code)


def test_a_long_history_takes_no_more_queries(
    town: Town, reader: Client, publicity: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    actor = Actor(publicity, Origin.WEB)
    for number in range(12):
        edit_asset(actor, town.board, {"address": f"{number} 号"})
        record_inspection(actor, town.board, Condition.GOOD)
        Posting.objects.create(
            asset=town.board,
            artwork=make_artwork(),
            posted_on=timezone.localdate(),
            taken_down_on=timezone.localdate(),
        )
    panel(reader, town.board.code)
    with django_assert_max_num_queries(24):
        panel(reader, town.board.code)


def test_another_district_is_not_there(town: Town, reader: Client, as_user: Looking, stranger: User) -> None:
    for address in (f"/assets/{town.foreign.code}/", f"/assets/{town.foreign.code}/panel", "/assets/x/panel"):
        response = reader.get(address)
        assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert town.foreign.code in panel(as_user(stranger), town.foreign.code)


def test_an_administrator_of_every_district_sees_it(town: Town, as_user: Looking) -> None:
    everywhere = make_user(None)
    Membership.objects.create(user=everywhere, role="administrator", area=None)
    assert town.foreign.code in panel(as_user(everywhere), town.foreign.code)


def test_nobody_is_sent_to_sign_in(town: Town, client: Client) -> None:
    for address in (f"/assets/{town.board.code}/", f"/assets/{town.board.code}/panel"):
        assert client.get(address)["Location"] == f"/sign-in/?next={address}"
