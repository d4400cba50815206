"""/api/cases: cases for programs; filtered as everywhere (`cases.filters`)."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from cases.desk.showing import card_of
from cases.filters import CaseFilter, read_case_filter, with_clock
from cases.models import Case
from cases.queries import page_of_cases, with_all_it_names
from cases.telling import timeline
from mapping.api.application import check_page_size, no_parameters
from web.access import SignedInRequest

router = Router()
_FILTERED: dict[str, Any] = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": {"type": "string"},
            "description": type(parameter).__doc__,
        }
        for name, parameter in CaseFilter.base_filters.items()
    ]
}


class CaseRow(Schema):
    """One case; its position is WGS84. `lamp` is of the moment of the answer."""

    code: str
    state: str
    category: str
    urgent: bool
    source: str
    lamp: str
    due: datetime | None
    due_provisional: bool
    asset: str | None
    street: str | None
    community: str | None
    address: str
    description: str
    unit: str | None
    lon: float
    lat: float
    reported_at: datetime
    updated_at: datetime


class CaseAnswer(Schema):
    """A page of cases; `next` continues it."""

    matched: int
    next: str | None
    results: list[CaseRow]


class CaseEvent(Schema):
    """Something that happened to a case, in the reader's language."""

    kind: str
    at: datetime
    title: str
    lines: list[str]
    actor: str


class CaseDetail(CaseRow):
    """One case with its timeline, newest first."""

    duplicate_of: str | None
    rule: str | None
    timeline: list[CaseEvent]


@router.get("/cases", response=CaseAnswer, openapi_extra=_FILTERED)
def cases(
    request: SignedInRequest,
    cursor: str | None = None,
    page_size: int = 50,
    order: Literal["due", "new"] = "due",
) -> dict[str, Any]:
    """A page of the cases that the filter leaves; open ones unless `state` says otherwise."""
    check_page_size(page_size, 500)
    case_filter = read_case_filter(request.GET, request.user, extra=("cursor", "page_size", "order"))
    found = case_filter.cases(request.user)
    page = page_of_cases(found, order=order, cursor=cursor, size=page_size)
    return {
        "matched": found.count(),
        "next": page.next,
        "results": [_row(case, case_filter.reference.now) for case in page.rows],
    }


@router.get("/cases/{code}", response=CaseDetail)
def case(request: HttpRequest, code: str) -> dict[str, Any]:
    """One case."""
    no_parameters(request)
    seen = Case.objects.visible_to(request.user).filter(code=code)
    found = with_all_it_names(with_clock(seen)).select_related("rule", "duplicate_of").first()
    if found is None:
        raise Http404(_("There is no such case, or your account cannot see it."))
    return {
        **_row(found, timezone.now()),
        "duplicate_of": found.duplicate_of.code if found.duplicate_of else None,
        "rule": str(found.rule) if found.rule else None,
        "timeline": [
            {
                "kind": event.kind,
                "at": event.at,
                "title": event.title,
                "lines": event.lines,
                "actor": event.actor,
            }
            for event in timeline(found, request.user)
        ],
    }


def _row(case: Case, now: datetime) -> dict[str, Any]:
    card = card_of(case, now)
    return {
        "code": case.code,
        "state": case.state,
        "category": case.category.code,
        "urgent": case.urgent,
        "source": case.source,
        "lamp": card.lamp,
        "due": card.due,
        "due_provisional": card.provisional,
        "asset": case.asset.code if case.asset else None,
        "street": case.street.code if case.street else None,
        "community": case.community.code if case.community else None,
        "address": case.address,
        "description": case.description,
        "unit": str(case.unit) if case.unit else None,
        "lon": case.point.x,
        "lat": case.point.y,
        "reported_at": timezone.localtime(case.reported_at),
        "updated_at": timezone.localtime(case.updated_at),
    }
