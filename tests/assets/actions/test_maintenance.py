"""Maintenance: plan, change state, complete."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from assets.actions.change_maintenance_state import change_maintenance_state
from assets.actions.complete_maintenance import complete_maintenance
from assets.actions.plan_maintenance import plan_maintenance
from assets.actions.remove_asset import remove_asset
from assets.history import Actor
from assets.models import Asset, Condition, Maintenance, MaintenanceKind, MaintenanceState, Origin, Priority
from places.row_history import changes_of
from tests.factories import make_artwork, make_asset, make_unit


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


@pytest.fixture
def asset(district: object) -> Asset:
    return make_asset()


@pytest.fixture
def job(asset: Asset, owner: User) -> Maintenance:
    return plan_maintenance(web(owner), asset, MaintenanceKind.REPAIR)


def test_a_planned_job_with_a_crew_is_assigned(asset: Asset, owner: User) -> None:
    crew = make_unit(is_crew=True)
    due = timezone.localdate() + timedelta(days=3)
    job = plan_maintenance(
        web(owner),
        asset,
        MaintenanceKind.CLEAN,
        crew=crew,
        due_on=due,
        priority=Priority.URGENT,
        description=" 擦 ",
    )
    assert (job.state, job.crew, job.due_on, job.priority) == ("assigned", crew, due, 3)
    assert (job.description, job.created_by) == ("擦", owner)


def test_a_job_goes_to_a_crew_only(asset: Asset, owner: User) -> None:
    with pytest.raises(ValidationError) as refused:
        plan_maintenance(web(owner), asset, MaintenanceKind.CLEAN, crew=make_unit())
    assert list(refused.value.message_dict) == ["crew"]


def test_only_a_replacement_of_content_names_an_artwork(asset: Asset, owner: User) -> None:
    with pytest.raises(ValidationError) as refused:
        plan_maintenance(web(owner), asset, MaintenanceKind.CLEAN, artwork=make_artwork())
    assert list(refused.value.message_dict) == ["artwork"]
    with pytest.raises(ValidationError):
        plan_maintenance(
            web(owner), asset, MaintenanceKind.REPLACE_CONTENT, artwork=make_artwork(approval="draft")
        )


def test_there_is_nothing_to_do_on_what_is_removed(asset: Asset, owner: User) -> None:
    remove_asset(web(owner), asset, reason="gone")
    with pytest.raises(ValidationError):
        plan_maintenance(web(owner), asset, MaintenanceKind.CLEAN)


@pytest.mark.parametrize("name", ["viewer", "planner", "crew", "colleague", "stranger"])
def test_who_may_not_plan_here_cannot(asset: Asset, name: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        plan_maintenance(web(request.getfixturevalue(name)), asset, MaintenanceKind.CLEAN)


def test_a_job_goes_from_plan_to_verified(job: Maintenance, owner: User, crew: User) -> None:
    team = make_unit(is_crew=True)
    job = change_maintenance_state(web(owner), job, MaintenanceState.ASSIGNED, crew=team)
    assert job.crew == team
    job = change_maintenance_state(web(crew), job, MaintenanceState.IN_PROGRESS)
    assert job.started_at is not None
    job = complete_maintenance(web(crew), job, resulting_condition=Condition.GOOD, cost=Decimal("80.50"))
    assert (job.state, job.cost) == ("done", Decimal("80.50"))
    job = change_maintenance_state(web(owner), job, MaintenanceState.VERIFIED)
    assert job.verified_at is not None
    assert {change.actor for change in changes_of(job)} == {"owner", "crew"}


def test_a_crew_starts_jobs_and_does_not_assign_verify_or_cancel(job: Maintenance, crew: User) -> None:
    for state in (MaintenanceState.ASSIGNED, MaintenanceState.CANCELLED, MaintenanceState.VERIFIED):
        with pytest.raises(PermissionDenied):
            change_maintenance_state(web(crew), job, state)


def test_a_job_makes_no_leap(job: Maintenance, owner: User) -> None:
    with pytest.raises(ValidationError):
        change_maintenance_state(web(owner), job, MaintenanceState.VERIFIED)
    with pytest.raises(ValidationError):
        change_maintenance_state(web(owner), job, MaintenanceState.DONE)
    change_maintenance_state(web(owner), job, MaintenanceState.CANCELLED)
    with pytest.raises(ValidationError):
        complete_maintenance(web(owner), job)


def test_an_assigned_job_has_a_crew(job: Maintenance, owner: User) -> None:
    with pytest.raises(ValidationError) as refused:
        change_maintenance_state(web(owner), job, MaintenanceState.ASSIGNED)
    assert list(refused.value.message_dict) == ["crew"]


def test_work_that_did_not_hold_goes_back(job: Maintenance, owner: User) -> None:
    complete_maintenance(web(owner), job)
    job = change_maintenance_state(web(owner), job, MaintenanceState.IN_PROGRESS)
    assert job.completed_at is None


def test_the_condition_afterwards_is_an_inspection(asset: Asset, job: Maintenance, crew: User) -> None:
    complete_maintenance(web(crew), job, resulting_condition=Condition.GOOD, note="换了面板")
    asset.refresh_from_db()
    inspection = asset.inspections.get()
    assert asset.condition == Condition.GOOD
    assert (inspection.note, inspection.inspector) == ("换了面板", crew)


def test_replaced_content_hangs_though_the_crew_may_not_post(asset: Asset, owner: User, crew: User) -> None:
    artwork = make_artwork()
    job = plan_maintenance(web(owner), asset, MaintenanceKind.REPLACE_CONTENT, artwork=artwork)
    complete_maintenance(web(crew), job)
    asset.refresh_from_db()
    assert asset.artwork == artwork
    assert asset.postings.get().posted_on == timezone.localdate()


def test_a_finished_removal_removes_the_asset(asset: Asset, owner: User, crew: User) -> None:
    job = plan_maintenance(web(owner), asset, MaintenanceKind.REMOVE, description="拆除")
    job = complete_maintenance(web(crew), job)
    asset.refresh_from_db()
    assert (asset.lifecycle, asset.removal_reason, job.state) == ("removed", "拆除", "done")


@pytest.mark.parametrize(
    "values, field",
    [
        ({"cost": Decimal("-1")}, "cost"),
        ({"completed_at": timedelta(days=2)}, "completed_at"),
        ({"resulting_condition": Condition.UNKNOWN}, "resulting_condition"),
    ],
)
def test_an_impossible_completion_writes_nothing(
    job: Maintenance, owner: User, values: dict, field: str
) -> None:
    if "completed_at" in values:
        values = {"completed_at": timezone.now() + values["completed_at"]}
    with pytest.raises(ValidationError) as refused:
        complete_maintenance(web(owner), job, **values)
    assert field in refused.value.message_dict
    job.refresh_from_db()
    assert job.state == "planned"


@pytest.mark.parametrize("name", ["viewer", "planner", "colleague", "stranger"])
def test_who_may_not_do_jobs_here_cannot(job: Maintenance, name: str, request: pytest.FixtureRequest) -> None:
    user = request.getfixturevalue(name)
    with pytest.raises(PermissionDenied):
        complete_maintenance(web(user), job)
    with pytest.raises(PermissionDenied):
        change_maintenance_state(web(user), job, MaintenanceState.IN_PROGRESS)
