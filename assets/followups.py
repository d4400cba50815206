"""What follows from inspections: jobs that cannot wait, and jobs that are done by having looked.

文字错误, 政治性差错 and 安全隐患 (`Defect.urgent`) raise an urgent job as soon as they are recorded; which kind of job
puts a defect right is the list's to say (`Defect.remedy`). An open job to inspect is done by an inspection that
happened after it was planned, whichever way that came in (page, phone, import), and open again when that inspection is
void and no other did it. Called inside an action, in its transaction, with the inspections it has just written or
voided, one or many: the queries are as many either way.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor
from assets.job_watchers import tell_alarmed
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
from assets.sets.writing import write_many


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
    answered: list[tuple[Maintenance, Inspection]] = []
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
        answered.append((present or new[key], alarm.inspection))
    planned = Maintenance.objects.bulk_create(list(new.values()))
    tell_alarmed(actor, answered)
    return planned


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


# Until when somebody may have looked: a ledger often gives no more than the day. Never after it was received.
_LOOKED_UNTIL = """
    least(seen.received_at, CASE
        WHEN seen.origin = 'import' AND seen.effective_at AT TIME ZONE %(zone)s
                                        = date_trunc('day', seen.effective_at AT TIME ZONE %(zone)s)
        THEN seen.effective_at + interval '1 day' ELSE seen.effective_at END)
"""


def close_inspection_jobs(inspections: QuerySet[Inspection]) -> None:
    """Whoever was to look at these assets need not any more: jobs to inspect them, planned before, are done."""
    with connection.cursor() as cursor:
        jobs = _lock_inspection_jobs(cursor, inspections)
        write_many(
            cursor,
            # The ORM's own SQL, and a literal of this module.
            f"""
            UPDATE assets_maintenance job
            SET state = %(done)s, completed_at = look.at, resulting_condition = look.condition,
                started_at = coalesce(job.started_at, look.at)
            FROM (
                SELECT DISTINCT ON (open.id) open.id, seen.condition,
                       greatest(seen.effective_at, open.created_at) AS at
                FROM assets_inspection seen
                JOIN assets_maintenance open ON open.asset_id = seen.asset_id
                WHERE seen.id IN ({_ids(cursor, inspections)}) AND seen.voided_at IS NULL
                  AND open.kind = %(kind)s AND open.state = ANY(%(open)s)
                  AND open.created_at <= {_LOOKED_UNTIL}
                ORDER BY open.id, seen.effective_at, seen.id) AS look
            WHERE job.id = look.id
            """,  # noqa: S608
            _words(),
            at_most=jobs,
        )


def reopen_inspection_jobs(inspections: QuerySet[Inspection]) -> None:
    """Jobs to inspect that rested on these inspections, now void: done by another look, or open as they were before.

    What somebody has verified or sent back to work since stays as it is, and so does all else that is said about the
    job. A job on an asset that has been removed meanwhile stays closed.
    """
    with connection.cursor() as cursor:
        jobs = _lock_inspection_jobs(cursor, inspections)
        write_many(
            cursor,
            # The ORM's own SQL, and a literal of this module.
            f"""
            WITH closed AS (
                SELECT job.id, job.asset_id, job.created_at
                FROM assets_inspection void
                JOIN assets_maintenance job
                  ON job.asset_id = void.asset_id AND job.resulting_condition = void.condition
                 AND job.completed_at = greatest(void.effective_at, job.created_at)
                JOIN assets_asset asset ON asset.id = job.asset_id
                WHERE void.id IN ({_ids(cursor, inspections)}) AND void.voided_at IS NOT NULL
                  AND job.kind = %(kind)s AND job.state = %(done)s AND asset.lifecycle <> %(removed)s
            ), before AS (
                SELECT DISTINCT ON (event.pgh_obj_id) event.pgh_obj_id AS id, event.state, event.started_at
                FROM assets_maintenanceevent event
                WHERE event.pgh_obj_id IN (SELECT id FROM closed) AND event.state = ANY(%(open)s)
                ORDER BY event.pgh_obj_id, event.pgh_id DESC
            ), look AS (
                SELECT DISTINCT ON (closed.id) closed.id, seen.condition,
                       greatest(seen.effective_at, closed.created_at) AS at
                FROM closed JOIN assets_inspection seen ON seen.asset_id = closed.asset_id
                WHERE seen.voided_at IS NULL AND closed.created_at <= {_LOOKED_UNTIL}
                ORDER BY closed.id, seen.effective_at, seen.id
            )
            UPDATE assets_maintenance job
            SET state = CASE WHEN look.id IS NULL THEN before.state ELSE job.state END,
                completed_at = look.at, resulting_condition = look.condition,
                started_at = coalesce(before.started_at, look.at)
            FROM before LEFT JOIN look ON look.id = before.id
            WHERE job.id = before.id
            """,  # noqa: S608
            _words(),
            at_most=jobs,
        )


def _lock_inspection_jobs(cursor: CursorWrapper, inspections: QuerySet[Inspection]) -> int:
    """In the order in which everybody locks jobs; what is read afterwards is what stands. Returns how many they are."""
    cursor.execute(
        f"""
        SELECT count(*) FROM (
            SELECT FROM assets_maintenance
            WHERE kind = %(kind)s AND asset_id IN (
                SELECT asset_id FROM assets_inspection WHERE id IN ({_ids(cursor, inspections)}))
            ORDER BY id FOR NO KEY UPDATE) AS locked
        """,  # noqa: S608 (the ORM's own SQL)
        _words(),
    )
    return int(cursor.fetchone()[0])


def _ids(cursor: CursorWrapper, inspections: QuerySet[Inspection]) -> str:
    """SQL that gives the primary keys of a queryset's rows, parameters and all."""
    try:
        sql, params = inspections.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT NULL::bigint"
    return cursor.mogrify(sql, params).decode().replace("%", "%%")


def _words() -> dict[str, str | list[str]]:
    return {
        "zone": settings.TIME_ZONE,
        "kind": MaintenanceKind.INSPECT.value,
        "open": [state.value for state in OPEN_STATES],
        "done": MaintenanceState.DONE.value,
        "removed": Lifecycle.REMOVED.value,
    }
