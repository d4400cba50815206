"""Take several maintenance jobs one step on together: assign them to a crew, start, verify or cancel them.

Each is judged by itself; those that cannot go there are named with the reason, and the others go.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import can
from assets.actions.change_maintenance_state import take_step, verb_for
from assets.history import Actor, acting, authorise
from assets.job_watchers import refusals, tell_moved
from assets.models import Maintenance, MaintenanceState
from places.models import Unit

MOST = 500


@dataclass(frozen=True)
class Changed:
    """What came of it: the jobs that moved, and those that did not with a sentence each."""

    jobs: list[Maintenance]
    refused: list[tuple[Maintenance, str]]


def change_jobs(
    actor: Actor, numbers: Sequence[int], state: MaintenanceState, *, crew: Unit | None = None
) -> Changed:
    """Move jobs to a state. Unknown numbers are passed over: their jobs are nobody's business here.

    Raises:
        PermissionDenied: the actor may not do that to any job.
        ValidationError: naming `jobs` (none, or more than can go at once) or `state`.
    """
    authorise(actor, verb_for(state))
    if not 0 < len(numbers) <= MOST:
        raise ValidationError({"jobs": _("Choose between 1 and %(most)s jobs.") % {"most": MOST}})
    if state == MaintenanceState.DONE:
        raise ValidationError({"state": _("Finish a job by saying what was done.")})
    moved: list[Maintenance] = []
    refused: list[tuple[Maintenance, str]] = []
    with acting(actor):
        jobs = (
            Maintenance.objects.select_for_update(of=("self",))
            .select_related("asset__area", "crew", "artwork")
            .defer("asset__area__boundary")
            .filter(pk__in=numbers)
            .order_by("pk")
        )
        changed: set[str] = set()
        objections = refusals(actor, list(jobs), state)
        for job in jobs:
            if actor.user is not None and not can(actor.user, verb_for(state), job.asset):
                refused.append((job, _("Your role does not allow this here.")))
                continue
            if job.pk in objections:
                refused.append((job, objections[job.pk]))
                continue
            try:
                changed |= set(take_step(job, state, crew=crew))
            except ValidationError as error:
                refused.append((job, " ".join(error.messages)))
            else:
                moved.append(job)
        if moved:
            Maintenance.objects.bulk_update(moved, sorted(changed))
            tell_moved(actor, moved, timezone.now())
    return Changed(moved, refused)
