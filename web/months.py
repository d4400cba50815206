"""Months as every page counts them: by their first day."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from assets.filter_parameters import FilterError


def after(month: date) -> date:
    """The first day of the month after a day's month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def before(month: date) -> date:
    """The first day of the month before a day's month."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months from one day's to another's."""
    months = [first.replace(day=1)]
    while months[-1] < last.replace(day=1):
        months.append(after(months[-1]))
    return months


def begin_of(day: date) -> datetime:
    """The first moment of a day, or of a month by its first day, here."""
    return timezone.make_aware(datetime.combine(day, time.min))


def read_month(text: str, name: str = "month") -> date:
    """A month as 2026-11.

    Raises:
        FilterError: naming the parameter.
    """
    try:
        month = parse_date(f"{text}-01") if len(text) == 7 else None
    except ValueError:
        month = None
    if month is None or not 2000 <= month.year <= 2100:
        raise FilterError(name, _("Give a month such as 2026-11."))
    return month
