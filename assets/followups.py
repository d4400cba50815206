"""What follows from inspections: jobs that cannot wait, and jobs that are done by having looked.

文字错误, 政治性差错 and 安全隐患 (`Defect.urgent`) raise an urgent job as soon as they are recorded; which kind of job
puts a defect right is the list's to say (`Defect.remedy`). Called inside an action, in its transaction, with the
inspections it has just written, one or many: the queries are as many either way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor
from assets.models import (
    Asset,
    Defect,
    Inspection,
    Lifecycle,
    Maintenance,
    MaintenanceKind,
    MaintenanceState,
    Priority,
)
from assets.models.maintenance import OPEN_STATES


@dataclass(frozen=True)
class Alarm:
    """What one inspection found that calls for one kind of job."""

    inspection: Inspection
    kind: MaintenanceKind
    words: str


def raise_urgent_jobs(actor: Actor, inspections: Collection[Inspection]) -> list[Maintenance]:
    """Plan an urgent job for each urgent defect that nobody is at work on yet.

    An open job of the same kind is made urgent instead of doubled. What was put right after the moment of the
    inspection (a phone may send it days later) raises nothing, nor does an asset that has been removed.

    Returns:
        The jobs that are new.
    """
    alarms = list(_alarms(inspections))
    if not alarms:
        return []
    keys = sorted({alarm.inspection.asset_id for alarm in alarms})
    standing = set(
        Asset.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=keys)
        .exclude(lifecycle=Lifecycle.REMOVED)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    open_jobs, settled = _jobs_of(standing, {alarm.kind for alarm in alarms})
    today = timezone.localdate()
    new: dict[tuple[int, str], Maintenance] = {}
    for alarm in alarms:
        key = (alarm.inspection.asset_id, str(alarm.kind))
        if alarm.inspection.asset_id not in standing or key in new:
            continue
        if any(moment >= alarm.inspection.effective_at for moment in settled[key]):
            continue
        present = open_jobs.get(key)
        if present is None:
            new[key] = Maintenance(
                asset_id=alarm.inspection.asset_id,
                kind=alarm.kind,
                priority=Priority.URGENT,
                due_on=today,
                description=alarm.words,
                created_by=actor.user,
            )
        elif present.priority < Priority.URGENT:
            _make_urgent(present, alarm.words)
    return Maintenance.objects.bulk_create(list(new.values()))


def _alarms(inspections: Iterable[Inspection]) -> Iterable[Alarm]:
    """One for each kind of job that an inspection calls for."""
    noted = {code for inspection in inspections for code in inspection.defects}
    if not noted:
        return
    urgent = {defect.code: defect for defect in Defect.objects.filter(urgent=True, code__in=noted)}
    for inspection in inspections:
        by_kind: dict[str, list[str]] = defaultdict(list)
        for code in inspection.defects:
            if code in urgent:
                by_kind[urgent[code].remedy].append(urgent[code].name)
        for kind, names in by_kind.items():
            words = [_("Urgent: %(defects)s") % {"defects": ", ".join(names)}, inspection.note.strip()]
            yield Alarm(inspection, MaintenanceKind(kind), "\n".join(filter(None, words)))


def _jobs_of(
    keys: set[int], kinds: set[MaintenanceKind]
) -> tuple[dict[tuple[int, str], Maintenance], dict[tuple[int, str], list]]:
    """By asset and kind: the open job, and the moments at which jobs were finished."""
    jobs = Maintenance.objects.filter(asset_id__in=keys, kind__in=kinds).filter(
        Q(state__in=OPEN_STATES) | Q(state__in=(MaintenanceState.DONE, MaintenanceState.VERIFIED))
    )
    open_jobs: dict[tuple[int, str], Maintenance] = {}
    settled: dict[tuple[int, str], list] = defaultdict(list)
    for job in jobs.order_by("pk"):
        if job.state in OPEN_STATES:
            open_jobs[job.asset_id, job.kind] = job
        else:
            settled[job.asset_id, job.kind].append(job.completed_at)
    return open_jobs, settled


def _make_urgent(job: Maintenance, words: str) -> None:
    today = timezone.localdate()
    job.priority = Priority.URGENT
    job.due_on = min(job.due_on or today, today)
    job.description = "\n".join(filter(None, [job.description, words]))
    job.save(update_fields=["priority", "due_on", "description"])


def close_inspection_jobs(inspections: Collection[Inspection]) -> None:
    """Whoever was to look at these assets need not any more: jobs to inspect them, planned before, are done."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE assets_maintenance job
            SET state = %s, completed_at = seen.effective_at, resulting_condition = seen.condition,
                started_at = coalesce(job.started_at, seen.effective_at)
            FROM assets_inspection seen
            WHERE seen.id = ANY(%s) AND job.asset_id = seen.asset_id AND job.kind = %s AND job.state = ANY(%s)
              AND job.created_at <= seen.effective_at
            """,
            [
                MaintenanceState.DONE,
                [inspection.pk for inspection in inspections],
                MaintenanceKind.INSPECT,
                [state.value for state in OPEN_STATES],
            ],
        )
