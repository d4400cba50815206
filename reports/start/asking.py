"""What each role is asked to look at, as queries of the lists; `waiting` has what no filter counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Role, User
from accounts.permissions import (
    ANSWER_CASE,
    DISPATCH_CASE,
    FILE_CASE,
    PLAN_MAINTENANCE,
    POST_ARTWORK,
    URGE_CASE,
    VERIFY_CASE,
    can,
    grants_of,
)
from places.answering import streets_led_by
from reports.counting import ASSETS, CASES, DUE, JOBS, Asked, Number, numbers
from reports.start.assets import NUMBERS, StreetAssets
from reports.start.slots import further_needs

_DISTRICT, _STREET = 6, 9
# Whoever works outside begins with the phone's page; any other role of theirs has a page of its own.
OUTSIDE = frozenset({Role.CREW, Role.PATROL})


def is_outside(user: User) -> bool:
    """Whether somebody has no role but those that work with the phone."""
    roles = {role for role, _code in grants_of(user)}
    return bool(roles) and roles <= OUTSIDE and not user.is_superuser


@dataclass(frozen=True)
class Mine:
    """Part of the district that somebody answers for: the parameter and value that filters know it by."""

    parameter: str
    code: str

    @property
    def query(self) -> str:
        """As an address carries it; of a whole district, which needs none, nothing."""
        return f"{self.parameter}={self.code}" if self.code else ""


def mine(user: User) -> Mine:
    """Where a reader's own work lies: their streets, else their communities, else everywhere that they see.

    A leader's streets are those of the dated rows of responsibility that name the account and hold today; the area of
    the membership says only where a leader may approve and urge. An office's street is that of its membership.
    """
    if can(user, FILE_CASE):
        return Mine("", "")
    offices = {code for role, code in grants_of(user) if role == Role.STREET_EDITOR}
    codes = offices | set(streets_led_by(user, timezone.localdate()))
    if codes and all(len(code) == _STREET for code in codes):
        return Mine("street", ",".join(sorted(codes)))
    if codes and all(len(code) > _STREET for code in codes):
        return Mine("community", ",".join(sorted({code[:12] for code in codes})))
    return Mine("", "")


def leads_nothing(user: User) -> bool:
    """Whether somebody has a leader's role, and no row names their account as the leader of a street today."""
    if can(user, FILE_CASE) or not any(role == Role.LEADER for role, _code in grants_of(user)):
        return False
    return not streets_led_by(user, timezone.localdate())


@dataclass(frozen=True)
class OfAssets:
    """A number of assets, by its name in `reports.start.assets.NUMBERS`.

    Args:
        page: name of the address of the list that it leads to.
        query: what that list is asked for, where it is not the filter that was counted.
    """

    title: str
    name: str
    page: str = ASSETS
    query: str = ""
    tone: str = ""

    def answered(self, assets: StreetAssets, where: str) -> Number:
        """The number with where it leads."""
        query = _with(self.query or NUMBERS[self.name], where)
        return Asked(self.title, self.page, query, self.tone).answered(assets.total(self.name))


def needs_of(user: User, part: Mine, assets: StreetAssets) -> list[Number]:
    """What waits for a reader today in their part; what does not is left out."""
    found = _answered(list(_asked(user, part.query)), user, part.query, assets)
    return [*(number for number in found if number.count), *further_needs(user)]


def _answered(
    asked: Sequence[Asked | OfAssets], user: User, where: str, assets: StreetAssets
) -> list[Number]:
    """All of them, in their order."""
    others = iter(numbers([question for question in asked if isinstance(question, Asked)], user))
    return [
        question.answered(assets, where) if isinstance(question, OfAssets) else next(others)
        for question in asked
    ]


def _asked(user: User, where: str) -> Iterable[Asked | OfAssets]:
    if can(user, FILE_CASE):
        yield Asked(_("Cases to file"), CASES, "state=reported")
    if can(user, DISPATCH_CASE):
        yield Asked(_("Cases to dispatch"), CASES, "state=filed")
    if can(user, ANSWER_CASE) and user.units.exists():
        yield Asked(_("Cases of my unit to accept"), CASES, "state=dispatched&unit=mine")
        yield Asked(_("Cases of my unit to put right"), CASES, "state=in_hand&unit=mine")
        yield Asked(_("Late cases of my unit"), CASES, "lamp=red&unit=mine", "red")
    if can(user, VERIFY_CASE):
        yield Asked(_("Cases to check"), CASES, "state=fixed")
    if can(user, FILE_CASE) or can(user, URGE_CASE) or where:
        yield Asked(_("Red cards: cases that are late"), CASES, _with("lamp=red", where), "red")
        yield Asked(_("Cases with little time left"), CASES, _with("lamp=amber", where), "amber")
    if can(user, PLAN_MAINTENANCE):
        yield OfAssets(_("Severely damaged or missing"), "severe", tone="red")
        yield OfAssets(_("Inspections overdue"), "overdue", DUE, "when=overdue", "amber")
        yield Asked(_("Jobs overdue"), JOBS, _with("overdue=yes", where), "amber")
        yield Asked(_("Jobs to verify"), JOBS, _with("state=done", where))
    if can(user, POST_ARTWORK):
        yield OfAssets(_("Show an artwork that has expired"), "expired", tone="amber")


def figures_of(user: User, part: Mine, assets: StreetAssets) -> list[Number]:
    """The district, or the reader's part of it, in figures."""
    where = part.query
    return _answered(
        [
            OfAssets(pgettext("figures", "Assets"), "all"),
            OfAssets(_("Public-service advertisements"), "psa"),
            OfAssets(_("Signboards"), "signboard"),
            OfAssets(_("Not inspected yet"), "unknown"),
            OfAssets(_("Damaged or worse"), "damaged"),
            OfAssets(_("Inspections overdue"), "overdue", DUE, "when=overdue", "amber"),
            Asked(_("Open jobs"), JOBS, _with("state=open", where)),
            Asked(_("Open cases"), CASES, _with("state=open", where)),
            Asked(_("Late cases"), CASES, _with("lamp=red", where), "red"),
        ],
        user,
        where,
        assets,
    )


def _with(query: str, where: str) -> str:
    return "&".join(filter(None, (query, where)))
