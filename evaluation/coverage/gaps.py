"""Which gaps have a case: of the same rule and place, and along a road of a stretch that meets the gap's."""

from collections.abc import Iterable

from cases.models import Case
from evaluation.models import CASE_ENDED, CoverageCase, CoverageResult


def open_cases(results: Iterable[CoverageResult]) -> dict[int, Case]:
    """The open case of each gap among some results that has one, by the result's key; one query."""
    gaps = [result for result in results if not result.ok]
    if not gaps:
        return {}
    there = CoverageCase.objects.filter(rule__in={gap.rule_id for gap in gaps})
    if len(gaps) < 1000:
        there = there.filter(place__in={gap.place for gap in gaps})
    by_place: dict[tuple[int, str], list[CoverageCase]] = {}
    for coverage_case in there.exclude(case__state__in=CASE_ENDED).select_related("case").order_by("pk"):
        by_place.setdefault((coverage_case.rule_id, coverage_case.place), []).append(coverage_case)
    return {
        gap.pk: coverage_case.case
        for gap in gaps
        for coverage_case in reversed(by_place.get((gap.rule_id, gap.place), []))
        if coverage_case.from_m <= gap.to_m and coverage_case.to_m >= gap.from_m
    }


def open_case_of(result: CoverageResult) -> Case | None:
    """The open case of one gap."""
    return open_cases([result]).get(result.pk)
