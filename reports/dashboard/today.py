"""Charts of today: condition by street and type, what is overdue and for how long, cases by lamp and source."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import User
from assets.models import Condition
from assets.rules.lateness import late_inspections, late_jobs
from cases.lamps import lamp_condition
from cases.models import Source
from places.models import Level
from reports.counting import ASSETS, CASES, leads_to
from reports.dashboard.asking import Asked
from reports.dashboard.charts import Chart, Column, Row
from reports.dashboard.over_time import LAMPS_SHOWN, condition_columns, lamp_columns

# Days overdue: from, to.
_AGES = ((1, 7), (8, 30), (31, 90), (91, None))


def conditions_by_street(asked: Asked, user: User) -> Chart:
    """Condition of each street's assets."""
    streets = asked.assets.reference.lists.areas_at(Level.STREET).values()
    names: dict[Any, tuple[str, str]] = {area.id: (area.code, area.name) for area in streets}
    names[None] = ("none", _("Area unknown"))
    return _conditions_by(asked, user, "street", names, _("Condition by street"), _("Street"))


def conditions_by_type(asked: Asked, user: User) -> Chart:
    """Condition of each type's assets."""
    types = asked.assets.reference.lists.types.values()
    names: dict[Any, tuple[str, str]] = {entry.pk: (entry.code, entry.name) for entry in types}
    return _conditions_by(asked, user, "type", names, _("Condition by type"), _("Type"))


def _conditions_by(
    asked: Asked, user: User, group: str, names: dict[Any, tuple[str, str]], title: str, first: str
) -> Chart:
    counted: dict[Any, dict[int, int]] = defaultdict(dict)
    rows = asked.assets.assets(user).order_by().values_list(f"{group}_id", "condition").annotate(Count("pk"))
    for key, condition, count in rows:
        counted[key][condition] = count
    return Chart(
        f"by-{group}",
        title,
        "rows",
        first,
        condition_columns(),
        [
            Row(
                name,
                [counted[key].get(condition.value, 0) for condition in Condition],
                leads_to(ASSETS, asked.assets.but(**{group: code})),
            )
            for key, (code, name) in names.items()
            if key in counted
        ],
        without=_("The filter leaves nothing."),
    )


def ageing(asked: Asked, user: User) -> Chart:
    """For how long inspections and jobs are overdue."""
    today = asked.assets.reference.today
    assets = asked.assets.assets(user).filter(late_inspections(today)).order_by()
    jobs = asked.jobs.jobs(user).filter(late_jobs(today)).order_by()
    ages = {f"n{place}": age for place, age in enumerate(_AGES)}
    inspections = assets.aggregate(
        **{name: Count("pk", filter=_aged("next_inspection_due", age, today)) for name, age in ages.items()}
    )
    late = jobs.aggregate(
        **{name: Count("pk", filter=_aged("due_on", age, today)) for name, age in ages.items()}
    )
    return Chart(
        "ageing",
        _("How long things have been overdue"),
        "bars",
        _("Days overdue"),
        [Column(_("Inspections")), Column(_("Jobs"))],
        [
            Row(f"{first}–{last}" if last else f"{first - 1}+", (inspections[name], late[name]))
            for name, (first, last) in ages.items()
        ],
        without=_("Nothing is overdue."),
    )


def _aged(field: str, age: tuple[int, int | None], today: date) -> Q:
    first, last = age
    newest = Q(**{f"{field}__lte": today - timedelta(days=first)})
    return newest & Q(**{f"{field}__gte": today - timedelta(days=last)}) if last else newest


def lamps_by_source(asked: Asked, user: User) -> Chart:
    """The open cases by who brought them up, and by lamp."""
    now = asked.cases.reference.now
    rows = (
        asked.cases.cases(user)
        .order_by()
        .values_list("source")
        .annotate(**{f"lamp_{lamp}": Count("pk", filter=lamp_condition(lamp, now)) for lamp in LAMPS_SHOWN})
    )
    counted = {source: counts for source, *counts in rows}
    return Chart(
        "by-source",
        _("Open cases by source and lamp"),
        "rows",
        _("Source"),
        lamp_columns(),
        [
            Row(
                str(source.label),
                counted[source.value],
                leads_to(CASES, asked.cases.but(source=source.value)),
            )
            for source in Source
            if source.value in counted
        ],
        without=_("No case is open."),
    )
