"""Signs of life of the workers, and what becomes of the queue's tasks when one was killed.

A worker process says every few seconds that it lives, from a thread, since its work may be one statement of a minute.
`/healthz` reads it; so does whoever has to know whether a task that says it runs is run by anybody.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from assets.models import WorkerSign
from assets.runs import is_for_runs, moved_tasks

SECONDS_BETWEEN_SIGNS = 10
# A stopped worker has to show within a minute, and one sign may come late on a busy machine.
SILENCE = timedelta(seconds=40)
FORGOTTEN_AFTER = timedelta(days=1)
MOST_ATTEMPTS = 2
logger = logging.getLogger(__name__)


def living() -> QuerySet[WorkerSign]:
    """The workers that were heard of lately."""
    return WorkerSign.objects.filter(heard_at__gt=Now() - SILENCE)


def give_sign(worker_id: str) -> None:
    """Say that a worker lives."""
    WorkerSign.objects.update_or_create(worker_id=worker_id, defaults={"heard_at": Now()})


@contextmanager
def alive(worker_id: str) -> Iterator[None]:
    """Say again and again that this process lives; at the end, that it has stopped."""
    stopped = threading.Event()
    thread = threading.Thread(
        target=_give_signs, args=[worker_id, stopped], name="signs of life", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def _give_signs(worker_id: str, stopped: threading.Event) -> None:
    """The thread: a connection of its own, which may come and go with the database."""
    try:
        while True:
            try:
                give_sign(worker_id)
            except (DatabaseError, InterfaceError) as error:
                connection.close()
                logger.info("No sign of life was given: %s", str(error).strip())
            if stopped.wait(SECONDS_BETWEEN_SIGNS):
                break
        _take_back(worker_id)
    finally:
        connection.close()


def _take_back(worker_id: str) -> None:
    """A worker that ends well leaves no sign; what cannot be taken back grows old."""
    try:
        WorkerSign.objects.filter(worker_id=worker_id).delete()
    except (DatabaseError, InterfaceError) as error:
        logger.info("The sign of life was not taken back: %s", str(error).strip())


def find_moved_tasks() -> None:
    """Let the queue's tasks that wait, or that a worker was at, lead to where an update has moved them."""
    unfinished = DBTaskResult.objects.filter(status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING])
    for formerly, now in moved_tasks().items():
        unfinished.filter(task_path=formerly).update(task_path=now)


@transaction.atomic
def settle_lost_tasks(at_rest: str | None = None) -> None:
    """Settle the queue's tasks that say they run and whose worker is gone, or is `at_rest` and says so.

    A run's task has failed: the run keeps its own account (`assets.runs`). Any other is done once more, not for ever:
    it may be what killed its worker.
    """
    busy = set(living().values_list("worker_id", flat=True)) - {at_rest}
    long_since, mine = Q(started_at__lt=Now() - SILENCE), Q(worker_ids__contains=[at_rest])
    running = DBTaskResult.objects.filter(long_since | mine, status=TaskResultStatus.RUNNING)
    for task in running.select_for_update(skip_locked=True):
        if task.worker_ids and task.worker_ids[-1] in busy:
            continue
        if is_for_runs(task.task_path) or len(task.worker_ids) >= MOST_ATTEMPTS:
            task.set_failed(ProcessLookupError("its worker is gone"))
        else:
            task.status = TaskResultStatus.READY
            task.save(update_fields=["status"])


def forget_the_silent() -> None:
    """Delete the signs of workers long gone."""
    WorkerSign.objects.filter(heard_at__lt=Now() - FORGOTTEN_AFTER).delete()
