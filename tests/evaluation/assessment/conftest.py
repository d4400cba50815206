"""A month with cases, inspections and a scheme, and everybody who has something to do with its sheet."""

from dataclasses import dataclass
from datetime import date

import pytest

from accounts.models import Role, User
from assets.history import Actor
from assets.models import Origin
from evaluation.assessment.actions.keep_scheme import keep_scheme
from evaluation.assessment.actions.publish_sheet import publish_sheet
from evaluation.assessment.scheme import Scheme, read_scheme, usual_scheme
from evaluation.models import ScoreScheme, ScoreSheet
from tests.cases.conftest import Scene, calendar, moment, scene
from tests.factories import make_user
from tests.mapping.conftest import as_user

__all__ = ["as_user", "calendar", "scene"]

MARCH = date(2026, 3, 1)
APRIL = date(2026, 4, 1)
AFTER = moment("2026-04-02 09:00")


def ranking_all() -> Scheme:
    """The usual weights, with minima that a handful of cases reaches."""
    given = usual_scheme().as_json()
    for part in given["parts"]:
        for figure in part["figures"]:
            figure["fewest"] = 1
    return read_scheme(given)


@dataclass
class Office:
    """The scene of cases, a scheme, and the people of the assessment."""

    scene: Scene
    scheme: ScoreScheme
    desk: User  # publicity of the district, who publishes
    second: User  # a second one
    leader: User

    @property
    def district_code(self) -> str:
        return self.scene.district.district.code

    def publish(self, month: date = MARCH, **values: object) -> ScoreSheet:
        """Publish a month as the desk."""
        return publish_sheet(Actor(self.desk, Origin.WEB), self.scheme, month, **values)  # type: ignore[arg-type]


@pytest.fixture
def office(scene: Scene) -> Office:
    """A scheme in use and nothing published."""
    desk = Actor(scene.desk, Origin.WEB)
    told = {"edition": "2026", "name": "街道考核办法", "active": True}
    scheme = keep_scheme(desk, scene.district.district, ranking_all(), told)
    return Office(scene, scheme, scene.desk, scene.second, scene.leader)


@pytest.fixture
def month(office: Office) -> Office:
    """March in the west: one case in time, one late, one open and past its limit."""
    scene = office.scene
    scene.fix()  # due on 4 March, put right on the 3rd
    scene.fix(at="2026-03-09 10:00", asset=scene.another())
    scene.accept(asset=scene.another())
    return office


@pytest.fixture
def west_leader(office: Office) -> User:
    """A leader of the west street alone."""
    return make_user(Role.LEADER, office.scene.district.west, username="west_leader")
