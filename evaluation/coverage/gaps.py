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
    known: dict[tuple[int, str], list[CoverageCase]] = {}
    for each in there.exclude(case__state__in=CASE_ENDED).select_related("case").order_by("pk"):
        known.setdefault((each.rule_id, each.place), []).append(each)
    return {
        gap.pk: each.case
        for gap in gaps
        for each in reversed(known.get((gap.rule_id, gap.place), []))
        if each.from_m <= gap.to_m and each.to_m >= gap.from_m
    }


def open_case_of(result: CoverageResult) -> Case | None:
    """The open case of one gap."""
    return open_cases([result]).get(result.pk)
