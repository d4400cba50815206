"""The demonstration's past: figures of nights before its history begins, out of the dates of what was invented.

A demonstration is made in an afternoon, so its history has no past. Its inspections and cases have: the figures go by
when things happened. Days since then are kept as any day is.
"""

from datetime import date, timedelta

from reports.figures.keeping import keep_day
from reports.figures.standing import Told
from reports.models import Night

# Each of the latest days, and of the year before a day a week: what the dashboard asks for.
EACH_DAY = 60
A_YEAR = 364


def days_to_invent(today: date) -> list[date]:
    """The days of the last year that are to have figures and have none, the latest first."""
    yesterday = today - timedelta(days=1)
    back = [*range(EACH_DAY), *(days for days in range(EACH_DAY, A_YEAR) if days % 7 == 0)]
    kept = set(Night.objects.values_list("day", flat=True))
    return [day for day in (yesterday - timedelta(days=days) for days in back) if day not in kept]


def invent_figures(today: date, most: int) -> int:
    """Keep figures of so many days at the most; how many are still to be kept."""
    days = days_to_invent(today)
    for day in days[:most]:
        keep_day(day, Told.HAPPENED)
    return len(days[most:])
