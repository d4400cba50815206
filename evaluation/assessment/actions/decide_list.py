"""Approve a list of honour or of concern, or refuse it: a second person does, and only then others see it."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import APPROVE_LIST
from assets.history import Actor, acting, authorise
from evaluation.models import ListDecision, StreetList


def decide_list(actor: Actor, street_list: StreetList, *, approved: bool, reason: str = "") -> ListDecision:
    """Say yes or no to a list, once.

    Raises:
        PermissionDenied: the actor may not approve lists there, or proposed this one.
        ValidationError: naming `list` (decided already) or `reason` (a refusal needs one).
    """
    authorise(actor, APPROVE_LIST, street_list)
    if actor.user is not None and street_list.proposed_by_id == actor.user.pk:
        raise PermissionDenied(_("This takes a second person: you published the sheet yourself."))
    why = reason.strip()
    if not approved and not why:
        raise ValidationError({"reason": _("Say why, in a few words.")})
    if len(why) > 300:
        raise ValidationError({"reason": _("At most %(most)s characters.") % {"most": 300}})
    with acting(actor):
        StreetList.objects.select_for_update(of=("self",)).get(pk=street_list.pk)
        if ListDecision.objects.filter(list=street_list).exists():
            raise ValidationError({"list": _("The list was decided on already.")})
        return ListDecision.objects.create(
            list=street_list, approved=approved, reason=why, by=actor.user, by_name=actor.name[:150]
        )
