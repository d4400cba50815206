"""Add a report to a case that is about the same ("add mine to it"), and photos that a phone sends after its report."""

from datetime import datetime

from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from assets.models import Origin, PhotoStage
from assets.photos import StoredPhoto
from cases.actions.stepping import (
    Photos,
    allow,
    attach,
    check,
    current_case,
    locked_case,
    store_photos,
    take_step,
)
from cases.models import Case, CasePhoto, CaseStep, Verb
from places.distance import metres_between

LONGEST_WORDS = 2000


def add_report(
    actor: Actor,
    case: Case,
    words: str = "",
    photos: Photos = (),
    *,
    photos_follow: int = 0,
    position: Point | None = None,
    operation: str = "",
    at: datetime | None = None,
) -> CaseStep:
    """Add words and photos to an open case instead of reporting the same once more; nothing of its time changes.

    Args:
        photos_follow: how many photos a phone has named and sends afterwards.
        operation: the phone's own id of it, by which a repeat is recognised: the first step is returned.
        at: when it was seen; the step itself is of now.

    Raises:
        PermissionDenied: the actor may not report here.
        ValidationError: naming `state` (the case is not open), `words` (nothing is added), `photo` or `at`.
    """
    now = timezone.now()
    allow(actor, Verb.ADD_REPORT, current_case(case), now)
    text = words.strip()
    if not text and not photos and not photos_follow:
        raise ValidationError({"words": _("Add a photo, or say what you saw.")})
    if len(text) > LONGEST_WORDS:
        raise ValidationError({"words": _("At most %(most)s characters.") % {"most": LONGEST_WORDS}})
    if at is not None and at > now:
        raise ValidationError({"at": _("The time lies in the future.")})
    stored = store_photos(photos)
    with acting(actor):
        current = locked_case(case)
        if operation:
            recorded_step = current.steps.filter(
                verb=Verb.ADD_REPORT, actor=actor.user, details__operation=operation
            ).first()
            if recorded_step is not None:
                return recorded_step
        check(actor, Verb.ADD_REPORT, current, now)
        details = {"operation": operation} if operation else {}
        if at is not None:
            details["seen_at"] = at.isoformat()
        step = take_step(actor, current, Verb.ADD_REPORT, now, reason=text, details=details)
        attach(step, stored, PhotoStage.BEFORE, position=position)
    return step


def attach_report_photo(
    actor: Actor, step: CaseStep, photo: StoredPhoto, *, position: Point | None, taken_at: datetime | None
) -> None:
    """Put a photo to the report that named it; once, however often it comes.

    Raises:
        PermissionDenied: it is another person's report.
    """
    if step.actor_id != (actor.user.pk if actor.user else None) and actor.origin is not Origin.COMMAND:
        raise PermissionDenied(_("Only whoever reported it adds photos to a report."))
    distance = metres_between(position, step.case.point) if position is not None else None
    with acting(actor):
        CasePhoto.objects.bulk_create(
            [
                CasePhoto(
                    case=step.case,
                    step=step,
                    stage=PhotoStage.BEFORE,
                    sha256=photo.sha256,
                    width=photo.width,
                    height=photo.height,
                    taken_at=taken_at or photo.taken_at,
                    position=position,
                    distance=distance,
                    uploaded_by=step.actor,
                )
            ],
            ignore_conflicts=True,
        )
