"""What the desk decides about a report: file or reject it, take it up after all, merge it, name its category anew."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from assets.models import Origin
from cases import clocks
from cases.actions.dispatch_case import dispatch_case
from cases.actions.stepping import check, locked_case, required_text, take_step
from cases.models import Case, CaseCategory, ClockKind, Verb
from cases.proposing import certain

_ITSELF = Actor(None, Origin.COMMAND)


def file_case(
    actor: Actor,
    case: Case,
    *,
    category: CaseCategory | None = None,
    urgent: bool | None = None,
    at: datetime | None = None,
) -> Case:
    """File a report (立案): category, urgency and the rule in force are settled.

    Where the setting says so, it is then dispatched by itself when there is no doubt who answers.

    Args:
        category, urgent: as reported when not given.

    Raises:
        PermissionDenied: the actor may not file here.
        ValidationError: naming `state`, `category` or `at`.
    """
    moment = at or timezone.now()
    with transaction.atomic():
        with acting(actor):
            current = locked_case(case)
            check(actor, Verb.FILE, current, moment)
            _classify(current, category, urgent)
            current.rule = current.category.rule
            current.save(update_fields=["category", "urgent", "rule"])
            take_step(actor, current, Verb.FILE, moment, details=_as_told(current))
            clocks.stop(current, moment, ClockKind.FILE)
        found = certain(current) if settings.DISPATCH_CASES_BY_THEMSELVES else None
        if found is not None:
            current = dispatch_case(_ITSELF, current, found.unit, found.why, at=moment)
    return current


def reclassify(
    actor: Actor,
    case: Case,
    *,
    category: CaseCategory | None = None,
    urgent: bool | None = None,
    reason: str,
    at: datetime | None = None,
) -> Case:
    """Name another category or urgency. No date moves by that; before the dispatch the new category's rule holds.

    Raises:
        PermissionDenied: the actor may not file here.
        ValidationError: naming `state`, `category`, `reason` or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.RECLASSIFY, current, moment)
        why = required_text("reason", reason)
        before = (current.category_id, current.urgent)
        _classify(current, category, urgent)
        if before == (current.category_id, current.urgent):
            raise ValidationError({"category": _("The case is that already.")})
        if not current.clocks.filter(kind=ClockKind.HANDLE).exists():
            current.rule = current.category.rule
        current.save(update_fields=["category", "urgent", "rule"])
        take_step(actor, current, Verb.RECLASSIFY, moment, reason=why, details=_as_told(current))
    return current


def reject_case(actor: Actor, case: Case, reason: str, *, at: datetime | None = None) -> Case:
    """Do not file a report, saying why.

    Raises:
        PermissionDenied: the actor may not file here.
        ValidationError: naming `state`, `reason` or `at`.
    """
    return _reject(actor, case, reason, {}, at or timezone.now())


def reject_spam(actor: Actor, case: Case, *, at: datetime | None = None) -> Case:
    """Do not file what is no report at all but rubbish or advertising; `take_up_case` takes that back.

    Raises:
        PermissionDenied: the actor may not file here.
        ValidationError: naming `state` or `at`.
    """
    return _reject(actor, case, _("Spam"), {"spam": True}, at or timezone.now())


def _reject(actor: Actor, case: Case, reason: str, details: dict[str, object], at: datetime) -> Case:
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.REJECT, current, at)
        take_step(actor, current, Verb.REJECT, at, reason=required_text("reason", reason), details=details)
        clocks.stop(current, at)
    return current


def take_up_case(actor: Actor, case: Case, reason: str, *, at: datetime | None = None) -> Case:
    """Take up a report that was rejected: it waits to be filed again, with the whole time for that.

    Raises:
        PermissionDenied: the actor may not file here.
        ValidationError: naming `state`, `reason` or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.TAKE_UP, current, moment)
        step = take_step(actor, current, Verb.TAKE_UP, moment, reason=required_text("reason", reason))
        clocks.start(current, ClockKind.FILE, step, current.category.rule.limit("file"))
    return current


def merge_case(actor: Actor, case: Case, other: Case, *, at: datetime | None = None) -> Case:
    """Say that a report is about what another case is about already; it then follows that one.

    Raises:
        PermissionDenied: the actor may not file here, or not see the other case.
        ValidationError: naming `state`, `other` (itself, not open, itself a duplicate) or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_case(case)
        check(actor, Verb.MERGE, current, moment)
        seen = Case.objects.visible_to(actor.user) if actor.user is not None else Case.objects.all()
        found = seen.filter(pk=other.pk).first()
        check_other(current, found)
        current.duplicate_of = found
        current.save(update_fields=["duplicate_of"])
        take_step(actor, current, Verb.MERGE, moment, other=found)
        clocks.stop(current, moment)
    return current


def check_other(case: Case, other: Case | None) -> None:
    """Whether a case can be merged with another.

    Raises:
        ValidationError: naming `other`.
    """
    if other is None or other == case:
        raise ValidationError({"other": _("Name another case that you can see.")})
    if not other.is_open:
        raise ValidationError(
            {
                "other": _("%(case)s is “%(state)s”: only an open case can take another in.")
                % {"case": other, "state": other.get_state_display()}
            }
        )


def _classify(case: Case, category: CaseCategory | None, urgent: bool | None) -> None:
    if category is not None and category != case.category:
        if not category.active:
            raise ValidationError({"category": _("This category is no longer used.")})
        case.category = category
        case.urgent = category.urgent
    if urgent is not None:
        case.urgent = urgent


def _as_told(case: Case) -> dict[str, object]:
    """What the row of the step keeps: later the case may be named otherwise."""
    return {"category": case.category.code, "urgent": case.urgent, "rule": str(case.rule)}
