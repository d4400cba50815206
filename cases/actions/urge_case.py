"""Urge whoever answers for a case (督办), and what they say to it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from cases.actions.stepping import check, locked_case, open_urging, required_text, take_step
from cases.models import Case, CaseStep, Verb
from cases.notifying import tell_of_urging


def urge_case(
    actor: Actor,
    case: Case,
    reason: str,
    *,
    answer_by: datetime,
    person: str = "",
    at: datetime | None = None,
) -> CaseStep:
    """Urge: to whom, why, and by when an answer is wanted.

    Args:
        person: whom; who answers for the case when not given.

    Raises:
        PermissionDenied: the actor may not urge here.
        ValidationError: naming `state`, `reason`, `answer_by` or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.URGE, current, moment)
        if answer_by <= moment:
            raise ValidationError({"answer_by": _("An answer can be wanted from now on only.")})
        step = take_step(
            actor,
            current,
            Verb.URGE,
            moment,
            reason=required_text("reason", reason),
            unit=current.unit,
            person=(person.strip() or current.person)[:40],
            until=answer_by,
        )
        # What a red card urges is told with the card.
        if actor.user is not None:
            tell_of_urging(step)
    return step


def answer_urge(actor: Actor, case: Case, answer: str, *, at: datetime | None = None) -> CaseStep:
    """Answer the last urging.

    Raises:
        PermissionDenied: the actor is not of the unit.
        ValidationError: naming `state`, `answer`, `request` (there was none, or it is answered) or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.ANSWER_URGE, current, moment)
        urging = open_urging(current)
        if urging is None:
            raise ValidationError({"request": _("No urging waits for an answer.")})
        return take_step(
            actor,
            current,
            Verb.ANSWER_URGE,
            moment,
            about=urging,
            reason=required_text("answer", answer),
            unit=current.unit,
        )
