"""Change what a maintenance job asks for: its day, its priority, its description."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import PLAN_MAINTENANCE
from assets.actions.change_maintenance_state import locked_job
from assets.history import Actor, acting, authorise
from assets.models import Maintenance
from assets.models.maintenance import OPEN_STATES
from assets.seen import really_changed

EDITABLE = ("due_on", "priority", "description")


def edit_job(
    actor: Actor, job: Maintenance, values: Mapping[str, Any], *, seen: Mapping[str, Any] | None = None
) -> Maintenance:
    """Set some of `EDITABLE` on an open job.

    Args:
        seen: the values that the writer's form showed. What equals them is left alone, whatever it is now.

    Raises:
        PermissionDenied: the actor may not plan jobs on this asset.
        ValidationError: naming the field, or `state` when the job is no longer open; also for what somebody else
            has changed since it was `seen`.
    """
    with acting(actor):
        current = locked_job(job)
        authorise(actor, PLAN_MAINTENANCE, current.asset)
        if current.state not in OPEN_STATES:
            raise ValidationError({"state": _("The job is over; it cannot be changed any more.")})
        new_values = really_changed(current, values, seen or {})
        changed = [name for name in EDITABLE if name in new_values]
        for name in changed:
            setattr(current, name, new_values[name])
        current.clean_fields(exclude={field.name for field in current._meta.fields} - set(changed))
        current.save(update_fields=changed)
    return current
