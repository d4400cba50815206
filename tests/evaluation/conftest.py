"""A small edition, a round of four sites, and the people of an evaluation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.utils.translation import override

from accounts.models import Role, User
from assets.history import Actor
from assets.models import Origin
from cases.models import CaseCategory
from evaluation.actions.choose_sites import draw_sites
from evaluation.actions.plan_round import plan_round
from evaluation.actions.record_visit import Found, items_for, record_visit
from evaluation.actions.run_round import assign, open_round
from evaluation.models import Answer, EvaluationItem, Round, StandardEdition, Visit
from places.models import Site, SiteKind
from tests.cases.conftest import calendar, make_category
from tests.conftest import District
from tests.factories import make_site, make_theme, make_user
from tests.mapping.conftest import as_user

__all__ = ["as_user", "calendar"]

COMMAND = Actor(None, Origin.COMMAND)
YES, NO, NA = Answer.YES, Answer.NO, Answer.NOT_APPLICABLE


def by(user: User) -> Actor:
    """Somebody at a page."""
    return Actor(user, Origin.WEB)


def make_item(edition: StandardEdition, code: str, kind: SiteKind | None, **values: Any) -> EvaluationItem:
    """An item; it is answered by conforms or not unless said otherwise."""
    values.setdefault("text_zh", f"测评项{code}")
    values.setdefault("order", edition.items.count())
    return EvaluationItem.objects.create(edition=edition, code=code, kind=kind, **values)


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """What the actions say is compared in English."""
    with override("en"):
        yield


@dataclass
class Stage:
    """Two stations and two markets in the west; three items of stations, one of which is for every kind."""

    district: District
    edition: StandardEdition
    category: CaseCategory
    sites: list[Site]
    desk: User
    evaluator: User
    second: User
    street: User  # the office of the west
    stranger: User  # evaluates in another district

    def plan(self, **values: Any) -> Round:
        """A round of the district, planned."""
        first = date(2026, 11, 1)
        given = {"starts_on": first, "ends_on": date(2026, 11, 30), **values}
        return plan_round(
            COMMAND, given.pop("name", "十一月测评"), self.edition, self.district.district, **given
        )

    def open(self, sites: int = 10, **values: Any) -> Round:
        """A round of all sites (so many of a kind in a street), under way; the evaluator goes to all of them."""
        round_ = self.plan(**values)
        draw_sites(COMMAND, round_, sites, seed=7)
        assign(COMMAND, round_, list(round_.stops.all()), self.evaluator)
        return open_round(COMMAND, round_)

    def visit(
        self, round_: Round, site: int, *answers: Answer | int, who: User | None = None, **values: Any
    ) -> Visit:
        """A visit to a site (by its place in `sites`), its items answered in their order."""
        items = items_for(round_, self.sites[site].kind_id)
        found = [
            Found(item.code, value=Decimal(answer))
            if isinstance(answer, int) and not isinstance(answer, Answer)
            else Found(item.code, Answer(answer))
            for item, answer in zip(items, answers, strict=False)
        ]
        return record_visit(by(who or self.evaluator), round_, self.sites[site], found, **values)


@pytest.fixture
def stage(district: District, publicity: User, calendar: None) -> Stage:
    """The cast and one edition."""
    category = make_category("soiled")
    edition = StandardEdition.objects.create(code="test_2026", name="试用手册", category=category)
    sites = [
        make_site(
            f"点位{number}",
            ("station", "market")[number % 2],
            Point(116.985 + number / 1000, 36.675, srid=4326),
            area=district.southwest if number < 2 else district.northwest,
            code=f"E{number}",
        )
        for number in range(4)
    ]
    station = sites[0].kind
    make_item(edition, "all-1", None, critical=True, publicity=True)
    make_item(
        edition,
        "station-1",
        station,
        answer="count",
        threshold=2,
        theme=make_theme("core_values"),
        publicity=True,
    )
    make_item(edition, "station-2", station)
    make_item(edition, "market-1", sites[1].kind)
    people = {
        "evaluator": make_user(Role.EVALUATOR, district.district, username="evaluator"),
        "second": make_user(Role.EVALUATOR, district.district, username="second"),
        "street": make_user(Role.STREET_EDITOR, district.west, username="street"),
        "stranger": make_user(Role.EVALUATOR, district.other_district, username="stranger"),
    }
    return Stage(district, edition, category, sites, publicity, **people)


@pytest.fixture
def visited(stage: Stage) -> Callable[..., Round]:
    """A round whose first two sites were visited: 2 of 3 and 1 of 2 conform."""

    def make(**values: Any) -> Round:
        round_ = stage.open(raises_cases=False, **values)
        stage.visit(round_, 0, YES, 2, NO)
        stage.visit(round_, 1, NO, YES)
        return round_

    return make
