"""Decide that a record which was flagged is wrong: the inspections it made are voided."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from assets.actions.void_inspection import void_inspection
from assets.history import Actor
from assets.models import Inspection, Origin
from field.actions.deciding import decide, deciding, required_reason
from field.models import Decision, ReviewItem, ReviewKind


def void_record(user: User, item: ReviewItem, reason: str) -> ReviewItem:
    """Void the inspections of a flagged record, saying why.

    Raises:
        PermissionDenied: the user does not review there, or may not void inspections.
        ValidationError: it is decided already, made no inspection, or `reason` is missing.
    """
    with deciding(user, item, ReviewKind.FAR, ReviewKind.REMOVED) as current:
        reason = required_reason(reason)
        made = Inspection.objects.filter(uid__in=current.operation.inspection_uids(), voided_at=None)
        if not made:
            raise ValidationError(_("There is no inspection of it to void."))
        for inspection in made:
            void_inspection(Actor(user, Origin.WEB), inspection, reason[:200])
        decide(current, user, Decision.VOIDED, reason)
    return current
