"""What the worker does for this room: every few minutes it looks which cards fall due and which holds end."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from assets.tasks import also_tidy
from cases.sending import send_what_waits
from cases.watching import look

BETWEEN_LOOKS = timedelta(minutes=5)


@task()
def watch() -> None:
    """Do all that is due, and send what waits; again in five minutes."""
    try:
        look()
        send_what_waits()
    finally:
        _watch_at(timezone.now() + BETWEEN_LOOKS)


def schedule_watching() -> None:
    """Have the watch look now; called whenever the worker tidies, so that a broken chain is taken up again."""
    _watch_at(None)


def _watch_at(moment: datetime | None) -> None:
    """One look waits, however many workers start."""
    with transaction.atomic():
        DBTaskResult.objects.filter(task_path=watch.module_path, status=TaskResultStatus.READY).delete()
        watch.using(run_after=moment).enqueue()


also_tidy(schedule_watching)
