"""/api/media: media pieces for programs; filtered as on their page."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema

from accounts.models import User
from accounts.permissions import READ_CASES, require
from assets.dictionaries import dictionaries, read_generation
from cases.media.asked import LATEST, NAMED, PARAMETERS, MediaAsked
from cases.models import MediaPiece
from mapping.api.application import check_page_size, no_parameters
from web.access import SignedInRequest

router = Router()
_LARGEST_PAGE = 500
_WHAT = {
    "column": "Code of a column",
    "street": "Code of the street that pieces are about; `none`: of no one street",
    "campaign": "Code of a campaign",
    "from": "The first day",
    "to": "The last day",
    "q": "Words in title or outlet",
}
_FILTERED: dict[str, Any] = {
    "parameters": [
        {
            "name": name,
            "in": "query",
            "required": False,
            "schema": {"type": "string"},
            "description": _WHAT[name],
        }
        for name in PARAMETERS
    ]
}


class MediaRow(Schema):
    """One piece; `link` is empty where there is none."""

    number: int
    title: str
    outlet: str
    column: str
    published_on: date
    link: str
    street: str | None
    campaign: str | None


class MediaAnswer(Schema):
    """A page of pieces, the latest first; `next` continues it."""

    matched: int
    next: str | None
    results: list[MediaRow]


@router.get("/media", response=MediaAnswer, operation_id="media_list", openapi_extra=_FILTERED)
def media(request: SignedInRequest, cursor: str | None = None, page_size: int = 100) -> dict[str, Any]:
    """A page of the pieces of the districts whose cases the account reads."""
    require(request.user, READ_CASES)
    check_page_size(page_size, _LARGEST_PAGE)
    lists = dictionaries(read_generation())
    pieces = MediaAsked.read(request, lists, request.user, "cursor", "page_size").pieces(request.user)
    named = pieces.select_related(*NAMED).defer("street__boundary")
    page = LATEST.page_of(named, cursor, page_size)
    return {"matched": pieces.count(), "next": page.next, "results": [_row(piece) for piece in page.rows]}


@router.get("/media/{number}", response=MediaRow, operation_id="media_one")
def piece(request: HttpRequest, number: int) -> dict[str, Any]:
    """One piece."""
    no_parameters(request)
    assert isinstance(request.user, User)
    require(request.user, READ_CASES)
    seen = MediaPiece.objects.visible_to(request.user).there().select_related(*NAMED)
    found = seen.defer("street__boundary").filter(pk=number).first() if 0 < number < 2**63 else None
    if found is None:
        raise Http404(_("There is no such piece, or your account cannot see it."))
    return _row(found)


def _row(piece: MediaPiece) -> dict[str, Any]:
    return {
        "number": piece.pk,
        "title": piece.title,
        "outlet": piece.outlet,
        "column": piece.column.code,
        "published_on": piece.published_on,
        "link": piece.link,
        "street": piece.street.code if piece.street else None,
        "campaign": piece.campaign.code if piece.campaign else None,
    }
