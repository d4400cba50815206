"""The maintenance job of a case on an asset: opened or joined when the case is dispatched, and carried on with it.

The case carries deadline and checking, the job what is done, by whom and at what cost; neither copies the other. What
a case's action was allowed to do it may do to the job as well: no right of its own is asked for here. How a case goes
on when somebody carries its job on is `following_jobs`.
"""

from datetime import datetime

from assets.actions.change_maintenance_state import take_step as step_job
from assets.actions.complete_maintenance import finish
from assets.actions.locking import locked
from assets.history import Actor
from assets.job_watchers import tell_moved
from assets.models import Asset, Defect, Lifecycle, Maintenance, MaintenanceKind, MaintenanceState, Priority
from assets.models.maintenance import OPEN_STATES as OPEN_JOBS
from assets.models.maintenance import TRANSITIONS
from cases.actions.stepping import locked_case
from cases.models import OPEN_STATES, Case
from places.models import Unit

FINISHED = (MaintenanceState.DONE, MaintenanceState.VERIFIED)


def locked_with_job(case: Case) -> Case:
    """The case as it is now, locked with its asset and its job; in the order in which whoever finishes a job locks."""
    asset, job = Case.objects.values_list("asset_id", "job_id").get(pk=case.pk)
    if asset is not None:
        locked(Asset(pk=asset))
    if job is not None:
        Maintenance.objects.select_for_update(of=("self",)).get(pk=job)
    return locked_case(case)


def give_job(actor: Actor, case: Case, before: Unit | None) -> Maintenance | None:
    """The job that puts a dispatched case right: its own, one that is open on its asset already, or a new one.

    Args:
        before: the unit that had the case until now; what that one was to do goes over to the new one.

    Returns:
        The job, which may be finished already; None for a case on no asset.
    """
    if case.asset is None or case.asset.lifecycle == Lifecycle.REMOVED:
        return None
    crew = case.unit if case.unit is not None and case.unit.is_crew else None
    job = case.job
    if job is None or job.state == MaintenanceState.CANCELLED:
        job = _open_one(case.asset, remedy(case)) or _new(actor, case, case.asset)
        case.job = job
        case.save(update_fields=["job"])
    changed: list[str] = []
    if job.state in OPEN_JOBS and job.crew != crew and (job.crew is None or job.crew == before):
        state = MaintenanceState.ASSIGNED if crew is not None else MaintenanceState.PLANNED
        if state in TRANSITIONS[job.state]:
            changed += step_job(job, state, crew=crew)
    if job.state in OPEN_JOBS and case.urgent and job.priority != Priority.URGENT:
        job.priority = Priority.URGENT
        changed.append("priority")
    if changed:
        job.save(update_fields=changed)
    return job


def take_from_crew(case: Case) -> None:
    """The unit says that the case is not theirs: neither is the job, as far as it was given to them by it."""
    job = case.job
    if job is not None and job.crew == case.unit and job.state == MaintenanceState.ASSIGNED:
        job.save(update_fields=step_job(job, MaintenanceState.PLANNED))


def finish_job(actor: Actor, case: Case, at: datetime, note: str) -> None:
    """The case is put right, so its job is done."""
    job = case.job
    if job is None or job.state not in OPEN_JOBS or job.kind == MaintenanceKind.INSPECT:
        return
    finish(actor, job.asset, job, at, note=note)


def verify_job(actor: Actor, case: Case, at: datetime) -> None:
    """The case is closed, so its job is verified; unless another open case goes by the same job."""
    job = case.job
    if job is None or job.state != MaintenanceState.DONE:
        return
    if job.cases.filter(state__in=OPEN_STATES).exclude(pk=case.pk).exists():
        return
    job.save(update_fields=step_job(job, MaintenanceState.VERIFIED, happened_at=at))
    tell_moved(actor, [job], at)


def send_job_back(actor: Actor, case: Case, at: datetime, reason: str) -> None:
    """The case was not put right after all, or the problem is back: its job is under way again, with its crew."""
    job = case.job
    if job is None or job.state not in FINISHED or job.kind == MaintenanceKind.REMOVE:
        return
    if job.state == MaintenanceState.DONE:
        job.save(
            update_fields=step_job(job, MaintenanceState.IN_PROGRESS, note=reason, happened_at=at),
        )
        tell_moved(actor, [job], at, reason)
        return
    job.state, job.verified_at, job.completed_at = MaintenanceState.IN_PROGRESS, None, None
    job.description = "\n".join(filter(None, [job.description, reason.strip()]))
    job.save(update_fields=["state", "verified_at", "completed_at", "description"])


def remedy(case: Case) -> MaintenanceKind:
    """The kind of job that puts a case right: what the list says of its category's defects, the urgent ones first."""
    defects = Defect.objects.filter(code__in=case.category.asset_defects)
    kinds = [
        MaintenanceKind(kind)
        for kind in defects.order_by("-urgent", "code").values_list("remedy", flat=True)
        if kind != MaintenanceKind.INSPECT
    ]
    return kinds[0] if kinds else MaintenanceKind.REPAIR


def _open_one(asset: Asset, kind: MaintenanceKind) -> Maintenance | None:
    jobs = Maintenance.objects.select_for_update(of=("self",)).select_related(
        "asset__area", "crew", "artwork"
    )
    return jobs.filter(asset=asset, kind=kind, state__in=OPEN_JOBS).order_by("pk").first()


def _new(actor: Actor, case: Case, asset: Asset) -> Maintenance:
    crew = case.unit if case.unit is not None and case.unit.is_crew else None
    return Maintenance.objects.create(
        asset=asset,
        kind=remedy(case),
        state=MaintenanceState.ASSIGNED if crew is not None else MaintenanceState.PLANNED,
        priority=Priority.URGENT if case.urgent else Priority.NORMAL,
        # Whoever sees the asset reads this, and not everybody of them sees the case: its words stay with it.
        description=case.category.name,
        crew=crew,
        created_by=actor.user,
    )
