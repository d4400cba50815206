"""Open a verified job again, because what was verified was not so; or correct what a finished job cost.

Both need a reason, which is kept with the job, and both stand in its history with what was before. A verified job is
nobody's to change otherwise.
"""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import PLAN_MAINTENANCE
from assets.actions.change_maintenance_state import locked_job
from assets.history import Actor, acting, authorise
from assets.job_watchers import ask, tell_reopened
from assets.models import Maintenance, MaintenanceKind, MaintenanceState

_FINISHED = (MaintenanceState.DONE, MaintenanceState.VERIFIED)


def may_reopen(job: Maintenance) -> bool:
    """Whether the job is of those that are opened again: verified, and its asset is still there."""
    return job.state == MaintenanceState.VERIFIED and job.kind != MaintenanceKind.REMOVE


def reopen_job(actor: Actor, job: Maintenance, reason: str) -> Maintenance:
    """Take back that a job was verified: it is under way again, with the crew that had it.

    Raises:
        PermissionDenied: the actor may not plan jobs on this asset.
        ValidationError: naming `reason` (none given) or `state` (not verified; or it removed the asset).
    """
    with acting(actor):
        current = locked_job(job)
        authorise(actor, PLAN_MAINTENANCE, current.asset)
        if current.state != MaintenanceState.VERIFIED:
            raise ValidationError({"state": _("Only a verified job is opened again.")})
        if current.kind == MaintenanceKind.REMOVE:
            raise ValidationError(
                {"state": _("The asset was removed: bring it into use and plan another job.")}
            )
        ask(actor, current, MaintenanceState.IN_PROGRESS)
        _keep(current, reason)
        current.state = MaintenanceState.IN_PROGRESS
        current.verified_at = current.completed_at = None
        current.save(update_fields=["state", "verified_at", "completed_at", "description"])
        tell_reopened(actor, current, reason, timezone.now())
    return current


def correct_cost(actor: Actor, job: Maintenance, cost: Decimal | None, reason: str) -> Maintenance:
    """Put another cost, in yuan, in the place of the one that was told when the job was finished.

    Raises:
        PermissionDenied: the actor may not plan jobs on this asset.
        ValidationError: naming `reason` (none given), `cost`, or `state` (the job is not finished).
    """
    with acting(actor):
        current = locked_job(job)
        authorise(actor, PLAN_MAINTENANCE, current.asset)
        if current.state not in _FINISHED:
            raise ValidationError({"state": _("The cost is told when the job is finished.")})
        _keep(current, reason)
        current.cost = cost
        current.clean_fields(exclude={field.name for field in current._meta.fields} - {"cost"})
        current.save(update_fields=["cost", "description"])
    return current


def _keep(job: Maintenance, reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")})
    job.description = "\n".join(filter(None, [job.description, reason.strip()]))
