"""Close a campaign, with what it came to. What belongs to it stays with it; nothing joins or leaves any more."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_CAMPAIGNS
from assets.history import Actor, acting, authorise
from assets.models import Campaign

LONGEST_OUTCOME = 2000


def close_campaign(actor: Actor, campaign: Campaign, outcome: str, *, at: datetime | None = None) -> Campaign:
    """Close one.

    Raises:
        PermissionDenied: the actor runs no campaigns there.
        ValidationError: naming `state` (closed already) or `outcome`.
    """
    authorise(actor, MANAGE_CAMPAIGNS, campaign)
    text = outcome.strip()
    if not 0 < len(text) <= LONGEST_OUTCOME:
        raise ValidationError(
            {"outcome": _("Say in at most %(most)s characters what it came to.") % {"most": LONGEST_OUTCOME}}
        )
    with acting(actor):
        current = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        if not current.is_open:
            raise ValidationError({"state": _("This campaign is closed.")})
        current.closed_at, current.closed_by, current.outcome = at or timezone.now(), actor.user, text
        current.save(update_fields=["closed_at", "closed_by", "outcome"])
    return current
