"""/fieldwork/activity/: who did how much, where and when; a day's way on the map.

Where somebody was at what time is personal: only who supervises crews sees it, only of records in their own areas,
and only the places where something was recorded; phones are not followed between records.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import Left, TruncDate
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import SUPERVISE_CREWS
from assets.dictionaries import dictionaries, read_generation
from assets.models import Condition, Inspection
from field.models import ClaimState, Kind, Operation, PhotoClaim, Status
from field.office.access import SignedInRequest, office_only

_MOST_DAYS = 92
_APPLIED = Q(status__in=(Status.APPLIED, Status.MERGED))


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date
    problem: str = ""

    @classmethod
    def asked(cls, request: SignedInRequest) -> "Period":
        """What the address names; the last seven days when it names nothing that makes sense."""
        today = timezone.localdate()
        usual = cls(today - timedelta(days=6), today)
        given = {name: request.GET.get(name, "") for name in ("from", "to")}
        if not any(given.values()):
            return usual
        first, last = (_day(given[name]) for name in ("from", "to"))
        if first is None or last is None or first > last:
            return cls(usual.first, usual.last, _("Give two days, the earlier one first."))
        if (last - first).days >= _MOST_DAYS:
            return cls(last - timedelta(days=_MOST_DAYS - 1), last, _("At most three months at once."))
        return cls(first, last)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """From the first day's beginning to before the last one's end."""
        end = self.last + timedelta(days=1)
        return (
            timezone.make_aware(datetime.combine(self.first, datetime.min.time())),
            timezone.make_aware(datetime.combine(end, datetime.min.time())),
        )


@office_only(SUPERVISE_CREWS)
def activity(request: SignedInRequest) -> HttpResponse:
    """A row for each person, and one for each of their days."""
    period = Period.asked(request)
    operations = _within(Operation.objects.supervised_by(request.user, SUPERVISE_CREWS), period)
    context = {
        "section": "fieldwork",
        "tab": "activity",
        "period": period,
        "rows": _rows(operations),
    }
    return render(request, "fieldwork/activity.html", context)


@office_only(SUPERVISE_CREWS)
def day(request: SignedInRequest, username: str, day: str) -> HttpResponse:
    """One person's day: every record in order, and where each was made."""
    asked = _day(day)
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
    }
    return render(request, "fieldwork/day.html", context)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _within(operations: QuerySet[Operation], period: Period) -> QuerySet[Operation]:
    first, end = period.moments
    return operations.filter(happened_at__gte=first, happened_at__lt=end)


def _rows(operations: QuerySet[Operation]) -> list[dict[str, Any]]:
    counts = (
        operations.order_by()
        .values("user_id", "user__username", "user__display_name", day=TruncDate("happened_at"))
        .annotate(
            inspections=Count("pk", filter=_APPLIED & Q(kind=Kind.INSPECT)),
            jobs=Count("pk", filter=_APPLIED & Q(kind=Kind.JOB_DONE)),
            creations=Count("pk", filter=_APPLIED & Q(kind=Kind.CREATE)),
            edits=Count("pk", filter=_APPLIED & Q(kind=Kind.EDIT)),
            waiting=Count("pk", filter=~_APPLIED),
            first=Min("happened_at"),
            last=Max("happened_at"),
        )
        .order_by("-day", "user__username")
    )
    photos = {
        (row["operation__user_id"], row["day"]): row["n"]
        for row in PhotoClaim.objects.filter(operation__in=operations, state=ClaimState.ATTACHED)
        .order_by()
        .values("operation__user_id", day=TruncDate("operation__happened_at"))
        .annotate(n=Count("sha256", distinct=True))
    }
    streets = _streets(operations)
    rows = []
    for row in counts:
        key = (row["user_id"], row["day"])
        name = row["user__display_name"] or row["user__username"]
        rows.append({**row, "name": name, "photos": photos.get(key, 0), "streets": streets.get(key, [])})
    return rows


def _streets(operations: QuerySet[Operation]) -> dict[tuple[int, date], list[str]]:
    areas = dictionaries(read_generation()).areas
    found: dict[tuple[int, date], list[str]] = {}
    worked = (
        operations.order_by()
        .values_list("user_id", TruncDate("happened_at"), Left("scope_code", 9))
        .annotate(n=Count("pk"))
        .order_by("-n")
    )
    for user, day, code, _count in worked:
        area = areas.get(code)
        if area is not None and len(code) == 9:
            found.setdefault((user, day), []).append(area.name)
    return found


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
