"""Who is offered what on the panel, and that whoever is not offered it may not do it either."""

import re

import pytest

from accounts.models import User
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

FORMS = ("edit", "move", "inspect", "post", "take-down", "suspend", "reopen", "remove", "undo", "void")


def offered(panel: str) -> set[str]:
    """The forms that a panel has buttons for."""
    return set(re.findall(r'data-desk="/desk/(?:assets/\d+/)?([a-z-]+)', panel))


def test_the_owner_is_offered_all_that_applies(town: Town, desk, owner: User) -> None:
    everything = {"edit", "move", "inspect", "post", "suspend", "remove", "new"}
    assert offered(desk(owner, town.board).panel()) == everything
    assert "take-down" in offered(desk(owner, town.mural).panel())
    assert offered(desk(owner, town.removed).panel()) == {"edit", "reopen"}


@pytest.mark.parametrize("role", ["colleague", "planner", "viewer"])
def test_who_may_write_elsewhere_or_nowhere_is_offered_nothing(
    town: Town, desk, role: str, request: pytest.FixtureRequest
) -> None:
    somebody = desk(request.getfixturevalue(role), town.board)
    assert offered(somebody.panel()) == set()
    assert "data-desk" not in somebody.panel()
    for slug in FORMS:
        assert somebody.open(slug).status_code == 403, slug
        assert somebody.send(slug).status_code == 403, slug


def test_a_crew_is_offered_the_condition_alone(town: Town, desk, crew: User) -> None:
    somebody = desk(crew, town.board)
    assert offered(somebody.panel()) == {"inspect", "new"}
    assert somebody.open("inspect").status_code == 200
    assert somebody.send("edit").status_code == 403


def test_a_stranger_finds_no_such_asset(town: Town, desk, stranger: User) -> None:
    somebody = desk(stranger, town.board)
    for slug in FORMS:
        assert somebody.open(slug).status_code == 404, slug
        assert somebody.send(slug).status_code == 404, slug


def test_nobody_is_asked_to_sign_in(town: Town, desk) -> None:
    nobody = desk(None, town.board)
    for slug in FORMS:
        answer = nobody.send(slug)
        assert answer.status_code == 401, slug
        assert answer["Content-Type"] == "application/problem+json"


def test_what_does_not_exist_is_not_found(town: Town, desk, owner: User) -> None:
    assert desk(owner, town.board).open("dance").status_code == 404


@pytest.mark.parametrize("role", ["owner", "crew"])
def test_the_map_loads_the_writing_for_those_who_may_write(
    town: Town, desk, role: str, request: pytest.FixtureRequest
) -> None:
    page = desk(request.getfixturevalue(role)).client.get("/map/").content.decode()
    assert '"work/desk/start"' in page
    assert '"newAsset": "/desk/new"' in page
    assert "work/css/desk" in page


def test_a_viewers_map_loads_none_of_it(town: Town, desk, viewer: User) -> None:
    page = desk(viewer).client.get("/map/").content.decode()
    loaded = re.search(r'"modules": \[(.*?)\]', page)
    assert loaded is not None
    assert "work/desk" not in loaded[1]
    assert "work/css/desk" not in page


def test_a_token_that_reads_opens_no_form(town: Town, desk, owner: User) -> None:
    from accounts.actions.issue_data_token import issue_data_token

    token = issue_data_token(owner, "QGIS")
    text = token[1] if isinstance(token, tuple) else str(token)
    answer = desk(None, town.board).client.get(
        f"/desk/assets/{town.board.code}/edit", headers={"Authorization": f"Bearer {text}"}
    )
    assert answer.status_code == 401
