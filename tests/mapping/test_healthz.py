"""/healthz: can this server do its work?"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

pytestmark = pytest.mark.django_db


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


def test_only_reading_is_possible(client: Client) -> None:
    assert client.post("/healthz").status_code == 405
