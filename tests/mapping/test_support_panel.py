"""/supports/<id>/panel: the faces on one support."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from assets.models import Condition
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db


def test_it_lists_the_faces(town: Town, reader: Client) -> None:
    told = reader.get(f"/supports/{town.faces[0].support_id}/panel").content.decode()
    assert all(f"/assets/{face.code}/" in told for face in town.faces)


def test_the_worst_comes_first(town: Town, reader: Client) -> None:
    told = reader.get(f"/supports/{town.faces[0].support_id}/panel").content.decode()
    severe, missing = town.faces
    assert (severe.condition, missing.condition) == (Condition.SEVERE, Condition.MISSING)
    assert told.index(missing.code) < told.index(severe.code)


def test_what_nobody_may_see_is_not_there(
    town: Town, reader: Client, as_user: Callable[[User | None], Client], stranger: User
) -> None:
    address = f"/supports/{town.faces[0].support_id}/panel"
    assert as_user(stranger).get(address).status_code == 404
    assert reader.get("/supports/999999/panel").status_code == 404


def test_nobody_is_sent_to_sign_in(town: Town, client: Client) -> None:
    assert client.get(f"/supports/{town.faces[0].support_id}/panel").status_code == 302
