"""Dispatch a case to the unit that answers for it, and what that unit says first: it is ours, or it is not."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from assets.models import Origin
from cases import clocks
from cases.actions.fix_case import put_right
from cases.actions.job_of_case import FINISHED, give_job, locked_with_job, take_from_crew
from cases.actions.stepping import check, locked_case, required_text, take_step
from cases.calendars import the_calendar
from cases.deadlines import due
from cases.models import Case, ClockKind, State, Verb
from places.models import Unit

_ITSELF = Actor(None, Origin.COMMAND)


def dispatch_case(
    actor: Actor, case: Case, unit: Unit, why: str, *, person: str = "", at: datetime | None = None
) -> Case:
    """Dispatch (派遣): the time to put right begins. To the unit that returned it, its time goes on as it was.

    A case on an asset opens or joins a maintenance job there (`job_of_case`).

    Args:
        why: why this unit.
        person: who answers for it there; the unit's contact when not given.

    Raises:
        PermissionDenied: the actor may not dispatch here.
        ValidationError: naming `state`, `unit` (has it already), `person`, `why` or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_with_job(case)
        check(actor, Verb.DISPATCH, current, moment)
        name = check_unit(current, unit, person)
        reason = required_text("why", why)
        before = current.unit
        current.unit, current.person = unit, name
        current.save(update_fields=["unit", "person"])
        job = give_job(actor, current, before)
        step = take_step(actor, current, Verb.DISPATCH, moment, reason=reason, unit=unit, person=name)
        assert current.rule is not None
        clocks.stop(current, moment, ClockKind.ACCEPT)
        if before != unit or clocks.running(current, ClockKind.HANDLE) is None:
            clocks.stop(current, moment, ClockKind.HANDLE)
            clocks.start(current, ClockKind.HANDLE, step, current.rule.limit("handle"))
        clocks.start(current, ClockKind.ACCEPT, step, current.rule.limit("accept"))
        clocks.date_job(current)
        if job is not None and job.state in FINISHED:
            # It was done before anybody was asked to: what is left is the check.
            begin_handling(_ITSELF, current, moment)
            put_right(_ITSELF, current, moment, unit=job.crew or unit, details={"job": job.pk})
    return current


def check_unit(case: Case, unit: Unit, person: str = "") -> str:
    """Whether a case can go to a unit; returns who answers for it there.

    Raises:
        ValidationError: naming `unit` (has it already) or `person` (nobody is named).
    """
    if case.state != State.FILED and case.unit_id == unit.pk:
        raise ValidationError({"unit": _("%(unit)s has it already.") % {"unit": unit}})
    name = (person.strip() or unit.contact_person)[:40]
    if not name:
        raise ValidationError({"person": _("Say who answers for it at %(unit)s.") % {"unit": unit}})
    return name


def accept_case(actor: Actor, case: Case, *, at: datetime | None = None) -> Case:
    """Take a dispatched case in hand (签收).

    Raises:
        PermissionDenied: the actor is neither of the unit nor of the street office.
        ValidationError: naming `state` or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.ACCEPT, current, moment)
        begin_handling(actor, current, moment)
    return current


def begin_handling(actor: Actor, case: Case, at: datetime) -> None:
    """Carry a dispatched case on to "in hand", inside an action that holds it locked and has the right to it."""
    take_step(actor, case, Verb.ACCEPT, at, unit=case.unit)
    clocks.stop(case, at, ClockKind.ACCEPT)


def return_case(actor: Actor, case: Case, reason: str, whose: str, *, at: datetime | None = None) -> Case:
    """Give a case back to the desk (退回): it is not ours. The time to put right goes on meanwhile.

    Args:
        whose: whose it is instead.

    Raises:
        PermissionDenied: the actor is not of the unit.
        ValidationError: naming `state`, `reason`, `whose` or `at` (too late: the limit to return has passed).
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_with_job(case)
        check(actor, Verb.RETURN, current, moment)
        assert current.rule is not None
        dispatched = current.steps.filter(verb=Verb.DISPATCH).order_by("-id")[0]
        limit = due(dispatched.at, current.rule.limit("return"), the_calendar())
        if moment > limit:
            raise ValidationError(
                {
                    "at": _("A case can be returned until %(limit)s.")
                    % {"limit": f"{timezone.localtime(limit):%Y-%m-%d %H:%M}"}
                }
            )
        take_step(
            actor,
            current,
            Verb.RETURN,
            moment,
            unit=current.unit,
            reason=required_text("reason", reason),
            details={"whose": required_text("whose", whose, 200)},
        )
        take_from_crew(current)
        clocks.stop(current, moment, ClockKind.ACCEPT)
    return current
