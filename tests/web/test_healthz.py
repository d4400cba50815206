"""/healthz: can this server do its work?"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assets.models import WorkerSign
from assets.workers import give_sign

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_worker() -> WorkerSign:
    give_sign("one")
    return WorkerSign.objects.get()


def test_all_is_well_and_nobody_has_to_sign_in(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "migrations": "ok", "worker": "ok"}
    assert "no-store" in response["Cache-Control"]


def test_a_missing_migration_is_a_fault(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="assets").order_by("-id")[0].delete()
    response = client.get("/healthz")
    assert (response.status_code, response.json()["migrations"]) == (503, "missing")


def test_a_task_that_nobody_takes_tells_of_a_missing_worker(client: Client) -> None:
    waiting = DBTaskResult.objects.create(
        id=uuid4(), args_kwargs={"args": [], "kwargs": {}}, task_path="x.y", backend_name="default"
    )
    DBTaskResult.objects.filter(pk=waiting.pk).update(enqueued_at=timezone.now() - timedelta(hours=1))
    response = client.get("/healthz")
    assert (response.status_code, response.json()["worker"]) == (200, "late")
    assert response.json()["status"] == "degraded"


@pytest.mark.parametrize("silent_for", [timedelta(seconds=45), timedelta(days=3)])
def test_a_worker_not_heard_of_for_most_of_a_minute_has_stopped(
    client: Client, a_worker: WorkerSign, silent_for: timedelta
) -> None:
    WorkerSign.objects.update(heard_at=Now() - silent_for)
    assert (
        client.get("/healthz").json() | {"worker": "stopped", "status": "degraded"}
        == client.get("/healthz").json()
    )
    give_sign("another")
    assert client.get("/healthz").json()["worker"] == "ok"


def test_no_worker_at_all_has_stopped_too(client: Client) -> None:
    WorkerSign.objects.all().delete()
    response = client.get("/healthz")
    assert (response.status_code, response.json()["worker"]) == (200, "stopped")


def test_only_reading_is_possible(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
