"""Finish a maintenance job: what was done, what it cost, what the asset looks like now."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import DO_MAINTENANCE
from assets.actions.change_maintenance_state import check_transition, locked_job
from assets.actions.locking import locked
from assets.actions.record_inspection import record_inspection
from assets.actions.remove_asset import withdraw
from assets.history import Actor, acting, authorise
from assets.job_watchers import tell_moved
from assets.models import Asset, Condition, Inspection, Maintenance, MaintenanceKind, MaintenanceState
from assets.postings import hang


def complete_maintenance(
    actor: Actor,
    job: Maintenance,
    *,
    resulting_condition: Condition | None = None,
    cost: Decimal | None = None,
    note: str = "",
    completed_at: datetime | None = None,
) -> Maintenance:
    """Mark a job as done, and write what follows from it.

    The condition afterwards becomes an inspection, in the place of the one that the job left when it was finished
    before and sent back; a replaced content with a named artwork becomes a posting; a removal removes the asset.
    Whoever planned the job had the right to order these, so its doer needs no more than the right to do jobs and to
    inspect.

    Args:
        cost: in yuan.
        note: what was done; kept with the job and with the inspection.
        completed_at: the device's time; now when not given.

    Raises:
        PermissionDenied: the actor may not do jobs on this asset.
        ValidationError: naming `state`, `completed_at`, `cost`, `resulting_condition` or `artwork`.
    """
    finished = completed_at or timezone.now()
    with acting(actor):
        # The asset first, as whoever records an inspection does, which locks its jobs afterwards.
        asset = locked(job.asset)
        current = locked_job(job)
        authorise(actor, DO_MAINTENANCE, asset)
        finish(
            actor,
            asset,
            current,
            finished,
            resulting_condition=resulting_condition,
            cost=cost,
            note=note,
        )
    return current


def finish(
    actor: Actor,
    asset: Asset,
    current: Maintenance,
    finished: datetime,
    *,
    resulting_condition: Condition | None = None,
    cost: Decimal | None = None,
    note: str = "",
) -> None:
    """Finish a job, inside an action that holds asset and job locked and has the right to it.

    Raises:
        PermissionDenied: the actor may not inspect, and there is a condition.
        ValidationError: as for `complete_maintenance`.
    """
    check_transition(current, MaintenanceState.DONE)
    if finished > timezone.now():
        raise ValidationError({"completed_at": _("The time lies in the future.")})
    if current.kind == MaintenanceKind.REMOVE and resulting_condition is not None:
        raise ValidationError({"resulting_condition": _("What was removed has no condition.")})
    if current.kind == MaintenanceKind.INSPECT and resulting_condition is None:
        raise ValidationError({"resulting_condition": _("Say which condition you saw.")})
    if resulting_condition == Condition.UNKNOWN:
        raise ValidationError({"resulting_condition": _("Say which condition you saw.")})
    current.state = MaintenanceState.DONE
    current.completed_at = finished
    # Begun by one clock and finished by another, it may seem to have begun later.
    current.started_at = min(current.started_at or finished, finished)
    current.resulting_condition = resulting_condition
    current.cost = cost if cost is not None else current.cost
    if note.strip():
        current.description = "\n".join(filter(None, [current.description, note.strip()]))
    current.full_clean()
    current.save(
        update_fields=[
            "state",
            "completed_at",
            "started_at",
            "resulting_condition",
            "cost",
            "description",
        ]
    )
    day = timezone.localdate(finished)
    _void_earlier(actor, current)
    if resulting_condition is not None:
        record_inspection(actor, asset, resulting_condition, note=note.strip(), observed_at=finished)
    if current.kind == MaintenanceKind.REPLACE_CONTENT and current.artwork is not None:
        hang(asset, current.artwork, day)
    if current.kind == MaintenanceKind.REMOVE:
        withdraw(asset, reason=current.description or str(current), removed_on=day)
    current.refresh_from_db()
    tell_moved(actor, [current], finished, note)


def _void_earlier(actor: Actor, job: Maintenance) -> None:
    """What the job told when it was finished before it was sent back no longer counts; it stays, and says why."""
    finished = job.events.filter(state=MaintenanceState.DONE, resulting_condition__isnull=False)  # type: ignore[attr-defined]
    moments = set(finished.values_list("completed_at", flat=True)) - {job.completed_at}
    Inspection.objects.filter(asset_id=job.asset_id, observed_at__in=moments, voided_at=None).update(
        voided_at=timezone.now(),
        voided_by=actor.user,
        void_reason=_("The job was sent back and finished again."),
    )
