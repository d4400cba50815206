"""Take a maintenance job one step on: assign, start, hand back, verify, cancel. Finishing is `complete_maintenance`."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import DO_MAINTENANCE, PLAN_MAINTENANCE
from assets.actions.plan_maintenance import check_is_crew
from assets.history import Actor, acting, authorise
from assets.job_watchers import ask, tell_moved
from assets.models import Maintenance, MaintenanceState
from assets.models.maintenance import TRANSITIONS
from places.models import Unit


def change_maintenance_state(
    actor: Actor,
    job: Maintenance,
    state: MaintenanceState,
    *,
    crew: Unit | None = None,
    note: str = "",
    happened_at: datetime | None = None,
) -> Maintenance:
    """Move a job to another state. Who does jobs may start them; everything else is the planner's.

    Args:
        crew: for `assigned`, who gets the job; the present crew when not given.
        note: why, as for a job that is handed back; kept with its description.
        happened_at: the device's time; now when not given.

    Raises:
        PermissionDenied: the actor may not do that to jobs on this asset, or to what hangs on this job.
        ValidationError: naming `state` (not from here) or `crew` (none, or no crew).
    """
    with acting(actor):
        current = locked_job(job)
        authorise(actor, verb_for(state), current.asset)
        ask(actor, current, state)
        changed = take_step(current, state, crew=crew, note=note, happened_at=happened_at)
        current.save(update_fields=changed)
        tell_moved(actor, [current], happened_at or timezone.now(), note)
    return current


def verb_for(state: MaintenanceState) -> str:
    """What somebody must be allowed, to move a job to a state."""
    return DO_MAINTENANCE if state == MaintenanceState.IN_PROGRESS else PLAN_MAINTENANCE


def take_step(
    job: Maintenance,
    state: MaintenanceState,
    *,
    crew: Unit | None = None,
    note: str = "",
    happened_at: datetime | None = None,
) -> list[str]:
    """Move a locked job in memory; returns the names of the fields to save.

    Raises:
        ValidationError: naming `state` or `crew`.
    """
    if state == MaintenanceState.DONE:
        raise ValidationError({"state": _("Finish a job by saying what was done.")})
    check_transition(job, state)
    changed = ["state"]
    moment = happened_at or timezone.now()
    if state == MaintenanceState.ASSIGNED:
        job.crew = crew or job.crew
        if job.crew is None:
            raise ValidationError({"crew": _("Say which crew gets the job.")})
        check_is_crew(job.crew)
        changed.append("crew")
    elif state == MaintenanceState.PLANNED:
        job.crew = None
        changed.append("crew")
    elif state == MaintenanceState.IN_PROGRESS:
        job.started_at = job.started_at or moment
        job.completed_at = None
        changed += ["started_at", "completed_at"]
    elif state == MaintenanceState.VERIFIED:
        job.verified_at = moment
        changed.append("verified_at")
    if note.strip():
        job.description = "\n".join(filter(None, [job.description, note.strip()]))
        changed.append("description")
    job.state = state
    return changed


def locked_job(job: Maintenance) -> Maintenance:
    """The job as it is now, locked until the transaction ends."""
    return (
        Maintenance.objects.select_for_update(of=("self",))
        .select_related("asset__area", "crew", "artwork")
        .get(pk=job.pk)
    )


def check_transition(job: Maintenance, state: MaintenanceState) -> None:
    """Whether `state` may follow the job's present one.

    Raises:
        ValidationError: naming `state`.
    """
    if state not in TRANSITIONS[job.state]:
        raise ValidationError(
            {
                "state": _("A job cannot go from “%(before)s” to “%(after)s”.")
                % {"before": job.get_state_display(), "after": MaintenanceState(state).label}
            }
        )
