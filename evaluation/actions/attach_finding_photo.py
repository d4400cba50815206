"""Put a photo that a phone sends after its visit to what it shows, and to the case that came of it."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from assets.models import Origin
from assets.photos import StoredPhoto
from cases.actions.add_report import attach_report_photo
from cases.models import Verb
from evaluation.models import ObservationPhoto, Visit


def attach_finding_photo(
    actor: Actor, visit: Visit, name: str, photo: StoredPhoto, *, taken_at: datetime | None = None
) -> int:
    """Put it to every observation that names it, once; returns to how many.

    Args:
        name: SHA-256 by which the phone named the photo, before it was stored.

    Raises:
        PermissionDenied: it is another person's visit.
        ValidationError: naming `photo`: no observation names it.
    """
    if actor.origin is not Origin.COMMAND and visit.evaluator_id != (actor.user.pk if actor.user else None):
        raise PermissionDenied(_("Only whoever made the visit adds photos to it."))
    rows = list(visit.observations.filter(photo_names__contains=[name]).select_related("case"))
    if not rows:
        raise ValidationError({"photo": _("Nothing that was found names this photo.")})
    with acting(actor):
        ObservationPhoto.objects.bulk_create(
            [
                ObservationPhoto(
                    observation=row,
                    sha256=photo.sha256,
                    width=photo.width,
                    height=photo.height,
                    taken_at=taken_at or photo.taken_at,
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )
        for row in rows:
            step = row.case.steps.filter(verb=Verb.REPORT).first() if row.case else None
            if step is not None:
                attach_report_photo(actor, step, photo, position=visit.position, taken_at=taken_at)
    return len(rows)
