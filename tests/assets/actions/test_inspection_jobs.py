"""Jobs to inspect are done by inspections, wherever these come from, and open again when their inspection is void."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assets.actions.change_jobs import change_jobs
from assets.actions.change_maintenance_state import change_maintenance_state
from assets.actions.complete_maintenance import complete_maintenance
from assets.actions.plan_maintenance import plan_maintenance
from assets.actions.record_inspection import record_inspection
from assets.actions.remove_asset import remove_asset
from assets.actions.revert_batch import revert_batch
from assets.actions.void_inspection import void_inspection
from assets.history import Actor
from assets.models import Asset, Batch, Condition, Inspection, Maintenance, MaintenanceKind, Origin
from tests.factories import make_asset, make_type, make_unit
from tests.importing.written_ledgers import import_file, row, write_ledger

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def actor(publicity):
    return Actor(publicity, Origin.WEB)


@pytest.fixture
def asset(district):
    make_type()
    return make_asset(source="office", source_id="1")


@pytest.fixture
def bring(actor, tmp_path):
    """Import rows; returns the batch."""

    def brought(*rows):
        report = import_file(write_ledger(tmp_path, *rows), actor)
        assert report.batch is not None, [(v.row, v.code, v.field, v.value) for v in report.verdicts]
        return Batch.objects.get(pk=report.batch)

    return brought


def job_on(asset: Asset, actor: Actor, *, planned_at: datetime | None = None, **values) -> Maintenance:
    job = plan_maintenance(actor, asset, MaintenanceKind.INSPECT, **values)
    if planned_at is not None:
        Maintenance.objects.filter(pk=job.pk).update(created_at=planned_at)
    return job


def seen(asset: Asset, **cells):
    """A ledger's row about an asset."""
    return row(
        source_id=asset.source_id, lon=asset.point.x, lat=asset.point.y, **{"condition": "破损", **cells}
    )


def last_context(job: Maintenance) -> dict:
    """Who made the job's last change, from where, in which batch."""
    events = apps.get_model("assets", "MaintenanceEvent").objects.filter(pgh_obj_id=job.pk)
    return events.select_related("pgh_context").latest("pgh_id").pgh_context.metadata


def noon(days_ago: int) -> datetime:
    day = timezone.localdate() - timedelta(days=days_ago)
    return timezone.make_aware(datetime.combine(day, time(12)))


# --- Closing --------------------------------------------------------------------------------------------------------


def test_an_imported_inspection_does_the_job_that_was_planned_before_it(asset, actor, bring):
    job = job_on(asset, actor, planned_at=noon(5))
    other = plan_maintenance(actor, asset, MaintenanceKind.CLEAN)

    batch = bring(seen(asset, inspected_at=f"{timezone.localdate() - 2 * DAY}"))

    job.refresh_from_db()
    inspection = Inspection.objects.get()
    assert (job.state, job.resulting_condition) == ("done", Condition.DAMAGED)
    assert job.completed_at == job.started_at == inspection.effective_at
    metadata = last_context(job)
    assert (metadata["batch"], metadata["origin"], metadata["actor"]) == (batch.pk, "import", str(actor.user))
    other.refresh_from_db()
    assert other.state == "planned"


def test_an_import_without_a_day_sees_the_asset_now(asset, actor, bring):
    job = job_on(asset, actor)
    bring(seen(asset))
    job.refresh_from_db()
    assert job.state == "done"


def test_an_older_inspection_does_not_do_it(asset, actor, bring):
    job = job_on(asset, actor, planned_at=noon(5))
    bring(seen(asset, inspected_at=f"{timezone.localdate() - 6 * DAY}"))
    job.refresh_from_db()
    assert (job.state, job.completed_at) == ("planned", None)


def test_of_a_ledger_that_knows_only_the_day_that_day_counts(asset, actor, bring):
    job = job_on(asset, actor, planned_at=noon(3))
    bring(seen(asset, inspected_at=f"{timezone.localdate() - 3 * DAY}"))
    job.refresh_from_db()
    # Nobody finishes a job before it is planned.
    assert (job.state, job.completed_at) == ("done", noon(3))


def test_an_import_closes_a_thousand_jobs_with_as_many_statements_as_one(asset, actor, bring):
    assets = [asset, *(make_asset(source="office", source_id=f"{n}") for n in range(2, 30))]
    rest = assets[1:]
    job_on(asset, actor, planned_at=noon(5))
    with CaptureQueriesContext(connection) as single:
        bring(seen(asset))
    for other in rest:
        job_on(other, actor, planned_at=noon(5))
    with CaptureQueriesContext(connection) as many:
        bring(*(seen(other) for other in rest))
    assert Maintenance.objects.filter(state="done").count() == len(assets)
    assert len(many) <= len(single) + 3


@pytest.mark.parametrize("kind", [MaintenanceKind.INSPECT, MaintenanceKind.REPAIR])
def test_finishing_another_job_with_a_condition_does_it_too(asset, actor, kind):
    job = job_on(asset, actor)
    complete_maintenance(
        actor, plan_maintenance(actor, asset, kind), resulting_condition=Condition.MINOR, cost=Decimal(3)
    )
    job.refresh_from_db()
    assert (job.state, job.resulting_condition, job.cost) == ("done", Condition.MINOR, None)


# --- Opening again --------------------------------------------------------------------------------------------------


def test_undoing_the_import_opens_the_job_again_as_it_was(asset, actor, bring):
    crew = make_unit(is_crew=True)
    job = job_on(asset, actor, planned_at=noon(5), crew=crew)
    change_maintenance_state(actor, job, "in_progress")
    job.refresh_from_db()
    started = job.started_at
    batch = bring(seen(asset))
    Maintenance.objects.filter(pk=job.pk).update(description="later", cost=Decimal(5))

    answer = revert_batch(actor, batch)

    job.refresh_from_db()
    assert (job.state, job.crew, job.started_at) == ("in_progress", crew, started)
    assert (job.completed_at, job.resulting_condition) == (None, None)
    assert (job.description, job.cost) == ("later", Decimal(5))
    assert last_context(job)["batch"] == answer.batch


def test_undoing_the_undoing_does_it_again(asset, actor, bring):
    job = job_on(asset, actor, planned_at=noon(5))
    batch = bring(seen(asset))
    undoing = Batch.objects.get(pk=revert_batch(actor, batch).batch)
    revert_batch(actor, undoing)
    job.refresh_from_db()
    assert (job.state, job.resulting_condition) == ("done", Condition.DAMAGED)


def test_what_somebody_verified_since_stays_verified(asset, actor, bring):
    job = job_on(asset, actor, planned_at=noon(5))
    batch = bring(seen(asset))
    change_jobs(actor, [job.pk], "verified")
    revert_batch(actor, batch)
    job.refresh_from_db()
    assert (job.state, job.resulting_condition) == ("verified", Condition.DAMAGED)


def test_what_somebody_sent_back_to_work_since_stays_there(asset, actor, bring):
    job = job_on(asset, actor, planned_at=noon(5))
    batch = bring(seen(asset))
    change_maintenance_state(actor, job, "in_progress")
    before = Maintenance.objects.values().get(pk=job.pk)
    revert_batch(actor, batch)
    assert Maintenance.objects.values().get(pk=job.pk) == before


def test_another_look_since_then_does_the_job_instead(asset, actor, bring):
    job = job_on(asset, actor, planned_at=noon(5))
    batch = bring(seen(asset, inspected_at=f"{timezone.localdate() - DAY}"))
    other = record_inspection(actor, asset, Condition.GOOD)
    # The asset's condition has changed since: undone all the same.
    revert_batch(actor, batch, changed_too=True)
    job.refresh_from_db()
    assert (job.state, job.resulting_condition, job.completed_at) == (
        "done",
        Condition.GOOD,
        other.effective_at,
    )


def test_voiding_the_inspection_opens_the_job_again(asset, actor):
    job = job_on(asset, actor)
    inspection = record_inspection(actor, asset, Condition.SEVERE)
    void_inspection(actor, inspection, "另一块牌")
    job.refresh_from_db()
    assert (job.state, job.completed_at, job.started_at, job.resulting_condition) == (
        "planned",
        None,
        None,
        None,
    )


def test_voiding_the_inspection_leaves_a_repair_done(asset, actor):
    """A repair is done by repairing; what it looked like afterwards is another matter."""
    job = complete_maintenance(
        actor,
        plan_maintenance(actor, asset, MaintenanceKind.REPAIR),
        resulting_condition=Condition.GOOD,
    )
    void_inspection(actor, Inspection.objects.get(), "看错了")
    job.refresh_from_db()
    assert job.state == "done"


def test_voiding_opens_no_job_of_an_asset_that_is_removed(asset, actor):
    job = job_on(asset, actor)
    inspection = record_inspection(actor, asset, Condition.MISSING)
    remove_asset(actor, asset, reason="拆除")
    void_inspection(actor, inspection, "看错了")
    job.refresh_from_db()
    assert job.state == "done"


def test_voiding_an_earlier_look_leaves_a_job_that_a_later_one_did(asset, actor):
    first = record_inspection(actor, asset, Condition.MINOR)
    job = job_on(asset, actor)
    record_inspection(actor, asset, Condition.GOOD)
    void_inspection(actor, first, "看错了")
    job.refresh_from_db()
    assert (job.state, job.resulting_condition) == ("done", Condition.GOOD)
