"""Teams, sites and outings for the tests of patrols."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Point
from django.utils import timezone

from accounts.models import Role, User
from cases.actions.plan_patrol import plan_patrol
from cases.models import Patrol, Team, TeamKind
from places.models import Site
from tests.cases.conftest import COMMAND, Scene
from tests.factories import make_site, make_user

HOUR = timedelta(hours=1)


@dataclass
class Outing:
    """A team of the whole district with a member and a leader, and four sites in the west."""

    scene: Scene
    team: Team
    member: User
    lead: User
    street: User  # the street office of the west
    sites: list[Site]

    def plan(self, planned_for: datetime | None = None, **values: Any) -> Patrol:
        """A patrol to the four sites."""
        values.setdefault("sites", self.sites)
        team = values.pop("team", self.team)
        return plan_patrol(COMMAND, team, planned_for or timezone.now() - 2 * HOUR, **values)


def make_outing(scene: Scene) -> Outing:
    """The cast of patrols: `scene.patrol` is a patrol member of the district, but of no team."""
    district = scene.district
    member = make_user(Role.PATROL, district.district, username="member")
    lead = make_user(Role.PATROL, district.district, username="lead")
    street = make_user(Role.STREET_EDITOR, district.west, username="street")
    team = Team.objects.create(
        name="巡访一队",
        kind=TeamKind.VOLUNTEERS,
        area=district.district,
        leader="王队长",
        phone="13800001111",
        headcount=120,
        confirms=lead,
    )
    team.members.set([member, lead])
    kinds = ("station", "market")
    sites = [
        make_site(
            f"点位{number}",
            kinds[number % 2],
            Point(116.985 + number / 1000, 36.675, srid=4326),
            area=district.southwest if number < 2 else district.northwest,
            code=f"T{number}",
        )
        for number in range(4)
    ]
    return Outing(scene, team, member, lead, street, sites)
