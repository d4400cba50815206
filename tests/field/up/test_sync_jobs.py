"""POST /api/field/sync: jobs begun, put aside and done."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Role, User
from assets.models import Asset, Condition, Maintenance, MaintenanceKind, MaintenanceState
from field.models import ReviewItem
from tests.conftest import District
from tests.factories import make_unit, make_user
from tests.field.conftest import Phone, phone_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(board: Asset) -> Maintenance:
    crew = make_unit(is_crew=True)
    return Maintenance.objects.create(
        asset=board, kind=MaintenanceKind.REPAIR, state=MaintenanceState.ASSIGNED, crew=crew
    )


def op(phone: Phone, kind: str, job: Maintenance, **fields: Any) -> dict[str, Any]:
    return phone.op(kind, job=job.pk, fields=fields)


def test_a_job_is_begun_put_aside_and_done(phone: Phone, job: Maintenance, board: Asset) -> None:
    (begun,) = phone.send(op(phone, "job_start", job))
    job.refresh_from_db()
    assert (begun["status"], begun["reason"], job.state) == ("applied", None, MaintenanceState.IN_PROGRESS)
    phone.send(op(phone, "job_pause", job, note="缺材料"))
    job.refresh_from_db()
    assert (job.state, job.crew is not None) == (MaintenanceState.ASSIGNED, True)
    done_at = timezone.now() - timedelta(minutes=30)
    done = op(phone, "job_done", job, cost="120.50", note="换了面板", resulting_condition="good")
    (result,) = phone.send({**done, "at": done_at.isoformat()})
    job.refresh_from_db()
    assert (result["status"], job.state, job.cost) == ("applied", MaintenanceState.DONE, Decimal("120.50"))
    assert job.completed_at == done_at
    board.refresh_from_db()
    assert board.condition == Condition.GOOD
    assert result["asset"]["version"] == board.version


def test_what_was_done_without_a_network_began_when_it_began(phone: Phone, job: Maintenance) -> None:
    begun_at = timezone.now() - timedelta(hours=3)
    done_at = begun_at + timedelta(minutes=40)
    phone.send(
        {**op(phone, "job_start", job), "at": begun_at.isoformat()},
        {**op(phone, "job_done", job), "at": done_at.isoformat()},
    )
    job.refresh_from_db()
    assert (job.started_at, job.completed_at) == (begun_at, done_at)


def test_no_job_ends_before_it_begins(phone: Phone, job: Maintenance) -> None:
    done_at = timezone.now() - timedelta(hours=1)
    phone.send(op(phone, "job_start", job), {**op(phone, "job_done", job), "at": done_at.isoformat()})
    job.refresh_from_db()
    assert (job.started_at, job.completed_at) == (done_at, done_at)


def test_a_start_that_comes_late_opens_nothing_again(phone: Phone, job: Maintenance) -> None:
    start, pause, done = (op(phone, kind, job) for kind in ("job_start", "job_pause", "job_done"))
    results = phone.send(done, start, pause)
    assert [(result["status"], result["reason"]) for result in results] == [
        ("applied", None),
        ("applied", "job_closed"),
        ("applied", "job_closed"),
    ]
    job.refresh_from_db()
    assert job.state == MaintenanceState.DONE


def test_the_order_on_the_phone_counts(phone: Phone, job: Maintenance) -> None:
    start, pause = op(phone, "job_start", job), op(phone, "job_pause", job)
    phone.send(op(phone, "job_start", job))
    results = phone.send(pause, start)
    assert [result["reason"] for result in results] == ["superseded", "superseded"]
    job.refresh_from_db()
    assert job.state == MaintenanceState.IN_PROGRESS


@pytest.mark.parametrize("state", ["done", "verified", "cancelled"])
def test_a_job_that_was_closed_meanwhile_goes_to_the_office(
    phone: Phone, job: Maintenance, state: str
) -> None:
    Maintenance.objects.filter(pk=job.pk).update(state=state, completed_at=timezone.now())
    (result,) = phone.send(op(phone, "job_done", job, cost=80, note="修好了"))
    assert (result["status"], result["reason"]) == ("conflict", "job_closed")
    assert ReviewItem.objects.get().values["cost"] == {"base": None, "server": None, "phone": "80.00"}


def test_begun_twice_is_begun(phone: Phone, job: Maintenance, crew: User) -> None:
    other = phone_of(crew)
    phone.send(op(phone, "job_start", job))
    (result,) = other.send(op(other, "job_start", job))
    assert (result["status"], result["reason"]) == ("applied", "already_done")


@pytest.mark.parametrize(
    "fields",
    [
        {"cost": "viel"},
        {"cost": -1},
        {"cost": True},
        {"cost": "NaN"},
        {"cost": "1e400"},
        {"cost": []},
        {"resulting_condition": "unknown"},
        {"resulting_condition": 3},
        {"note": "很" * 5000},
        {"state": "verified"},
    ],
)
def test_what_makes_no_sense_is_refused(phone: Phone, job: Maintenance, fields: dict) -> None:
    (result,) = phone.send(op(phone, "job_done", job, **fields))
    assert (result["status"], result["reason"]) == ("rejected", "invalid")
    title = {"resulting_condition": "condition afterwards"}
    assert result["message"].startswith(title.get(name := next(iter(fields)), name))


def test_who_does_no_jobs_there_is_refused(job: Maintenance, colleague: User, stranger: User) -> None:
    for user in (colleague, stranger):
        phone = phone_of(user)
        for kind in ("job_start", "job_done"):
            (result,) = phone.send(op(phone, kind, job))
            assert (result["status"], result["reason"]) == ("rejected", "not_permitted")


@pytest.mark.parametrize("kind", ["job_start", "job_pause", "job_done"])
def test_whoever_may_not_do_a_job_learns_nothing_of_how_it_stands(
    job: Maintenance, district: District, kind: str
) -> None:
    foreign = phone_of(make_user(Role.CREW, district.other_district, username="foreign"))
    answers = []
    for state in (MaintenanceState.ASSIGNED, MaintenanceState.VERIFIED, MaintenanceState.CANCELLED):
        Maintenance.objects.filter(pk=job.pk).update(
            state=state,
            completed_at=timezone.now() if state == MaintenanceState.VERIFIED else None,
            verified_at=timezone.now() if state == MaintenanceState.VERIFIED else None,
        )
        (result,) = foreign.send(op(foreign, kind, job, **({"cost": "5"} if kind == "job_done" else {})))
        answers.append({key: result[key] for key in ("status", "reason", "message", "asset", "fields")})
    assert answers[0]["reason"] == "not_permitted"
    assert answers[0] == answers[1] == answers[2]
    assert not ReviewItem.objects.filter(kind="job_closed").exists()
