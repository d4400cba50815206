"""What the worker does (`manage.py db_worker`): each task a function here, each run of one a `BackgroundRun` row."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from assets.actions.reassign_areas import reassign_areas
from assets.history import Actor
from assets.models import Asset, BackgroundRun, Origin
from assets.runs import does, enqueue, followed, left_behind, open_run
from assets.workers import forget_the_silent, settle_lost_tasks
from places import generation

REASSIGN_AREAS = "reassign_areas"
BETWEEN_TIDYINGS = timedelta(hours=1)
# Somebody waits in front of a page: before reassigning, and before what nobody watches.
SOON, LATER = 50, -50
_chores: list[Callable[[], object]] = []


def also_tidy(chore: Callable[[], object]) -> None:
    """Have the hourly tidying do a chore of another room too."""
    _chores.append(chore)


def start_reassigning(user: User | AnonymousUser | None) -> BackgroundRun:
    """Have every asset's area found anew, because a boundary changed; one waiting run answers for many changes."""
    with transaction.atomic():
        run, new = open_run(REASSIGN_AREAS, user)
        if new:
            enqueue(run)
    return run


@task()
def run_reassigning(run_id: int) -> None:
    """Find the areas of all assets, supports and sites anew."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress:
        progress(0, Asset.objects.count())
        progress.result = asdict(reassign_areas(Actor(run.started_by, Origin.COMMAND)))


does(REASSIGN_AREAS, run_reassigning, watched=False)


# --- Tidying --------------------------------------------------------------------------------------------------------


@task()
def tidy() -> None:
    """Fold change marks, settle what a killed worker left, prune the queue, do the chores; again in an hour."""
    generation.compact()
    settle_lost_tasks()
    forget_the_silent()
    for run in left_behind():
        enqueue(run)
    call_command("prune_db_task_results", verbosity=0)
    for chore in _chores:
        chore()
    _tidy_at(timezone.now() + BETWEEN_TIDYINGS)


def schedule_tidying() -> None:
    """Have `tidy` run now instead of whenever it was to run next."""
    _tidy_at(None)


def _tidy_at(moment: datetime | None) -> None:
    """One tidying waits, however many workers start."""
    with transaction.atomic():
        DBTaskResult.objects.filter(task_path=tidy.module_path, status=TaskResultStatus.READY).delete()
        tidy.using(run_after=moment).enqueue()
