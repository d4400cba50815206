"""Exports that a background run makes: started, followed, fetched by their own user alone, tidied away."""

import json
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Membership, User
from assets.models import BackgroundRun, RunState
from mapping.exports import formats
from mapping.exports.files import file_of, folder, tidy_files
from mapping.models import Export, ExportOutcome
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_folder(settings: object, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


@pytest.fixture(autouse=True)
def _empty_queue() -> Iterator[None]:
    yield
    DBTaskResult.objects.all().delete()


@pytest.fixture
def exporter(client: Client, planner: User) -> Client:
    client.force_login(planner)
    return client


def work() -> None:
    """What `manage.py db_worker` does with what is waiting."""
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)


def test_a_posted_export_is_made_in_the_background(town: Town, exporter: Client, planner: User) -> None:
    response = exporter.post("/export/assets.csv?street=370105001&crs=gcj02&columns=code,position")
    assert response.status_code == 202
    answer = response.json()
    assert response["Location"] == answer["progress"]
    assert exporter.get(answer["progress"]).json()["state"] == "waiting"
    assert exporter.get(answer["download"]).status_code == 409

    work()

    run = exporter.get(answer["progress"]).json()
    assert (run["state"], run["done"], run["total"]) == ("done", 2, 2)
    assert run["result"]["download"] == answer["download"]
    file = exporter.get(answer["download"])
    body = file.getvalue()
    assert (file.status_code, file["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert ".gcj02.csv" in file["Content-Disposition"]
    assert body.decode("utf-8-sig").splitlines()[0] == '"code","lon_gcj02","lat_gcj02"'
    line = Export.objects.get()
    assert (line.user, line.rows, line.bytes, line.outcome) == (planner, 2, len(body), ExportOutcome.COMPLETE)
    [listed] = exporter.get("/export/files.json").json()["files"]
    assert (listed["filename"], listed["download"]) == ("assets.gcj02.csv", answer["download"])


@pytest.mark.parametrize(
    "name", ["assets.xlsx", "assets.gpkg", "inspections.parquet", "assets.geojson", "assets.gbt47678.zip"]
)
def test_any_format_can_be_made_so(name: str, town: Town, exporter: Client) -> None:
    answer = exporter.post(f"/export/{name}").json()
    work()
    assert exporter.get(answer["progress"]).json()["state"] == "done"
    assert len(exporter.get(answer["download"]).getvalue()) > 100


@pytest.mark.parametrize(
    "ending",
    sorted(
        format_.ending
        for format_ in formats.FORMATS.values()
        if format_.ending != "json" and (not format_.layers or "assets" in format_.layers)
    ),
)
def test_nobody_else_on_the_machine_reads_what_was_made(ending: str, town: Town, exporter: Client) -> None:
    before = os.umask(0o022)
    try:
        assert exporter.post(f"/export/assets.{ending}").status_code == 202
        work()
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(before)
    written = [*folder().rglob("*")]
    assert len(written) == 2
    for path in (folder(), *written):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_what_is_large_is_made_so_without_being_asked(
    town: Town, exporter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    monkeypatch.setitem(formats.FORMATS, "csv", replace(formats.FORMATS["csv"], direct_rows=5))
    assert exporter.get("/export/assets.csv?street=370105001").status_code == 200
    first, second = (exporter.get("/export/assets.csv").json() for _twice in range(2))
    assert first["run"] == second["run"], "asked for again while it waits, it is the same"
    assert BackgroundRun.objects.count() == 1


def test_geojson_is_streamed_whatever_its_size(town: Town, exporter: Client) -> None:
    assert json.loads(exporter.get("/export/assets.geojson").getvalue())["numberReturned"] == 6


def test_nobody_else_gets_the_file(town: Town, exporter: Client, publicity: User, viewer: User) -> None:
    answer = exporter.post("/export/assets.csv").json()
    work()
    for user in (publicity, viewer):
        other = Client()
        other.force_login(user)
        assert other.get(answer["download"]).status_code in (403, 404)
        assert other.get(answer["progress"]).status_code in (403, 404)
    assert Client().get(answer["download"]).status_code == 401


def test_rights_are_those_of_the_moment(town: Town, exporter: Client, planner: User) -> None:
    answer = exporter.post("/export/assets.csv").json()
    Membership.objects.filter(user=planner).update(role="viewer")
    work()
    assert BackgroundRun.objects.get().state == RunState.FAILED
    assert exporter.get(answer["download"]).status_code == 403
    assert not Export.objects.filter(outcome=ExportOutcome.COMPLETE).exists()


def test_files_go_after_a_day(town: Town, exporter: Client) -> None:
    answer = exporter.post("/export/assets.csv").json()
    work()
    run = BackgroundRun.objects.get()
    stray = folder() / "stray"
    stray.mkdir()
    tidy_files()
    assert file_of(run) is not None
    assert not stray.exists()
    BackgroundRun.objects.update(finished_at=timezone.now() - timedelta(hours=25))
    tidy_files()
    assert list(folder().iterdir()) == []
    response = exporter.get(answer["download"])
    assert (response.status_code, response["Content-Type"]) == (410, "application/problem+json")
    assert exporter.get("/export/files.json").json() == {"files": []}


def test_posting_needs_the_pages_own_token(town: Town, planner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(planner)
    assert client.post("/export/assets.csv").status_code == 403
    assert not BackgroundRun.objects.exists()


def test_a_failed_one_can_be_asked_for_again(
    town: Town, exporter: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> int:
        raise OSError("disk full")

    monkeypatch.setattr("mapping.tasks.make", fail)
    first = exporter.post("/export/assets.csv").json()
    work()
    assert exporter.get(first["progress"]).json()["state"] == "failed"
    assert Export.objects.get().outcome == ExportOutcome.FAILED
    assert exporter.get(first["download"]).status_code == 404
    assert exporter.post("/export/assets.csv").json()["run"] != first["run"]
