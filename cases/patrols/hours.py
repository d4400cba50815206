"""/cases/patrols/hours/: confirmed hours by team and patrol, and the CSV for the volunteers' national system.

What leaves is a figure for each outing: how many people, how long. No names of volunteers, no identity numbers: the
system has none.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT, READ_CASES, can
from assets.filter_parameters import FilterError
from cases.models import Patrol
from cases.patrols.asked import day_asked
from cases.patrols.queries import ended_between, hours_by_team
from mapping.exports.table_files import Content, answer_with
from mapping.exports.tables import Table, Value
from web.access import SignedInRequest, readers_only
from web.answers import show_page
from web.months import after, before
from web.paging import only_parameters

LONGEST_PERIOD = timedelta(days=366)


@readers_only(READ_CASES)
def hours_page(request: SignedInRequest) -> HttpResponse:
    """What ended in a period: hours by team, the patrols, and whose hours nobody has confirmed."""
    first, last = _period(request)
    patrols = list(ended_between(request.user, first, last))
    teams = hours_by_team(patrols)
    context = {
        "first": first,
        "last": last,
        "months": _months(),
        "teams": teams,
        "hours": sum(row.hours for row in teams),
        "confirmed": [patrol for patrol in patrols if patrol.confirmed_at is not None],
        "unconfirmed": [patrol for patrol in patrols if patrol.confirmed_at is None],
        "may_export": can(request.user, EXPORT),
    }
    return show_page(request, "cases/patrols/hours.html", context)


@readers_only(EXPORT)
def hours_file(request: SignedInRequest) -> HttpResponse:
    """The confirmed patrols of a period as CSV, a line each."""
    first, last = _period(request)
    patrols = [p for p in ended_between(request.user, first, last) if p.confirmed_at is not None]
    query = f"from={first}&to={last}"
    title = _("Volunteer hours")
    return answer_with(Content("patrol_hours", title, table_of(patrols), title, query), "csv", request.user)


def table_of(patrols: Sequence[Patrol]) -> Table:
    """Confirmed patrols as the volunteers' system asks for them."""
    headings = [
        _("Volunteer team"),
        _("Activity"),
        _("Kind of team"),
        _("Begun"),
        _("Ended"),
        _("People"),
        _("Minutes each"),
        _("Hours in all"),
        _("Confirmed on"),
    ]
    rows: list[Sequence[Value]] = []
    for patrol in patrols:
        people, minutes = patrol.confirmed_people or 0, patrol.confirmed_minutes or 0
        assert patrol.ended_at is not None
        assert patrol.confirmed_at is not None
        begun = patrol.started_at or patrol.ended_at - timedelta(minutes=minutes)
        rows.append(
            [
                patrol.team.name,
                str(patrol.campaign or _("Civilisation patrol")),
                str(patrol.team.get_kind_display()),
                f"{timezone.localtime(begun):%Y-%m-%d %H:%M}",
                f"{timezone.localtime(patrol.ended_at):%Y-%m-%d %H:%M}",
                people,
                minutes,
                f"{people * minutes / 60:.1f}",
                f"{timezone.localtime(patrol.confirmed_at):%Y-%m-%d}",
            ]
        )
    return Table(_("Volunteer hours"), headings, rows, [20, 24, 12, 17, 17, 8, 10, 10, 12])


def _period(request: SignedInRequest) -> tuple[date, date]:
    """The days asked for; this month when the address says nothing.

    Raises:
        FilterError: naming `from` or `to`.
    """
    only_parameters(request, "from", "to")
    today = timezone.localdate()
    first = day_asked(request, "from") or today.replace(day=1)
    last = day_asked(request, "to") or max(today, first)
    if last < first:
        raise FilterError("to", _("The last day lies before the first."))
    if last - first > LONGEST_PERIOD:
        raise FilterError("from", _("At most a year at once."))
    return first, last


def _months() -> list[tuple[str, date, date]]:
    """The last four months, this one first."""
    months = []
    first = timezone.localdate().replace(day=1)
    for _n in range(4):
        months.append((f"{first:%Y-%m}", first, after(first) - timedelta(days=1)))
        first = before(first)
    return months
