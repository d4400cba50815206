"""A request's first statement is its connection's health check: one round trip, and no fault when that is gone."""

import pytest
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import Client

from accounts.models import TokenPurpose, User
from accounts.tokens import issue_token
from places.first_look import first_look

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A connection as it is kept between requests; what asks whether it still works is listed."""
    asked: list[str] = []

    def usable() -> bool:
        asked.append("usable")
        return True

    connection.ensure_connection()
    monkeypatch.setattr(connection, "is_usable", usable)
    connection.health_check_enabled, connection.health_check_done = True, False
    return asked


def end_connection() -> None:
    """As a restarted database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ended = cursor.fetchone()[0]
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [ended])
    other.close()
    connection.health_check_done = False


@pytest.fixture(params=["session", "token"])
def reading(request: pytest.FixtureRequest, planner: User) -> Client:
    client = Client()
    if request.param == "session":
        client.force_login(planner)
        return client
    secret = issue_token(planner, TokenPurpose.DATA, "QGIS")[1]
    return Client(headers={"Authorization": f"Bearer {secret}"})


ADDRESS = "/api/assets?page_size=1"


def test_nobody_asks_beforehand_whether_the_connection_works(reading: Client, kept: list[str]) -> None:
    assert reading.get(ADDRESS).status_code == 200
    assert kept == []


def test_a_connection_that_was_ended_meanwhile_is_replaced(reading: Client, kept: list[str]) -> None:
    end_connection()
    assert reading.get(ADDRESS).status_code == 200


def test_a_statement_that_fails_for_another_reason_is_not_repeated(kept: list[str]) -> None:
    tried = []

    def failing() -> None:
        tried.append(1)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 1; SELECT pg_sleep(1)")

    with pytest.raises(OperationalError):
        first_look(failing)
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout")
    assert tried == [1]


def test_a_database_that_stays_away_is_told_as_such(kept: list[str]) -> None:
    def failing() -> None:
        raise InterfaceError("connection already closed")

    with pytest.raises(InterfaceError):
        first_look(failing)
