"""What residents' answers come to in the assessment of streets: satisfied or mostly so, of those who answered.

The arrows point away from this room, so it registers itself there (`portal.apps`). What lies behind is a count of each
answer: words, photos and telephones are the desk's alone.
"""

from collections import Counter, defaultdict

from django.db.models import Count

from evaluation.assessment.formulas import rate
from evaluation.assessment.measuring import Behind, ByFigure, Measured, Period
from evaluation.assessment.scheme import Scheme
from portal.models import ResidentAnswer, Satisfied


def measure_satisfaction(period: Period, _scheme: Scheme) -> ByFigure:
    """The answers of the period about what stands in each street; what is spam does not count."""
    answers = ResidentAnswer.objects.filter(
        spam=False,
        street__code__startswith=period.district.code,
        at__gte=period.begin,
        at__lt=period.as_of,
    )
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for street, answer, n in answers.order_by().values_list("street__code", "answer").annotate(n=Count("pk")):
        counted[street][answer] = n
    return {
        "satisfied": {
            street: Measured(
                rate(n.total() - n[Satisfied.NO], n.total()),
                tuple(
                    Behind("answers", answer.value, "", answer.value, {"n": str(n[answer])})
                    for answer in Satisfied
                ),
            )
            for street, n in counted.items()
        }
    }
