"""/api/exposures: exposures for programs. Which cases are exposed says `exposed` of /api/cases, with their places."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from accounts.models import User
from accounts.permissions import READ_CASES, require
from cases.exposures.asked import LATEST, ExposuresAsked
from cases.models import ExposedCase, Exposure, ExposureQuerySet
from mapping.api.application import check_page_size, no_parameters
from web.access import SignedInRequest

router = Router()
_LARGEST_PAGE = 100


class LookedAgain(Schema):
    """What somebody saw on looking again."""

    at: datetime
    result: str
    words: str
    photo: str | None


class ExposedCaseRow(Schema):
    """One exposed case, with the addresses of the covered copies that are shown."""

    code: str
    category: str
    street: str | None
    before: str | None
    after: str | None
    looks: list[LookedAgain]


class ExposureRow(Schema):
    """One exposure. Who proposed and decided is told on its page only."""

    uid: UUID
    title: str
    text: str
    state: str
    channel: str
    shown_from: date
    shown_to: date
    look_again_on: date
    campaign: str | None
    reason: str
    proposed_at: datetime
    approved_at: datetime | None
    ended_at: datetime | None
    cases: list[ExposedCaseRow]


class ExposureAnswer(Schema):
    """A page of exposures, the latest first; `next` continues it."""

    matched: int
    next: str | None
    results: list[ExposureRow]


@router.get("/exposures", response=ExposureAnswer, operation_id="exposures_list")
def exposures(
    request: SignedInRequest,
    state: str | None = None,
    campaign: str | None = None,
    cursor: str | None = None,
    page_size: int = 50,
) -> dict[str, Any]:
    """A page of the exposures of the districts whose cases the account reads."""
    require(request.user, READ_CASES)
    check_page_size(page_size, _LARGEST_PAGE)
    found = ExposuresAsked.read(request, request.user, "cursor", "page_size").exposures(request.user)
    page = LATEST.page_of(_named(found), cursor, page_size)
    return {
        "matched": found.count(),
        "next": page.next,
        "results": [_row(exposure) for exposure in page.rows],
    }


@router.get("/exposures/{uid}", response=ExposureRow, operation_id="exposures_one")
def exposure(request: HttpRequest, uid: UUID) -> dict[str, Any]:
    """One exposure."""
    no_parameters(request)
    assert isinstance(request.user, User)
    require(request.user, READ_CASES)
    found = _named(Exposure.objects.visible_to(request.user)).filter(uid=uid).first()
    if found is None:
        raise Http404(_("There is no such exposure, or your account cannot see it."))
    return _row(found)


def _named(exposures: ExposureQuerySet) -> ExposureQuerySet:
    return exposures.select_related("campaign").prefetch_related(
        "items__case__category", "items__case__street", "items__looks"
    )


def _row(exposure: Exposure) -> dict[str, Any]:
    return {
        "uid": exposure.uid,
        "title": exposure.title,
        "text": exposure.text,
        "state": exposure.state.value,
        "channel": exposure.channel,
        "shown_from": exposure.shown_from,
        "shown_to": exposure.shown_to,
        "look_again_on": exposure.look_again_on,
        "campaign": exposure.campaign.code if exposure.campaign else None,
        "reason": exposure.reason,
        "proposed_at": timezone.localtime(exposure.proposed_at),
        "approved_at": timezone.localtime(exposure.approved_at) if exposure.approved_at else None,
        "ended_at": timezone.localtime(exposure.ended_at) if exposure.ended_at else None,
        "cases": [_case(exposure, item) for item in exposure.items.all()],
    }


def _case(exposure: Exposure, item: ExposedCase) -> dict[str, Any]:
    def picture(what: str | int) -> str:
        return reverse("exposure-picture", args=[exposure.uid, item.pk, what, "medium"])

    return {
        "code": item.case.code,
        "category": item.case.category.code,
        "street": item.case.street.code if item.case.street else None,
        "before": picture("before") if item.before else None,
        "after": picture("after") if item.after else None,
        "looks": [
            {
                "at": timezone.localtime(look.at),
                "result": look.result,
                "words": look.words,
                "photo": picture(look.pk) if look.photo else None,
            }
            for look in item.looks.all()
        ],
    }
