"""Void a patrol: planned by mistake, or it did not take place. Its records and cases stay; it counts nowhere."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_PATROLS
from assets.history import Actor, acting, authorise
from cases.actions.stepping import required_text
from cases.models import Patrol


def void_patrol(actor: Actor, patrol: Patrol, reason: str, *, at: datetime | None = None) -> Patrol:
    """Void it, saying why.

    Raises:
        PermissionDenied: the actor runs no patrols there.
        ValidationError: naming `reason` or `state` (voided already).
    """
    authorise(actor, MANAGE_PATROLS, patrol)
    why = required_text("reason", reason, 300)
    with acting(actor):
        current = Patrol.objects.select_for_update(of=("self",)).get(pk=patrol.pk)
        if current.voided_at is not None:
            raise ValidationError({"state": _("The patrol was voided already.")})
        current.voided_at = at or timezone.now()
        current.void_reason = why
        current.save(update_fields=["voided_at", "void_reason"])
    return current
