"""Inspections: record and void, and the condition that follows."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import User
from assets.actions.record_inspection import record_inspection
from assets.actions.void_inspection import void_inspection
from assets.history import Actor, events_of
from assets.models import Asset, Condition, Defect, Inspection, Origin
from tests.factories import make_asset

HOURS = timedelta(hours=1)


def phone(user: User) -> Actor:
    return Actor(user, Origin.PHONE)


@pytest.fixture
def asset(district: object) -> Asset:
    return make_asset()


def test_an_inspection_sets_condition_and_due_date(asset: Asset, crew: User) -> None:
    inspection = record_inspection(phone(crew), asset, Condition.DAMAGED, note="裂了")
    assert asset.condition == Condition.DAMAGED
    assert asset.condition_at == inspection.effective_at
    assert asset.next_inspection_due == timezone.localdate() + timedelta(days=90)
    assert (inspection.inspector, inspection.origin) == (crew, "phone")
    assert events_of(asset)[0].pgh_context.metadata["actor"] == "crew"


def test_where_the_recorder_stood_is_measured(asset: Asset, crew: User) -> None:
    beside = Point(asset.point.x + 0.001, asset.point.y, srid=4326)
    inspection = record_inspection(phone(crew), asset, Condition.GOOD, position=beside, position_accuracy=4)
    assert inspection.distance == pytest.approx(89, abs=1)


def test_a_late_arrival_does_not_overwrite_a_newer_fact(asset: Asset, crew: User) -> None:
    now = timezone.now()
    record_inspection(phone(crew), asset, Condition.SEVERE, observed_at=now - HOURS)
    record_inspection(phone(crew), asset, Condition.GOOD, observed_at=now - 5 * HOURS)
    assert asset.condition == Condition.SEVERE


def test_a_clock_that_runs_ahead_counts_as_the_time_of_receipt(asset: Asset, crew: User) -> None:
    record_inspection(phone(crew), asset, Condition.SEVERE, observed_at=timezone.now() + 50 * HOURS)
    asset.refresh_from_db()
    assert asset.condition_at is not None
    assert asset.condition_at <= timezone.now()


def test_a_repeated_record_is_kept_once(asset: Asset, crew: User) -> None:
    uid = uuid.uuid4()
    first = record_inspection(phone(crew), asset, Condition.MINOR, uid=uid)
    again = record_inspection(phone(crew), asset, Condition.MINOR, uid=uid)
    assert first.pk == again.pk
    assert Inspection.objects.count() == 1


def test_a_record_of_another_asset_is_not_reached_through_this_one(asset: Asset, crew: User) -> None:
    uid = uuid.uuid4()
    record_inspection(phone(crew), make_asset(), Condition.MINOR, uid=uid)
    with pytest.raises(ValidationError):
        record_inspection(phone(crew), asset, Condition.MINOR, uid=uid)


def test_defects_come_from_the_list(asset: Asset, crew: User) -> None:
    Defect.objects.create(code="faded", name_zh="褪色", name_en="Faded")
    assert record_inspection(phone(crew), asset, Condition.MINOR, defects=["faded"]).defects == ["faded"]
    with pytest.raises(ValidationError) as refused:
        record_inspection(phone(crew), asset, Condition.MINOR, defects=["haunted"])
    assert list(refused.value.message_dict) == ["defects"]


def test_not_inspected_is_nothing_one_can_see(asset: Asset, crew: User) -> None:
    with pytest.raises(ValidationError) as refused:
        record_inspection(phone(crew), asset, Condition.UNKNOWN)
    assert list(refused.value.message_dict) == ["condition"]


@pytest.mark.parametrize("name", ["viewer", "planner", "colleague", "stranger"])
def test_who_may_not_inspect_here_cannot(asset: Asset, name: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        record_inspection(phone(request.getfixturevalue(name)), asset, Condition.GOOD)


def test_a_void_falls_back_to_the_fact_before(asset: Asset, crew: User, owner: User) -> None:
    now = timezone.now()
    record_inspection(phone(crew), asset, Condition.GOOD, observed_at=now - 2 * HOURS)
    wrong = record_inspection(phone(crew), asset, Condition.MISSING, observed_at=now - HOURS)
    voided = void_inspection(Actor(owner, Origin.WEB), wrong, " 看错了 ")
    asset.refresh_from_db()
    assert asset.condition == Condition.GOOD
    assert (voided.voided_by, voided.void_reason) == (owner, "看错了")
    assert voided.voided_at is not None


def test_the_last_void_leaves_the_asset_not_inspected(asset: Asset, crew: User, owner: User) -> None:
    only = record_inspection(phone(crew), asset, Condition.MISSING)
    void_inspection(Actor(owner, Origin.WEB), only, "wrong sign")
    asset.refresh_from_db()
    assert (asset.condition, asset.condition_at) == (Condition.UNKNOWN, None)


def test_a_void_says_why_and_happens_once(asset: Asset, crew: User, owner: User) -> None:
    inspection = record_inspection(phone(crew), asset, Condition.MISSING)
    with pytest.raises(ValidationError) as refused:
        void_inspection(Actor(owner, Origin.WEB), inspection, "  ")
    assert list(refused.value.message_dict) == ["void_reason"]
    void_inspection(Actor(owner, Origin.WEB), inspection, "wrong sign")
    with pytest.raises(ValidationError) as refused:
        void_inspection(Actor(owner, Origin.WEB), inspection, "again")
    assert list(refused.value.message_dict) == ["voided_at"]


@pytest.mark.parametrize("name", ["viewer", "planner", "crew", "colleague", "stranger"])
def test_who_may_not_void_here_cannot(
    asset: Asset, publicity: User, name: str, request: pytest.FixtureRequest
) -> None:
    inspection = record_inspection(phone(publicity), asset, Condition.MISSING)
    with pytest.raises(PermissionDenied):
        void_inspection(Actor(request.getfixturevalue(name), Origin.WEB), inspection, "why not")
