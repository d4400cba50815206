"""Background runs: queued with the change that asks for them, done by the real worker, picked up after a crash."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from assets import runs
from assets.history import events_of
from assets.models import Asset, BackgroundRun, RunState
from assets.runs import followed, is_abandoned, left_behind, open_run
from assets.tasks import run_reassigning, schedule_tidying, start_reassigning, tidy
from places.models import Area, ChangeMark
from tests.conftest import District
from tests.factories import make_asset, square

pytestmark = pytest.mark.django_db(transaction=True)
EDGE = Point(116.9995, 36.690, srid=4326)


def work() -> None:
    """What `manage.py db_worker` does with what is waiting."""
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)


def queued(task: Any) -> int:
    return DBTaskResult.objects.filter(task_path=task.module_path, status="READY").count()


def test_a_boundary_changed_in_the_administration_moves_the_assets(
    client: Client, publicity: User, district: District
) -> None:
    asset, settled = make_asset(EDGE), make_asset(Point(116.985, 36.68, srid=4326))
    assert asset.street == district.west
    client.force_login(publicity)
    narrower, wider = square(116.98, 36.67, 116.999, 36.70), square(116.999, 36.67, 117.02, 36.70)
    Area.objects.filter(pk__in=[district.northwest.pk, district.southwest.pk]).update(
        boundary=None, boundary_status="none"
    )
    for area, boundary in ((district.west, narrower), (district.east, wider)):
        answer = client.post(
            reverse("admin:places_area_change", args=[area.pk]),
            {
                "name": area.name,
                "parent": district.district.pk,
                "boundary": boundary.json,
                "boundary_status": "official",
            },
        )
        assert answer.status_code == 302, answer.content.decode()
    [run] = BackgroundRun.objects.all()
    assert (run.state, run.started_by) == (RunState.WAITING, publicity), "one run answers for both changes"

    work()

    asset.refresh_from_db()
    settled.refresh_from_db()
    run.refresh_from_db()
    assert asset.street == district.east
    assert settled.street == district.west
    assert (run.state, run.done, run.total, run.attempts) == (RunState.DONE, 2, 2, 1)
    assert run.result["assets"] == 2, "the settled asset left its community"
    assert events_of(asset)[0].pgh_context.metadata["actor"] == "publicity"
    page = client.get(reverse("admin:assets_backgroundrun_change", args=[run.pk])).content.decode()
    assert "<progress" in page


def test_a_name_changed_in_the_administration_moves_nothing(
    client: Client, publicity: User, district: District
) -> None:
    client.force_login(publicity)
    page = {"name": "新名", "parent": district.district.pk, "boundary_status": "approximate"}
    page["boundary"] = Area.objects.get(pk=district.west.pk).boundary.json
    assert client.post(reverse("admin:places_area_change", args=[district.west.pk]), page).status_code == 302
    assert not BackgroundRun.objects.exists()


def test_a_change_that_is_rolled_back_queues_nothing(publicity: User) -> None:
    with transaction.atomic():
        start_reassigning(publicity)
        transaction.set_rollback(True)
    assert not BackgroundRun.objects.exists()
    assert queued(run_reassigning) == 0


def test_a_run_that_has_begun_does_not_answer_for_a_later_change(publicity: User) -> None:
    first = start_reassigning(publicity)
    assert start_reassigning(publicity) == first
    BackgroundRun.objects.update(state=RunState.RUNNING)
    assert start_reassigning(publicity) != first


def test_progress_shows_while_the_work_is_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_SECONDS_BETWEEN_WRITES", 0)
    run, _new = open_run_in_its_own_transaction()
    with outsider() as look, followed(run) as progress, transaction.atomic():
        Asset.objects.update(remarks="a long transaction")
        progress(3, 10)
        assert look("SELECT state, done, total FROM assets_backgroundrun") == ("running", 3, 10)
    assert BackgroundRun.objects.values_list("state", "done", "total").get() == ("done", 10, 10)


def test_a_run_that_fails_says_why() -> None:
    run, _new = open_run_in_its_own_transaction()
    with pytest.raises(ValueError, match="no such luck"), followed(run):
        raise ValueError("no such luck")
    run.refresh_from_db()
    assert (run.state, run.message) == (RunState.FAILED, "ValueError: no such luck")
    assert run.finished_at is not None


def test_a_run_whose_database_went_away_is_taken_up_again_three_times(publicity: User) -> None:
    run, _new = open_run_in_its_own_transaction("reassign_areas")
    for attempt in range(1, runs.MOST_ATTEMPTS + 1):
        with pytest.raises(OperationalError), followed(run):
            the_server_ends_our_session()
        connection.close()  # as the worker does before it connects again
        run.refresh_from_db()
        assert (run.state, run.attempts) == (RunState.RUNNING, attempt)
        assert left_behind() == ([run] if attempt < runs.MOST_ATTEMPTS else [])
        run.refresh_from_db()
    assert run.state == RunState.FAILED


def the_server_ends_our_session() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_run_somebody_is_at_is_left_alone() -> None:
    run, _new = open_run_in_its_own_transaction()
    with followed(run):
        assert left_behind() == []
        run.refresh_from_db()
        assert run.state == RunState.RUNNING


def test_a_statement_that_takes_too_long_is_a_failure_that_says_so() -> None:
    run, _new = open_run_in_its_own_transaction()
    with pytest.raises(OperationalError), followed(run), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '10ms'; SELECT pg_sleep(60)")
    connection.close()
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "statement timeout" in run.message


@pytest.mark.parametrize("kind", ["check_ledger", "import_ledger", "plan_jobs"])
def test_a_run_that_killed_its_worker_waits_for_a_person(kind: str) -> None:
    """It may kill the next one too: a file that takes all the memory there is would stop every worker for ever."""
    run = BackgroundRun.objects.create(kind=kind, state=RunState.RUNNING, attempts=1)
    work()
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RunState.RUNNING, 1)
    assert is_abandoned(run), "which pages tell as stopped, with a button to have it run again"


def test_what_nobody_watches_is_finished_after_its_worker_was_killed(district: District) -> None:
    make_asset(EDGE, area=district.east, street=district.east)
    BackgroundRun.objects.create(kind="reassign_areas", state=RunState.RUNNING, attempts=1)
    work()
    run = BackgroundRun.objects.get()
    assert (run.state, run.attempts) == (RunState.DONE, 2)
    assert Asset.objects.get().street == district.west


def test_the_worker_folds_change_marks_and_plans_the_next_tidying(district: District) -> None:
    for number in range(4):
        make_asset(name=str(number))
    with (
        connection.cursor() as cursor
    ):  # below this every transaction has ended, in every database of the server
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        ended = cursor.fetchone()[0]
    work()
    assert not ChangeMark.objects.filter(txid__gt=0, txid__lt=ended).exists()
    assert queued(tidy) == 1
    schedule_tidying()
    schedule_tidying()
    assert queued(tidy) == 1, "however many workers start"


def open_run_in_its_own_transaction(kind: str = "test") -> tuple[BackgroundRun, bool]:
    with transaction.atomic():
        return open_run(kind, None)


class outsider:  # noqa: N801 - reads like the context manager it is
    """A connection that sees committed rows only."""

    def __enter__(self) -> Any:
        self.own = connection.copy()

        def look(statement: str) -> Any:
            with self.own.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone()

        return look

    def __exit__(self, *_error: object) -> None:
        self.own.close()


@pytest.fixture(autouse=True)
def empty_queue() -> Iterator[None]:
    yield
    DBTaskResult.objects.all().delete()
