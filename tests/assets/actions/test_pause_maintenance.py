"""Putting a job aside that was begun."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import User
from assets.actions.change_maintenance_state import change_maintenance_state
from assets.actions.pause_maintenance import pause_maintenance
from assets.history import Actor
from assets.models import Asset, Maintenance, MaintenanceKind, MaintenanceState, Origin
from places.models import Unit
from tests.factories import make_asset, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(district: object) -> Asset:
    return make_asset()


def begun(asset: Asset, user: User, crew: Unit | None) -> Maintenance:
    job = Maintenance.objects.create(asset=asset, kind=MaintenanceKind.REPAIR, crew=crew)
    return change_maintenance_state(Actor(user, Origin.PHONE), job, MaintenanceState.IN_PROGRESS)


def test_it_goes_back_to_its_crew(asset: Asset, crew: User) -> None:
    unit = make_unit(is_crew=True)
    job = pause_maintenance(Actor(crew, Origin.PHONE), begun(asset, crew, unit))
    assert (job.state, job.crew) == (MaintenanceState.ASSIGNED, unit)
    assert job.started_at is not None


def test_without_a_crew_it_is_planned_again(asset: Asset, crew: User) -> None:
    job = pause_maintenance(Actor(crew, Origin.PHONE), begun(asset, crew, None))
    assert job.state == MaintenanceState.PLANNED


def test_only_what_was_begun(asset: Asset, crew: User) -> None:
    job = Maintenance.objects.create(asset=asset, kind=MaintenanceKind.REPAIR)
    with pytest.raises(ValidationError) as refused:
        pause_maintenance(Actor(crew, Origin.PHONE), job)
    assert "state" in refused.value.message_dict


def test_only_by_who_does_jobs_there(
    asset: Asset, crew: User, colleague: User, stranger: User, viewer: User
) -> None:
    job = begun(asset, crew, None)
    for user in (colleague, stranger, viewer, None):
        with pytest.raises(PermissionDenied):
            pause_maintenance(Actor(user, Origin.PHONE), job)
