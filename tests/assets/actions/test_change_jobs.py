"""Several jobs one step on, and changing what a job asks for."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.actions.change_jobs import change_jobs
from assets.actions.change_maintenance_state import change_maintenance_state
from assets.actions.complete_maintenance import complete_maintenance
from assets.actions.edit_job import edit_job
from assets.actions.plan_maintenance import plan_maintenance
from assets.history import Actor
from assets.models import Asset, Maintenance, MaintenanceKind, MaintenanceState, Origin, Priority
from places.row_history import changes_of
from tests.factories import make_asset, make_unit

EAST = Point(117.010, 36.690, srid=4326)


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


@pytest.fixture
def west(district: object) -> Asset:
    return make_asset()


@pytest.fixture
def east(district: object) -> Asset:
    return make_asset(EAST)


@pytest.fixture
def jobs(west: Asset, publicity: User) -> list[Maintenance]:
    return [
        plan_maintenance(web(publicity), west, kind)
        for kind in (MaintenanceKind.CLEAN, MaintenanceKind.REPAIR)
    ]


def numbers(jobs: list[Maintenance]) -> list[int]:
    return [job.pk for job in jobs]


def test_several_jobs_go_to_a_crew_and_are_verified_together(
    jobs: list[Maintenance], owner: User, crew: User
) -> None:
    team = make_unit(is_crew=True)
    changed = change_jobs(web(owner), numbers(jobs), MaintenanceState.ASSIGNED, crew=team)
    assert (len(changed.jobs), changed.refused) == (2, [])
    assert {(job.state, job.crew) for job in Maintenance.objects.all()} == {("assigned", team)}
    assert changes_of(Maintenance.objects.first())[0].actor == "owner"
    for job in jobs:
        complete_maintenance(web(crew), job)
    change_jobs(web(owner), numbers(jobs), MaintenanceState.VERIFIED)
    assert all(job.verified_at for job in Maintenance.objects.filter(state="verified"))


def test_those_that_cannot_go_are_named_and_the_others_go(jobs: list[Maintenance], owner: User) -> None:
    complete_maintenance(web(owner), jobs[0])
    changed = change_jobs(web(owner), numbers(jobs), MaintenanceState.VERIFIED)
    assert changed.jobs == [jobs[0]]
    ((refused, why),) = changed.refused
    assert refused == jobs[1]
    assert why


def test_each_is_permitted_by_itself(
    jobs: list[Maintenance], east: Asset, publicity: User, owner: User
) -> None:
    far = plan_maintenance(web(publicity), east, MaintenanceKind.CLEAN)
    changed = change_jobs(web(owner), [*numbers(jobs), far.pk], MaintenanceState.CANCELLED)
    assert changed.jobs == jobs
    assert [job for job, _why in changed.refused] == [far]
    far.refresh_from_db()
    assert far.state == "planned"


def test_assigning_needs_a_crew(jobs: list[Maintenance], owner: User) -> None:
    changed = change_jobs(web(owner), numbers(jobs), MaintenanceState.ASSIGNED)
    assert (changed.jobs, len(changed.refused)) == ([], 2)


def test_an_assigned_job_may_go_to_another_crew(jobs: list[Maintenance], owner: User) -> None:
    first, second = make_unit(is_crew=True), make_unit(is_crew=True)
    change_jobs(web(owner), numbers(jobs), MaintenanceState.ASSIGNED, crew=first)
    change_jobs(web(owner), numbers(jobs), MaintenanceState.ASSIGNED, crew=second)
    assert {job.crew for job in Maintenance.objects.all()} == {second}


@pytest.mark.parametrize("numbers", [[], list(range(1, 502))])
def test_none_or_too_many_are_refused(jobs: list[Maintenance], owner: User, numbers: list[int]) -> None:
    with pytest.raises(ValidationError) as refused:
        change_jobs(web(owner), numbers, MaintenanceState.CANCELLED)
    assert list(refused.value.message_dict) == ["jobs"]


def test_finishing_is_done_one_by_one(jobs: list[Maintenance], owner: User) -> None:
    with pytest.raises(ValidationError):
        change_jobs(web(owner), numbers(jobs), MaintenanceState.DONE)


def test_a_crew_starts_and_does_not_verify(jobs: list[Maintenance], crew: User) -> None:
    assert len(change_jobs(web(crew), numbers(jobs), MaintenanceState.IN_PROGRESS).jobs) == 2
    with pytest.raises(PermissionDenied):
        change_jobs(web(crew), numbers(jobs), MaintenanceState.VERIFIED)


@pytest.mark.parametrize("name", ["viewer", "planner"])
def test_who_does_no_jobs_changes_none(
    jobs: list[Maintenance], name: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        change_jobs(web(request.getfixturevalue(name)), numbers(jobs), MaintenanceState.IN_PROGRESS)


def test_strangers_and_colleagues_change_nothing_here(
    jobs: list[Maintenance], colleague: User, stranger: User
) -> None:
    for user in (colleague, stranger):
        assert change_jobs(web(user), numbers(jobs), MaintenanceState.CANCELLED).jobs == []


def test_many_jobs_take_no_more_queries(
    west: Asset, publicity: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many = [plan_maintenance(web(publicity), west, MaintenanceKind.CLEAN).pk for _ in range(30)]
    with django_assert_max_num_queries(12):
        change_jobs(web(publicity), many, MaintenanceState.IN_PROGRESS)
    assert Maintenance.objects.filter(state="in_progress").count() == 30


def test_why_a_job_goes_back_is_kept(jobs: list[Maintenance], owner: User) -> None:
    complete_maintenance(web(owner), jobs[0], note="换了面板")
    change_maintenance_state(web(owner), jobs[0], MaintenanceState.IN_PROGRESS, note="色差太大")
    jobs[0].refresh_from_db()
    assert jobs[0].description == "换了面板\n色差太大"


def test_day_priority_and_description_can_change(jobs: list[Maintenance], owner: User) -> None:
    due = timezone.localdate() + timedelta(days=30)
    job = edit_job(web(owner), jobs[0], {"due_on": due, "priority": Priority.URGENT, "description": "改期"})
    job.refresh_from_db()
    assert (job.due_on, job.priority, job.description) == (due, 3, "改期")
    edit_job(web(owner), job, {"due_on": None})
    job.refresh_from_db()
    assert (job.due_on, job.description) == (None, "改期")


def test_a_job_that_is_over_does_not_change(jobs: list[Maintenance], owner: User) -> None:
    complete_maintenance(web(owner), jobs[0])
    with pytest.raises(ValidationError) as refused:
        edit_job(web(owner), jobs[0], {"description": "x"})
    assert list(refused.value.message_dict) == ["state"]


@pytest.mark.parametrize("name", ["viewer", "planner", "crew", "colleague", "stranger"])
def test_who_may_not_plan_here_changes_nothing(
    jobs: list[Maintenance], name: str, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        edit_job(web(request.getfixturevalue(name)), jobs[0], {"description": "x"})
