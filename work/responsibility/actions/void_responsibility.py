"""Void a responsibility that should never have been entered: it answers no question any more, and stays in history."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_RESPONSIBILITY
from assets.history import Actor, acting, authorise
from places.models import Responsibility
from work.responsibility.actions.checking import locked_row


def void_responsibility(actor: Actor, row: Responsibility, reason: str) -> Responsibility:
    """Void a row.

    Raises:
        PermissionDenied: the actor does not say who answers there.
        ValidationError: naming `reason` or `row`.
    """
    authorise(actor, MANAGE_RESPONSIBILITY, row)
    reason = reason.strip()
    if not 0 < len(reason) <= 300:
        raise ValidationError({"reason": _("Say why, in at most 300 characters.")})
    with acting(actor):
        current = locked_row(row)
        current.voided_at, current.void_reason = timezone.now(), reason
        current.save(update_fields=["voided_at", "void_reason"])
    return current
