"""The month's evaluation in the monthly report: rates with what they rest on, for those who read evaluations."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Role, User
from evaluation.models import Visit
from mapping.exports.tables import Table
from reports.monthly.evaluated import evaluation_tables
from tests.evaluation.conftest import NO, YES, Stage, in_english, stage
from tests.factories import make_user

__all__ = ["in_english", "stage"]

pytestmark = pytest.mark.django_db


def tables(user: User, days_ago: int = 0) -> dict[str, Table]:
    """Of a day and the night around it."""
    moment = timezone.now() - timedelta(days=days_ago)
    told = evaluation_tables(user, moment - timedelta(hours=12), moment + timedelta(hours=12))
    return {table.title: table for table in told}


@pytest.fixture
def visited(stage: Stage) -> Visit:
    """A site of the west, visited now: of its items one, which is critical, fails."""
    return stage.visit(stage.open(), 0, NO, 2, YES)


def test_rates_stand_with_what_they_rest_on(stage: Stage, visited: Visit) -> None:
    told = tables(stage.desk)
    answered = visited.conforming + visited.partly + visited.failing
    rate = (Decimal(100) * visited.conforming / answered).quantize(Decimal("0.1"))
    cells = [1, answered, visited.failing, 1, rate]
    assert visited.failing == 1
    for title, names in (
        ("Evaluation by street", ["无影山街道", "370105001"]),
        ("Evaluation by area, line, point", ["Point"]),
        ("Evaluation by round", ["十一月测评"]),
    ):
        first, total = told[title].rows
        assert list(first) == [*names, *cells]
        assert list(total[len(names) :]) == cells
        assert len(first) == len(told[title].headings)
        assert len(title) <= 31  # a sheet's name is no longer


def test_another_month_and_a_stranger_have_none(stage: Stage, visited: Visit) -> None:
    stranger = make_user(Role.PLANNER, stage.district.other_district)
    for told in (tables(stage.desk, 40), tables(stranger)):
        for table in told.values():
            (total,) = table.rows
            assert not any(total[1:])


def test_who_reads_no_evaluations_has_no_such_tables(stage: Stage, visited: Visit) -> None:
    assert tables(make_user(Role.PATROL, stage.district.district)) == {}
