"""Void a visit that was wrong: it stays, says who voided it and why, and counts in no figure. Its cases stay."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_EVALUATION
from assets.history import Actor, acting, authorise
from evaluation.models import Visit

LONGEST_REASON = 200


def void_visit(actor: Actor, visit: Visit, reason: str) -> Visit:
    """Take it out of the count, saying why.

    Raises:
        PermissionDenied: the actor runs no rounds there.
        ValidationError: naming `reason` (none, or too long) or `state` (voided already).
    """
    authorise(actor, MANAGE_EVALUATION, visit)
    why = reason.strip()
    if not why:
        raise ValidationError({"reason": _("Say why it is void.")})
    if len(why) > LONGEST_REASON:
        raise ValidationError({"reason": _("At most %(most)s characters.") % {"most": LONGEST_REASON}})
    with acting(actor):
        current = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
        if current.voided_at is not None:
            raise ValidationError({"state": _("This visit has been voided already.")})
        current.voided_at = timezone.now()
        current.voided_by = actor.user
        current.void_reason = why
        current.save(update_fields=["voided_at", "voided_by", "void_reason"])
    return current
