"""Heavy requests: how many one person may have under way, and how long a free filter may take."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from tests.mapping.conftest import Town
from web import turns
from web.patience import _seconds_for
from web.turns import MOST_AT_ONCE

pytestmark = pytest.mark.django_db

ITEMS = "/ogc/collections/assets/items"
PAGE = {"headers": {"accept": "text/html"}}
Looking = Callable[[User | None], Client]


@pytest.fixture
def elsewhere(transactional_db: None) -> Iterator[Callable[[User, int], None]]:
    """Takes turns of a person in other sessions, as other requests do."""
    with ExitStack() as sessions:

        def take(person: User, how_many: int) -> None:
            for number in range(how_many):
                other = connection.copy()
                sessions.callback(other.close)
                with other.cursor() as cursor:
                    key = person.pk * MOST_AT_ONCE + number
                    cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [turns._LOCKS, key])
                    assert cursor.fetchone()[0]

        yield take


@pytest.fixture(autouse=True)
def nothing_held(db: None) -> None:
    """An answer that a test of another file left unread may still hold its turn on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_all()")


def held() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND pid = pg_backend_pid()",
            [turns._LOCKS],
        )
        return int(cursor.fetchone()[0])


def test_the_last_turn_is_had_and_somebody_else_has_turns_of_their_own(
    town: Town, planner: User, publicity: User, as_user: Looking, elsewhere: Any
) -> None:
    elsewhere(planner, MOST_AT_ONCE - 1)
    assert as_user(planner).get(ITEMS).status_code == 200
    assert as_user(publicity).get(ITEMS).status_code == 200


def test_who_has_all_turns_gets_429_in_words(
    town: Town, planner: User, as_user: Looking, elsewhere: Any
) -> None:
    elsewhere(planner, MOST_AT_ONCE)
    answer = as_user(planner).get(ITEMS)
    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert int(answer["Retry-After"]) > 0
    assert str(MOST_AT_ONCE) in answer.json()["detail"]


@pytest.mark.parametrize("query", ["", "?filter=no_such_field=1", "?limit=x"])
def test_a_turn_is_given_back_however_the_request_ends(
    town: Town, planner: User, as_user: Looking, query: str
) -> None:
    client = as_user(planner)
    for _ in range(MOST_AT_ONCE + 1):
        assert client.get(ITEMS + query).status_code in (200, 400)
        assert held() == 0


def test_an_export_takes_a_turn_until_it_is_sent(
    town: Town, planner: User, as_user: Looking, elsewhere: Any
) -> None:
    client = as_user(planner)
    answer = client.get("/export/assets.geojson")
    assert (answer.status_code, held()) == (200, 1)
    assert b"".join(answer.streaming_content)
    answer.close()
    assert held() == 0
    elsewhere(planner, MOST_AT_ONCE)
    assert client.get("/export/assets.geojson").status_code == 429


def test_a_page_for_people_has_two_hundred_rows_at_most(
    town: Town, planner: User, as_user: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mapping.ogc.views.LARGEST_HTML_PAGE", 2)
    client = as_user(planner)
    page = client.get(f"{ITEMS}?limit=10000", **PAGE).content.decode()
    assert page.count('<a href="/ogc/collections/assets/items/') == 2
    assert 'rel="next"' in page
    assert len(client.get(f"{ITEMS}?limit=10000").json()["features"]) == len(town.shown)


@pytest.mark.parametrize(
    "address, of_all, seconds",
    [("/ogc/collections", 20, 5), ("/ogc/collections", 3, 3), ("/ogc/", 0, 0), ("/map/", 20, 20)],
)
def test_a_statement_of_a_free_filter_has_five_seconds(
    rf: Any, settings: Any, address: str, of_all: float, seconds: float
) -> None:
    settings.SLOWEST_READ_SECONDS = of_all
    assert _seconds_for(rf.get(address)) == seconds
