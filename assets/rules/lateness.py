"""What is overdue: an inspection of something that stands in the street, or an open job, after its day.

On the day itself nothing is late. The SQL goes by the aliases of `assets.fields` and `assets.layers` (`asset`, `job`),
and `{today}` stands for the day.
"""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from assets.models import STANDING, Asset, Maintenance
from assets.models.maintenance import OPEN_STATES


def inspection_due(asset: Asset) -> date | None:
    """Its next inspection's day, where that counts at all: what is planned or removed is not looked at."""
    return asset.next_inspection_due if asset.lifecycle in STANDING else None


def inspection_days_late(asset: Asset, today: date) -> int:
    """By how many days an asset's inspection is overdue; 0 when it is not."""
    due = inspection_due(asset)
    return max((today - due).days, 0) if due is not None else 0


def job_days_late(job: Maintenance, today: date) -> int:
    """By how many days a job is overdue; 0 when it is not."""
    if job.due_on is None or job.state not in OPEN_STATES:
        return 0
    return max((today - job.due_on).days, 0)


def late_inspections(today: date) -> Q:
    """Assets whose inspection is overdue."""
    return Q(next_inspection_due__lt=today, lifecycle__in=STANDING)


def late_jobs(today: date) -> Q:
    """Jobs that are overdue."""
    return Q(state__in=OPEN_STATES, due_on__lt=today)


def has_late_job(today: date) -> Exists:
    """Assets with a job that is overdue."""
    return Exists(Maintenance.objects.filter(late_jobs(today), asset_id=OuterRef("pk")))


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


DUE_SQL = f"CASE WHEN asset.lifecycle IN ({_listed(STANDING)}) THEN asset.next_inspection_due END"
INSPECTION_LATE_SQL = (
    f"coalesce(asset.next_inspection_due < {{today}} AND asset.lifecycle IN ({_listed(STANDING)}), false)"
)
JOB_LATE_SQL = f"coalesce(job.due_on < {{today}} AND job.state IN ({_listed(OPEN_STATES)}), false)"
HAS_LATE_JOB_SQL = (
    "EXISTS (SELECT 1 FROM assets_maintenance job WHERE job.asset_id = asset.id"  # noqa: S608 -- constants only
    f" AND job.state IN ({_listed(OPEN_STATES)}) AND job.due_on < {{today}})"
)
