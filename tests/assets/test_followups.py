"""What follows from an inspection: urgent jobs at once, and jobs that are done by having looked."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.actions.complete_maintenance import complete_maintenance
from assets.actions.plan_maintenance import plan_maintenance
from assets.actions.record_inspection import record_inspection
from assets.actions.remove_asset import remove_asset
from assets.followups import raise_urgent_jobs
from assets.history import Actor
from assets.models import (
    Asset,
    Condition,
    Defect,
    Inspection,
    Maintenance,
    MaintenanceKind,
    Origin,
    Priority,
)
from tests.factories import make_asset

DEFECTS = {
    "faded": (False, "repaint"),
    "hazard": (True, "repair"),
    "wrong_wording": (True, "replace_content"),
    "political_error": (True, "replace_content"),
}


def phone(user: User) -> Actor:
    return Actor(user, Origin.PHONE)


@pytest.fixture
def asset(district: object) -> Asset:
    for code, (urgent, remedy) in DEFECTS.items():
        Defect.objects.create(code=code, name_zh=code, name_en=code, urgent=urgent, remedy=remedy)
    return make_asset()


@pytest.mark.parametrize("code", ["hazard", "wrong_wording", "political_error"])
def test_an_urgent_defect_raises_an_urgent_job_at_once(asset: Asset, crew: User, code: str) -> None:
    record_inspection(phone(crew), asset, Condition.GOOD, defects=[code], note="就在门口")
    job = asset.maintenance.get()
    assert (job.kind, job.priority, job.state) == (DEFECTS[code][1], Priority.URGENT, "planned")
    assert (job.due_on, job.created_by) == (timezone.localdate(), crew)
    assert code in job.description
    assert "就在门口" in job.description


def test_an_ordinary_defect_raises_none(asset: Asset, crew: User) -> None:
    record_inspection(phone(crew), asset, Condition.SEVERE, defects=["faded"])
    assert not asset.maintenance.exists()


def test_not_twice_while_one_is_open(asset: Asset, crew: User) -> None:
    for _ in range(2):
        record_inspection(phone(crew), asset, Condition.GOOD, defects=["hazard"])
    assert asset.maintenance.count() == 1


def test_a_repeat_of_the_same_record_raises_nothing(asset: Asset, crew: User) -> None:
    first = record_inspection(phone(crew), asset, Condition.GOOD, defects=["hazard"])
    complete_maintenance(phone(crew), asset.maintenance.get())
    record_inspection(phone(crew), asset, Condition.GOOD, defects=["hazard"], uid=first.uid)
    assert asset.maintenance.count() == 1


def test_an_open_job_of_the_kind_becomes_urgent_instead(asset: Asset, publicity: User, crew: User) -> None:
    later = timezone.localdate() + timedelta(days=20)
    job = plan_maintenance(phone(publicity), asset, MaintenanceKind.REPAIR, due_on=later, description="松了")
    record_inspection(phone(crew), asset, Condition.GOOD, defects=["hazard"])
    job.refresh_from_db()
    assert asset.maintenance.count() == 1
    assert (job.priority, job.due_on) == (Priority.URGENT, timezone.localdate())
    assert job.description.startswith("松了\n")


def test_two_errors_of_wording_are_one_job_and_a_hazard_is_another(asset: Asset, crew: User) -> None:
    record_inspection(
        phone(crew), asset, Condition.GOOD, defects=["hazard", "wrong_wording", "political_error"]
    )
    assert sorted(asset.maintenance.values_list("kind", flat=True)) == ["repair", "replace_content"]


def test_when_it_is_found_again_after_the_repair_there_is_a_new_job(asset: Asset, crew: User) -> None:
    record_inspection(phone(crew), asset, Condition.GOOD, defects=["hazard"])
    complete_maintenance(phone(crew), asset.maintenance.get())
    record_inspection(phone(crew), asset, Condition.GOOD, defects=["hazard"])
    assert asset.maintenance.count() == 2


def test_what_was_put_right_since_the_phone_saw_it_raises_nothing(asset: Asset, crew: User) -> None:
    seen = timezone.now() - timedelta(days=3)
    job = Maintenance.objects.create(asset=asset, kind=MaintenanceKind.REPAIR)
    complete_maintenance(phone(crew), job, completed_at=seen + timedelta(days=1))
    record_inspection(phone(crew), asset, Condition.GOOD, defects=["hazard"], observed_at=seen)
    assert asset.maintenance.count() == 1


def test_what_is_removed_needs_nothing(asset: Asset, crew: User, publicity: User) -> None:
    remove_asset(phone(publicity), asset, reason="拆除")
    record_inspection(phone(crew), asset, Condition.MISSING, defects=["hazard"])
    assert not asset.maintenance.exists()


def test_a_refused_inspection_raises_nothing(asset: Asset, crew: User) -> None:
    other = make_asset()
    first = record_inspection(phone(crew), other, Condition.GOOD)
    with pytest.raises(ValidationError):
        record_inspection(phone(crew), asset, Condition.GOOD, defects=["hazard"], uid=first.uid)
    assert not Maintenance.objects.exists()


def test_many_inspections_take_no_more_queries(
    asset: Asset, crew: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    seen = [
        Inspection.objects.create(
            asset=make_asset(), condition=2, defects=["hazard"], observed_at=now, origin="import"
        )
        for _ in range(20)
    ]
    # One of them asks which categories of cases name the defects.
    with django_assert_max_num_queries(6):
        assert len(raise_urgent_jobs(phone(crew), list(Inspection.objects.all()))) == len(seen)
    assert raise_urgent_jobs(phone(crew), list(Inspection.objects.all())) == []


def test_having_looked_is_what_a_job_to_inspect_asked_for(asset: Asset, publicity: User, crew: User) -> None:
    job = plan_maintenance(phone(publicity), asset, MaintenanceKind.INSPECT)
    other = plan_maintenance(phone(publicity), asset, MaintenanceKind.CLEAN)
    inspection = record_inspection(phone(crew), asset, Condition.MINOR)
    job.refresh_from_db()
    other.refresh_from_db()
    assert (job.state, job.completed_at, job.resulting_condition) == ("done", inspection.effective_at, 2)
    assert other.state == "planned"


def test_a_look_before_the_job_was_planned_does_not_count(asset: Asset, publicity: User, crew: User) -> None:
    job = plan_maintenance(phone(publicity), asset, MaintenanceKind.INSPECT)
    yesterday = timezone.now() - timedelta(days=1)
    record_inspection(phone(crew), asset, Condition.GOOD, observed_at=yesterday)
    job.refresh_from_db()
    assert job.state == "planned"


def test_a_job_to_inspect_ends_with_a_condition(asset: Asset, publicity: User, crew: User) -> None:
    job = plan_maintenance(phone(publicity), asset, MaintenanceKind.INSPECT)
    with pytest.raises(ValidationError) as refused:
        complete_maintenance(phone(crew), job)
    assert list(refused.value.message_dict) == ["resulting_condition"]
    complete_maintenance(phone(crew), job, resulting_condition=Condition.GOOD)
    assert asset.inspections.count() == 1
    assert asset.maintenance.get().state == "done"
