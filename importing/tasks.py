"""What the worker does for this room: ledgers are read, checked, imported and undone, photos added to their assets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Q
from django.utils import translation
from django_tasks import task

from assets.history import Actor
from assets.models import BackgroundRun, Ledger, Origin
from assets.runs import Progress, does, followed, has_moved
from assets.tasks import LATER, SOON, also_tidy
from importing.actions.add_photos import ADD_PHOTOS, add_photos
from importing.actions.check_ledger import CHECK_LEDGER, check_ledger
from importing.actions.discard_ledger import forget_old_ledgers
from importing.actions.import_ledger import IMPORT_LEDGER, import_ledger
from importing.actions.receive_ledger import READ_LEDGER, read_ledger
from importing.actions.undo_import import UNDO_IMPORT, undo_import
from importing.ledger_corrections import write_corrections_of


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
    with _ledger_of(run_id) as (_actor, ledger, progress, _options):
        read_ledger(ledger, progress)


@task(priority=SOON)
def run_checking(run_id: int) -> None:
    """Say what importing a ledger would do; the workbook of rows to correct comes after."""
    with _ledger_of(run_id) as (actor, ledger, progress, options):
        check_ledger(actor, ledger, progress)
    write_ledger_corrections.enqueue(ledger.pk, options.get("language"))


@task(priority=SOON)
def run_importing(run_id: int) -> None:
    """Import a checked ledger."""
    with _ledger_of(run_id) as (actor, ledger, progress, options):
        import_ledger(actor, ledger, progress, skip_bad=options["skip_bad"])


@task(priority=SOON)
def run_undoing(run_id: int) -> None:
    """Undo an import."""
    with _ledger_of(run_id) as (actor, ledger, progress, options):
        undo_import(actor, ledger, progress, changed_too=options["changed_too"])


@task()
def run_adding_photos(run_id: int) -> None:
    """Attach the photos of a ZIP file to a ledger's assets."""
    with _ledger_of(run_id) as (actor, ledger, progress, _options):
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
for _task in (
    run_reading,
    run_checking,
    run_importing,
    run_undoing,
    run_adding_photos,
    write_ledger_corrections,
):
    has_moved(_task, "assets.tasks")
