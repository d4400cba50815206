"""Take a case out of all rates (作废): one person proposes it, a second one does it; it stays listed."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from cases import clocks
from cases.actions.hold_case import requested
from cases.actions.stepping import check, locked_case, open_request, required_text, take_step
from cases.models import Case, CaseStep, Verb


def ask_void(actor: Actor, case: Case, reason: str, *, at: datetime | None = None) -> CaseStep:
    """Propose to void an open case.

    Raises:
        PermissionDenied: the actor may not.
        ValidationError: naming `state`, `reason`, `request` (it is proposed already) or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.ASK_VOID, current, moment)
        if open_request(current, Verb.VOID) is not None:
            raise ValidationError({"request": _("It was asked for already.")})
        return take_step(actor, current, Verb.ASK_VOID, moment, reason=required_text("reason", reason))


def void_case(actor: Actor, case: Case, *, at: datetime | None = None) -> Case:
    """Void a case that somebody else proposed to void; its clocks end.

    Raises:
        PermissionDenied: the actor may not, or proposed it.
        ValidationError: naming `state`, `request` (nobody proposed it) or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.VOID, current, moment)
        asked = requested(current, Verb.VOID)
        take_step(actor, current, Verb.VOID, moment, about=asked, reason=asked.reason)
        clocks.stop(current, moment)
    return current


def refuse_void(actor: Actor, case: Case, reason: str, *, at: datetime | None = None) -> Case:
    """Leave a case as it is that was proposed to be voided.

    Raises:
        PermissionDenied: the actor may not.
        ValidationError: naming `state`, `request`, `reason` or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.REFUSE_VOID, current, moment)
        asked = requested(current, Verb.REFUSE_VOID)
        take_step(
            actor, current, Verb.REFUSE_VOID, moment, about=asked, reason=required_text("reason", reason)
        )
    return current
