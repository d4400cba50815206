"""Background runs: the row somebody watches while the worker works (docs/design.md).

The queue (django-tasks-db) knows neither progress nor retries, so both are kept in `BackgroundRun`. A run's progress
is written on a connection of its own, so that it shows while the work itself is one long transaction; the same
connection holds an advisory lock, by which a run that a killed worker left behind is told from one that still runs.

A run whose worker was killed may be what killed it, so a person has it run again; only a kind that nobody watches and
that reads nothing from outside (`does(…, watched=False)`) is taken up by itself, and not for ever. A worker that has
merely lost its database knows which run it was at, and goes on with that.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.utils import timezone
from django_tasks.base import Task

from accounts.models import User
from assets.models import BackgroundRun, RunState

MOST_ATTEMPTS = 3
_tasks: dict[str, Task] = {}
_unwatched: set[str] = set()
# Dotted path at which a task once lay → where it lies now.
_moved: dict[str, str] = {}
# Runs that this process was at when its database went away; their primary keys.
_interrupted: set[int] = set()
_LOCKS = 0x72756E73  # the advisory lock's first key: "runs"
_SECONDS_BETWEEN_WRITES = 0.5


class Progress:
    """Called by the work with how far it is; writes at most twice a second.

    `result` is what the run will have come to; what stands in it meanwhile shows beside the progress.
    """

    def __init__(self, run: BackgroundRun, own: BaseDatabaseWrapper) -> None:
        self.run = run
        self.result: dict[str, Any] = {}
        self._own = own
        self._written = 0.0

    def __call__(self, done: int, total: int | None = None) -> None:
        """Say that `done` of `total` is finished."""
        self.run.done = done
        self.run.total = total if total is not None else self.run.total
        if monotonic() - self._written >= _SECONDS_BETWEEN_WRITES:
            self.write()

    def write(self) -> None:
        """Show what stands now: when something is news that is not to wait for the next half second."""
        self._written = monotonic()
        with self._own.cursor() as cursor:
            cursor.execute(
                "UPDATE assets_backgroundrun SET done = %s, total = %s, result = %s WHERE id = %s",
                [self.run.done, self.run.total, json.dumps(self.result, ensure_ascii=False), self.run.pk],
            )


def does(kind: str, task: Task, *, watched: bool = True) -> None:
    """Say which task does the runs of a kind; it takes the run's primary key. Each room's `tasks.py` says its own.

    `watched` says that a person waits for it, who sees that it stopped and can have it run again.
    """
    _tasks[kind] = task
    if not watched:
        _unwatched.add(kind)


def has_moved(task: Task, module: str) -> None:
    """Say that a task lay in another module before: the queue may still hold some under that path."""
    _moved[f"{module}.{task.name}"] = task.module_path


def moved_tasks() -> dict[str, str]:
    """Paths under which the queue may hold tasks that lie elsewhere now, with where."""
    return dict(_moved)


def is_for_runs(task_path: str) -> bool:
    """Whether the queue's task of this dotted path does runs, which keep their own account of attempts."""
    return any(task.module_path == task_path for task in _tasks.values())


def enqueue(run: BackgroundRun) -> None:
    """Have the worker do a run that waits."""
    _tasks[run.kind].enqueue(run.pk)


def start_run(kind: str, user: User, parameters: dict[str, Any]) -> BackgroundRun:
    """A new run for somebody, queued in the same transaction as its row."""
    with transaction.atomic():
        run = BackgroundRun.objects.create(kind=kind, started_by=user, parameters=parameters)
        enqueue(run)
    return run


def open_run(kind: str, user: User | AnonymousUser | None) -> tuple[BackgroundRun, bool]:
    """The row of a new run, and True; or the one that still waits to do the same, and False."""
    waiting = BackgroundRun.objects.select_for_update().filter(kind=kind, state=RunState.WAITING).first()
    if waiting is not None:
        return waiting, False
    starter = user if isinstance(user, User) else None
    return BackgroundRun.objects.create(kind=kind, started_by=starter), True


@contextmanager
def followed(run: BackgroundRun) -> Iterator[Progress]:
    """Keep a run's row true around the work: running, then done with a result, or failed with a message.

    When the database goes away nothing can be written: the row goes on saying that it runs, and this process remembers
    that it was at it (`left_behind`).
    """
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [_LOCKS, run.pk])
        run.state, run.attempts, run.message = RunState.RUNNING, run.attempts + 1, ""
        run.save(update_fields=["state", "attempts", "message"])
        progress = Progress(run, own)
        session = connection.connection
        try:
            yield progress
        except Exception as error:
            if isinstance(error, OperationalError | InterfaceError) and _has_lost(session):
                _interrupted.add(run.pk)
                raise
            run.state, run.finished_at = RunState.FAILED, timezone.now()
            run.message = f"{type(error).__name__}: {error}"
            run.save(update_fields=["state", "message", "finished_at"])
            raise
        run.state, run.result, run.finished_at = RunState.DONE, progress.result, timezone.now()
        run.done = run.total = run.total if run.total is not None else run.done
        run.save(update_fields=["state", "result", "finished_at", "done", "total"])
    finally:
        _let_go(own, run)


def _has_lost(session: object) -> bool:
    """Whether the database has ended this session; by now there may be another."""
    return connection.connection is not session or not connection.is_usable()


def _let_go(own: BaseDatabaseWrapper, run: BackgroundRun) -> None:
    """Give the lock back at once: after `close` alone the server takes its time to notice."""
    with suppress(OperationalError, InterfaceError), own.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, run.pk])
    own.close()


def is_abandoned(run: BackgroundRun) -> bool:
    """Whether a run says that it runs and nobody is at it: its worker, or the database, was killed."""
    if run.state != RunState.RUNNING:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database"
            " WHERE locktype = 'advisory' AND d.datname = current_database()"
            " AND classid = %s AND objid = %s AND objsubid = 2)",
            [_LOCKS, run.pk],
        )
        return bool(cursor.fetchone()[0])


def take_up_again(run: BackgroundRun) -> bool:
    """Have the worker do a run again that failed or was left behind; whether there was a reason to."""
    with transaction.atomic():
        current = BackgroundRun.objects.select_for_update().get(pk=run.pk)
        if current.state != RunState.FAILED and not is_abandoned(current):
            return False
        current.state, current.finished_at, current.message, current.attempts = RunState.WAITING, None, "", 0
        current.save(update_fields=["state", "finished_at", "message", "attempts"])
        enqueue(current)
    return True


def left_behind() -> list[BackgroundRun]:
    """Runs to be taken up without a person's word: they wait again and are returned.

    These are the ones this process was at when its database went away, and those of killed workers that nobody watches;
    after `MOST_ATTEMPTS` such a run has failed.
    """
    again = []
    mine = set(_interrupted)
    running = BackgroundRun.objects.filter(state=RunState.RUNNING, kind__in=_tasks)
    own = connection.copy()
    try:
        for run in running.filter(Q(pk__in=mine) | Q(kind__in=_unwatched)):
            with own.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, run.pk])
                if not cursor.fetchone()[0]:
                    continue  # somebody is at it
            run.state = RunState.WAITING if run.attempts < MOST_ATTEMPTS else RunState.FAILED
            run.finished_at = timezone.now() if run.state == RunState.FAILED else None
            run.save(update_fields=["state", "finished_at"])
            if run.state == RunState.WAITING:
                again.append(run)
    finally:
        own.close()
    _interrupted.difference_update(mine)
    return again
