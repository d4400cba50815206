"""Who answers in the small district: its streets, a road, a site, an indicator, and units with people."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from accounts.models import User
from assets.history import Actor
from assets.models import Origin
from places.models import Indicator, Responsibility, ResponsibilityKind, Road, Site, Unit
from tests.conftest import District
from tests.factories import make_road, make_site, make_unit
from tests.mapping.conftest import as_user
from work.responsibility.actions.appoint import appoint
from work.responsibility.actions.checking import Named, Thing

__all__ = ["as_user"]

COMMAND = Actor(None, Origin.COMMAND)
MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 1)


def by(user: User) -> Actor:
    """Somebody at a page."""
    return Actor(user, Origin.WEB)


@dataclass
class Offices:
    """What is answered for, and units that can."""

    district: District
    road: Road
    site: Site
    indicator: Indicator
    unit: Unit
    other: Unit

    def thing(self, kind: str) -> Thing:
        """What each kind is for, here."""
        place: Any = {
            "leader": self.district.west,
            "unit": self.district.southwest,
            "head": self.indicator,
            "chief": self.road,
            "keeper": self.site,
            "stairwell": self.district.southwest,
        }[kind]
        return Thing(ResponsibilityKind(kind), place, "3 号楼" if kind == "stairwell" else "")

    def appointed(self, kind: str, begins_on: date = MARCH, **values: Any) -> Responsibility:
        """Somebody answers for it."""
        named = values.pop("named", None) or Named("张三", "书记", self.unit, "13800001234")
        return appoint(COMMAND, self.thing(kind), named, begins_on, **values)


@pytest.fixture
def offices(district: District) -> Offices:
    """The scene; the site lies in the southwest."""
    return Offices(
        district,
        make_road("堤口路", district=district.district),
        make_site(area=district.southwest),
        Indicator.objects.create(code="I-01", name="入户宣传率", district=district.district),
        make_unit("宣传单位", contact_person="王师傅"),
        make_unit("接任单位", contact_person="李师傅"),
    )
