"""Give a case more time (延期): asked for before the limit; granted once by the desk, a second time by a leader."""

from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import APPROVE_CASE, EXTEND_CASE, can
from assets.history import Actor, acting
from cases import clocks
from cases.actions.hold_case import refuse_request, requested
from cases.actions.stepping import check, locked_case, open_request, required_text, take_step
from cases.deadlines import Limit, LimitUnit
from cases.models import Case, CaseStep, Clock, ClockKind, MoveKind, Verb

MOST_EXTENSIONS = 2
_MOST = {LimitUnit.CLOCK_HOURS: 720, LimitUnit.WORKING_HOURS: 240, LimitUnit.WORKING_DAYS: 60}


def ask_extension(
    actor: Actor, case: Case, reason: str, amount: Decimal, *, at: datetime | None = None
) -> CaseStep:
    """Ask for more time, in the unit in which the case's time is counted.

    Raises:
        PermissionDenied: the actor is not of the unit.
        ValidationError: naming `state`, `reason`, `amount`, `request` (one waits already) or `at` (after the limit).
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.ASK_EXTENSION, current, moment)
        clock = _clock_of(current)
        assert clock.due_at is not None
        if moment > clock.due_at:
            raise ValidationError({"at": _("The limit has passed: more time is asked for before it.")})
        if open_request(current, Verb.EXTEND) is not None:
            raise ValidationError({"request": _("It was asked for already.")})
        if _granted(clock) >= MOST_EXTENSIONS:
            raise ValidationError({"request": _("It was extended twice; there is no third time.")})
        limit = _limit(amount, clock)
        return take_step(
            actor,
            current,
            Verb.ASK_EXTENSION,
            moment,
            reason=required_text("reason", reason),
            amount=limit.amount,
            amount_unit=limit.unit.value,
            unit=current.unit,
        )


def extend_case(
    actor: Actor, case: Case, *, amount: Decimal | None = None, at: datetime | None = None
) -> Case:
    """Grant more time, on top of the limit as it stands.

    Args:
        amount: another amount than was asked for.

    Raises:
        PermissionDenied: the actor may not, or not a second time; or asked for it.
        ValidationError: naming `state`, `request` (nobody asked), `amount` or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.EXTEND, current, moment)
        asked = requested(current, Verb.EXTEND)
        clock = _clock_of(current)
        needed = APPROVE_CASE if _granted(clock) else EXTEND_CASE
        if actor.user is not None and not (
            can(actor.user, needed, current) or can(actor.user, APPROVE_CASE, current)
        ):
            raise PermissionDenied(_("A second extension is granted by a leader."))
        limit = _limit(amount if amount is not None else asked.amount or Decimal(0), clock)
        step = take_step(
            actor,
            current,
            Verb.EXTEND,
            moment,
            about=asked,
            reason=asked.reason,
            amount=limit.amount,
            amount_unit=limit.unit.value,
        )
        clocks.extend(clock, step, limit)
    return current


def refuse_extension(actor: Actor, case: Case, reason: str, *, at: datetime | None = None) -> Case:
    """Refuse what the unit asked for.

    Raises:
        PermissionDenied: the actor may not.
        ValidationError: naming `state`, `request`, `reason` or `at`.
    """
    return refuse_request(actor, case, Verb.REFUSE_EXTENSION, reason, at)


def _clock_of(case: Case) -> Clock:
    clock = clocks.running(case, ClockKind.HANDLE)
    assert clock is not None, "what is in hand has a clock that runs"
    return clock


def _granted(clock: Clock) -> int:
    return clock.moves.filter(kind=MoveKind.EXTENSION).count()


def _limit(amount: Decimal, clock: Clock) -> Limit:
    """The extension as a limit.

    Raises:
        ValidationError: naming `amount`.
    """
    unit = LimitUnit(clock.unit)
    most = _MOST[unit]
    whole = unit is LimitUnit.WORKING_DAYS
    if not amount.is_finite() or not 0 < amount <= most or (whole and amount % 1):
        sentence = (
            _("Give a whole number of working days, at most %(most)s.")
            if whole
            else _("Give a number of hours, at most %(most)s.")
        )
        raise ValidationError({"amount": sentence % {"most": most}})
    return Limit(amount.quantize(Decimal("0.01")), unit)
