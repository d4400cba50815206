"""Verified jobs are opened again with a reason; costs are corrected with a history; a job tells one condition."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assets.actions.change_maintenance_state import change_maintenance_state
from assets.actions.complete_maintenance import complete_maintenance
from assets.actions.record_inspection import record_inspection
from assets.history import Actor
from assets.models import Asset, Condition, Inspection, Maintenance, MaintenanceKind, MaintenanceState, Origin
from tests.mapping.conftest import Town
from tests.work.jobs_scene import Jobs

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


def english(as_user: Looking, user: User | None) -> Client:
    client = as_user(user)
    client.cookies["django_language"] = "en"
    return client


def test_a_verified_job_is_opened_again_with_a_reason(jobs: Jobs, as_user: Looking, owner: User) -> None:
    client, job = english(as_user, owner), jobs.verified
    assert "Open the job again" in client.get(f"/jobs/{job.pk}/").content.decode()
    assert client.post(f"/jobs/{job.pk}/reopen", {"reason": "漆又掉了"}).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.verified_at, job.completed_at) == ("in_progress", None, None)
    assert "漆又掉了" in job.description
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "漆又掉了" in page.split("job-history")[1]
    complete_maintenance(Actor(owner, Origin.WEB), job)
    change_maintenance_state(Actor(owner, Origin.WEB), job, MaintenanceState.VERIFIED)


@pytest.mark.parametrize("address, form", [("reopen", {}), ("cost", {"cost": "7"})])
def test_without_a_reason_nothing_is_changed_and_the_field_says_so(
    address: str, form: dict[str, str], jobs: Jobs, as_user: Looking, owner: User
) -> None:
    job = jobs.verified
    answer = english(as_user, owner).post(f"/jobs/{job.pk}/{address}", {**form, "reason": " "})
    assert answer.status_code == 422
    assert "field-problem" in answer.content.decode()
    before = (job.state, job.cost)
    job.refresh_from_db()
    assert (job.state, job.cost) == before


@pytest.mark.parametrize(
    "address, form", [("reopen", {"reason": "x"}), ("cost", {"cost": "7", "reason": "x"})]
)
def test_only_who_plans_there_may(
    address: str,
    form: dict[str, str],
    jobs: Jobs,
    as_user: Looking,
    colleague: User,
    stranger: User,
    crew: User,
    viewer: User,
) -> None:
    """The job lies in the owner's street."""
    job = jobs.verified
    assert Client().post(f"/jobs/{job.pk}/{address}", form).status_code == 302
    expected = {colleague: 403, crew: 403, viewer: 403, stranger: 404}
    assert {
        user: as_user(user).post(f"/jobs/{job.pk}/{address}", form).status_code for user in expected
    } == expected
    assert "Open the job again" not in english(as_user, colleague).get(f"/jobs/{job.pk}/").content.decode()
    job.refresh_from_db()
    assert (job.state, job.cost) == ("verified", Decimal("99.99"))


def test_only_verified_jobs_are_opened_again_and_none_that_removed_something(
    jobs: Jobs, as_user: Looking, owner: User, town: Town
) -> None:
    client = english(as_user, owner)
    answer = client.post(f"/jobs/{jobs.assigned.pk}/reopen", {"reason": "x"})
    assert (answer.status_code, "Only a verified job" in answer.content.decode()) == (422, True)
    Maintenance.objects.filter(pk=jobs.verified.pk).update(kind=MaintenanceKind.REMOVE)
    answer = client.post(f"/jobs/{jobs.verified.pk}/reopen", {"reason": "x"})
    assert (answer.status_code, "plan another job" in answer.content.decode()) == (422, True)


def test_a_cost_is_corrected_and_what_it_was_stays_in_the_history(
    jobs: Jobs, as_user: Looking, owner: User
) -> None:
    client, job = english(as_user, owner), jobs.verified
    assert client.post(f"/jobs/{job.pk}/cost", {"cost": "88.50", "reason": "发票"}).status_code == 302
    job.refresh_from_db()
    assert (job.cost, job.state) == (Decimal("88.50"), "verified")
    assert "发票" in job.description
    history = client.get(f"/jobs/{job.pk}/").content.decode().split("job-history")[1]
    assert "99.99" in history
    assert "88.50" in history
    answer = client.post(f"/jobs/{job.pk}/cost", {"cost": "-1", "reason": "x"})
    assert answer.status_code == 422
    answer = client.post(f"/jobs/{jobs.assigned.pk}/cost", {"cost": "1", "reason": "x"})
    assert "when the job is finished" in answer.content.decode()


def test_a_job_that_is_sent_back_and_finished_again_leaves_one_inspection(jobs: Jobs, owner: User) -> None:
    actor, job = Actor(owner, Origin.WEB), jobs.assigned
    complete_maintenance(actor, job, resulting_condition=Condition.GOOD)
    change_maintenance_state(actor, job, MaintenanceState.IN_PROGRESS, note="还脏")
    complete_maintenance(actor, job, resulting_condition=Condition.MINOR)
    seen = Inspection.objects.order_by("-observed_at").filter(
        asset=job.asset, voided_at=None, condition__in=(Condition.GOOD, Condition.MINOR)
    )
    assert seen[0].condition == Condition.MINOR
    void = Inspection.objects.get(asset=job.asset, voided_at__isnull=False)
    assert (void.condition, void.voided_by, bool(void.void_reason)) == (Condition.GOOD, owner, True)
    assert Asset.objects.get(pk=job.asset_id).condition == Condition.MINOR


def test_finished_again_without_a_condition_what_was_seen_first_counts_no_more(
    jobs: Jobs, owner: User
) -> None:
    actor, job = Actor(owner, Origin.WEB), jobs.assigned
    record_inspection(actor, job.asset, Condition.GOOD, observed_at=timezone.now() - timedelta(days=1))
    complete_maintenance(actor, job, resulting_condition=Condition.SEVERE)
    change_maintenance_state(actor, job, MaintenanceState.IN_PROGRESS)
    complete_maintenance(actor, job)
    assert Asset.objects.get(pk=job.asset_id).condition == Condition.GOOD
