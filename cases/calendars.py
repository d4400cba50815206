"""The calendar that dates are reckoned by: the published years in the table, and the office's hours of the settings."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings

from cases.deadlines import Calendar
from cases.models import CalendarDay, CalendarYear


def the_calendar() -> Calendar:
    """The calendar as it stands; two short queries."""
    years = frozenset(CalendarYear.objects.values_list("year", flat=True))
    days: dict[date, bool] = dict(CalendarDay.objects.values_list("day", "works"))
    return Calendar(days, years, ZoneInfo(settings.TIME_ZONE), settings.OFFICE_HOURS)
