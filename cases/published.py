"""The State Council's calendars as the package `chinesecalendar` has them; the table of calendars begins with these."""

from collections.abc import Mapping
from datetime import date

from chinese_calendar.constants import holidays, workdays

SOURCE = "chinesecalendar 1.11.0"


def published_exceptions() -> Mapping[int, Mapping[date, bool]]:
    """By year, the days that differ from Monday to Friday; True for a Saturday or Sunday that is worked (调休)."""
    years: dict[int, dict[date, bool]] = {}
    for day in holidays:
        years.setdefault(day.year, {})
        if day.weekday() < 5:
            years[day.year][day] = False
    for day in workdays:
        if day.weekday() > 4:
            years.setdefault(day.year, {})[day] = True
    return years
