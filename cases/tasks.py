"""What the worker does for this room: every few minutes it looks which cards fall due and which holds end.

It also goes on making the demonstration's cases, which by the actions take longer than a first start can wait for.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from assets.tasks import also_tidy
from cases.demonstration import make_cases
from cases.sending import send_what_waits
from cases.watching import look

BETWEEN_LOOKS = timedelta(minutes=5)
# A few seconds' work: whatever else waits for the worker comes in between.
MADE_AT_ONCE = 20


@task()
def watch() -> None:
    """Do all that is due, and send what waits; again in five minutes."""
    try:
        look()
        send_what_waits()
    finally:
        _watch_at(timezone.now() + BETWEEN_LOOKS)


@task()
def make_more_cases(missing: int, seed: int) -> None:
    """Make some of the demonstration's cases that are missing, and have the others made after what else waits."""
    make_cases(min(missing, MADE_AT_ONCE), seed, timezone.now())
    if missing > MADE_AT_ONCE:
        make_more_cases.enqueue(missing - MADE_AT_ONCE, seed + 1)


def schedule_watching() -> None:
    """Have the watch look now; called whenever the worker tidies, so that a broken chain is taken up again."""
    _watch_at(None)


def _watch_at(moment: datetime | None) -> None:
    """One look waits, however many workers start."""
    with transaction.atomic():
        DBTaskResult.objects.filter(task_path=watch.module_path, status=TaskResultStatus.READY).delete()
        watch.using(run_after=moment).enqueue()


also_tidy(schedule_watching)
