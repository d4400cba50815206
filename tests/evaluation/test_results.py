"""Score rates against a sheet worked out by hand, comparisons, trends, and what no rate may hide."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.models import Theme
from evaluation.actions.record_visit import Found, sums_of
from evaluation.actions.void_visit import void_visit
from evaluation.models import Answer, EvaluationItem, Round, Visit
from evaluation.results import (
    By,
    by_item_and_theme,
    compare,
    critical_findings,
    overall,
    rates,
    trend,
    worst_items,
)
from tests.evaluation.conftest import NO, YES, Stage, by

pytestmark = pytest.mark.django_db


def shown(by_: By) -> dict[str, tuple[Decimal | None, int]]:
    return {
        group.title: (group.rate.percent, group.rate.observations)
        for group in rates(Visit.objects.standing(), by_)
    }


def test_rates_with_their_n_as_worked_out_by_hand(visited: Callable[..., Round]) -> None:
    """Site 0 (station): yes, 2 of 2 wanted, no. Site 1 (market): no, yes. So 3 of 5, 2 of 3 and 1 of 2."""
    visited()
    everything = overall(Visit.objects.standing())
    assert (everything.percent, everything.observations, everything.sites) == (Decimal("60.0"), 5, 2)
    assert everything.critical == 1
    assert sorted(shown(By.KIND).values()) == [(Decimal("50.0"), 2), (Decimal("66.7"), 3)]
    assert shown(By.SITE) == {"点位0": (Decimal("66.7"), 3), "点位1": (Decimal("50.0"), 2)}
    assert list(shown(By.STREET).values()) == [(Decimal("60.0"), 5)]
    assert list(shown(By.VIEW).values()) == [(Decimal("60.0"), 5)]
    assert shown(By.ITEM) == {
        "测评项all-1": (Decimal("50.0"), 2),
        "测评项station-1": (Decimal("100.0"), 1),
        "测评项station-2": (Decimal("0.0"), 1),
        "测评项market-1": (Decimal("100.0"), 1),
    }


def test_a_voided_visit_counts_nowhere(stage: Stage, visited: Callable[..., Round]) -> None:
    round_ = visited()
    void_visit(by(stage.desk), round_.visits.get(site=stage.sites[1]), "走错了")
    assert overall(Visit.objects.standing()).observations == 3


def test_mostly_conforms_counts_what_the_edition_says(stage: Stage) -> None:
    stage.edition.third_answer, stage.edition.partly_counts = True, Decimal("0.5")
    stage.edition.save()
    stage.visit(stage.open(raises_cases=False), 1, Answer.PARTLY, YES)
    assert overall(Visit.objects.standing()).percent == Decimal("75.0")
    assert shown(By.ITEM)["测评项all-1"] == (Decimal("50.0"), 1)


def test_two_rounds_side_by_side_and_in_a_row(stage: Stage, visited: Callable[..., Round]) -> None:
    first = visited(name="十月", starts_on=date(2026, 10, 1))
    second = stage.open(name="十一月", raises_cases=False)
    stage.visit(second, 0, YES, 2, YES)
    (row,) = [row for row in compare(first.visits.all(), second.visits.all(), By.SITE) if row.key == "E0"]
    assert (row.before.percent, row.after.percent, row.points) == (
        Decimal("66.7"),
        Decimal("100.0"),
        Decimal("33.3"),
    )
    gone = [row for row in compare(first.visits.all(), second.visits.all(), By.SITE) if row.after is None]
    assert [row.key for row in gone] == ["E1"]
    told = [(round_.name, rate.percent) for round_, rate in trend([second, first], Visit.objects.standing())]
    assert told == [("十月", Decimal("60.0")), ("十一月", Decimal("100.0"))]


def test_the_worst_items_and_the_critical_findings_stand_apart(visited: Callable[..., Round]) -> None:
    visited()
    worst = worst_items(Visit.objects.standing(), least=1)
    assert [rated.group.key for rated in worst] == ["station-2", "all-1"]
    assert [finding.item.code for finding in critical_findings(Visit.objects.standing())] == ["all-1"]
    assert worst_items(Visit.objects.standing()) == []


@pytest.mark.parametrize("by_", list(By))
def test_a_table_takes_a_few_queries_whatever_its_size(
    stage: Stage, visited: Callable[..., Round], by_: By, django_assert_max_num_queries: Callable
) -> None:
    round_ = visited()
    most = 3 if by_ is By.THEME else 2
    with django_assert_max_num_queries(most):
        rates(Visit.objects.standing(), by_)
    stage.visit(round_, 2, YES, 2, NO)
    with django_assert_max_num_queries(most):
        rates(Visit.objects.standing(), by_)


def test_a_theme_counts_each_of_its_sites_once_however_many_items_it_has(
    stage: Stage, visited: Callable[..., Round]
) -> None:
    """Site 0: yes, 2 of 2 wanted, no. Site 1: no, yes. The first two of site 0 and both of site 1 are of the theme."""
    stage.edition.items.filter(code__in=["all-1", "market-1"]).update(theme=Theme.objects.get())
    visited()
    visits = Visit.objects.standing()
    by_item, (theme,) = by_item_and_theme(visits)
    assert by_item == rates(visits, By.ITEM)
    assert [theme] == rates(visits, By.THEME)
    rate = theme.rate
    assert (rate.percent, rate.observations, rate.sites, rate.failing) == (Decimal("75.0"), 4, 2, 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(st.tuples(st.sampled_from(Answer), st.booleans()), max_size=40))
def test_the_sums_of_a_visit_are_those_of_its_observations(answers: list[tuple[Answer, bool]]) -> None:
    items = {
        str(n): EvaluationItem(code=str(n), critical=critical) for n, (_, critical) in enumerate(answers)
    }
    sums = sums_of([Found(str(n), answer) for n, (answer, _) in enumerate(answers)], items)
    only = [answer for answer, _ in answers]
    assert sums == {
        "conforming": only.count(YES),
        "partly": only.count(Answer.PARTLY),
        "failing": only.count(NO),
        "critical": sum(answer == NO and critical for answer, critical in answers),
    }
