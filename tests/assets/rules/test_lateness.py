"""What is overdue: Python, ORM and SQL say the same of the same rows."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from assets.models import Asset, Lifecycle, Maintenance, MaintenanceState
from assets.rules import lateness
from tests.factories import make_asset

DAYS = (None, -1, 0, 1)


def _in_sql(table: str, expression: str) -> set[int]:
    today = f"DATE '{timezone.localdate().isoformat()}'"
    alias = table.partition(" ")[2]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {alias}.id FROM {table} WHERE {expression.replace('{today}', today)}")
        return {key for (key,) in cursor.fetchall()}


@pytest.mark.django_db
def test_an_inspection_is_late_by_one_rule() -> None:
    today = timezone.localdate()
    for lifecycle, day in product(Lifecycle, DAYS):
        removed = {"removed_on": today, "removal_reason": "gone"} if lifecycle == Lifecycle.REMOVED else {}
        due = today + timedelta(days=day) if day is not None else None
        make_asset(lifecycle=lifecycle, next_inspection_due=due, **removed)
    late = {asset.pk for asset in Asset.objects.all() if lateness.inspection_days_late(asset, today)}
    assert len(late) == 2
    assert late == set(Asset.objects.filter(lateness.late_inspections(today)).values_list("pk", flat=True))
    assert late == _in_sql("assets_asset asset", lateness.INSPECTION_LATE_SQL)
    counting = {asset.pk for asset in Asset.objects.all() if lateness.inspection_due(asset)}
    assert counting == _in_sql("assets_asset asset", f"({lateness.DUE_SQL}) IS NOT NULL")


@pytest.mark.django_db
def test_a_job_is_late_by_one_rule() -> None:
    today = timezone.localdate()
    for state, day in product(MaintenanceState, DAYS):
        due = today + timedelta(days=day) if day is not None else None
        finished = state in (MaintenanceState.DONE, MaintenanceState.VERIFIED)
        Maintenance.objects.create(
            asset=make_asset(),
            kind="repair",
            state=state,
            due_on=due,
            completed_at=timezone.now() if finished else None,
            verified_at=timezone.now() if state == MaintenanceState.VERIFIED else None,
        )
    late = {job.pk for job in Maintenance.objects.all() if lateness.job_days_late(job, today)}
    assert len(late) == 3
    assert late == set(Maintenance.objects.filter(lateness.late_jobs(today)).values_list("pk", flat=True))
    assert late == _in_sql("assets_maintenance job", lateness.JOB_LATE_SQL)
    assets = set(Maintenance.objects.filter(pk__in=late).values_list("asset_id", flat=True))
    assert assets == set(Asset.objects.filter(lateness.has_late_job(today)).values_list("pk", flat=True))
    assert assets == _in_sql("assets_asset asset", lateness.HAS_LATE_JOB_SQL)
