"""Coverage as a part of upkeep: the rules kept, place by place, as they were last computed.

Results are those of now, not of a day in the past: a month that ended long ago is not measured by them, and its dry
run says so. A stretch of road that lies in two streets counts for both.
"""

from collections import defaultdict
from datetime import timedelta

from django.utils import timezone

from evaluation.assessment.formulas import rate
from evaluation.assessment.measuring import Behind, ByFigure, Measured, Period
from evaluation.assessment.scheme import Scheme
from evaluation.models import CoverageResult

# A sheet is published in the days after its month.
STILL_TRUE = timedelta(days=31)


def measure_coverage(period: Period, _scheme: Scheme) -> ByFigure:
    """Rules kept ÷ rules checked of each street, with the gaps behind it; nothing of a month that is long past."""
    if timezone.now() - period.end > STILL_TRUE:
        return {}
    checked: dict[str, int] = defaultdict(int)
    gaps: dict[str, list[Behind]] = defaultdict(list)
    results = CoverageResult.objects.filter(district=period.district.code, rule__active=True)
    for result in results.select_related("rule").defer("shape", "left_out").order_by("id"):
        for street in result.streets:
            checked[street] += 1
            if not result.ok:
                facts = {"rule": result.rule.code, "wanted": str(result.wanted), "found": str(result.found)}
                gaps[street].append(Behind("coverage", str(result.uid), result.name, "gap", facts))
    return {
        "coverage": {
            street: Measured(rate(n - len(gaps[street]), n), tuple(gaps[street]))
            for street, n in checked.items()
        }
    }
