"""What the worker does for this room: it fills the demonstration (`filling.py`), a step at a time."""

from django.db import transaction
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from assets.runs import does
from assets.tasks import LATER, also_tidy
from demonstration.filling import FILLING, begin, take_step, unfinished


@task(priority=LATER)
def fill(run_id: int) -> None:
    """Take one step, and have the next one taken after what else waits."""
    if take_step(run_id):
        _go_on(run_id)


def begin_filling() -> bool:
    """Have the worker begin, unless that was done; whether it begins now."""
    run = begin()
    if run is not None:
        _go_on(run.pk)
    return run is not None


def go_on_filling() -> None:
    """Take a filling up again; called whenever the worker tidies, so also after one was killed at it."""
    run = unfinished()
    if run is not None:
        _go_on(run.pk)


def _go_on(run_id: int) -> None:
    """One step waits, however many workers start."""
    with transaction.atomic():
        DBTaskResult.objects.filter(task_path=fill.module_path, status=TaskResultStatus.READY).delete()
        fill.enqueue(run_id)


does(FILLING, fill)
also_tidy(go_on_filling)
