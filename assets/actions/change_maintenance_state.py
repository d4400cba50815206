"""Take a maintenance job one step on: assign, start, hand back, verify, cancel. Finishing is `complete_maintenance`."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import DO_MAINTENANCE, PLAN_MAINTENANCE
from assets.actions.plan_maintenance import check_is_crew
from assets.history import Actor, acting, authorise
from assets.models import Maintenance, MaintenanceState
from assets.models.maintenance import TRANSITIONS
from places.models import Unit


def change_maintenance_state(
    actor: Actor, job: Maintenance, state: MaintenanceState, *, crew: Unit | None = None
) -> Maintenance:
    """Move a job to another state. Who does jobs may start them; everything else is the planner's.

    Args:
        crew: for `assigned`, who gets the job; the present crew when not given.

    Raises:
        PermissionDenied: the actor may not do that to jobs on this asset.
        ValidationError: naming `state` (not from here) or `crew` (none, or no crew).
    """
    with acting(actor):
        current = locked_job(job)
        authorise(
            actor,
            DO_MAINTENANCE if state == MaintenanceState.IN_PROGRESS else PLAN_MAINTENANCE,
            current.asset,
        )
        if state == MaintenanceState.DONE:
            raise ValidationError({"state": _("Finish a job by saying what was done.")})
        check_transition(current, state)
        changed = ["state"]
        if state == MaintenanceState.ASSIGNED:
            current.crew = crew or current.crew
            if current.crew is None:
                raise ValidationError({"crew": _("Say which crew gets the job.")})
            check_is_crew(current.crew)
            changed.append("crew")
        elif state == MaintenanceState.PLANNED:
            current.crew = None
            changed.append("crew")
        elif state == MaintenanceState.IN_PROGRESS:
            current.started_at = current.started_at or timezone.now()
            current.completed_at = None
            changed += ["started_at", "completed_at"]
        elif state == MaintenanceState.VERIFIED:
            current.verified_at = timezone.now()
            changed.append("verified_at")
        current.state = state
        current.save(update_fields=changed)
    return current


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
