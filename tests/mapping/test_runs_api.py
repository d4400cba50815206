"""GET /api/runs/{uid}: how far a background run is, for whoever started it."""

import uuid

import pytest
from django.test import Client

from accounts.models import User
from assets.models import BackgroundRun, RunState

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(owner: User) -> BackgroundRun:
    return BackgroundRun.objects.create(
        kind="export", started_by=owner, state=RunState.RUNNING, done=5, total=10
    )


def ask(user: User | None, uid: object) -> tuple[int, dict]:
    client = Client(headers={"accept-language": "en"})
    if user is not None:
        client.force_login(user)
    answer = client.get(f"/api/runs/{uid}")
    return answer.status_code, answer.json()


def test_its_starter_sees_how_far_it_is(run: BackgroundRun, owner: User) -> None:
    status, body = ask(owner, run.uid)
    assert status == 200
    assert (body["kind"], body["state"], body["done"], body["total"]) == ("export", "running", 5, 10)


def test_nobody_else_sees_it(run: BackgroundRun, colleague: User, stranger: User) -> None:
    assert ask(colleague, run.uid)[0] == 404
    assert ask(stranger, run.uid)[0] == 404
    assert ask(None, run.uid)[0] == 401


def test_a_run_that_never_was_is_404(owner: User) -> None:
    status, body = ask(owner, uuid.uuid4())
    assert (status, body["status"]) == (404, 404)
