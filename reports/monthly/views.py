"""/reports/month/: the tables of a month, and one click for them as XLSX or DOCX."""

from datetime import date

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT
from assets.filter_parameters import FilterError
from mapping.exports import audit
from mapping.exports.tables import Table
from mapping.exports.views import attachment
from mapping.exports.workbook import xlsx_of
from mapping.models import ExportOutcome
from reports.monthly.document import document_of
from reports.monthly.tables import Month, month_of, tables_of
from web.access import SignedInRequest, readers_only
from web.answers import private, show_page
from web.months import before, read_month
from web.paging import only_parameters

_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@readers_only(EXPORT)
def report_page(request: SignedInRequest) -> HttpResponse:
    """The tables, to be looked at before they are taken away."""
    month = _month(request)
    context = {
        "month": month,
        "value": f"{month.first:%Y-%m}",
        "tables": tables_of(month),
        "sentences": _sentences(month),
        "tab": "monthly",
    }
    return show_page(request, "reports/monthly.html", context)


@readers_only(EXPORT)
def report_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """The same tables as a file, noted among the exports."""
    month = _month(request)
    line = audit.begin_plain(
        request.user,
        layer="month",
        format=ending,
        filter=f"month={month.first:%Y-%m}",
        language=get_language(),
    )
    tables = tables_of(month)
    title = _title(month)
    if ending == "docx":
        data = document_of(title, _sentences(month), tables)
    else:
        data = xlsx_of(tables, _about(request, month, title))
    audit.finish(line, ExportOutcome.COMPLETE, rows=_rows(tables), size=len(data))
    response = HttpResponse(data, content_type=_TYPES[ending])
    response["Content-Disposition"] = attachment(title, f"month-{month.first:%Y-%m}.{ending}")
    return private(response)


def _month(request: SignedInRequest) -> Month:
    """The month that is asked for; the last one that is over when none is.

    Raises:
        FilterError: naming `month`: it is none, or it has not begun.
    """
    only_parameters(request, "month")
    today = timezone.localdate()
    text = request.GET.get("month", "")
    first = read_month(text) if text else before(today)
    if first > today.replace(day=1):
        raise FilterError("month", _("This month has not begun."))
    return month_of(first, request.user)


def _title(month: Month) -> str:
    return _("Monthly report %(month)s") % {"month": f"{month.first:%Y-%m}"}


def _sentences(month: Month) -> list[str]:
    sentences = [
        _("From %(first)s to %(last)s. Conditions and open cases are those at the end of the last day.")
        % {"first": _day(month.first), "last": _day(month.last)}
    ]
    if month.is_running:
        sentences.append(_("The month is not over: these are its figures so far."))
    return sentences


def _day(day: date) -> str:
    return day.isoformat()


def _rows(tables: list[Table]) -> int:
    return sum(len(table.rows) for table in tables)


def _about(request: SignedInRequest, month: Month, title: str) -> list[tuple[str, str]]:
    return [
        (_("Contents"), title),
        (_("Period"), "\n".join(_sentences(month))),
        (_("Made at"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        (_("Exported by"), str(request.user)),
    ]
