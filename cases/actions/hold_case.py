"""Put a case on hold (挂账): the unit asks, the desk grants, a leader grants what is longer than thirty days."""

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import APPROVE_CASE, can
from assets.history import Actor, acting
from cases import clocks
from cases.actions.stepping import check, locked_case, open_request, required_text, take_step
from cases.models import Case, CaseStep, Verb

LONGEST_BY_THE_DESK = timedelta(days=30)
LONGEST = timedelta(days=366)


def ask_hold(
    actor: Actor, case: Case, reason: str, until: datetime, *, at: datetime | None = None
) -> CaseStep:
    """Ask for a hold, saying why and until when.

    Raises:
        PermissionDenied: the actor is not of the unit.
        ValidationError: naming `state`, `reason`, `until` or `at`; or `request`, when one waits already.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.ASK_HOLD, current, moment)
        if open_request(current, Verb.HOLD) is not None:
            raise ValidationError({"request": _("It was asked for already.")})
        _check_until(until, moment)
        return take_step(
            actor,
            current,
            Verb.ASK_HOLD,
            moment,
            reason=required_text("reason", reason),
            until=until,
            unit=current.unit,
        )


def hold_case(actor: Actor, case: Case, *, until: datetime | None = None, at: datetime | None = None) -> Case:
    """Grant what the unit asked for: all clocks of the case stop.

    Args:
        until: another day than was asked for.

    Raises:
        PermissionDenied: the actor may not, or not for so long; or asked for it.
        ValidationError: naming `state`, `request` (nobody asked), `until` or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.HOLD, current, moment)
        asked = requested(current, Verb.HOLD)
        end = until or asked.until
        assert end is not None
        _check_until(end, moment)
        long = end - moment > LONGEST_BY_THE_DESK
        if long and actor.user is not None and not can(actor.user, APPROVE_CASE, current):
            raise PermissionDenied(_("A hold of more than thirty days is granted by a leader."))
        take_step(actor, current, Verb.HOLD, moment, about=asked, until=end, reason=asked.reason)
        clocks.hold(current, moment)
    return current


def refuse_hold(actor: Actor, case: Case, reason: str, *, at: datetime | None = None) -> Case:
    """Refuse what the unit asked for.

    Raises:
        PermissionDenied: the actor may not.
        ValidationError: naming `state`, `request`, `reason` or `at`.
    """
    return refuse_request(actor, case, Verb.REFUSE_HOLD, reason, at)


def resume_case(actor: Actor, case: Case, *, reason: str = "", at: datetime | None = None) -> Case:
    """Go on: dates move by the time on hold that would have counted.

    Raises:
        PermissionDenied: the actor may not.
        ValidationError: naming `state` or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.RESUME, current, moment)
        step = take_step(actor, current, Verb.RESUME, moment, reason=reason.strip())
        clocks.resume(current, step)
    return current


def refuse_request(actor: Actor, case: Case, refusal: Verb, reason: str, at: datetime | None) -> Case:
    """Refuse what the unit asked for, a hold or an extension; what may go wrong is told where each is refused."""
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, refusal, current, moment)
        asked = requested(current, refusal)
        take_step(actor, current, refusal, moment, about=asked, reason=required_text("reason", reason))
    return current


def requested(case: Case, verb: Verb) -> CaseStep:
    """What is to be answered.

    Raises:
        ValidationError: naming `request`: there is nothing to answer.
    """
    asked = open_request(case, verb)
    if asked is None:
        raise ValidationError({"request": _("Nobody has asked for this.")})
    return asked


def _check_until(until: datetime, at: datetime) -> None:
    if not at < until <= at + LONGEST:
        raise ValidationError({"until": _("Give a day within a year from now.")})
