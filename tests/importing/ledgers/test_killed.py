"""A worker that is killed in the middle of an import leaves nothing, the page says so, and another one finishes it.

The worker is a process of its own; the test holds it up at a known moment by a lock in the database, so nothing here
depends on time.
"""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from assets.models import Asset, Batch, Ledger, LedgerState, RunState
from importing.actions.apply_import import IMPORT_LOCK
from tests.importing.ledgers.conftest import checked, imported, work
from tests.importing.test_crash import (
    PATIENCE_S,
    ROOT,
    _naming,
    everything_there,
    wait_until_blocked,
    wait_until_gone,
)
from tests.importing.written_ledgers import row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)
NOTHING = (0, 0, 0, 0)
EVERYTHING = (30, 30, 30, 1)


@pytest.fixture
def ledger(client, tmp_path) -> Ledger:
    """Thirty rows with a condition each, checked."""
    rows = [row(source_id=str(number), condition="完好") for number in range(30)]
    return checked(client, write_ledger(tmp_path, *rows))


@contextmanager
def a_worker(settings, *options):
    """A worker as a process; killed at the end if it still runs."""
    database = connection.settings_dict
    environment = {
        **os.environ,
        "DATABASE_URL": _naming(str(database["NAME"]), os.environ.get("DATABASE_URL", "")),
        "DATABASE_ROLE": "runtime",
        "DJANGO_ENV": "test",
        "VAR_DIR": str(settings.VAR_DIR),
    }
    command = [sys.executable, str(ROOT / "manage.py"), "db_worker", "--no-startup-delay", *options]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def stands(client, ledger) -> dict:
    return client.get(f"/api/ledgers/{ledger.uid}").json()


# With a table locked that it writes, an import stands right before writing that.
@pytest.mark.parametrize(
    "table, ended_by",
    [("assets_asset", "kill -9"), ("assets_inspection", "kill -9"), ("assets_ledgerrow", "the database")],
)
def test_a_killed_import_leaves_nothing_says_so_and_can_be_finished(
    client, ledger, settings, table, ended_by
):
    client.post(f"/import/{ledger.uid}/commit")
    with a_worker(settings) as process, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        pids = wait_until_blocked()
        if ended_by == "kill -9":
            process.kill()
            process.wait()
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [pids])
        process.kill()  # before it looks whether the database is back
        wait_until_gone(pids)
    assert everything_there() == NOTHING
    ledger.refresh_from_db()
    assert ledger.state == LedgerState.IMPORTING
    wait_until_abandoned(ledger)
    assert stands(client, ledger)["work"] == "stopped"
    page = client.get(f"/import/{ledger.uid}/").content.decode()
    assert "The worker was interrupted. Nothing was written" in page

    work()  # the next worker leaves it alone: it may be what killed the first
    assert everything_there() == NOTHING
    assert client.post(f"/import/{ledger.uid}/again").status_code == 302
    work()

    assert everything_there() == EVERYTHING
    ledger.refresh_from_db()
    assert (ledger.state, ledger.run.state) == (LedgerState.IMPORTED, RunState.DONE)


def test_a_worker_that_loses_its_database_finishes_by_itself_once_it_is_back(client, ledger, settings):
    client.post(f"/import/{ledger.uid}/commit")
    with a_worker(settings):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE assets_asset IN SHARE ROW EXCLUSIVE MODE")
            pids = wait_until_blocked()
            # Everything that the worker has, as when the server restarts.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            wait_until_gone(pids)
        deadline = time.monotonic() + PATIENCE_S
        while stands(client, ledger)["state"] != LedgerState.IMPORTED:
            assert time.monotonic() < deadline, "it was not taken up again"
            time.sleep(0.1)
    assert everything_there() == EVERYTHING


def wait_until_abandoned(ledger):
    """Until the server has noticed that the killed worker's sessions are gone."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = %s", [PATIENCE_S * 1000])
        cursor.execute(
            """
            DO $$ BEGIN
                LOOP
                    EXIT WHEN NOT EXISTS (
                        SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND objsubid = 2);
                    PERFORM pg_sleep(0.05);
                END LOOP;
            END $$
            """,
            [ledger.run_id],
        )
        cursor.execute("RESET statement_timeout")


def test_a_person_can_have_it_run_again(client, ledger, settings):
    client.post(f"/import/{ledger.uid}/commit")
    ledger.refresh_from_db()
    ledger.run.state, ledger.run.attempts = RunState.RUNNING, 3
    ledger.run.save()
    assert stands(client, ledger)["work"] == "stopped"
    assert client.post(f"/import/{ledger.uid}/again").status_code == 302
    assert stands(client, ledger)["work"] == "waiting"
    work()
    assert everything_there() == EVERYTHING


def test_a_worker_killed_right_after_its_commit_does_not_import_twice(client, ledger):
    """The run still says that it runs, and the ledger says that it is imported: both came before the last word."""
    client.post(f"/import/{ledger.uid}/commit")
    work()
    ledger.refresh_from_db()
    ledger.run.state = RunState.RUNNING
    ledger.run.save()
    assert client.post(f"/import/{ledger.uid}/again").status_code == 302, "there is nothing to be done again"
    work()
    assert everything_there() == EVERYTHING
    ledger.refresh_from_db()
    assert (ledger.state, stands(client, ledger)["work"]) == (LedgerState.IMPORTED, "none")


def test_a_killed_check_can_be_run_again(client, tmp_path, settings):
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1")))
    client.post(f"/import/{ledger.uid}/position", {"crs": "wgs84"})
    with a_worker(settings) as process, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE assets_ledgerrow IN SHARE ROW EXCLUSIVE MODE")
        pids = wait_until_blocked()
        process.kill()
        process.wait()
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [pids])
        wait_until_gone(pids)
    client.post(f"/import/{ledger.uid}/again")
    work()
    ledger.refresh_from_db()
    assert (ledger.state, ledger.rows.count()) == (LedgerState.CHECKED, 1)


def test_two_people_importing_the_same_rows_at_once_make_no_duplicates(
    client, publicity, as_user, ledger, tmp_path, settings
):
    rows = [row(source_id=str(number)) for number in range(30)]
    first = checked(as_user(publicity), write_ledger(tmp_path, *rows, name="district.csv"))
    second = checked(client, write_ledger(tmp_path, *rows, name="street.csv"))
    for who, which in ((as_user(publicity), first), (client, second)):
        who.post(f"/import/{which.uid}/commit")
    with a_worker(settings, "--batch") as worker, a_worker(settings, "--batch") as other:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
            wait_until_blocked(2)
        errors = [process.communicate(timeout=PATIENCE_S)[1] for process in (worker, other)]
    assert [worker.returncode, other.returncode] == [0, 0], errors
    for which in (first, second):
        which.refresh_from_db()
        assert which.state == LedgerState.IMPORTED
    outcomes = sorted((which.report["created"], which.report["unchanged"]) for which in (first, second))
    assert outcomes == [(0, 30), (30, 0)]
    assert (Asset.objects.count(), Batch.objects.count()) == (30, 1)


def test_two_clicks_on_import_are_one_import(client, ledger):
    for _click in range(2):
        client.post(f"/import/{ledger.uid}/commit")
    work()
    assert everything_there() == EVERYTHING


def test_a_fault_of_the_program_says_so_and_can_be_run_again(client, ledger, monkeypatch):
    client.post(f"/import/{ledger.uid}/commit")

    def broken(*_arguments, **_more):
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as patch:
        patch.setattr("importing.actions.import_ledger.keep_rows", broken)
        work()
    assert everything_there() == NOTHING
    assert stands(client, ledger)["work"] == "failed"
    assert "a fault in the system" in client.get(f"/import/{ledger.uid}/").content.decode()
    client.post(f"/import/{ledger.uid}/again")
    work()
    assert everything_there() == EVERYTHING


def test_the_undoing_is_all_or_nothing_too(client, tmp_path, settings):
    rows = [row(source_id=str(number)) for number in range(5)]
    ledger = imported(client, write_ledger(tmp_path, *rows))
    client.post(f"/import/{ledger.uid}/undo")
    with a_worker(settings) as process, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE assets_batchitem IN SHARE ROW EXCLUSIVE MODE")
        pids = wait_until_blocked()
        process.kill()
        process.wait()
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [pids])
        wait_until_gone(pids)
    assert Asset.objects.filter(lifecycle="removed").count() == 0
    client.post(f"/import/{ledger.uid}/again")
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)
    assert Asset.objects.filter(lifecycle="removed").count() == 5
