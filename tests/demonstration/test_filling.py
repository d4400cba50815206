"""Filling the demonstration by the worker: each step once and whole, whoever is killed; pages say so meanwhile."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from assets.models import BackgroundRun, Batch, BatchKind, RunState, Theme
from demonstration import filling, tasks
from demonstration.filling import CASES_AT_ONCE, FILLING, Step, begin, notice, steps_of, take_step
from tests.factories import make_asset, make_theme

pytestmark = pytest.mark.django_db
SIZE = {"first": 25, "cases": 47, "answers": 3, "seed": 1}


@pytest.fixture
def demonstrated(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register that was invented, with nothing going on in it yet."""
    settings.DEMONSTRATION = True
    monkeypatch.setattr(filling, "_is_over", False)
    Batch.objects.create(kind=BatchKind.DEMONSTRATION, title="x", origin="command")


@pytest.fixture
def short(demonstrated: None, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Three steps that each write a row, and say that they were taken."""
    taken: list[int] = []

    def step(number: int) -> Step:
        def take() -> None:
            make_theme(f"step-{number}")
            taken.append(number)

        return Step(f"part {number}", take)  # type: ignore[arg-type]

    monkeypatch.setattr(filling, "steps_of", lambda size: [step(1), step(2), step(3)])
    return taken


def waiting() -> int:
    return DBTaskResult.objects.filter(
        task_path=tasks.fill.module_path, status=TaskResultStatus.READY
    ).count()


def test_every_step_is_taken_once_and_in_order(short: list[int]) -> None:
    run = begin()
    assert run is not None
    assert [take_step(run.pk), take_step(run.pk), take_step(run.pk), take_step(run.pk)] == [
        True,
        True,
        False,
        False,
    ]
    assert short == [1, 2, 3]
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == (RunState.DONE, 3, 3)
    assert begin() is None


def test_a_step_that_was_killed_leaves_nothing_and_is_taken_again(
    short: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin()
    assert run is not None
    take_step(run.pk)
    steps = filling.steps_of(SIZE)

    def killed() -> None:
        steps[1].take()
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(filling, "steps_of", lambda size: [steps[0], Step("x", killed), steps[2]])  # type: ignore[arg-type]
        with pytest.raises(SystemExit):
            take_step(run.pk)
    assert not Theme.objects.filter(code="step-2").exists()
    run.refresh_from_db()
    assert (run.done, run.state) == (1, RunState.WAITING)
    assert take_step(run.pk)
    assert Theme.objects.filter(code="step-2").count() == 1


def test_a_step_that_fails_again_and_again_is_given_up_with_its_words(
    demonstrated: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise ValueError("no such thing")

    monkeypatch.setattr(filling, "steps_of", lambda size: [Step("x", fails)])  # type: ignore[arg-type]
    run = begin()
    assert run is not None
    assert [take_step(run.pk), take_step(run.pk)] == [True, True]
    with pytest.raises(ValueError, match="no such thing"):
        take_step(run.pk)
    run.refresh_from_db()
    assert (run.state, run.message) == (RunState.FAILED, "ValueError: no such thing")
    tasks.go_on_filling()
    assert waiting() == 0
    assert notice() == ""


def test_nothing_goes_on_where_there_is_no_demonstration_any_more(
    short: list[int], settings: LazySettings
) -> None:
    run = begin()
    assert run is not None
    take_step(run.pk)
    settings.DEMONSTRATION = False
    tasks.go_on_filling()
    assert waiting() == 0
    assert not take_step(run.pk)
    settings.DEMONSTRATION = True
    tasks.go_on_filling()
    assert waiting() == 1
    assert short == [1]


def test_one_step_waits_however_often_it_is_asked_for(
    short: list[int], django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        call_command("fill_demonstration", verbosity=0)
        call_command("fill_demonstration", verbosity=0)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.go_on_filling()
    assert waiting() == 1
    run = BackgroundRun.objects.get(kind=FILLING)
    for left in (1, 1, 0):
        DBTaskResult.objects.filter(task_path=tasks.fill.module_path).delete()  # the worker took it
        with django_capture_on_commit_callbacks(execute=True):
            tasks.fill.func(run.pk)
        assert waiting() == left
    assert short == [1, 2, 3]


def test_a_district_s_own_server_is_not_filled(settings: LazySettings) -> None:
    settings.DEMONSTRATION = False
    make_asset()
    for options in ({}, {"now": True}):
        call_command("fill_demonstration", verbosity=0, **options)
    settings.DEMONSTRATION = True
    assert begin() is None  # nothing here was invented
    assert not BackgroundRun.objects.exists()


def test_all_cases_are_made_each_by_a_seed_of_its_own() -> None:
    takes: list[Any] = [step.take for step in steps_of(SIZE)]
    steps = [take.args for take in takes if getattr(take, "func", None) is filling._some_cases]
    assert sum(count for count, _seed in steps) == SIZE["cases"]
    assert max(count for count, _seed in steps) == CASES_AT_ONCE
    assert len({seed for _count, seed in steps}) == len(steps)


def test_pages_say_that_it_is_being_filled_until_it_is(
    short: list[int], publicity: User, client: Client
) -> None:
    client.cookies["django_language"] = "en"
    client.force_login(publicity)
    sentence = "The demonstration is still being filled"
    assert sentence not in client.get("/cases/").content.decode()
    run = begin()
    assert run is not None
    take_step(run.pk)
    assert f"{sentence}, now with part 2: 33% is there." in client.get("/cases/").content.decode()
    while take_step(run.pk):
        pass
    assert sentence not in client.get("/cases/").content.decode()
