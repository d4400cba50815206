"""Confirm the hours of a patrol: people × time, by the team's leader or the desk."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from cases.models import Patrol, PatrolState
from cases.models.patrol import MOST_PEOPLE
from cases.patrols.standing import require_confirming

MOST_MINUTES = 24 * 60


def confirm_hours(
    actor: Actor, patrol: Patrol, people: int, minutes: int, *, at: datetime | None = None
) -> Patrol:
    """Confirm how many people went, and for how many minutes each; once.

    Raises:
        PermissionDenied: the actor neither leads the team nor runs patrols.
        ValidationError: naming `state` (not ended, voided, or confirmed already), `people` or `minutes`.
    """
    require_confirming(actor, patrol)
    if not 1 <= people <= MOST_PEOPLE:
        raise ValidationError({"people": _("From 1 to %(most)s people.") % {"most": MOST_PEOPLE}})
    if not 1 <= minutes <= MOST_MINUTES:
        raise ValidationError({"minutes": _("From 1 minute to 24 hours.")})
    with acting(actor):
        current = Patrol.objects.select_for_update(of=("self",)).get(pk=patrol.pk)
        if current.state != PatrolState.ENDED:
            raise ValidationError({"state": _("Hours are confirmed once the patrol has ended.")})
        if current.confirmed_at is not None:
            raise ValidationError({"state": _("The hours have been confirmed already.")})
        current.confirmed_at = at or timezone.now()
        current.confirmed_by = actor.user
        current.confirmed_people = people
        current.confirmed_minutes = minutes
        current.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_people", "confirmed_minutes"])
    return current
