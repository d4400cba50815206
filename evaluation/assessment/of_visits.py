"""On-site evaluation as a part of the score: the rounds that were closed in the month, each visit as it was sent.

A round counts in the month of its closing, whole: until then what an unannounced visit found is nobody's to see. Mock
rounds count as well, since districts assess by them. A voided visit counts until it is voided, which a published
sheet does not hear of.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet

from cases.desk.pairs import first_pairs
from cases.models import Case
from evaluation.assessment.formulas import Rate
from evaluation.assessment.measuring import Behind, ByFigure, Measured, Period
from evaluation.assessment.of_cases import WORST, pair_told, problems_told
from evaluation.assessment.scheme import Scheme
from evaluation.models import Answer, Observation, Visit


def visits_of(period: Period) -> QuerySet[Visit]:
    """The visits that count in a month."""
    return (
        Visit.objects.filter(
            round__area__code__startswith=period.district.code,
            round__closed_at__gte=period.begin,
            round__closed_at__lt=period.as_of,
        )
        .filter(Q(voided_at=None) | Q(voided_at__gte=period.as_of))
        .select_related("round__edition", "site__kind", "street")
        .defer("street__boundary", "site__outline")
        .order_by("id")
    )


def rate_of(visits: Sequence[Visit]) -> Rate:
    """Conforming ÷ (conforming + not conforming); what mostly conforms counts what its edition says."""
    top = sum(
        (Fraction(visit.conforming) + visit.partly * Fraction(_partly_counts(visit)) for visit in visits),
        Fraction(0),
    )
    n = sum(visit.answered for visit in visits)
    return Rate(top, Fraction(n), n)


def _partly_counts(visit: Visit) -> Decimal:
    return visit.round.edition.partly_counts


def measure_visits(period: Period, _scheme: Scheme) -> ByFigure:
    """The score rate of each street, with its visits behind it."""
    by_street: dict[str, list[Visit]] = defaultdict(list)
    for visit in visits_of(period):
        if visit.street is not None:
            by_street[visit.street.code].append(visit)
    return {
        "score_rate": {
            street: Measured(rate_of(visits), tuple(_behind(visit) for visit in visits))
            for street, visits in by_street.items()
        }
    }


def _behind(visit: Visit) -> Behind:
    facts = {
        "round": visit.round.name,
        "conforming": str(visit.conforming),
        "partly": str(visit.partly),
        "failing": str(visit.failing),
    }
    outcome = "fail" if visit.failing else "conform"
    return Behind("visit", str(visit.uid), visit.site.name, outcome, facts)


def tell_of_visits(period: Period) -> Mapping[str, Any]:
    """What was tested, and the sites with the lowest rates; nothing where no round was closed."""
    visits = list(visits_of(period))
    if not visits:
        return {}
    observed = Observation.objects.filter(visit__in=visits).exclude(answer=Answer.NOT_APPLICABLE)
    return {
        "tested": {
            "rounds": sorted({visit.round.name for visit in visits}),
            "sites": len({visit.site_id for visit in visits}),
            "items": observed.order_by().values("item__code").distinct().count(),
            "observations": sum(visit.answered for visit in visits),
            "critical": sum(visit.critical for visit in visits),
        },
        "worst": _worst(visits),
    }


def _worst(visits: Sequence[Visit]) -> list[dict[str, Any]]:
    by_site: dict[int, list[Visit]] = defaultdict(list)
    for visit in visits:
        by_site[visit.site_id].append(visit)
    rated = [(rate_of(own), own) for own in by_site.values()]
    failing = [(found, own) for found, own in rated if found.value is not None and found.value < 1]
    failing.sort(key=lambda pair: (pair[0].value, pair[1][0].site.code))
    worst = failing[:WORST]
    cases = _cases_of([visit.pk for _rate, own in worst for visit in own])
    pairs = first_pairs([case for found in cases.values() for case in found])
    told = []
    for found, own in worst:
        site, street = own[0].site, own[0].street
        theirs = [case for visit in own for case in cases.get(visit.pk, ())]
        told.append(
            {
                "code": site.code,
                "name": site.name,
                "kind": site.kind.name_zh,
                "street": street.code if street is not None else "",
                "top": str(found.top),
                "n": found.n,
                "failing": sum(visit.failing for visit in own),
                "cases": len(theirs),
                "groups": problems_told(theirs)[:3],
                "pair": pair_told(theirs, pairs),
            }
        )
    return told


def _cases_of(visits: Sequence[int]) -> dict[int, list[Case]]:
    """The cases that the findings of each visit became; one query."""
    found: dict[int, list[Case]] = defaultdict(list)
    rows = Observation.objects.filter(visit__in=visits, case__isnull=False).select_related("case__category")
    for observation in rows.order_by("id"):
        if observation.case is not None:
            found[observation.visit_id].append(observation.case)
    return found
