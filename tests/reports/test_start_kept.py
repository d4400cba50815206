"""The start page of whoever sees a whole province: numbers that take long come at once, with their age."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assets.models import Asset, Lifecycle
from tests.cases.conftest import Scene
from web import kept_answers
from web.kept_answers import count_anew
from web.models import KeptAnswer

pytestmark = pytest.mark.django_db(transaction=True)
Looking = Callable[[User | None], Client]


@pytest.fixture(autouse=True)
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every count is one that takes long."""
    monkeypatch.setattr(kept_answers, "SLOW_SECONDS", 0.0)
    monkeypatch.setattr(kept_answers, "LEAST_PAUSE", timedelta(0))
    monkeypatch.setattr(kept_answers, "PAUSES_A_COUNT", 0)


def test_after_a_change_the_old_numbers_come_at_once_with_their_age(
    scene: Scene, as_user: Looking, publicity: User
) -> None:
    client = as_user(publicity)
    client.cookies["django_language"] = "en"

    def shown() -> tuple[int, int, bool]:
        answer = client.get("/start/")
        context = answer.context
        told = "counted anew" in answer.content.decode()
        assert told is (context["counted_at"] is not None)
        return context["figures"][0].count, sum(row.assets for row in context["streets"]), told

    before, in_streets, old = shown()
    assert (before, old) == (in_streets, False)
    assert before > 0
    KeptAnswer.objects.update(counted_at=timezone.now() - timedelta(seconds=90))
    Asset.objects.filter(pk=Asset.objects.values("pk")[:1]).update(lifecycle=Lifecycle.PLANNED)
    cache.clear()
    assert shown() == (before, before, True)
    for kept in KeptAnswer.objects.exclude(waiting_since=None):
        count_anew(kept.pk)
    assert shown() == (before - 1, before - 1, False)
