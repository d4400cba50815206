"""Workers that say they live, and the queue's tasks of those that were killed."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django_tasks_db.models import DBTaskResult

from assets import workers
from assets.models import WorkerSign
from assets.workers import (
    FORGOTTEN_AFTER,
    alive,
    find_moved_tasks,
    forget_the_silent,
    give_sign,
    living,
    settle_lost_tasks,
)
from importing.tasks import run_importing, write_ledger_corrections

pytestmark = pytest.mark.django_db(transaction=True)


def under_way(task: Any, *worker_ids: str, for_seconds: int = 300) -> DBTaskResult:
    row = DBTaskResult.objects.create(
        id=uuid4(),
        args_kwargs={"args": [0], "kwargs": {}},
        task_path=task.module_path,
        backend_name="default",
        status="RUNNING",
        worker_ids=list(worker_ids),
        run_after="2026-01-01T00:00:00Z",
    )
    DBTaskResult.objects.filter(pk=row.pk).update(started_at=Now() - timedelta(seconds=for_seconds))
    return row


def status(row: DBTaskResult) -> str:
    return DBTaskResult.objects.get(pk=row.pk).status


def test_a_worker_gives_signs_while_it_works_and_takes_them_back_when_it_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = threading.Event()

    def seen(worker_id: str) -> None:
        give_sign(worker_id)
        if given.is_set():
            twice.set()
        given.set()

    twice = threading.Event()
    monkeypatch.setattr(workers, "give_sign", seen)
    monkeypatch.setattr(workers, "SECONDS_BETWEEN_SIGNS", 0.01)
    with alive("one"):
        assert twice.wait(30), "the thread gives them, whatever this one is at"
        assert [sign.worker_id for sign in living()] == ["one"]
    assert not WorkerSign.objects.exists()


def test_a_worker_outlives_a_database_that_takes_no_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    tried, given = iter([OperationalError("gone"), OperationalError("gone")]), threading.Event()

    def unlucky(worker_id: str) -> None:
        for error in tried:
            raise error
        give_sign(worker_id)
        given.set()

    monkeypatch.setattr(workers, "give_sign", unlucky)
    monkeypatch.setattr(workers, "SECONDS_BETWEEN_SIGNS", 0.01)
    with alive("one"):
        assert given.wait(30)
        assert living().exists()


def test_a_run_of_a_killed_worker_is_no_longer_said_to_be_under_way() -> None:
    lost, young = under_way(run_importing, "killed"), under_way(run_importing, "killed", for_seconds=1)
    give_sign("another")
    held = under_way(run_importing, "another")
    settle_lost_tasks()
    assert (status(lost), status(young), status(held)) == ("FAILED", "RUNNING", "RUNNING")


def test_any_other_task_of_a_killed_worker_is_done_once_more_and_no_oftener() -> None:
    once, twice = (
        under_way(write_ledger_corrections, "killed"),
        under_way(write_ledger_corrections, "killed", "too"),
    )
    settle_lost_tasks()
    assert (status(once), status(twice)) == ("READY", "FAILED")


def test_a_worker_that_is_back_settles_what_it_was_at_itself_at_once() -> None:
    give_sign("one")
    mine = under_way(write_ledger_corrections, "one", for_seconds=1)
    settle_lost_tasks()
    assert status(mine) == "RUNNING"
    settle_lost_tasks(at_rest="one")
    assert status(mine) == "READY"


def test_signs_of_workers_long_gone_are_forgotten() -> None:
    give_sign("one")
    give_sign("two")
    WorkerSign.objects.filter(worker_id="one").update(heard_at=Now() - FORGOTTEN_AFTER - timedelta(minutes=1))
    forget_the_silent()
    assert [sign.worker_id for sign in WorkerSign.objects.all()] == ["two"]


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    DBTaskResult.objects.all().delete()
    connection.close()


@pytest.mark.parametrize(
    "formerly, now",
    [
        ("assets.tasks.run_importing", "importing.tasks.run_importing"),
        ("assets.tasks.write_ledger_corrections", "importing.tasks.write_ledger_corrections"),
        ("assets.tasks.run_planning", "work.tasks.run_planning"),
        ("mapping.tasks.recount", "web.tasks.recount"),
    ],
)
def test_a_task_that_waits_is_found_after_an_update_has_moved_it(formerly: str, now: str) -> None:
    waiting = under_way(run_importing)
    DBTaskResult.objects.update(task_path=formerly, status="READY")
    find_moved_tasks()
    waiting.refresh_from_db()
    assert waiting.task.module_path == now == waiting.task_path


def test_a_run_that_a_killed_worker_was_at_is_known_for_one_after_an_update_has_moved_it() -> None:
    row = under_way(run_importing, "gone")
    DBTaskResult.objects.update(task_path="assets.tasks.run_importing")
    find_moved_tasks()
    settle_lost_tasks()
    assert status(row) == "FAILED", "the run keeps its own account, and a person has it run again"
