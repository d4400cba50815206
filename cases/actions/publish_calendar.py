"""Publish the calendar of a year, and date open cases anew whose dates were provisional without it."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_LISTS
from assets.history import Actor, acting, authorise
from cases.clocks import date_anew
from cases.models import CalendarDay, CalendarYear, Case, Clock


def publish_calendar(
    actor: Actor,
    year: int,
    exceptions: Mapping[date, bool],
    source: str,
    *,
    at: datetime | None = None,
) -> list[Clock]:
    """Keep a year's calendar; returns the clocks whose dates it moved or made final.

    Args:
        exceptions: days off from Monday to Friday (False), and Saturdays and Sundays that are worked (True).
        at: when it was published; now when not given.

    Raises:
        PermissionDenied: the actor may not keep lists.
        ValidationError: naming `year` (published already) or `exceptions` (a day of another year, or no exception).
    """
    authorise(actor, MANAGE_LISTS)
    check_exceptions(year, exceptions)
    with acting(actor):
        calendar_year, new = CalendarYear.objects.get_or_create(year=year, defaults={"source": source})
        if not new:
            raise ValidationError(
                {"year": _("The calendar of %(year)s is published already.") % {"year": year}}
            )
        CalendarDay.objects.bulk_create(
            [
                CalendarDay(year=calendar_year, day=day, works=works)
                for day, works in sorted(exceptions.items())
            ]
        )
        provisional = Clock.objects.filter(ended_at=None, provisional=True)
        cases = Case.objects.filter(pk__in=provisional.values("case"))
        list(
            cases.select_for_update().order_by("pk").values_list("pk")
        )  # locked before their clocks are read
        return date_anew(provisional.order_by("pk"), at or timezone.now())


def check_exceptions(year: int, exceptions: Mapping[date, bool]) -> None:
    """Whether these are days of a year that differ from Monday to Friday.

    Raises:
        ValidationError: naming `exceptions`.
    """
    for day, works in exceptions.items():
        if day.year != year or works is (day.weekday() < 5):
            raise ValidationError(
                {"exceptions": _("%(day)s is no exception of this year.") % {"day": day.isoformat()}}
            )
