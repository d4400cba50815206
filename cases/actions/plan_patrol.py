"""Plan a patrol: who goes out, when, where."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_PATROLS
from assets.history import Actor, acting, authorise
from cases.models import Patrol, PatrolSite, Team
from places.models import Area, Road, Site

MOST_SITES = 200


def plan_patrol(
    actor: Actor,
    team: Team,
    planned_for: datetime,
    *,
    announced: bool = True,
    concentrated: bool = False,
    regular: bool = True,
    campaign: str = "",
    areas: Sequence[Area] = (),
    roads: Sequence[Road] = (),
    sites: Sequence[Site] = (),
    remarks: str = "",
) -> Patrol:
    """Plan an outing; its route is areas, roads or sites, of which sites can be drawn afterwards (`draw_sites`).

    Raises:
        PermissionDenied: the actor plans no patrols where the team belongs.
        ValidationError: naming `team` (not in use), or `areas`, `roads`, `sites` (elsewhere, too many, none of all).
    """
    authorise(actor, MANAGE_PATROLS, team)
    if not team.active:
        raise ValidationError({"team": _("This team is no longer in use.")})
    if not (areas or roads or sites):
        raise ValidationError({"areas": _("Say where: areas, roads or sites.")})
    check_places(team, areas, roads, sites)
    with acting(actor):
        patrol = Patrol.objects.create(
            team=team,
            area=team.area,
            planned_for=planned_for,
            announced=announced,
            concentrated=concentrated,
            regular=regular,
            campaign=campaign.strip()[:80],
            remarks=remarks.strip()[:300],
            planned_by=actor.user,
        )
        patrol.areas.set(areas)
        patrol.roads.set(roads)
        PatrolSite.objects.bulk_create(
            PatrolSite(patrol=patrol, site=site, place=place) for place, site in enumerate(sites, 1)
        )
    return patrol


def check_places(team: Team, areas: Sequence[Area], roads: Sequence[Road], sites: Sequence[Site]) -> None:
    """Whether a team may be sent there.

    Raises:
        ValidationError: naming `areas`, `roads` or `sites`.
    """
    within = team.area.code
    for area in areas:
        if not (area.code.startswith(within) or within.startswith(area.code)):
            raise ValidationError({"areas": _("%(place)s is not the team's to visit.") % {"place": area}})
    for road in roads:
        if road.district is not None and road.district.code[:6] != within[:6]:
            raise ValidationError({"roads": _("%(place)s is not the team's to visit.") % {"place": road}})
    if len(sites) > MOST_SITES or len({site.pk for site in sites}) < len(sites):
        raise ValidationError({"sites": _("At most %(most)s sites, each once.") % {"most": MOST_SITES}})
    for site in sites:
        if not site.scope_code.startswith(within[:6]):
            raise ValidationError({"sites": _("%(place)s is not the team's to visit.") % {"place": site}})
