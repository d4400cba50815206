"""Who reads is known without asking three times, and forgotten the moment it changes."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AccessToken, Membership, Role, TokenPurpose, User
from accounts.readers import OneLookMiddleware
from accounts.tokens import issue_token
from places import generation
from places.models import Area, Topic
from tests.factories import make_area, make_user

pytestmark = pytest.mark.django_db(transaction=True)

TILE = "/tiles/assets/9/422/199.mvt"


@pytest.fixture
def somebody() -> User:
    return make_user("viewer", make_area("370105", "天桥区"), username="somebody")


@pytest.fixture
def reading(somebody: User) -> Client:
    """Somebody's browser, which has read before."""
    client = Client()
    client.force_login(somebody)
    assert client.get(TILE).status_code in (200, 204)
    return client


def asked(client: Client, address: str = TILE, **headers: str) -> list[str]:
    """The statements of one answer, without those that only set a limit."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address, headers=headers).status_code in (200, 204)
    return [query["sql"] for query in queries if "statement_timeout" not in query["sql"]]


def test_an_answer_that_is_kept_asks_the_database_once(reading: Client) -> None:
    statements = asked(reading)
    assert len(statements) == 1
    assert "django_session" in statements[0]
    assert "places_changemark" in statements[0]


def test_a_program_with_a_token_asks_once_as_well(somebody: User) -> None:
    _token, secret = issue_token(somebody, TokenPurpose.DATA, "QGIS")
    key = {"authorization": f"Bearer {secret}"}
    asked(Client(), **key)
    assert len(asked(Client(), **key)) == 1


def switch_off(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def delete(user: User) -> None:
    user.delete()


def change_the_password(user: User) -> None:
    user.set_password("Weidenbaum-im-Wind-4")
    user.save()


@pytest.mark.parametrize("end", [switch_off, delete, change_the_password])
def test_whose_account_ends_reads_nothing_more(
    reading: Client, somebody: User, end: Callable[[User], None]
) -> None:
    end(somebody)
    assert reading.get(TILE).status_code == 401


def take_the_role(user: User) -> None:
    user.memberships.all().delete()


def take_the_role_by_a_statement(user: User) -> None:
    Membership.objects.filter(user=user).update(user=make_user("viewer", username="another"))


@pytest.mark.parametrize("take", [take_the_role, take_the_role_by_a_statement])
def test_who_loses_the_role_reads_nothing_more(
    reading: Client, somebody: User, take: Callable[[User], None]
) -> None:
    take(somebody)
    assert reading.get(TILE).status_code == 403


def test_who_is_given_a_role_has_it_with_the_next_request(reading: Client, somebody: User) -> None:
    assert reading.get("/export/assets.csv").status_code == 403
    somebody.memberships.update(role=Role.PLANNER)
    assert reading.get("/export/assets.csv").status_code == 200


def test_an_area_with_another_code_is_another_reach(reading: Client, somebody: User) -> None:
    before = reading.get(TILE)["ETag"]
    Area.objects.filter(code="370105").update(code="370199")
    assert reading.get(TILE)["ETag"] != before


def test_who_signs_out_in_one_window_is_out_in_all(reading: Client) -> None:
    other = Client()
    other.cookies = reading.cookies.copy()
    reading.post("/sign-out/")
    assert other.get(TILE).status_code == 401


def test_a_token_that_is_revoked_opens_nothing_more(somebody: User) -> None:
    token, secret = issue_token(somebody, TokenPurpose.DATA, "QGIS")
    key = {"authorization": f"Bearer {secret}"}
    assert Client().get(TILE, headers=key).status_code in (200, 204)
    AccessToken.objects.filter(pk=token.pk).delete()
    assert Client().get(TILE, headers=key).status_code == 401


def test_what_one_request_does_to_its_user_no_other_sees(somebody: User, rf: Client) -> None:
    from accounts.backends import RoleBackend

    given = []

    def take(request: object) -> None:
        generation.current(Topic.PEOPLE)
        user = RoleBackend().get_user(somebody.pk)
        assert user is not None
        given.append(user)
        assert user.display_name != "changed"
        user.display_name = "changed"

    for _number in range(2):
        OneLookMiddleware(take)(rf.get("/"))  # type: ignore[arg-type]
    assert given[0] is not given[1]


@pytest.mark.parametrize("method, looks", [("get", 1), ("head", 1), ("post", 2)])
def test_only_what_reads_looks_once(method: str, looks: int, rf: Client) -> None:
    """A request that writes looks again, since it may have moved the marks itself."""

    def twice(request: object) -> None:
        generation.current(Topic.ASSETS)
        generation.current(Topic.PEOPLE)

    with CaptureQueriesContext(connection) as queries:
        OneLookMiddleware(twice)(getattr(rf, method)("/"))  # type: ignore[arg-type]
    assert len(queries) == looks


def test_nothing_is_noted_beyond_the_request(rf: Client) -> None:
    OneLookMiddleware(lambda request: generation.current(Topic.ASSETS))(rf.get("/"))  # type: ignore[arg-type,return-value]
    assert generation.noted() is None
