"""Charts by month: what finished jobs cost, and how much was put right in time."""

from collections import defaultdict
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EXPORT, can
from reports.dashboard.asking import Asked
from reports.dashboard.charts import Chart, Column, Row
from reports.dashboard.over_time import span
from reports.in_time import InTime, in_time
from web.months import months_between
from work.job_queries import costs


def cost_by_month(asked: Asked, user: User) -> list[Chart]:
    """What finished jobs cost, by kind of job; for whoever may open the page of costs."""
    if not can(user, EXPORT):
        return []
    told = costs(asked.jobs, user, group="kind", first=asked.first, last=timezone.localdate())
    return [
        Chart(
            "costs",
            _("Cost by month"),
            "stack",
            _("Month"),
            [Column(row.name) for row in told.rows],
            [Row(f"{month:%Y-%m}", [row.months[month] for row in told.rows]) for month in told.months],
            decimals=2,
            unit=_("yuan"),
            without=_("No job was finished in these months"),
        )
    ]


def in_time_by_month(asked: Asked, user: User) -> Chart:
    """Share of the cases due in each month that were put right in time, with how many were due."""
    begin, end = span(asked)
    by_month: dict[date, InTime] = defaultdict(InTime)
    # Closed ones too: the list's own "open" is no part of the question.
    cases = asked.cases.cases(user, "state")
    for (_street, month), limits in in_time(cases, begin, end, timezone.now()).items():
        by_month[month].due += limits.due
        by_month[month].kept += limits.kept
    return Chart(
        "in-time",
        _("Put right in time"),
        "line",
        _("Month"),
        [Column(_("In time, percent"))],
        [
            Row(f"{month:%Y-%m} (n = {by_month[month].due:,})", [by_month[month].rate])
            for month in months_between(asked.first, asked.last)
        ],
        decimals=1,
        unit="%",
        note=_("Of the cases whose limit fell into the month and that are not on hold."),
        without=_("No case was due in this period."),
    )
