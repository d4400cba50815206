"""Cancelling all that is open of a campaign, or verifying all that is done."""

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.history import Actor
from assets.models import Maintenance, MaintenanceKind, MaintenanceState, Origin
from tests.factories import make_asset
from tests.mapping.conftest import Town
from tests.work.jobs_scene import Jobs, make_jobs
from work.actions.change_campaign import change_campaign

CANCELLED, VERIFIED = MaintenanceState.CANCELLED, MaintenanceState.VERIFIED


@pytest.fixture
def jobs(town: Town) -> Jobs:
    return make_jobs(town)


def web(user: User) -> Actor:
    return Actor(user, Origin.WEB)


def states() -> dict[int, str]:
    return dict(Maintenance.objects.values_list("pk", "state"))


def test_what_is_open_is_cancelled_and_nothing_else(jobs: Jobs, publicity: User) -> None:
    before = states()
    assert change_campaign(web(publicity), jobs.batch, CANCELLED) == 1
    assert states() == {**before, jobs.assigned.pk: "cancelled"}


def test_what_is_done_is_verified_and_nothing_else(jobs: Jobs, publicity: User) -> None:
    before = states()
    assert change_campaign(web(publicity), jobs.batch, VERIFIED) == 1
    assert states() == {**before, jobs.done.pk: "verified"}
    jobs.done.refresh_from_db()
    assert jobs.done.verified_at is not None
    assert jobs.done.cost is not None


def test_history_says_who(jobs: Jobs, publicity: User) -> None:
    change_campaign(web(publicity), jobs.batch, CANCELLED)
    events = apps.get_model("assets", "MaintenanceEvent").objects.filter(pgh_obj_id=jobs.assigned.pk)
    event = events.select_related("pgh_context").latest("pgh_id")
    assert (event.state, event.pgh_context.metadata["actor"]) == ("cancelled", "publicity")


def test_each_office_changes_its_own(jobs: Jobs, owner: User, colleague: User) -> None:
    # The assigned one lies in the owner's west, the one that is done in the colleague's east.
    for user, state in ((owner, VERIFIED), (colleague, CANCELLED)):
        with pytest.raises(ValidationError) as refused:
            change_campaign(web(user), jobs.batch, state)
        assert list(refused.value.message_dict) == ["state"]
    assert change_campaign(web(owner), jobs.batch, CANCELLED) == 1
    assert change_campaign(web(colleague), jobs.batch, VERIFIED) == 1


def test_twice_is_once(jobs: Jobs, publicity: User) -> None:
    change_campaign(web(publicity), jobs.batch, CANCELLED)
    with pytest.raises(ValidationError):
        change_campaign(web(publicity), jobs.batch, CANCELLED)


def test_there_is_no_other_step_for_all(jobs: Jobs, publicity: User) -> None:
    before = states()
    for state in (MaintenanceState.PLANNED, MaintenanceState.DONE, MaintenanceState.IN_PROGRESS):
        with pytest.raises(ValidationError):
            change_campaign(web(publicity), jobs.batch, state)
    assert states() == before


@pytest.mark.parametrize("name", ["crew", "planner", "viewer", "stranger"])
def test_who_does_not_plan_there_cannot(jobs: Jobs, name: str, request: pytest.FixtureRequest) -> None:
    before = states()
    with pytest.raises((PermissionDenied, ValidationError)):
        change_campaign(web(request.getfixturevalue(name)), jobs.batch, CANCELLED)
    assert states() == before


def test_many_take_no_more_queries(
    jobs: Jobs, publicity: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        Maintenance.objects.create(asset=make_asset(), kind=MaintenanceKind.CLEAN, batch=jobs.batch)
    with django_assert_max_num_queries(8):
        assert change_campaign(web(publicity), jobs.batch, CANCELLED) == 31
