"""Correct the calendar of a year that is published: what is dated from now on goes by it, what has a date keeps it.

A date that was set moves by a hold, an extension, or a calendar that was published where there was none
(`publish_calendar`); by no correction. Each changed day is history, by the table's triggers.
"""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_LISTS
from assets.history import Actor, acting, authorise
from cases.actions.publish_calendar import check_exceptions
from cases.models import CalendarDay, CalendarYear


def edit_calendar(actor: Actor, year: int, exceptions: Mapping[date, bool], source: str) -> int:
    """Make these the days of a published year that differ; returns how many days changed.

    Args:
        exceptions: days off from Monday to Friday (False), and Saturdays and Sundays that are worked (True).

    Raises:
        PermissionDenied: the actor may not keep lists.
        ValidationError: naming `year` (not published) or `exceptions` (a day of another year, or no exception).
    """
    authorise(actor, MANAGE_LISTS)
    check_exceptions(year, exceptions)
    with acting(actor):
        calendar_year = CalendarYear.objects.select_for_update().filter(year=year).first()
        if calendar_year is None:
            raise ValidationError(
                {"year": _("The calendar of %(year)s is not published yet.") % {"year": year}}
            )
        before = dict(calendar_year.days.values_list("day", "works"))
        gone = [day for day in before if day not in exceptions]
        turned = [day for day, works in exceptions.items() if before.get(day, works) is not works]
        CalendarDay.objects.filter(day__in=[*gone, *turned]).delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(year=calendar_year, day=day, works=works)
            for day, works in sorted(exceptions.items())
            if before.get(day) is not works
        )
        if source and source != calendar_year.source:
            calendar_year.source = source[:200]
            calendar_year.save(update_fields=["source"])
    return len({*gone, *turned} | {day for day in exceptions if day not in before})
