"""Somebody began a job, put it aside or finished it. Jobs are facts: they never conflict with one another."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import DO_MAINTENANCE
from assets.actions.change_maintenance_state import change_maintenance_state, locked_job
from assets.actions.complete_maintenance import complete_maintenance
from assets.actions.pause_maintenance import pause_maintenance
from assets.history import authorise
from assets.models import CONDITION_BY_CODE, Condition, Maintenance, MaintenanceState
from assets.models.maintenance import OPEN_STATES
from field.models import Operation, Reason, ReviewKind, Status
from field.up.applying.finding import job_of, locked_assets
from field.up.applying.inspections import distance_from, far
from field.up.applying.work import Applied, Held, Reading, Work


def start_job(work: Work) -> Applied:
    """Begin a job.

    Raises:
        ValidationError, PermissionDenied: of the action.
    """
    _read(work, ())
    job = _locked(work)
    settled = _settled(work, job)
    if settled is not None:
        return settled
    if job.state != MaintenanceState.IN_PROGRESS:
        job = change_maintenance_state(
            work.actor, job, MaintenanceState.IN_PROGRESS, happened_at=work.happened_at
        )
        return _outcome(work, job)
    return _outcome(work, job, reason=Reason.ALREADY_DONE, message=_("The job was begun already."))


def pause_job(work: Work) -> Applied:
    """Put a job aside; the note stays with the operation.

    Raises:
        ValidationError, PermissionDenied: of the action.
    """
    _read(work, ("note",))
    job = _locked(work)
    settled = _settled(work, job)
    if settled is not None:
        return settled
    if job.state == MaintenanceState.IN_PROGRESS:
        return _outcome(work, pause_maintenance(work.actor, job))
    return _outcome(work, job, reason=Reason.ALREADY_DONE, message=_("The job was not being done."))


def finish_job(work: Work) -> Applied:
    """Finish a job; what follows from it (inspection, posting, removal) is the action's.

    Raises:
        Held: somebody has closed it meanwhile, so two stories about it must be made one.
        ValidationError, PermissionDenied: of the action.
    """
    reading = _read(work, ("cost", "note", "resulting_condition"), done=False)
    cost, condition, note = _cost(reading), _condition(reading), reading.text("note")
    reading.done()
    job = _locked(work)
    if job.state not in OPEN_STATES:
        values: dict[str, Any] = {
            "state": {"base": None, "server": job.state, "phone": MaintenanceState.DONE.value},
            "cost": {"base": None, "server": _plain(job.cost), "phone": _plain(cost)},
            "note": {"base": None, "server": job.description, "phone": note},
        }
        raise Held(
            ReviewKind.JOB_CLOSED,
            Reason.JOB_CLOSED,
            _("The job was closed meanwhile (%(state)s); the office decides.")
            % {"state": job.get_state_display()},
            asset=job.asset,
            job=job,
            values=values,
        )
    job = complete_maintenance(
        work.actor,
        job,
        resulting_condition=condition,
        cost=cost,
        note=note,
        completed_at=work.happened_at,
    )
    return _outcome(work, job)


def _read(work: Work, names: tuple[str, ...], *, done: bool = True) -> Reading:
    reading = Reading(work.envelope.fields)
    reading.only(names)
    if done:
        reading.done()
    return reading


def _locked(work: Work) -> Maintenance:
    """The job, after its asset: in the order in which everything else locks them.

    Raises:
        PermissionDenied: whoever may not do it learns nothing of how it stands, whether it is closed or not.
    """
    job = job_of(work)
    authorise(work.actor, DO_MAINTENANCE, job.asset)
    locked_assets([job.asset.uid])
    return locked_job(job)


def _settled(work: Work, job: Maintenance) -> Applied | None:
    """What beginning or putting aside still means for a job that has gone further: nothing."""
    if job.state not in OPEN_STATES:
        return _outcome(
            work,
            job,
            reason=Reason.JOB_CLOSED,
            message=_("The job is closed: %(state)s.") % {"state": job.get_state_display()},
        )
    envelope = work.envelope
    if envelope.phone is None or envelope.seq is None:
        return None
    later = Operation.objects.filter(
        user=work.author,
        phone=envelope.phone,
        job=job,
        seq__gt=envelope.seq,
        status__in=(Status.APPLIED, Status.MERGED),
    )
    if later.exists():
        return _outcome(
            work, job, reason=Reason.SUPERSEDED, message=_("You have changed it again since; that counts.")
        )
    return None


def _outcome(work: Work, job: Maintenance, *, reason: Reason | str = "", message: str = "") -> Applied:
    asset = job.asset
    asset.refresh_from_db(fields=["version"])
    distance = distance_from(work, asset)
    flags = far(work, distance) if not reason else ()
    return Applied(asset=asset, job=job, reason=reason, message=message, distance=distance, flags=flags)


def _cost(reading: Reading) -> Decimal | None:
    value = reading.fields.get("cost")
    if value is None or value == "":
        return None
    try:
        cost = (
            Decimal(value if isinstance(value, str) else repr(value))
            if type(value) in (str, int, float)
            else None
        )
    except InvalidOperation:
        cost = None
    if cost is None or not cost.is_finite() or not 0 <= cost < 10**10:
        reading.problems["cost"] = _("An amount in yuan.")
        return None
    return cost.quantize(Decimal("0.01"))


def _condition(reading: Reading) -> Condition | None:
    code = reading.fields.get("resulting_condition")
    if code is None or code == "":
        return None
    if not isinstance(code, str) or code not in CONDITION_BY_CODE:
        reading.problems["resulting_condition"] = _("One of good, minor, damaged, severe, missing.")
        return None
    return CONDITION_BY_CODE[code]


def _plain(cost: Decimal | None) -> str | None:
    return None if cost is None else f"{cost:.2f}"
