"""Raise a case from a gap: one for each gap, by the action that reports any problem."""

from collections.abc import Sequence
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_COVERAGE
from assets.history import Actor, acting, authorise
from assets.models import Asset
from cases.actions.report_problem import report_problem
from cases.models import Case, CaseCategory, Source
from evaluation.coverage.gaps import open_case_of, open_cases
from evaluation.models import CoverageCase, CoverageResult, CoverageRule, PlaceKind
from places.models import Site

CATEGORY = "coverage_gap"
# One request makes so many; the rest is for another.
MOST_AT_ONCE = 100


def raise_gap(actor: Actor, result: CoverageResult) -> tuple[Case, bool]:
    """The case of a gap, and whether it is new: while one is open, a second is never made.

    Two who press at once wait for each other at the rule.

    Raises:
        PermissionDenied: the actor may not raise cases from gaps there, or may not report problems.
        ValidationError: it is no gap, or there is no category for it.
    """
    authorise(actor, MANAGE_COVERAGE, result)
    if result.ok:
        raise ValidationError(_("This place has what the rule wants: there is no gap."))
    with acting(actor):
        rule = CoverageRule.objects.select_for_update().get(pk=result.rule_id)
        open_case = open_case_of(result)
        if open_case is not None:
            return open_case, False
        case = report_problem(
            actor,
            category(),
            Source.COVERAGE,
            description=describe(rule, result),
            address=result.name[:200],
            **_where(result),  # type: ignore[arg-type]  # one of asset, site, point
        )
        CoverageCase.objects.create(
            rule=rule, place=result.place, from_m=result.from_m, to_m=result.to_m, case=case
        )
    return case, True


def raise_gaps(actor: Actor, results: Sequence[CoverageResult]) -> tuple[list[Case], int]:
    """Raise the gaps among some results that have no case, at most `MOST_AT_ONCE`.

    Returns:
        The new cases, and how many gaps are left without one.
    """
    had = open_cases(results)
    without = [result for result in results if result.pk not in had]
    made = [case for case, new in (raise_gap(actor, result) for result in without[:MOST_AT_ONCE]) if new]
    return made, len(without[MOST_AT_ONCE:])


def category() -> CaseCategory:
    """What a gap is reported as.

    Raises:
        ValidationError: the office's categories have none for it.
    """
    found = CaseCategory.objects.select_related("rule").filter(code=CATEGORY, active=True).first()
    if found is None:
        raise ValidationError(
            _("There is no category “%(code)s” in use: import the categories of cases.") % {"code": CATEGORY}
        )
    return found


def describe(rule: CoverageRule, result: CoverageResult) -> str:
    """What the case says: the rule, the place, wanted and found."""
    where = result.name
    if result.kind == PlaceKind.ROAD:
        where = _("%(road)s, metres %(first)s to %(last)s") % {
            "road": result.name,
            "first": f"{result.from_m:,.0f}",
            "last": f"{result.to_m:,.0f}",
        }
    return _("%(rule)s (%(edition)s): %(wording)s\n%(where)s: wanted %(wanted)s, found %(found)s.") % {
        "rule": rule.code,
        "edition": rule.edition,
        "wording": rule.name,
        "where": where,
        "wanted": f"{rule.get_operator_display()} {plain(result.wanted)} {rule.unit}".strip(),
        "found": plain(result.found),
    }


def plain(number: Decimal) -> str:
    """A number without noughts behind the point."""
    return f"{number:f}".rstrip("0").rstrip(".") if number % 1 else f"{number:.0f}"


def _where(result: CoverageResult) -> dict[str, object]:
    if result.site_id is not None:
        return {"site": Site.objects.select_related("area").get(pk=result.site_id)}
    if result.kind == PlaceKind.FACE:
        asset = Asset.objects.select_related("area").filter(pk__in=result.counted).first()
        if asset is not None:
            return {"asset": asset}
    return {"point": result.point}
