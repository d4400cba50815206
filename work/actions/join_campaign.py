"""Have jobs join a campaign, or leave it. What belongs to another room joins by an action there, by the same rules."""

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.permissions import PLAN_MAINTENANCE
from assets.history import Actor, acting, authorise
from assets.models import Campaign, Maintenance
from places.models import Area
from work.job_filter import of_assets


def join_jobs(actor: Actor, campaign: Campaign, jobs: QuerySet[Maintenance]) -> int:
    """Have jobs belong to a campaign, those that the actor plans for in its area; how many joined.

    Raises:
        PermissionDenied: the actor may not plan jobs anywhere.
        ValidationError: naming `campaign` (closed) or `which` (none of them may join, or all belong to it).
    """
    authorise(actor, PLAN_MAINTENANCE)
    check_open(campaign)
    with acting(actor):
        mine = jobs.filter(asset__area__code__startswith=campaign.area.code).exclude(campaign=campaign)
        if actor.user is not None:
            mine = mine.filter(of_assets(actor.user, PLAN_MAINTENANCE))
        return joined(Maintenance.objects.filter(pk__in=keys_of(mine)).update(campaign=campaign))


def leave_jobs(actor: Actor, campaign: Campaign, jobs: QuerySet[Maintenance]) -> int:
    """Have jobs belong to a campaign no longer; how many that were.

    Raises:
        PermissionDenied: the actor may not plan jobs anywhere.
        ValidationError: naming `campaign` (closed) or `which` (none of them belongs to it).
    """
    authorise(actor, PLAN_MAINTENANCE)
    check_open(campaign)
    with acting(actor):
        mine = jobs.filter(campaign=campaign)
        if actor.user is not None:
            mine = mine.filter(of_assets(actor.user, PLAN_MAINTENANCE))
        return joined(Maintenance.objects.filter(pk__in=keys_of(mine)).update(campaign=None))


def check_open(campaign: Campaign, area: Area | None = None) -> None:
    """Whether something, of an area if that matters, may join or leave now.

    Raises:
        ValidationError: naming `campaign`.
    """
    if not Campaign.objects.filter(pk=campaign.pk, closed_at=None).exists():
        raise ValidationError({"campaign": _("This campaign is closed.")})
    if area is not None and area.code[:6] != campaign.area.code[:6]:
        raise ValidationError({"campaign": _("This campaign is not run there.")})


def keys_of(rows: QuerySet) -> list[int]:
    """The keys of rows, locked until the transaction ends."""
    return list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))


def joined(count: int) -> int:
    """The number, if there is any.

    Raises:
        ValidationError: naming `which`.
    """
    if not count:
        raise ValidationError(
            {"which": _("None of these can join or leave: look at number, area and permission.")}
        )
    return count
