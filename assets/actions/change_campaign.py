"""Take what was planned together one step on together: cancel all that is still open, or verify all that is done.

Set by set, whatever the number: who planned 51,000 jobs by mistake must not cancel them a page at a time.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import PLAN_MAINTENANCE
from assets.history import Actor, acting, authorise, before_many_rows
from assets.job_filter import of_assets
from assets.models import Batch, Maintenance, MaintenanceState
from assets.models.maintenance import TRANSITIONS

# Where jobs may go together; what may go there says the transition table.
STEPS = (MaintenanceState.CANCELLED, MaintenanceState.VERIFIED)


def jobs_to_change(user: User, batch: Batch, state: MaintenanceState) -> QuerySet[Maintenance]:
    """The jobs of a campaign that somebody may take to a state now."""
    before = [each for each, after in TRANSITIONS.items() if state in after]
    return Maintenance.objects.filter(of_assets(user, PLAN_MAINTENANCE), batch=batch, state__in=before)


def change_campaign(actor: Actor, batch: Batch, state: MaintenanceState) -> int:
    """Move all jobs of a campaign that may go there, on assets that the actor plans for; how many that were.

    Raises:
        PermissionDenied: the actor may not plan jobs anywhere.
        ValidationError: naming `state`: it is no step for a whole campaign, or no job can take it.
    """
    authorise(actor, PLAN_MAINTENANCE)
    assert actor.user is not None
    if state not in STEPS:
        raise ValidationError({"state": _("This step does not exist.")})
    with acting(actor):
        jobs = jobs_to_change(actor.user, batch, state).order_by("pk")
        keys = list(jobs.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
        if not keys:
            raise ValidationError({"state": _("No job of this campaign can take this step now.")})
        values: dict[str, Any] = {"state": state.value, "keys": keys, "verified_at": None}
        if state == MaintenanceState.VERIFIED:
            values["verified_at"] = timezone.now()
        with connection.cursor() as cursor:
            before_many_rows(cursor)
            cursor.execute(
                "UPDATE assets_maintenance SET state = %(state)s, verified_at = %(verified_at)s"
                " WHERE id = ANY(%(keys)s)",
                values,
            )
    return len(keys)
