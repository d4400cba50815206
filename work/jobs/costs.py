"""/jobs/costs/: what finished jobs cost, by street, type, crew or kind and by month; as a page, CSV and XLSX."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.permissions import EXPORT
from assets.filter_parameters import FilterError
from mapping.exports.formats import FORMATS
from mapping.exports.tables import Table, Value, csv_of
from mapping.exports.workbook import xlsx_of
from web.access import SignedInRequest, readers_only
from web.answers import private, show_page
from web.months import read_month
from work.job_filter import JobFilter, read_job_filter
from work.job_queries import GROUPS, CostRow, Costs, costs
from work.jobs.showing import choices_of

USUAL_MONTHS = 12
MOST_MONTHS = 36
FILTERS = ("street", "type", "kind", "crew")


@readers_only(EXPORT)
def costs_page(request: SignedInRequest) -> HttpResponse:
    """The table."""
    job_filter, cost_table = _asked(request)
    context = {
        "section": "jobs",
        "tab": "costs",
        "costs": cost_table,
        "rows": [_in_words(row) for row in cost_table.rows],
        "total": _in_words(cost_table.total),
        "groups": [(code, title) for code, title in _group_titles().items()],
        "choices": choices_of(job_filter, request.user, *FILTERS),
        "first": f"{cost_table.months[0]:%Y-%m}",
        "last": f"{cost_table.months[-1]:%Y-%m}",
        "query": job_filter.query_string,
    }
    return show_page(request, "jobs/costs.html", context)


@readers_only(EXPORT)
def costs_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """The same table as a file, written by the exports' writers."""
    job_filter, cost_table = _asked(request)
    title = _group_titles()[cost_table.group]
    months = [f"{month:%Y-%m}" for month in cost_table.months]
    headings = [title, _("Code"), *months, _("Total (yuan)"), _("Jobs"), _("Jobs without a cost")]
    rows: list[Sequence[Value]] = [
        [row.name, row.code, *row.months.values(), row.total, row.jobs, row.without_cost]
        for row in [*cost_table.rows, cost_table.total]
    ]
    table = Table(_("Costs"), headings, rows, [26, *[14] * (len(headings) - 1)])
    content = (
        csv_of(table) if ending == "csv" else xlsx_of([table], _about(request, job_filter, cost_table, title))
    )
    response = HttpResponse(content, content_type=FORMATS[ending].media_type)
    name = f"{_('Costs')}_{title}_{months[0]}_{months[-1]}.{ending}"
    response["Content-Disposition"] = (
        f"attachment; filename=\"costs.{ending}\"; filename*=UTF-8''{quote(name)}"
    )
    return private(response)


def _about(
    request: SignedInRequest, job_filter: JobFilter, cost_table: Costs, title: str
) -> list[tuple[str, str]]:
    return [
        (_("Contents"), f"{_('Costs')} · {title}"),
        (_("Months"), f"{cost_table.months[0]:%Y-%m} – {cost_table.months[-1]:%Y-%m}"),
        (_("Filter"), "\n".join(job_filter.words())),
        (_("Made at"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        (_("Exported by"), str(request.user)),
    ]


def _in_words(row: CostRow) -> dict[str, Any]:
    """Whole yuan by month, for the eye; the file has the fen."""
    return {
        "name": row.name,
        "amounts": [f"{amount:,.0f}" for amount in row.months.values()],
        "total": f"{row.total:,.2f}",
        "jobs": f"{row.jobs:,}",
        "without_cost": row.without_cost,
    }


def _asked(request: SignedInRequest) -> tuple[JobFilter, Costs]:
    job_filter = read_job_filter(request.GET, request.user, extra=("by", "from", "to"))
    group = request.GET.get("by") or "street"
    if group not in GROUPS:
        raise FilterError("by", _("“%(value)s” does not exist.") % {"value": group[:80]})
    today = timezone.localdate()
    last = _month(request, "to") or today.replace(day=1)
    first = _month(request, "from") or _months_before(last, USUAL_MONTHS - 1)
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if not 1 <= months <= MOST_MONTHS:
        raise FilterError(
            "from", _("From one month to %(most)s months before the last.") % {"most": MOST_MONTHS}
        )
    return job_filter, costs(job_filter, request.user, group=group, first=first, last=last)


def _month(request: SignedInRequest, name: str) -> date | None:
    text = request.GET.get(name, "")
    return read_month(text, name) if text else None


def _months_before(month: date, count: int) -> date:
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def _group_titles() -> dict[str, str]:
    return {
        "street": _("Street"),
        "type": _("Type"),
        "crew": pgettext("unit", "Crew"),
        "kind": _("Kind of job"),
    }
