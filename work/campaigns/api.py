"""/api/campaigns: campaigns for programs, with what was wanted of them and what was counted."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from accounts.models import User
from assets.dictionaries import dictionaries, read_generation
from assets.models import Campaign
from mapping.api.application import check_page_size, no_parameters
from web.access import SignedInRequest
from work.campaigns.asked import LATEST, CampaignsAsked, state_of
from work.campaigns.progress import Cell, Progress, progress_of

router = Router()
_LARGEST_PAGE = 100


class CampaignCount(Schema):
    """One thing that counts for a campaign: how many there are, of how many that are wanted (null: nothing is)."""

    code: str
    title: str
    counted: int
    wanted: int | None
    percent: int | None


class CampaignRow(Schema):
    """One campaign with its numbers altogether, as far as the account may see what is counted."""

    code: str
    name: str
    kind: str
    state: str
    area: str
    begins_on: date
    ends_on: date
    post_by: date | None
    take_down_by: date | None
    closed_at: datetime | None
    percent: int | None
    counts: list[CampaignCount]


class CampaignAnswer(Schema):
    """A page of campaigns, the latest first; `next` continues it."""

    matched: int
    next: str | None
    results: list[CampaignRow]


class CampaignStreet(Schema):
    """The numbers of one street; `code` is null where no street is known."""

    code: str | None
    name: str
    counts: list[CampaignCount]


class CampaignDetail(CampaignRow):
    """One campaign, with its numbers by street."""

    words: str
    document: str
    outcome: str
    streets: list[CampaignStreet]


@router.get("/campaigns", response=CampaignAnswer, operation_id="campaigns_list")
def campaigns(
    request: SignedInRequest,
    kind: str | None = None,
    state: str | None = None,
    cursor: str | None = None,
    page_size: int = 50,
) -> dict[str, Any]:
    """A page of the campaigns of the account's districts; `state` is running, coming, over or closed."""
    check_page_size(page_size, _LARGEST_PAGE)
    asked = CampaignsAsked.read(request, "cursor", "page_size")
    found = asked.campaigns(request.user)
    page = LATEST.page_of(found.select_related("area").defer("area__boundary"), cursor, page_size)
    return {
        "matched": found.count(),
        "next": page.next,
        "results": [_row(told, asked.today) for told in _told(page.rows, request.user)],
    }


@router.get("/campaigns/{code}", response=CampaignDetail, operation_id="campaigns_one")
def campaign(request: HttpRequest, code: str) -> dict[str, Any]:
    """One campaign."""
    no_parameters(request)
    assert isinstance(request.user, User)
    seen = Campaign.objects.visible_to(request.user).select_related("area").defer("area__boundary")
    found = None if "\0" in code else seen.filter(code=code).first()
    if found is None:
        raise Http404(_("There is no such campaign, or your account cannot see it."))
    (told,) = _told([found], request.user)
    return {
        **_row(told, timezone.localdate()),
        "words": found.words,
        "document": found.document,
        "outcome": found.outcome,
        "streets": [
            {"code": row.code, "name": row.name, "counts": _counts(told, row.cells)} for row in told.rows
        ],
    }


def _told(found: list[Campaign], user: User) -> list[Progress]:
    return progress_of(found, user, dictionaries(read_generation()))


def _row(told: Progress, today: date) -> dict[str, Any]:
    campaign = told.campaign
    closed = campaign.closed_at
    return {
        "code": campaign.code,
        "name": campaign.name,
        "kind": campaign.kind,
        "state": state_of(campaign, today),
        "area": campaign.area.code,
        "begins_on": campaign.begins_on,
        "ends_on": campaign.ends_on,
        "post_by": campaign.post_by,
        "take_down_by": campaign.take_down_by,
        "closed_at": timezone.localtime(closed) if closed else None,
        "percent": told.percent,
        "counts": _counts(told, told.total),
    }


def _counts(told: Progress, cells: list[Cell]) -> list[dict[str, Any]]:
    return [
        {
            "code": column.code,
            "title": str(column.title),
            "counted": cell.counted,
            "wanted": cell.wanted,
            "percent": cell.percent,
        }
        for column, cell in zip(told.columns, cells, strict=True)
    ]
