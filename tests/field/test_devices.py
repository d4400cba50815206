"""/api/field/devices and /api/field/me: tokens of phones, and who somebody is in the field."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import AccessToken, TokenPurpose, User
from field.api import access
from tests.factories import make_unit
from tests.field.conftest import Phone, phone_of

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User | None], Client]


def issue(client: Client) -> tuple[int, dict]:
    body = {"label": "红米 12", "phone": str(uuid.uuid4())}
    answer = client.post("/api/field/devices", body, content_type="application/json")
    return answer.status_code, answer.json()


def test_whoever_does_field_work_gets_a_token(signed_in: SignedIn, crew: User) -> None:
    status, body = issue(signed_in(crew))
    assert status == 201
    assert body["user"] == {"id": crew.pk, "username": "crew", "name": "crew"}
    token = tokens.token_of(body["token"], TokenPurpose.FIELD)
    assert token is not None
    assert (token.user, token.label, str(token.uid)) == (crew, "红米 12", body["uid"])


def test_who_only_reads_gets_none(signed_in: SignedIn, viewer: User, planner: User) -> None:
    for user in (viewer, planner):
        assert issue(signed_in(user))[0] == 403
    assert issue(signed_in(None))[0] == 401
    assert not AccessToken.objects.exists()


def test_a_page_of_somebody_else_cannot_ask_for_one(crew: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(crew)
    assert issue(client)[0] == 403


def test_one_sees_and_ends_ones_own_phones(
    phone: Phone, crew: User, owner: User, signed_in: SignedIn
) -> None:
    other = phone_of(crew)
    foreign = AccessToken.objects.get(pk=phone_of(owner).user.tokens.get().pk)
    listed = phone.get("devices").json()["devices"]
    assert [device["this"] for device in listed] == [False, True]
    assert len(signed_in(crew).get("/api/field/devices").json()["devices"]) == 2
    address = f"/api/field/devices/{foreign.uid}"
    assert phone.client.delete(address, headers=phone.headers).status_code == 404
    ended = phone.client.delete(f"/api/field/devices/{listed[0]['uid']}", headers=phone.headers)
    assert ended.status_code == 204
    assert other.get("me").status_code == 401
    assert phone.get("me").status_code == 200


def test_me(phone: Phone, crew: User, django_assert_max_num_queries: Callable) -> None:
    crew.units.add(make_unit("养护一班", is_crew=True))
    with django_assert_max_num_queries(8):
        body = phone.get("me").json()
    assert body["can"] == {
        "register": True,
        "inspect": True,
        "edit": False,
        "move": False,
        "do_maintenance": True,
        "patrol": True,
        "report_problem": True,
        "evaluate": False,
    }
    assert body["roles"] == [{"role": "crew", "area": "370105", "area_name": "天桥区"}]
    assert [unit["name"] for unit in body["units"]] == ["养护一班"]


def test_without_a_live_token_nothing_is_answered(phone: Phone, crew: User, signed_in: SignedIn) -> None:
    addresses = ("me", "areas", "pack?areas=370105001", "changes?since=x&areas=370105001")
    data_token = tokens.issue_token(crew, TokenPurpose.DATA, "QGIS")[1]
    for address in addresses:
        for headers in ({}, {"Authorization": "Bearer tqf_no"}, {"Authorization": f"Bearer {data_token}"}):
            answer = Client().get(f"/api/field/{address}", headers=headers)
            assert answer.status_code == 401, address
        # A session opens none of them either.
        assert signed_in(crew).get(f"/api/field/{address}").status_code == 401
    assert Client().post("/api/field/sync", {}, content_type="application/json").status_code == 401
    assert Client().put(f"/api/field/photos/{'a' * 64}", b"x").status_code == 401
    assert Client().head(f"/api/field/photos/{'a' * 64}").status_code == 401


def test_a_token_ends_with_its_user(phone: Phone, crew: User) -> None:
    crew.memberships.all().delete()
    assert phone.get("me").status_code == 403
    User.objects.filter(pk=crew.pk).update(is_active=False)
    assert phone.get("me").status_code == 401


def test_a_token_ends_when_it_is_not_used(phone: Phone) -> None:
    AccessToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert phone.get("me").status_code == 401


def test_a_phone_gone_wild_is_braked(phone: Phone, crew: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "PER_PHONE", access.Bucket("phone", 3, timedelta(minutes=1)))
    answers = [phone.get("me") for _request in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert answers[-1].json()["code"] == "too_often"
    assert phone_of(crew).get("me").status_code == 200


def test_a_sixth_phone_ends_the_one_that_was_silent_longest(signed_in: SignedIn, crew: User) -> None:
    client = signed_in(crew)
    secrets = [issue(client)[1]["token"] for _nth in range(5)]
    for secret in reversed(secrets[1:]):
        assert tokens.token_of(secret, TokenPurpose.FIELD) is not None, "used, and so heard of"
    assert issue(client)[0] == 201
    live = AccessToken.objects.live().filter(user=crew)
    assert live.count() == 5
    assert tokens.token_of(secrets[0], TokenPurpose.FIELD) is None
    assert tokens.token_of(secrets[1], TokenPurpose.FIELD) is not None


def test_ended_phones_and_those_of_others_take_no_room(signed_in: SignedIn, crew: User, owner: User) -> None:
    others = [issue(signed_in(owner))[1]["token"] for _nth in range(5)]
    client = signed_in(crew)
    for _nth in range(8):
        uid = issue(client)[1]["uid"]
        AccessToken.objects.filter(uid=uid).update(revoked_at=timezone.now())
    assert all(tokens.token_of(secret, TokenPurpose.FIELD) for secret in others)


def test_what_is_beyond_a_days_volume_comes_later(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    few = access.Bucket("operations", 3, timedelta(hours=1))
    monkeypatch.setattr("field.up.api.KILOBYTES_A_DAY", few)
    operations = [{"op_id": str(uuid.uuid4()), "padding": "x" * 600} for _nth in range(4)]
    assert phone.post(*operations[:3]).status_code == 200
    answer = phone.post(operations[3])
    assert (answer.status_code, answer.json()["code"]) == (429, "too_often")
    assert int(answer["Retry-After"]) > 3000
    other_phone_of_the_same = phone_of(phone.user)
    assert other_phone_of_the_same.post(*operations[:1]).status_code == 429


def test_photos_have_a_days_volume_too(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    few = access.Bucket("photos", 2, timedelta(hours=1))
    monkeypatch.setattr("field.up.api.PHOTO_MEGABYTES_A_DAY", few)
    statuses = [phone.put_photo(b"x" * 100).status_code for _nth in range(3)]
    assert statuses == [409, 409, 429]
