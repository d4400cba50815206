"""What the worker does (`manage.py db_worker`): each task a function here, each run of one a `BackgroundRun` row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from assets.actions.add_photos import ADD_PHOTOS, add_photos
from assets.actions.change_campaign import CHANGE_CAMPAIGN, carry_out_change
from assets.actions.check_ledger import CHECK_LEDGER, check_ledger
from assets.actions.discard_ledger import forget_old_ledgers
from assets.actions.import_ledger import IMPORT_LEDGER, import_ledger
from assets.actions.order_edit import EDIT_ASSETS, UNDO_EDIT, carry_out_edit, carry_out_undoing
from assets.actions.order_jobs import PLAN_JOBS, carry_out
from assets.actions.reassign_areas import reassign_areas
from assets.actions.receive_ledger import READ_LEDGER, read_ledger
from assets.actions.undo_import import UNDO_IMPORT, undo_import
from assets.history import Actor
from assets.importing.ledger_corrections import write_corrections_of
from assets.models import Asset, BackgroundRun, Ledger, Origin
from assets.runs import Progress, does, enqueue, followed, left_behind, open_run
from assets.workers import forget_the_silent, settle_lost_tasks
from places import generation

REASSIGN_AREAS = "reassign_areas"
BETWEEN_TIDYINGS = timedelta(hours=1)
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


# --- Ledgers --------------------------------------------------------------------------------------------------------

# Somebody waits in front of a page: before reassigning, and before what nobody watches.
SOON, LATER = 50, -50


@contextmanager
def _ledger_of(run_id: int) -> Iterator[tuple[Actor, Ledger, Progress, dict[str, Any]]]:
    """A run of a ledger: who asked for it, in whose language it speaks, the ledger as it is now."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress, translation.override(run.parameters.get("language")):
        ledger = Ledger.objects.get(Q(run=run) | Q(photos_run=run))
        yield Actor(run.started_by, Origin.WEB), ledger, progress, run.parameters


@task(priority=SOON)
def run_reading(run_id: int) -> None:
    """See what is in a ledger's file."""
    with _ledger_of(run_id) as (_actor, ledger, progress, _said):
        read_ledger(ledger, progress)


@task(priority=SOON)
def run_checking(run_id: int) -> None:
    """Say what importing a ledger would do; the workbook of rows to correct comes after."""
    with _ledger_of(run_id) as (actor, ledger, progress, said):
        check_ledger(actor, ledger, progress)
    write_ledger_corrections.enqueue(ledger.pk, said.get("language"))


@task(priority=SOON)
def run_importing(run_id: int) -> None:
    """Import a checked ledger."""
    with _ledger_of(run_id) as (actor, ledger, progress, said):
        import_ledger(actor, ledger, progress, skip_bad=said["skip_bad"])


@task(priority=SOON)
def run_undoing(run_id: int) -> None:
    """Undo an import."""
    with _ledger_of(run_id) as (actor, ledger, progress, said):
        undo_import(actor, ledger, progress, changed_too=said["changed_too"])


@task()
def run_adding_photos(run_id: int) -> None:
    """Attach the photos of a ZIP file to a ledger's assets."""
    with _ledger_of(run_id) as (actor, ledger, progress, _said):
        add_photos(actor, ledger, progress)


@task(priority=LATER)
def write_ledger_corrections(ledger_id: int, language: str | None) -> None:
    """Write the workbook of a ledger's rows to correct; a ledger that is gone or has none needs none."""
    ledger = Ledger.objects.filter(pk=ledger_id).first()
    if ledger is not None:
        with translation.override(language):
            write_corrections_of(ledger)


does(READ_LEDGER, run_reading)
does(CHECK_LEDGER, run_checking)
does(IMPORT_LEDGER, run_importing)
does(UNDO_IMPORT, run_undoing)
does(ADD_PHOTOS, run_adding_photos)
also_tidy(forget_old_ledgers)


# --- Many assets, many jobs ------------------------------------------------------------------------------------------


@task(priority=SOON)
def run_planning(run_id: int) -> None:
    """Plan the jobs of an order that is too large to wait for."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress, translation.override(run.parameters["language"]):
        carry_out(run, progress)


@task(priority=SOON)
def run_changing(run_id: int) -> None:
    """Take the jobs of a campaign one step on that is too large to wait for."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress, translation.override(run.parameters["language"]):
        carry_out_change(run, progress)


@task(priority=SOON)
def run_editing(run_id: int) -> None:
    """Change all assets of an order that is too large to wait for."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress, translation.override(run.parameters["language"]):
        carry_out_edit(run, progress)


@task(priority=SOON)
def run_undoing_edit(run_id: int) -> None:
    """Undo a bulk edit that is too large to wait for."""
    run = BackgroundRun.objects.select_related("started_by").get(pk=run_id)
    with followed(run) as progress, translation.override(run.parameters["language"]):
        carry_out_undoing(run, progress)


does(EDIT_ASSETS, run_editing)
does(UNDO_EDIT, run_undoing_edit)
does(PLAN_JOBS, run_planning)
does(CHANGE_CAMPAIGN, run_changing)


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
