"""/connect/: recipes for those who may export, and tokens: made, shown once, listed with their last use, revoked."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.actions.issue_data_token import MOST_TOKENS
from accounts.models import AccessToken, TokenPurpose, User
from accounts.tokens import issue_token
from tests.factories import make_user
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
ADDRESS = "/connect/"
SECRET = re.compile(r"tqd_[\w-]{43}")


def revoke(client: Client, token: AccessToken) -> int:
    return client.post(f"{ADDRESS}tokens/{token.uid}/revoke").status_code


def test_who_may_export_finds_it_in_the_navigation(
    town: Town, as_user: Looking, owner: User, colleague: User, stranger: User, planner: User
) -> None:
    for user in (owner, colleague, stranger, planner):
        page = as_user(user).get(ADDRESS)
        assert page.status_code == 200
        assert page["Cache-Control"] == "private, no-store"
        assert f"<code>{user.username}</code>" in page.content.decode()
        assert 'href="/connect/"' in as_user(user).get("/map/").content.decode()


def test_others_do_not(town: Town, as_user: Looking, client: Client, viewer: User, crew: User) -> None:
    for user in (viewer, crew, make_user(None)):
        assert as_user(user).get(ADDRESS).status_code == 403
        assert as_user(user).post(ADDRESS, {"label": "QGIS"}).status_code == 403
    assert 'href="/connect/"' not in as_user(viewer).get("/map/").content.decode()
    assert client.get(ADDRESS)["Location"] == "/sign-in/?next=/connect/"
    assert client.post(ADDRESS, {"label": "QGIS"})["Location"].startswith("/sign-in/")
    assert not AccessToken.objects.exists()


def test_a_token_is_shown_once_and_works(town: Town, as_user: Looking, client: Client, planner: User) -> None:
    signed_in = as_user(planner)
    answer = signed_in.post(ADDRESS, {"label": " 办公室的 QGIS "})
    assert (answer.status_code, answer["Cache-Control"]) == (201, "private, no-store")
    [secret] = set(SECRET.findall(answer.content.decode()))
    assert AccessToken.objects.get().label == "办公室的 QGIS"
    again = signed_in.get(ADDRESS).content.decode()
    assert not SECRET.search(again)
    assert "办公室的 QGIS" in again
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/ogc/collections/assets/items", headers=headers).status_code == 200
    used = timezone.localtime(AccessToken.objects.get().last_used_at)
    assert f"{used:%Y-%m-%d %H:%M}" in signed_in.get(ADDRESS).content.decode()


def test_a_token_ends_when_it_is_revoked(town: Town, as_user: Looking, client: Client, planner: User) -> None:
    signed_in = as_user(planner)
    [secret] = set(SECRET.findall(signed_in.post(ADDRESS, {"label": "QGIS"}).content.decode()))
    token = AccessToken.objects.get()
    answer = signed_in.post(f"{ADDRESS}tokens/{token.uid}/revoke")
    assert (answer.status_code, answer["Location"]) == (302, "/connect/#tokens")
    headers = {"Authorization": f"Bearer {secret}"}
    assert client.get("/ogc/collections/assets/items", headers=headers).status_code == 401
    assert f"/tokens/{token.uid}/revoke" not in signed_in.get(ADDRESS).content.decode()


def test_nobody_revokes_or_sees_anothers(
    town: Town, as_user: Looking, client: Client, planner: User, colleague: User, stranger: User
) -> None:
    token, _secret = issue_token(planner, TokenPurpose.DATA, "planner's own QGIS")
    for user in (colleague, stranger):
        assert "planner&#x27;s own QGIS" not in as_user(user).get(ADDRESS).content.decode()
        assert revoke(as_user(user), token) == 404
    assert revoke(client, token) == 302
    token.refresh_from_db()
    assert token.is_live
    phone, _secret = issue_token(planner, TokenPurpose.FIELD, "phone")
    assert revoke(as_user(planner), phone) == 404
    assert as_user(planner).post(f"{ADDRESS}tokens/{uuid.uuid4()}/revoke").status_code == 404


def test_who_may_no_longer_export_can_still_revoke(town: Town, as_user: Looking, planner: User) -> None:
    token, _secret = issue_token(planner, TokenPurpose.DATA, "QGIS")
    planner.memberships.all().delete()
    assert revoke(as_user(planner), token) == 302
    token.refresh_from_db()
    assert not token.is_live


def test_forms_need_their_csrf_token(town: Town, planner: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(planner)
    token, _secret = issue_token(planner, TokenPurpose.DATA, "QGIS")
    assert strict.post(ADDRESS, {"label": "QGIS"}).status_code == 403
    assert revoke(strict, token) == 403
    assert AccessToken.objects.count() == 1
    assert strict.get(f"{ADDRESS}tokens/{token.uid}/revoke").status_code == 405


@pytest.mark.parametrize("label", ["", "   ", "x" * 101, "a\0b"])
def test_a_label_that_says_nothing_is_refused(
    town: Town, as_user: Looking, planner: User, label: str
) -> None:
    answer = as_user(planner).post(ADDRESS, {"label": label})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not AccessToken.objects.exists()


def test_there_are_not_endlessly_many(town: Town, as_user: Looking, planner: User) -> None:
    for number in range(MOST_TOKENS):
        issue_token(planner, TokenPurpose.DATA, f"QGIS {number}")
    assert as_user(planner).post(ADDRESS, {"label": "QGIS"}).status_code == 400
    AccessToken.objects.filter(label="QGIS 0").update(expires_at=timezone.now() - timedelta(days=1))
    assert as_user(planner).post(ADDRESS, {"label": "QGIS"}).status_code == 201


def test_the_list_forgets_what_ended_long_ago(
    town: Town, as_user: Looking, planner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        issue_token(planner, TokenPurpose.DATA, f"QGIS {number}")
    AccessToken.objects.filter(label="QGIS 0").update(expires_at=timezone.now() - timedelta(days=40))
    AccessToken.objects.filter(label="QGIS 1").update(revoked_at=timezone.now() - timedelta(days=40))
    AccessToken.objects.filter(label="QGIS 2").update(revoked_at=timezone.now())
    client = as_user(planner)
    with django_assert_max_num_queries(8):
        page = client.get(ADDRESS).content.decode()
    assert not re.search(r"QGIS [01]\b", page)
    assert page.count("/revoke") == 5


def test_what_somebody_called_a_token_is_text(town: Town, as_user: Looking, planner: User) -> None:
    page = as_user(planner).post(ADDRESS, {"label": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page
