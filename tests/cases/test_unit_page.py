"""/cases/unit/: a unit's own cases, by what is to be done."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from cases.actions.urge_case import urge_case
from cases.models import Case, State
from tests.cases.conftest import Scene, by

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client: Client) -> Client:
    client.cookies["django_language"] = "en"
    return client


def test_a_unit_sees_its_own_cases_by_what_is_to_be_done(scene: Scene, client: Client) -> None:
    waiting, in_hand = scene.dispatch(), scene.accept(asset=scene.another())
    fixed, elsewhere = scene.fix(asset=scene.another()), scene.file(asset=scene.another())
    urge_case(by(scene.leader), in_hand, "hurry", answer_by=timezone.now() + timedelta(days=1))
    client.force_login(scene.liaison)
    page = client.get("/cases/unit/").content.decode()
    assert re.findall(r'data-case="([^"]+)"', page) == [waiting.code, in_hand.code, fixed.code]
    assert page.count("Urged: answer") == 1
    assert elsewhere.code not in page
    client.post(f"/cases/{waiting.code}/accept")
    assert Case.objects.get(pk=waiting.pk).state == State.IN_HAND


def test_others_see_none_of_them(scene: Scene, client: Client, stranger: User) -> None:
    case = scene.dispatch()
    for user in (scene.other_liaison, scene.desk, scene.patrol, stranger):
        client.force_login(user)
        response = client.get("/cases/unit/")
        assert response.status_code == 200
        assert case.code not in response.content.decode()
    client.logout()
    assert client.get("/cases/unit/").status_code == 302


def test_a_role_elsewhere_shows_no_case_of_the_unit(scene: Scene, client: Client, stranger: User) -> None:
    case = scene.dispatch()
    stranger.units.add(scene.unit)
    client.force_login(stranger)
    assert case.code not in client.get("/cases/unit/").content.decode()


def test_many_cases_take_no_more_queries(
    scene: Scene, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(6):
        scene.accept()
    client.force_login(scene.liaison)
    client.get("/cases/unit/")
    with django_assert_max_num_queries(26):
        assert client.get("/cases/unit/").content.decode().count("data-case") == 6
