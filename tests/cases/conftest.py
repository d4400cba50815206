"""A few categories, units and people for cases; photos are named and never decoded."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Role, User
from assets.history import Actor
from assets.models import Asset, Origin
from assets.photos import StoredPhoto
from cases.actions.dispatch_case import accept_case, dispatch_case
from cases.actions.file_case import file_case
from cases.actions.fix_case import fix_case
from cases.actions.publish_calendar import publish_calendar
from cases.actions.report_problem import report_problem
from cases.models import Case, CaseCategory, DeadlineRule, Source
from cases.published import published_exceptions
from places.models import Unit
from tests.conftest import District
from tests.factories import make_asset, make_unit, make_user
from tests.mapping.conftest import as_user

__all__ = ["as_user"]

SHANGHAI = ZoneInfo("Asia/Shanghai")
COMMAND = Actor(None, Origin.COMMAND)


def moment(text: str) -> datetime:
    """A time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def photo(number: int = 1) -> StoredPhoto:
    """A photo that is on disk already, as far as actions know."""
    return StoredPhoto(f"{number:064x}", 640, 480, None)


def by(user: User | Actor) -> Actor:
    """Somebody at a page; whoever holds a link is an actor already."""
    return user if isinstance(user, Actor) else Actor(user, Origin.WEB)


def make_category(code: str = "soiled", handle: str = "2 working_days", **values: object) -> CaseCategory:
    """A category with a rule of its own."""
    amount, unit = handle.split()
    rule = DeadlineRule.objects.create(
        code=code,
        edition="test",
        handle_limit=amount,
        handle_unit=unit,
        check_limit=1,
        check_unit="working_days",
    )
    return CaseCategory.objects.create(
        code=code, name_zh="污损", name_en=code.capitalize(), rule=rule, **values
    )


@dataclass
class Scene:
    """Who and what a case needs. The asset stands in the west (community southwest)."""

    district: District
    asset: Asset
    category: CaseCategory
    unit: Unit
    other_unit: Unit
    desk: User  # publicity of the district
    second: User  # and a second one
    liaison: User  # of the unit
    other_liaison: User  # of the other unit
    patrol: User
    leader: User

    def another(self) -> Asset:
        """Another asset of the unit: cases on one asset share its job."""
        return make_asset(maintainer=self.unit)

    def report(self, at: str = "2026-03-02 09:00", **values: object) -> Case:
        """A patrol's report on the asset."""
        given = {"category": self.category, "asset": self.asset, "photos": [photo()], **values}
        category = given.pop("category")
        return report_problem(by(self.patrol), category, Source.PATROL, at=moment(at), **given)  # type: ignore[arg-type]

    def file(self, at: str = "2026-03-02 09:30", **values: object) -> Case:
        """One that is filed."""
        return file_case(by(self.desk), self.report(**values), at=moment(at))

    def dispatch(self, at: str = "2026-03-02 10:00", **values: object) -> Case:
        """One that is with the unit."""
        return dispatch_case(by(self.desk), self.file(**values), self.unit, "maintains it", at=moment(at))

    def accept(self, at: str = "2026-03-02 10:30", **values: object) -> Case:
        """One that is in hand."""
        return accept_case(by(self.liaison), self.dispatch(**values), at=moment(at))

    def fix(self, at: str = "2026-03-03 10:00", **values: object) -> Case:
        """One that is put right."""
        return fix_case(by(self.liaison), self.accept(**values), [photo(2)], at=moment(at))


@pytest.fixture
def calendar(db: None) -> None:
    """The years that the tests' dates lie in."""
    for year in (2025, 2026):
        publish_calendar(COMMAND, year, published_exceptions()[year], "test")


@pytest.fixture
def scene(district: District, publicity: User, calendar: None) -> Scene:
    """The cast and one asset."""
    unit = make_unit("养护公司", contact_person="王师傅")
    other = make_unit("市政公司", contact_person="李师傅")
    people = {
        name: make_user(role, district.district, username=name)
        for name, role in (
            ("second", Role.PUBLICITY),
            ("liaison", Role.LIAISON),
            ("other_liaison", Role.LIAISON),
            ("patrol", Role.PATROL),
            ("leader", Role.LEADER),
        )
    }
    people["liaison"].units.add(unit)
    people["other_liaison"].units.add(other)
    return Scene(
        district=district,
        asset=make_asset(maintainer=unit),
        category=make_category(),
        unit=unit,
        other_unit=other,
        desk=publicity,
        **people,
    )
