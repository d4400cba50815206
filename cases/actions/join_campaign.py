"""Have cases or patrols join a campaign, or leave it: what the desk decides, by the rules that hold for jobs."""

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.permissions import FILE_CASE, MANAGE_PATROLS, can
from assets.history import Actor, acting, authorise
from assets.models import Campaign
from cases.models import Case, Patrol
from work.actions.join_campaign import check_open, joined, keys_of


def put_cases(actor: Actor, campaign: Campaign, cases: QuerySet[Case], *, leave: bool = False) -> int:
    """Have cases belong to a campaign, or no longer; those that the actor files in its area; how many that were.

    Raises:
        PermissionDenied: the actor files no cases anywhere.
        ValidationError: naming `campaign` (closed) or `which` (none of them may join or leave).
    """
    authorise(actor, FILE_CASE)
    check_open(campaign)
    with acting(actor):
        wanted = cases.filter(campaign=campaign) if leave else cases.exclude(campaign=campaign)
        locked = Case.objects.filter(pk__in=keys_of(Case.objects.filter(pk__in=wanted.values("pk"))))
        mine = [
            case.pk
            for case in locked.select_related("area").defer("area__boundary")
            if _in_reach(actor, FILE_CASE, case, campaign)
        ]
        return joined(Case.objects.filter(pk__in=mine).update(campaign=None if leave else campaign))


def put_patrols(actor: Actor, campaign: Campaign, patrols: QuerySet[Patrol], *, leave: bool = False) -> int:
    """Have patrols belong to a campaign, or no longer, by the same rules.

    Raises:
        PermissionDenied: the actor runs no patrols anywhere.
        ValidationError: naming `campaign` or `which`.
    """
    authorise(actor, MANAGE_PATROLS)
    check_open(campaign)
    with acting(actor):
        wanted = patrols.filter(campaign=campaign) if leave else patrols.exclude(campaign=campaign)
        locked = Patrol.objects.filter(pk__in=keys_of(Patrol.objects.filter(pk__in=wanted.values("pk"))))
        mine = [
            patrol.pk
            for patrol in locked.select_related("area").defer("area__boundary")
            if _in_reach(actor, MANAGE_PATROLS, patrol, campaign)
        ]
        return joined(Patrol.objects.filter(pk__in=mine).update(campaign=None if leave else campaign))


def _in_reach(actor: Actor, verb: str, joining: Case | Patrol, campaign: Campaign) -> bool:
    """Whether it lies where the campaign is run, and the actor may decide on it."""
    if not joining.scope_code.startswith(campaign.area.code[:6]):
        return False
    return actor.user is None or can(actor.user, verb, joining)


def no_such(text: str) -> ValidationError:
    """What is said of a number that none has."""
    return ValidationError({"which": _("There is no “%(value)s” that you can see.") % {"value": text[:40]}})
