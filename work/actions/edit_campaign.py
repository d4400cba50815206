"""Change what is said of a campaign, and its targets; its code and who runs it stay."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_CAMPAIGNS
from assets.history import Actor, acting, authorise
from assets.models import Campaign, CampaignKind
from work.actions.open_campaign import Plan, check_plan, write


def edit_campaign(actor: Actor, campaign: Campaign, plan: Plan) -> Campaign:
    """Write what a campaign is now.

    Raises:
        PermissionDenied: the actor runs no campaigns there.
        ValidationError: naming the field, or `state` (it is closed).
    """
    authorise(actor, MANAGE_CAMPAIGNS, campaign)
    check_plan(campaign, plan)
    with acting(actor):
        current = Campaign.objects.select_for_update(of=("self",)).select_related("area").get(pk=campaign.pk)
        if not current.is_open:
            raise ValidationError({"state": _("This campaign is closed.")})
        if (current.kind == CampaignKind.REPLACEMENT) != (plan.kind == CampaignKind.REPLACEMENT):
            raise ValidationError(
                {"kind": _("An artwork replacement stays one, and nothing else becomes one.")}
            )
        write(current, plan)
    return current
