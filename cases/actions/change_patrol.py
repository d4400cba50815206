"""Change what is planned of a patrol that has not begun: when, where, what for. Team and announcement stay.

A patrol of another team, or one that is kept from the streets now, is another patrol: void this one and plan that.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_PATROLS
from assets.history import Actor, acting, authorise
from assets.models import Campaign
from cases.actions.plan_patrol import MOST_SITES, check_places
from cases.actions.stepping import required_text
from cases.models import Patrol, PatrolChange, PatrolSite, PatrolState
from places.models import Area, Road, Site
from work.actions.join_campaign import check_open


def change_patrol(
    actor: Actor,
    patrol: Patrol,
    planned_for: datetime,
    reason: str,
    *,
    concentrated: bool = False,
    regular: bool = True,
    campaign: Campaign | None = None,
    areas: Sequence[Area] = (),
    roads: Sequence[Road] = (),
    sites: Sequence[Site] = (),
    remarks: str = "",
) -> PatrolChange | None:
    """Plan it anew, saying why; what was planned before stays as a row.

    Args:
        sites: those that are named by hand; what was drawn by lot stays, behind them.

    Returns:
        What changed; None when nothing does.

    Raises:
        PermissionDenied: the actor plans no patrols there.
        ValidationError: naming `state` (it has begun or was voided), `reason`, `campaign` (closed, or not run
            there), or `areas`, `roads`, `sites`.
    """
    authorise(actor, MANAGE_PATROLS, patrol)
    why = required_text("reason", reason)
    with acting(actor):
        current = (
            Patrol.objects.select_for_update(of=("self",))
            .select_related("area", "team__area", "campaign")
            .get(pk=patrol.pk)
        )
        if current.state != PatrolState.PLANNED:
            raise ValidationError({"state": _("The plan is fixed: the patrol has begun or was voided.")})
        drawn = list(current.stops.filter(drawn=True).order_by("place"))
        if not (areas or roads or sites or drawn):
            raise ValidationError({"areas": _("Say where: areas, roads or sites.")})
        if campaign is not None and campaign.pk != current.campaign_id:
            check_open(campaign, current.area)
        check_places(current.team, areas, roads, sites)
        lots = {stop.site_id for stop in drawn}
        named = [site for site in sites if site.pk not in lots]
        if len(named) + len(drawn) > MOST_SITES:
            raise ValidationError({"sites": _("At most %(most)s sites, each once.") % {"most": MOST_SITES}})
        before = plan_of(current)
        current.planned_for = planned_for
        current.concentrated, current.regular = concentrated, regular
        current.campaign, current.remarks = campaign, remarks.strip()[:300]
        current.save(update_fields=["planned_for", "concentrated", "regular", "campaign", "remarks"])
        current.areas.set(areas)
        current.roads.set(roads)
        _put(current, named, drawn)
        after = plan_of(current)
        if after == before:
            return None
        return PatrolChange.objects.create(
            patrol=current,
            before={name: before[name] for name in before if before[name] != after[name]},
            after={name: after[name] for name in after if before[name] != after[name]},
            reason=why[:300],
            by=actor.user,
        )


def plan_of(patrol: Patrol) -> dict[str, Any]:
    """What is planned of a patrol and may be changed, as rows of changes keep it: codes, and the moment in UTC."""
    return {
        "planned_for": patrol.planned_for.timestamp(),
        "concentrated": patrol.concentrated,
        "regular": patrol.regular,
        "campaign": patrol.campaign.code if patrol.campaign else "",
        "areas": sorted(patrol.areas.values_list("code", flat=True)),
        "roads": sorted(patrol.roads.values_list("code", flat=True)),
        "sites": list(patrol.stops.order_by("place").values_list("site__code", flat=True)),
        "remarks": patrol.remarks,
    }


def _put(patrol: Patrol, named: Sequence[Site], drawn: Sequence[PatrolSite]) -> None:
    """The stops in their order, each anew: first the named, then those that were drawn."""
    patrol.stops.all().delete()
    keys = [(site.pk, False) for site in named] + [(stop.site_id, True) for stop in drawn]
    PatrolSite.objects.bulk_create(
        PatrolSite(patrol=patrol, site_id=key, place=place, drawn=by_lot)
        for place, (key, by_lot) in enumerate(keys, 1)
    )
