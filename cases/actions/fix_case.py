"""Put right and checked: the unit reports it with a photo, somebody of another unit looks, and it may come back.

The maintenance job of a case on an asset goes with it (`job_of_case`)."""

from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from assets.models import PhotoStage
from cases import clocks
from cases.actions.job_of_case import finish_job, locked_with_job, send_job_back, verify_job
from cases.actions.stepping import (
    Photos,
    allow,
    attach,
    check,
    current_case,
    required_text,
    store_photos,
    take_step,
)
from cases.models import Case, CaseStep, ClockKind, Verb


def fix_case(
    actor: Actor,
    case: Case,
    photos: Photos,
    *,
    note: str = "",
    position: Point | None = None,
    at: datetime | None = None,
    drawn: bool = False,
) -> Case:
    """Report a case as put right: the time to put right ends, the time to check begins.

    Args:
        photos: at least one from afterwards, of the same spot.
        position: where they were taken, WGS84; how far that is from the spot is shown.

    Raises:
        PermissionDenied: the actor is not of the unit.
        ValidationError: naming `state`, `photo` or `at`.
    """
    moment = at or timezone.now()
    allow(actor, Verb.FIX, current_case(case), moment)
    if not photos:
        raise ValidationError({"photo": _("Add a photo from afterwards, of the same spot.")})
    stored = store_photos(photos)  # which takes a while, so before the case is locked
    with acting(actor):
        current = locked_with_job(case)
        check(actor, Verb.FIX, current, moment)
        step = put_right(actor, current, moment, unit=current.unit, reason=note.strip()[:2000])
        attach(step, stored, PhotoStage.AFTER, position=position, drawn=drawn)
        finish_job(actor, current, moment, note)
    return current


def put_right(actor: Actor, case: Case, at: datetime, **carried: Any) -> CaseStep:
    """Carry a case in hand on to "put right", inside an action that holds it locked and has the right to it."""
    step = take_step(actor, case, Verb.FIX, at, **carried)
    clocks.stop(case, at, ClockKind.HANDLE)
    assert case.rule is not None
    clocks.start(case, ClockKind.CHECK, step, case.rule.limit("check"))
    return step


def verify_fix(
    actor: Actor,
    case: Case,
    *,
    photos: Photos = (),
    seen: bool = False,
    note: str = "",
    at: datetime | None = None,
) -> Case:
    """Find it good, and so close the case (结案).

    Args:
        seen: the checker saw it with their own eyes, and has no photo.

    Raises:
        PermissionDenied: the actor may not check here, or put it right, or is of a unit that did.
        ValidationError: naming `state`, `photo` (neither a photo nor seen) or `at`.
    """
    moment = at or timezone.now()
    allow(actor, Verb.VERIFY, current_case(case), moment)
    stored = store_photos(_evidence(photos, seen))
    with acting(actor):
        current = locked_with_job(case)
        check(actor, Verb.VERIFY, current, moment)
        step = close(actor, current, moment, reason=note.strip()[:2000], details={"seen": seen})
        attach(step, stored, PhotoStage.AFTER)
        verify_job(actor, current, moment)
    return current


def close(actor: Actor, case: Case, at: datetime, **carried: Any) -> CaseStep:
    """Carry a case on to "closed", inside an action that holds it locked and has the right to it."""
    step = take_step(actor, case, Verb.VERIFY, at, **carried)
    clocks.stop(case, at)
    return step


def reject_fix(
    actor: Actor,
    case: Case,
    reason: str,
    *,
    photos: Photos = (),
    seen: bool = False,
    at: datetime | None = None,
) -> Case:
    """Find it not good enough (返工): it goes on with the time that was left, at least one working day.

    Raises:
        PermissionDenied: as for `verify_fix`.
        ValidationError: naming `state`, `reason`, `photo` or `at`.
    """
    moment = at or timezone.now()
    allow(actor, Verb.REJECT_FIX, current_case(case), moment)
    why = required_text("reason", reason)
    stored = store_photos(_evidence(photos, seen))
    with acting(actor):
        current = locked_with_job(case)
        check(actor, Verb.REJECT_FIX, current, moment)
        step = rework(actor, current, moment, reason=why, details={"seen": seen})
        attach(step, stored, PhotoStage.AFTER)
        send_job_back(actor, current, moment, why)
    return current


def rework(actor: Actor, case: Case, at: datetime, **carried: Any) -> CaseStep:
    """Send a case back to its unit, inside an action that holds it locked and has the right to it."""
    step = take_step(actor, case, Verb.REJECT_FIX, at, unit=case.unit, **carried)
    clocks.stop(case, at)
    clocks.start_again(case, step)
    return step


def reopen_case(actor: Actor, case: Case, reason: str, *, at: datetime | None = None) -> Case:
    """Open a closed case again: the problem is back. A new time to put right begins; it counts as a recurrence.

    Raises:
        PermissionDenied: the actor neither checks here nor reported it within the last seven days.
        ValidationError: naming `state`, `reason`, `unit` (nobody ever answered for it) or `at`.
    """
    moment = at or timezone.now()
    with acting(actor):
        current = locked_with_job(case)
        check(actor, Verb.REOPEN, current, moment)
        if current.unit is None or current.rule is None:
            raise ValidationError(
                {
                    "unit": _(
                        "It was put right when it was found: report it anew, so that somebody answers for it."
                    )
                }
            )
        why = required_text("reason", reason)
        open_anew(actor, current, moment, reason=why)
        send_job_back(actor, current, moment, why)
    return current


def open_anew(actor: Actor, case: Case, at: datetime, **carried: Any) -> CaseStep:
    """Open a closed case again, inside an action that holds it locked and has the right to it."""
    step = take_step(actor, case, Verb.REOPEN, at, unit=case.unit, **carried)
    assert case.rule is not None
    clocks.start(case, ClockKind.HANDLE, step, case.rule.limit("handle"))
    return step


def _evidence(photos: Photos, seen: bool) -> Photos:
    if not photos and not seen:
        raise ValidationError({"photo": _("Add a photo, or say that you have seen it yourself.")})
    return photos
