"""An import that is killed leaves nothing or everything, and two at once do not do the same work twice.

The command runs as a process of its own, connected as the runtime role where there is one; the test holds it up at a
known moment by a lock in the database, so nothing here depends on time.
"""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from assets.models import Asset, Batch, BatchItem, Inspection
from importing.actions.apply_import import IMPORT_LOCK
from places.models import Area
from tests.factories import make_area, make_type, square
from tests.importing.written_ledgers import row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


@pytest.fixture
def ledger(tmp_path):
    """Two hundred rows with a condition each, in a district of their own."""
    make_area("370105", "天桥区", square(116.98, 36.67, 117.02, 36.70))
    make_type()
    return write_ledger(tmp_path, *(row(source_id=number, condition="完好") for number in range(200)))


def arguments(ledger, tmp_path, number=0):
    """What the command is told."""
    report = str(tmp_path / f"report{number}.json")
    options = ["--crs", "wgs84", "--yes", "--source", "office", "--language", "en"]
    return [str(ledger), *options, "--report", report]


@contextmanager
def importing(ledger, tmp_path, number=0):
    """The command as a process; killed at the end if it still runs."""
    database = connection.settings_dict
    environment = {
        **os.environ,
        "DATABASE_URL": _naming(str(database["NAME"]), os.environ.get("DATABASE_URL", "")),
        "DATABASE_ROLE": "runtime",
        "DJANGO_ENV": "test",
        "VAR_DIR": str(tmp_path / "var"),
    }
    command = [sys.executable, str(ROOT / "manage.py"), "import_assets", *arguments(ledger, tmp_path, number)]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _naming(database, url):
    """The same address with another database: the last part of the path, as the user may be called like it."""
    address, mark, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/{database}{mark}{options}"


def wait_until_blocked(how_many=1):
    """Until that many other sessions wait for a lock; returns their process ids."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE_S * 1000])
        cursor.execute(
            """
            DO $$ BEGIN
                LOOP
                    PERFORM pg_stat_clear_snapshot();
                    EXIT WHEN %s <= (SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid());
                    PERFORM pg_sleep(0.05);
                END LOOP;
            END $$
            """,
            [how_many],
        )
        cursor.execute(
            "SELECT pid FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def wait_until_gone(pids):
    """Until these sessions have ended, and with them their transactions."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = %s", [PATIENCE_S * 1000])
        cursor.execute(
            """
            DO $$ BEGIN
                LOOP
                    PERFORM pg_stat_clear_snapshot();
                    EXIT WHEN NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ANY(%s));
                    PERFORM pg_sleep(0.05);
                END LOOP;
            END $$
            """,
            [pids],
        )


def everything_there():
    return (
        Asset.objects.count(),
        Inspection.objects.count(),
        BatchItem.objects.count(),
        Batch.objects.count(),
    )


# With a table locked that it writes, an import stands right before writing that.
@pytest.mark.parametrize(
    "table, ended_by",
    [
        ("assets_asset", "kill -9"),
        ("assets_batchitem", "the database"),
        ("assets_inspection", "kill -9"),
    ],
)
def test_an_import_that_is_killed_leaves_nothing_and_can_be_run_again(ledger, tmp_path, table, ended_by):
    with importing(ledger, tmp_path) as process:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            pids = wait_until_blocked()
            if ended_by == "kill -9":
                process.kill()
                process.wait(PATIENCE_S)
            # A session waiting for a lock does not notice that its client has gone; the server ends it so.
            cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [pids])
            wait_until_gone(pids)
        _out, err = process.communicate(timeout=PATIENCE_S)

    assert process.returncode != 0
    assert "Traceback" not in err
    assert everything_there() == (0, 0, 0, 0)

    call_command("import_assets", *arguments(ledger, tmp_path))
    assert everything_there() == (200, 200, 200, 1)


def test_two_imports_of_one_file_at_once_make_no_duplicates(ledger, tmp_path):
    with importing(ledger, tmp_path, 1) as first, importing(ledger, tmp_path, 2) as second:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORT_LOCK])
            wait_until_blocked(2)
        outcomes = [process.communicate(timeout=PATIENCE_S) for process in (first, second)]

    assert [first.returncode, second.returncode] == [0, 0], outcomes
    reports = [
        json.loads((tmp_path / f"report{number}.json").read_text(encoding="utf-8")) for number in (1, 2)
    ]
    assert sorted((report["created"], report["unchanged"]) for report in reports) == [(0, 200), (200, 0)]
    assert everything_there() == (200, 200, 200, 1)
    assert all("Waiting for another import" in err for _out, err in outcomes)


def test_the_runtime_role_needs_no_right_but_temporary_tables(ledger, tmp_path):
    role = settings.RUNTIME_DATABASE_USER
    if role != settings.DATABASE_OWNER_USER:
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role])
            assert cursor.fetchone() == (False,)

    with importing(ledger, tmp_path) as process:
        _out, err = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 0, err
    assert Area.objects.count() == 1
    assert Asset.objects.count() == 200
