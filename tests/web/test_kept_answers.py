"""Counts that take long are kept with their age, and counted anew by the worker; nobody gets another's."""

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from psycopg2.errors import QueryCanceled

from accounts.models import User
from assets.models import Asset, Condition, Lifecycle
from tests.mapping.conftest import Town
from web import kept_answers
from web.kept_answers import count_anew, forget_unasked
from web.models import KeptAnswer

pytestmark = pytest.mark.django_db(transaction=True)

Looking = Callable[[User | None], Client]
DISTRICT_TILE = "/tiles/assets/10/844/399.mvt"


@pytest.fixture
def slow(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town where every count is one that takes long."""
    monkeypatch.setattr(kept_answers, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(kept_answers, "LEAST_PAUSE", timedelta(0))
    monkeypatch.setattr(kept_answers, "PAUSES_A_COUNT", 0)
    return town


def take_one_out(town: Town) -> None:
    """A change, seen by a process that remembers nothing."""
    Asset.objects.filter(pk=town.board.pk).update(lifecycle=Lifecycle.PLANNED)
    cache.clear()


def waiting() -> int:
    return DBTaskResult.objects.filter(task_path="web.tasks.recount", status=TaskResultStatus.READY).count()


def work() -> None:
    """What the worker would do."""
    for kept in KeptAnswer.objects.exclude(waiting_since=None):
        count_anew(kept.pk)


def legend(client: Client, query: str = "") -> dict[str, Any]:
    response = client.get(f"/api/legend{query}")
    assert response.status_code == 200, response.content
    return response.json()


def test_after_a_change_the_old_counts_come_at_once_with_their_age(
    slow: Town, publicity: User, as_user: Looking
) -> None:
    client = as_user(publicity)
    assert (legend(client)["matched"], legend(client)["counted_seconds_ago"]) == (6, 0)
    KeptAnswer.objects.update(counted_at=timezone.now() - timedelta(seconds=90))
    take_one_out(slow)
    old = legend(client)
    assert (old["matched"], old["total"]) == (6, 6)
    assert 90 <= old["counted_seconds_ago"] < 120
    assert waiting() > 0
    work()
    new = legend(client)
    assert (new["matched"], new["total"], new["counted_seconds_ago"]) == (5, 5, 0)


def test_old_counts_are_not_remembered_as_those_of_now(slow: Town, publicity: User, as_user: Looking) -> None:
    client = as_user(publicity)
    legend(client)
    take_one_out(slow)
    assert legend(client)["matched"] == 6
    work()
    assert legend(client)["matched"] == 5, "without clearing any cache"


def test_one_task_waits_however_many_ask(slow: Town, publicity: User, as_user: Looking) -> None:
    client = as_user(publicity)
    legend(client)
    take_one_out(slow)
    for _nth in range(3):
        legend(client)
    assert waiting() == KeptAnswer.objects.count()


def test_a_tile_of_counts_is_kept_and_browsers_do_not_hold_it_for_the_new_one(
    slow: Town, publicity: User, as_user: Looking
) -> None:
    client = as_user(publicity)
    first = client.get(DISTRICT_TILE)
    assert first.status_code == 200
    assert "Age" not in first
    KeptAnswer.objects.update(counted_at=timezone.now() - timedelta(seconds=90))
    Asset.objects.update(condition=Condition.GOOD)
    cache.clear()
    old = client.get(DISTRICT_TILE)
    assert (old.content, old.has_header("ETag")) == (first.content, False)
    assert int(old["Age"]) >= 90
    work()
    new = client.get(DISTRICT_TILE)
    assert new.content != first.content
    assert new["ETag"] != first["ETag"]
    assert "Age" not in new


def test_symbols_are_never_old(slow: Town, publicity: User, as_user: Looking) -> None:
    as_user(publicity).get("/tiles/assets/14/13481/6356.mvt")
    assert not KeptAnswer.objects.exists()


def test_what_is_quick_is_not_kept(town: Town, publicity: User, as_user: Looking) -> None:
    legend(as_user(publicity))
    assert not KeptAnswer.objects.exists()


def test_readers_of_other_areas_get_their_own(
    slow: Town, publicity: User, stranger: User, as_user: Looking
) -> None:
    assert legend(as_user(publicity))["matched"] == 6
    cache.clear()
    assert legend(as_user(stranger))["matched"] == 1, "the one of their own district"


def test_languages_and_filters_have_their_own(slow: Town, publicity: User, as_user: Looking) -> None:
    client = as_user(publicity)
    chinese = legend(client)["groups"]["condition"]
    client.cookies["django_language"] = "en"
    cache.clear()
    assert legend(client)["groups"]["condition"] != chinese
    assert legend(client, "?street=370105001")["matched"] == 2


def test_a_count_that_takes_too_long_is_left_to_the_worker(
    town: Town, publicity: User, as_user: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = kept_answers._counts["legend"]

    def endless(*_args: Any) -> bytes:
        raise OperationalError from QueryCanceled()

    client = as_user(publicity)
    client.cookies["django_language"] = "en"
    monkeypatch.setitem(kept_answers._counts, "legend", endless)
    for _nth in range(2):
        response = client.get("/api/legend")
        assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
        assert "being counted" in response.json()["detail"]
        assert int(response["Retry-After"]) > 0
    assert waiting() == 1
    monkeypatch.setitem(kept_answers._counts, "legend", count)
    monkeypatch.setattr(kept_answers, "SLOW_SECONDS", 0.0)
    work()
    assert legend(client)["matched"] == 6


def test_without_a_worker_it_is_tried_again_after_a_while(
    slow: Town, publicity: User, as_user: Looking
) -> None:
    client = as_user(publicity)
    legend(client)
    KeptAnswer.objects.update(
        body=b"", counted_at=None, edition="", waiting_since=timezone.now() - timedelta(minutes=6)
    )
    cache.clear()
    assert legend(client)["matched"] == 6


def test_rights_that_were_taken_away_end_what_was_kept(slow: Town, publicity: User, as_user: Looking) -> None:
    legend(as_user(publicity))
    publicity.memberships.all().delete()
    for kept in KeptAnswer.objects.all():
        count_anew(kept.pk)
    assert not KeptAnswer.objects.exists()


def test_a_filter_that_names_what_is_gone_is_forgotten(slow: Town, publicity: User, as_user: Looking) -> None:
    legend(as_user(publicity))
    KeptAnswer.objects.update(filter="street=999")
    for kept in KeptAnswer.objects.all():
        count_anew(kept.pk)
    assert not KeptAnswer.objects.exists()


def test_what_nobody_asks_for_is_forgotten(slow: Town, publicity: User, as_user: Looking) -> None:
    legend(as_user(publicity))
    forget_unasked()
    assert KeptAnswer.objects.exists()
    KeptAnswer.objects.update(asked_at=timezone.now() - timedelta(days=8))
    forget_unasked()
    assert not KeptAnswer.objects.exists()


def test_the_worker_which_knows_no_addresses_knows_how_all_of_it_is_counted() -> None:
    asked = "import django; django.setup(); from web.kept_answers import _counts; print(*sorted(_counts))"
    process = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR
    )
    assert process.stdout.split() == ["cells", "legend", "matched"]


def test_two_who_ask_first_at_once_keep_one(slow: Town, publicity: User, as_user: Looking) -> None:
    client = as_user(publicity)
    legend(client)
    before = KeptAnswer.objects.count()
    KeptAnswer.objects.update(body=b"", counted_at=None, waiting_since=None)
    cache.clear()
    legend(client)
    assert KeptAnswer.objects.count() == before
    connection.close()
