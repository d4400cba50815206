"""/api/now: the mark that tells an open page whether anything has changed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assets.models import Asset
from tests.factories import make_theme
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db


def mark(client: Client) -> str:
    return client.get("/api/now").json()["mark"]


def test_it_stays_while_nothing_changes_and_changes_with_what_is_written(town: Town, reader: Client) -> None:
    first = mark(reader)
    assert mark(reader) == first
    Asset.objects.filter(pk=town.faces[0].pk).update(name="改名")
    second = mark(reader)
    assert second != first
    make_theme("new", name_zh="新主题")
    assert mark(reader) not in (first, second)


def test_a_new_day_is_a_change(town: Town, reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = mark(reader)
    tomorrow = timezone.localdate() + timedelta(days=1)
    monkeypatch.setattr("web.caching.timezone.localdate", lambda *_moment: tomorrow)
    assert mark(reader) != first


def test_it_needs_a_sign_in_and_takes_no_parameters(
    town: Town, reader: Client, as_user: Callable[[User | None], Client]
) -> None:
    assert as_user(None).get("/api/now").status_code == 401
    assert reader.get("/api/now?street=1").status_code == 400


def test_pages_of_a_list_say_what_had_been_written(town: Town, reader: Client) -> None:
    first = reader.get("/api/assets?page_size=1").json()
    again = reader.get(f"/api/assets?page_size=1&cursor={first['next']}").json()
    assert again["generation"] == first["generation"]
    Asset.objects.filter(pk=town.faces[0].pk).update(name="改名")
    changed = reader.get(f"/api/assets?page_size=1&cursor={first['next']}").json()
    assert changed["generation"] != first["generation"]
