"""Put a job that was begun aside: it goes back to its crew, or to the pile when it has none."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import DO_MAINTENANCE
from assets.actions.change_maintenance_state import locked_job
from assets.history import Actor, acting, authorise
from assets.models import Maintenance, MaintenanceState


def pause_maintenance(actor: Actor, job: Maintenance) -> Maintenance:
    """Stop work on a job for now. Who does jobs may do that; taking it from its crew is the planner's.

    Raises:
        PermissionDenied: the actor may not do jobs on this asset.
        ValidationError: naming `state` (not begun, or over).
    """
    with acting(actor):
        current = locked_job(job)
        authorise(actor, DO_MAINTENANCE, current.asset)
        if current.state != MaintenanceState.IN_PROGRESS:
            raise ValidationError({"state": _("Only a job that was begun can be put aside.")})
        current.state = MaintenanceState.ASSIGNED if current.crew_id else MaintenanceState.PLANNED
        current.save(update_fields=["state"])
    return current
