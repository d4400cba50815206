"""What the worker does for coverage: every few minutes it looks whether anything changed, and computes all anew.

The whole district takes some seconds, so nothing is gained by computing parts; what matters is not to do it in vain.
The run keeps under which generations it computed; day and rules count among them.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from assets.models import BackgroundRun, RunState
from assets.runs import does, enqueue, followed, open_run
from assets.tasks import also_tidy
from evaluation.coverage.computing import compute
from evaluation.models import CoverageRule
from places.generation import current
from places.models import Topic

COVERAGE = "coverage"
BETWEEN_LOOKS = timedelta(minutes=5)


def start_computing(user: User | None = None) -> BackgroundRun:
    """Have all rules computed; one waiting run answers for many changes."""
    with transaction.atomic():
        run, new = open_run(COVERAGE, user)
        if new:
            enqueue(run)
    return run


@task()
def run_computing(run_id: int) -> None:
    """Compute what all rules come to."""
    run = BackgroundRun.objects.get(pk=run_id)
    with followed(run) as progress:
        of = _state()
        computed = compute(progress)
        progress.result = {
            "of": of,
            "rules": computed.rules,
            "results": computed.results,
            "gaps": computed.gaps,
        }


does(COVERAGE, run_computing, watched=False)


def last_run() -> BackgroundRun | None:
    """The latest run that was finished."""
    return BackgroundRun.objects.filter(kind=COVERAGE, state=RunState.DONE).order_by("-pk").first()


@task()
def watch_coverage() -> None:
    """Start a run if anything changed since the last; again in five minutes."""
    try:
        look()
    finally:
        _watch_at(timezone.now() + BETWEEN_LOOKS)


def look() -> bool:
    """Whether a run was started: there are rules, or results of some, and something changed."""
    last = last_run()
    if last is None and not CoverageRule.objects.filter(active=True).exists():
        return False
    if last is not None and last.result.get("of") == _state():
        return False
    start_computing()
    return True


def _state() -> list[str]:
    """Everything that results depend on."""
    marks = current(Topic.ASSETS, Topic.PLACES, Topic.DICTIONARY)
    return [*map(str, marks), timezone.localdate().isoformat()]


def schedule_watching() -> None:
    """Have the watch look now; called whenever the worker tidies, so that a broken chain is taken up again."""
    _watch_at(None)


def _watch_at(moment: datetime | None) -> None:
    """One look waits, however many workers start."""
    with transaction.atomic():
        DBTaskResult.objects.filter(
            task_path=watch_coverage.module_path, status=TaskResultStatus.READY
        ).delete()
        watch_coverage.using(run_after=moment).enqueue()


also_tidy(schedule_watching)
