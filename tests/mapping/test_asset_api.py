"""/api/assets/<code>: one asset."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


def test_it_is_the_row_of_the_list(town: Town, reader: Client) -> None:
    row = reader.get("/api/assets?type=mural").json()["results"][0]
    assert reader.get(f"/api/assets/{town.mural.code}").json() == row


def test_what_was_removed_is_still_there(town: Town, reader: Client) -> None:
    assert reader.get(f"/api/assets/{town.removed.code}").json()["lifecycle"] == "removed"


def test_another_district_is_not_there(town: Town, reader: Client, as_user: Looking, stranger: User) -> None:
    response = reader.get(f"/api/assets/{town.foreign.code}")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert as_user(stranger).get(f"/api/assets/{town.foreign.code}").status_code == 200
    assert as_user(stranger).get(f"/api/assets/{town.board.code}").status_code == 404


def test_it_takes_no_parameters(town: Town, reader: Client) -> None:
    assert reader.get(f"/api/assets/{town.board.code}?street=none").json()["parameter"] == "street"


def test_nobody_is_asked_to_sign_in(town: Town, client: Client) -> None:
    assert client.get(f"/api/assets/{town.board.code}").status_code == 401
