"""/fieldwork/activity/: who did how much, where and when, also as a file; a day's way on the map.

Where somebody was at what time is personal: only who supervises crews sees it, only of records in their own areas,
and only the places where something was recorded; phones are not followed between records.
"""

from datetime import date, timedelta
from typing import Any

from django.db.models import Max, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import SUPERVISE_CREWS
from assets.filter_parameters import FilterError
from assets.models import Condition, Inspection
from assets.paging import PARAMETER, Key, Keyset
from field.desk.access import SignedInRequest, office_only
from field.desk.activity_file import WRITERS
from field.desk.period import Period, day_named
from field.desk.tallying import tally
from field.models import Kind, Operation
from mapping.basemap.describing import offered_basemap
from mapping.exports import audit
from mapping.exports.views import attachment
from mapping.models import ExportOutcome
from web.answers import private
from web.paging import only_parameters, ways

_PAGE = 100
_LATEST_DAY_FIRST = Keyset("day", (Key("day", date, descending=True), Key("username", str)))


@office_only(SUPERVISE_CREWS)
def activity(request: SignedInRequest) -> HttpResponse:
    """A row for each person's day, and what that comes to by street and by kind."""
    only_parameters(request, "from", "to", PARAMETER)
    period = Period.asked(request)
    mine = Operation.objects.supervised_by(request.user, SUPERVISE_CREWS)
    told = tally(_within(mine, period))
    page = _LATEST_DAY_FIRST.page_in(told.days, request.GET.get(PARAMETER), _PAGE)
    context = {
        "section": "fieldwork",
        "tab": "activity",
        "period": period,
        "periods": [(label, usual, usual == period) for label, usual in _usual_periods()],
        "tally": told,
        "days": page.rows,
        "pages": ways(request, page.next),
        "query": period.query,
        "latest": _days_around_the_latest(mine) if not told.days else None,
    }
    return render(request, "field/desk/activity.html", context)


@office_only(SUPERVISE_CREWS)
def activity_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """The same as a file: the days as CSV, or days and totals as XLSX. Noted as every export is."""
    period = Period.asked(request)
    if ending not in WRITERS:
        raise Http404
    if period.problem:
        raise FilterError("from", period.problem)
    told = tally(_within(Operation.objects.supervised_by(request.user, SUPERVISE_CREWS), period))
    line = audit.begin_plain(
        request.user, layer="crew_activity", format=ending, filter=period.query, language=get_language()
    )
    media_type, write = WRITERS[ending]
    content = write(told, period, request.user)
    audit.finish(line, ExportOutcome.COMPLETE, rows=len(told.days), size=len(content))
    response = HttpResponse(content, content_type=media_type)
    work = _("Crews' work")
    title = f"{work}_{period.first:%Y%m%d}-{period.last:%Y%m%d}"
    response["Content-Disposition"] = attachment(title, f"crew_activity.{ending}")
    return private(response)


@office_only(SUPERVISE_CREWS)
def day(request: SignedInRequest, username: str, day: str) -> HttpResponse:
    """One person's day: every record in order, and where each was made."""
    asked = day_named(day)
    person = User.objects.filter(username=username).first()
    if asked is None or person is None:
        raise Http404
    operations = _within(
        Operation.objects.supervised_by(request.user, SUPERVISE_CREWS), Period(asked, asked)
    ).filter(user=person)
    records = list(operations.select_related("asset__type", "job").order_by("happened_at", "seq", "pk"))
    if not records:
        raise Http404
    seen = _conditions(records)
    context = {
        "section": "fieldwork",
        "tab": "activity",
        "person": person,
        "day": asked,
        "records": [{"operation": record, "condition": seen.get(record.pk)} for record in records],
        "track": _track(records),
        "basemap": offered_basemap(),
    }
    return render(request, "field/desk/day.html", context)


def _usual_periods() -> list[tuple[str, Period]]:
    """What people mostly ask for."""
    today = timezone.localdate()
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    return [
        (_("Last 7 days"), Period(today - timedelta(days=6), today)),
        (_("Last 14 days"), Period(today - timedelta(days=13), today)),
        (_("This month"), Period(month, today)),
        (_("Last month"), Period(before, month - timedelta(days=1))),
    ]


def _days_around_the_latest(operations: QuerySet[Operation]) -> Period | None:
    """The week that ends with the latest record, for whoever looks where there is none."""
    latest = operations.aggregate(latest=Max("happened_at"))["latest"]
    if latest is None:
        return None
    last = timezone.localdate(latest)
    return Period(last - timedelta(days=6), last)


def _within(operations: QuerySet[Operation], period: Period) -> QuerySet[Operation]:
    first, end = period.moments
    return operations.filter(happened_at__gte=first, happened_at__lt=end)


def _conditions(records: list[Operation]) -> dict[int, Condition]:
    """What each inspection among the records saw, of the asset it names first."""
    uids = {
        uids[0]: record.pk
        for record in records
        if record.kind == Kind.INSPECT and record.is_applied and (uids := record.inspection_uids())
    }
    made = Inspection.objects.filter(uid__in=uids).values_list("uid", "condition")
    return {uids[uid]: Condition(condition) for uid, condition in made}


def _track(records: list[Operation]) -> list[dict[str, Any]]:
    """Where and when something was recorded, for the map's script."""
    return [
        {
            "lon": round(record.position.x, 6),
            "lat": round(record.position.y, 6),
            "number": number,
            "time": timezone.localtime(record.happened_at).strftime("%H:%M"),
            "what": f"{record.get_kind_display()} {record.asset or ''}".strip(),
        }
        for number, record in enumerate(records, start=1)
        if record.position is not None
    ]
