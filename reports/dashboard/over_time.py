"""Charts over time: what nightly figures kept, and what was done a week."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import READ, READ_CASES, scope_of
from assets.models import Condition, Inspection
from cases.lamps import LAMPS
from places.models import Level
from reports.dashboard.asking import Asked
from reports.dashboard.charts import Chart, Column, Row
from reports.models import AssetFigure, CaseFigure
from work.job_queries import FINISHED_STATES

_DAILY = 92
LAMPS_SHOWN = ("green", "amber", "red", "held", "none")


def conditions_over_time(asked: Asked, user: User) -> Chart:
    """How many were in each condition at the end of each day, of a year each week."""
    title, columns = _("Condition over time"), condition_columns()
    if not asked.nights_know_it:
        return Chart("conditions", title, "area", _("Day"), columns, [], without=_kept_by())
    types = asked.assets.reference.lists.types
    codes = set(types)
    if "type" in asked.given:
        codes &= set(asked.assets.values["type"])
    if "family" in asked.given:
        codes &= {code for code, entry in types.items() if entry.family in asked.assets.values["family"]}
    figures = AssetFigure.objects.filter(_of_period(asked) & _places(asked, user, READ))
    if {"type", "family"} & set(asked.given):
        figures = figures.filter(type__in=codes)
    names = [condition.code for condition in Condition]
    rows = figures.order_by("night__day").values_list("night__day").annotate(*(Sum(name) for name in names))
    return Chart(
        "conditions",
        title,
        "area",
        _("Day"),
        columns,
        [Row(day.isoformat(), counts) for day, *counts in rows],
        without=_not_yet(),
    )


def lamps_over_time(asked: Asked, user: User) -> Chart:
    """How many open cases showed each lamp at the end of each day."""
    title, columns = _("Open cases over time"), lamp_columns()
    if not set(asked.given) <= {"street"}:
        return Chart("lamps", title, "area", _("Day"), columns, [], without=_kept_by())
    figures = CaseFigure.objects.filter(_of_period(asked) & _places(asked, user, READ_CASES))
    rows = (
        figures.order_by("night__day")
        .values_list("night__day")
        .annotate(*(Sum(lamp) for lamp in LAMPS_SHOWN))
    )
    return Chart(
        "lamps",
        title,
        "area",
        _("Day"),
        columns,
        [Row(day.isoformat(), counts) for day, *counts in rows],
        without=_not_yet(),
    )


def done_by_week(asked: Asked, user: User) -> Chart:
    """Inspections and finished jobs, by the Monday of their week."""
    begin, end = span(asked)
    inspections = _by_week(
        Inspection.objects.filter(
            asset__in=asked.assets.assets(user).order_by().values("pk"),
            voided_at__isnull=True,
            effective_at__gte=begin,
            effective_at__lt=end,
        ),
        "effective_at",
    )
    repairs = _by_week(
        asked.jobs.jobs(user).filter(
            state__in=FINISHED_STATES, completed_at__gte=begin, completed_at__lt=end
        ),
        "completed_at",
    )
    note = _left_out(asked.left_out_of_jobs, _("Jobs"))
    return Chart(
        "done",
        _("Inspections and jobs a week"),
        "bars",
        _("Week from"),
        [Column(_("Inspections")), Column(_("Jobs finished"))],
        [Row(monday.isoformat(), (inspections[monday], repairs[monday])) for monday in mondays(asked)],
        note=note,
    )


def _by_week(rows: QuerySet[Any], moment: str) -> Counter[date]:
    counted = rows.order_by().annotate(week=TruncWeek(moment)).values_list("week").annotate(Count("pk"))
    return Counter({timezone.localdate(week): count for week, count in counted})


def mondays(asked: Asked) -> list[date]:
    """The Mondays of the weeks of the period."""
    monday = asked.first - timedelta(days=asked.first.weekday())
    weeks = []
    while monday <= asked.last:
        weeks.append(monday)
        monday += timedelta(days=7)
    return weeks


def span(asked: Asked) -> tuple[datetime, datetime]:
    """The first moment of the period, and the first after it."""
    return (
        timezone.make_aware(datetime.combine(asked.first, time.min)),
        timezone.make_aware(datetime.combine(asked.last + timedelta(days=1), time.min)),
    )


def condition_columns() -> list[Column]:
    """A series a condition."""
    return [Column(str(condition.label), condition.code) for condition in Condition]


def lamp_columns() -> list[Column]:
    """A series a lamp."""
    return [Column(str(LAMPS[lamp]), f"lamp-{lamp}") for lamp in LAMPS_SHOWN]


def _of_period(asked: Asked) -> Q:
    """The nights of the period; of a long one, a night a week."""
    days = Q(night__day__gte=asked.first, night__day__lte=asked.last)
    # The same day of the week as yesterday; ISO counts from Monday as 1.
    return days if asked.days <= _DAILY else days & Q(night__day__iso_week_day=asked.last.isoweekday())


def _places(asked: Asked, user: User, verb: str) -> Q:
    """Figures of places that the reader sees and the filter asks for; a district's code stands for no known street."""
    scope = scope_of(user, verb)
    seen = Q() if scope.is_everywhere else Q(pk__in=[])
    for prefix in scope.prefixes:
        seen |= Q(place__startswith=prefix)
    if "street" not in asked.given:
        return seen
    wanted = asked.assets.values["street"]
    streets = Q(
        place__in=[code for code in wanted if code in asked.assets.reference.lists.areas_at(Level.STREET)]
    )
    return seen & (streets | Q(place__regex=r"^.{6}$") if "none" in wanted else streets)


def _kept_by() -> str:
    return _(
        "The figures of each night are kept by street and type only: take the other filters away to see them."
    )


def _not_yet() -> str:
    return _("No night has been kept in this period yet: the first figures are written after midnight.")


def _left_out(names: list[str], of_what: str) -> str:
    if not names:
        return ""
    return _("%(what)s are counted without the filter by %(names)s, which they do not have.") % {
        "what": of_what,
        "names": ", ".join(names),
    }
