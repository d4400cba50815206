"""Take what was planned together one step on together: cancel all that is still open, or verify all that is done.

Set by set, whatever the number, and by the worker when they are many: who planned 51,000 jobs by mistake must not
cancel them a page at a time.
"""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import PLAN_MAINTENANCE
from assets.history import Actor, acting, authorise
from assets.models import BackgroundRun, Batch, Maintenance, MaintenanceState, Origin, RunState
from assets.models.maintenance import TRANSITIONS
from assets.runs import Progress as RunProgress
from assets.runs import start_run
from assets.sets.writing import write_many
from work.actions.order_jobs import MOST_AT_ONCE
from work.actions.plan_jobs import WRITTEN_TOGETHER, Progress, unwatched
from work.job_filter import of_assets

CHANGE_CAMPAIGN = "change_campaign"
# Where jobs may go together; what may go there says the transition table.
STEPS = (MaintenanceState.CANCELLED, MaintenanceState.VERIFIED)


def jobs_to_change(user: User, batch: Batch, state: MaintenanceState) -> QuerySet[Maintenance]:
    """The jobs of a campaign that somebody may take to a state now."""
    before = [earlier for earlier, after in TRANSITIONS.items() if state in after]
    return Maintenance.objects.filter(of_assets(user, PLAN_MAINTENANCE), batch=batch, state__in=before)


def change_campaign(
    actor: Actor, batch: Batch, state: MaintenanceState, *, progress: Progress = unwatched
) -> int:
    """Move all jobs of a campaign that may go there, on assets that the actor plans for; how many that were.

    Args:
        progress: called with how many of how many jobs are moved.

    Raises:
        PermissionDenied: the actor may not plan jobs anywhere.
        ValidationError: naming `state`: it is no step for a whole campaign, or no job can take it.
    """
    authorise(actor, PLAN_MAINTENANCE)
    assert actor.user is not None
    if state not in STEPS:
        raise ValidationError({"state": _("This step does not exist.")})
    verified_at = timezone.now() if state == MaintenanceState.VERIFIED else None
    with acting(actor), connection.cursor() as cursor:
        jobs = jobs_to_change(actor.user, batch, state).order_by("pk")
        keys = list(jobs.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
        if not keys:
            raise ValidationError({"state": _("No job of this campaign can take this step now.")})
        for first in range(0, len(keys), WRITTEN_TOGETHER):
            progress(first, len(keys))
            write_many(
                cursor,
                "UPDATE assets_maintenance SET state = %s, verified_at = %s WHERE id = ANY(%s)",
                [state.value, verified_at, keys[first : first + WRITTEN_TOGETHER]],
            )
    return len(keys)


def change_campaign_or_start(actor: Actor, batch: Batch, state: MaintenanceState) -> BackgroundRun:
    """Move them at once while they are few, else have the worker do it; its run says which.

    Raises:
        PermissionDenied, ValidationError: as above.
    """
    authorise(actor, PLAN_MAINTENANCE)
    assert actor.user is not None
    parameters = {"batch": batch.pk, "state": state.value, "language": get_language()}
    mine = BackgroundRun.objects.filter(kind=CHANGE_CAMPAIGN, started_by=actor.user)
    unfinished = mine.filter(parameters=parameters, finished_at=None).first()
    if unfinished is not None:
        return unfinished
    count = jobs_to_change(actor.user, batch, state).count()
    if count > MOST_AT_ONCE:
        run = start_run(CHANGE_CAMPAIGN, actor.user, parameters)
        BackgroundRun.objects.filter(pk=run.pk, state=RunState.WAITING).update(total=count)
        return run
    with transaction.atomic():
        changed = change_campaign(actor, batch, state)
        return BackgroundRun.objects.create(
            kind=CHANGE_CAMPAIGN,
            started_by=actor.user,
            parameters=parameters,
            state=RunState.DONE,
            done=changed,
            total=changed,
            result=_told(batch, state, changed),
            finished_at=timezone.now(),
        )


def carry_out_change(run: BackgroundRun, report: RunProgress) -> None:
    """What the worker does then; what is refused is said in the result."""
    if "batch" in run.result:  # changed, and killed before the run could say so
        report.result = run.result
        return
    batch = Batch.objects.get(pk=run.parameters["batch"])
    state = MaintenanceState(run.parameters["state"])
    try:
        with transaction.atomic():
            changed = change_campaign(Actor(run.started_by, Origin.WEB), batch, state, progress=report)
            result = _told(batch, state, changed)
            # With the jobs or not at all, so that a second attempt knows.
            BackgroundRun.objects.filter(pk=run.pk).update(result=result)
    except ValidationError as refusal:
        report.result = {"refused": refusal.message_dict}
    except PermissionDenied as refusal:
        report.result = {"refused": {"": [str(refusal)]}}
    else:
        report.result = result


def _told(batch: Batch, state: MaintenanceState, changed: int) -> dict[str, Any]:
    return {"batch": batch.pk, "state": state.value, "changed": changed}
