"""/dashboard/: charts under the one filter, each a table that a script draws."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from assets.models import Family
from places.models import Level
from reports.dashboard.asking import PERIODS, Asked, read_question
from reports.dashboard.by_month import cost_by_month, in_time_by_month
from reports.dashboard.charts import Chart, further_charts
from reports.dashboard.over_time import conditions_over_time, done_by_week, lamps_over_time
from reports.dashboard.today import ageing, conditions_by_street, conditions_by_type, lamps_by_source
from web.access import SignedInRequest, readers_only
from web.answers import show_page

_SELECTS = ("street", "type", "family", "days")


@readers_only()
def dashboard_page(request: SignedInRequest) -> HttpResponse:
    """All charts that the reader may see."""
    asked = read_question(request.GET, request.user)
    user = request.user
    charts: list[Chart] = [
        conditions_over_time(asked, user),
        done_by_week(asked, user),
        conditions_by_street(asked, user),
        conditions_by_type(asked, user),
        ageing(asked, user),
        *cost_by_month(asked, user),
        lamps_over_time(asked, user),
        lamps_by_source(asked, user),
        in_time_by_month(asked, user),
        *further_charts(asked, user),
    ]
    context = {
        "charts": charts,
        "selects": _selects(asked),
        "kept": [(name, asked.assets.spelled(name)) for name in asked.given if name not in _SELECTS],
        "words": [
            word
            for name in asked.given
            if name not in _SELECTS
            for word in asked.assets.filters[name].words(asked.assets.values[name], asked.assets.reference)
        ],
        "first": asked.first,
        "last": asked.last,
        "cases_without": asked.left_out_of_cases,
        "tab": "dashboard",
    }
    return show_page(request, "reports/dashboard.html", context)


def _selects(asked: Asked) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Name, label, present value and choices of each select; several values at once are a choice of their own."""
    lists = asked.assets.reference.lists
    choices: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("street", _("Street"), [(area.code, area.name) for area in lists.areas_at(Level.STREET).values()]),
        ("type", _("Type"), [(code, entry.name) for code, entry in lists.types.items()]),
        ("family", _("Family"), [(family.value, str(family.label)) for family in Family]),
    ]
    found = []
    for name, label, options in choices:
        value = asked.assets.spelled(name)
        if value and value not in dict(options):
            options = [(value, _("Several")), *options]
        found.append((name, label, value, [("", _("All")), *options]))
    periods = [(code, str(words)) for code, (_days, words) in PERIODS.items()]
    return [*found, ("days", _("Period"), asked.period, periods)]
