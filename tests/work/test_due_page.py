"""/due/: inspections that are due."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.actions.record_inspection import record_inspection
from assets.filters import read_filter
from assets.history import Actor
from assets.models import Asset, Condition, Maintenance, Origin
from tests.factories import make_area, make_asset, make_type, square
from tests.mapping.conftest import Town
from work.due_queries import due_counts

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def due(town: Town) -> Town:
    """The board is six days overdue; the mural is due in three days, the plaque in twenty, a face in forty."""
    today = timezone.localdate()
    for asset, days in ((town.mural, 3), (town.plaque, 20), (town.faces[0], 40), (town.removed, -5)):
        Asset.objects.filter(pk=asset.pk).update(next_inspection_due=today + timedelta(days=days))
    return town


@pytest.fixture
def english(reader: Client) -> Client:
    reader.cookies["django_language"] = "en"
    return reader


def shown(client: Client, query: str = "") -> list[str]:
    response = client.get(f"/due/?{query}")
    assert response.status_code == 200
    rows = response.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    return re.findall(r'href="/assets/(\d{17})/"', rows)


def test_the_longest_overdue_comes_first(due: Town, english: Client) -> None:
    assert shown(english) == [due.board.code, due.mural.code, due.plaque.code]
    assert "6 days late" in english.get("/due/").content.decode()


@pytest.mark.parametrize("when, name", [("overdue", "board"), ("week", "mural"), ("month", "plaque")])
def test_one_window_alone(due: Town, english: Client, when: str, name: str) -> None:
    assert shown(english, f"when={when}") == [getattr(due, name).code]


def test_counts_by_street_and_type_add_up(due: Town, english: Client) -> None:
    content = english.get("/due/").content.decode()
    tables = [
        re.findall(r"<tr>(.*?)</tr>", part.split("</tbody>")[0], re.DOTALL)
        for part in content.split("<tbody>")[2:]
    ]
    for rows in tables:
        counts = [
            [int(n or 0) for n in re.findall(r'<td class="number[^"]*">(\d*)</td>', row)] for row in rows
        ]
        assert [sum(column) for column in zip(*counts, strict=True)] == [1, 1, 1]


def test_it_takes_the_one_filter(due: Town, english: Client) -> None:
    assert shown(english, "street=370105001&type=mural") == [due.mural.code]
    assert shown(english, "street=&type=&q=&when=overdue") == [due.board.code]
    for query, parameter in (("when=never", "when"), ("after=x", "after"), ("colour=red", "colour")):
        response = english.get(f"/due/?{query}")
        assert response.status_code == 400
        assert parameter in response.content.decode()


def test_the_map_of_overdue_shows_the_same(due: Town, english: Client, viewer: User) -> None:
    content = english.get("/due/?street=370105001").content.decode()
    assert 'href="/map/?street=370105001&amp;overdue=inspection"' in content
    assert [a.code for a in read_filter("street=370105001&overdue=inspection").assets(viewer)] == [
        due.board.code
    ]


def test_who_plans_gives_the_overdue_ones_to_a_crew(
    due: Town, as_user: Looking, publicity: User, crew: User, english: Client
) -> None:
    office = as_user(publicity)
    way = "/jobs/new/?overdue=inspection&kind=inspect"
    assert way.replace("&", "&amp;") in office.get("/due/").content.decode()
    assert way.replace("&", "&amp;") not in english.get("/due/").content.decode()
    office.post(way, {"kind": "inspect", "priority": "1"})
    job = Maintenance.objects.get(kind="inspect")
    assert job.asset == due.board
    assert "1 given to crews" in english.get("/due/").content.decode()
    record_inspection(Actor(crew, Origin.PHONE), due.board, Condition.GOOD)
    job.refresh_from_db()
    assert job.state == "done"
    assert due.board.code not in shown(english, "when=week")


def test_pages_follow_one_another(
    due: Town, english: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    today = timezone.localdate()
    for number in range(60):
        make_asset(next_inspection_due=today - timedelta(days=number % 5))
    shown(english)
    with django_assert_max_num_queries(9):
        first = shown(english)
    content = english.get("/due/").content.decode()
    following = re.search(r'rel="next" href="\?([^"]+)"', content)
    assert following
    second = shown(english, following[1].replace("&amp;", "&"))
    assert (len(first), len(second)) == (50, 13)
    assert not set(first) & set(second)


def test_a_stranger_sees_another_district(
    due: Town, as_user: Looking, stranger: User, colleague: User
) -> None:
    Asset.objects.filter(pk=due.foreign.pk).update(next_inspection_due=timezone.localdate())
    assert shown(as_user(stranger)) == [due.foreign.code]
    assert due.foreign.code not in shown(as_user(colleague))


def test_nobody_is_sent_to_sign_in(due: Town, client: Client) -> None:
    assert client.get("/due/")["Location"] == "/sign-in/?next=/due/"


def test_a_street_and_a_type_that_came_after_the_lists_were_read_are_counted_all_the_same(
    town: Town, viewer: User
) -> None:
    asset_filter = read_filter("")
    make_area("370105009", "新街道", square(117.015, 36.69, 117.02, 36.70))
    late = make_asset(Point(117.018, 36.695, srid=4326), type=make_type())
    Asset.objects.filter(pk=late.pk).update(next_inspection_due=timezone.localdate() - timedelta(days=1))
    counts = due_counts(asset_filter, viewer)
    assert counts.total.overdue == sum(row.overdue for row in counts.streets) > 0
