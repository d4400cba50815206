"""/spots/<codes>/panel: the assets that are drawn on one spot of the map."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from assets.models import Condition
from mapping.panel import MOST_ON_A_SPOT
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db


def test_it_lists_them(town: Town, reader: Client) -> None:
    codes = [face.code for face in town.faces]
    told = reader.get(f"/spots/{','.join(codes)}/panel").content.decode()
    assert all(f"/assets/{code}/" in told for code in codes)


def test_the_worst_comes_first(town: Town, reader: Client) -> None:
    told = reader.get(f"/spots/{','.join(face.code for face in town.faces)}/panel").content.decode()
    severe, missing = town.faces
    assert (severe.condition, missing.condition) == (Condition.SEVERE, Condition.MISSING)
    assert told.index(missing.code) < told.index(severe.code)


def test_what_nobody_may_see_is_not_there(
    town: Town, reader: Client, as_user: Callable[[User | None], Client], stranger: User
) -> None:
    address = f"/spots/{town.faces[0].code}/panel"
    assert as_user(stranger).get(address).status_code == 404
    assert reader.get("/spots/1,2/panel").status_code == 404
    assert reader.get("/spots/x/panel").status_code == 404


def test_more_than_anybody_chooses_from_is_refused(town: Town, reader: Client) -> None:
    codes = ",".join(str(number) for number in range(MOST_ON_A_SPOT + 1))
    assert reader.get(f"/spots/{codes}/panel").status_code == 400
