"""/fieldwork/review/: what phones sent and somebody must look at."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import REVIEW_FIELD_WORK
from assets.dictionaries import dictionaries, read_generation
from assets.paging import PARAMETER, Key, Keyset
from assets.photos import StoredPhoto
from field.actions.accept_record import accept_record
from field.actions.attach_photos_again import attach_photos_again
from field.actions.dismiss_record import dismiss_record
from field.actions.rescue_record import rescue_record
from field.actions.settle_edit import settle_edit
from field.actions.void_record import void_record
from field.desk.access import SignedInRequest, office_only
from field.desk.showing import cards, with_all_they_need
from field.models import Operation, PhotoClaim, PhotoUpload, ReviewItem, ReviewKind
from field.up.attempting import sentence
from web.answers import private
from web.paging import only_parameters, ways
from web.photos import photo_answer

_PAGE = 25
_OLDEST_FIRST = Keyset("open", (Key("pk", int),))
_LAST_DECIDED_FIRST = Keyset(
    "decided", (Key("decided_at", datetime, descending=True), Key("pk", int, descending=True))
)


@office_only(REVIEW_FIELD_WORK)
def review(request: SignedInRequest) -> HttpResponse:
    """The open items, or those decided; of one kind, or all."""
    only_parameters(request, "kind", "show", PARAMETER)
    decided = request.GET.get("show") == "decided"
    kind = request.GET.get("kind", "")
    mine = ReviewItem.objects.reviewable_by(request.user)
    counts = dict(mine.open().order_by().values_list("kind").annotate(n=Count("pk")))
    items = mine.exclude(decision="") if decided else mine.open()
    if kind in ReviewKind.values:
        items = items.filter(kind=kind)
    order = _LAST_DECIDED_FIRST if decided else _OLDEST_FIRST
    page = order.page_of(with_all_they_need(items), request.GET.get(PARAMETER), _PAGE)
    context = {
        "section": "fieldwork",
        "tab": "review",
        "cards": cards(page.rows, dictionaries(read_generation())),
        "pages": ways(request, page.next),
        "cursor": request.GET.get(PARAMETER, ""),
        "decided": decided,
        "kind": kind,
        "kinds": [
            {"code": review_kind.value, "label": review_kind.label, "count": counts.get(review_kind.value, 0)}
            for review_kind in ReviewKind
            if counts.get(review_kind.value) or review_kind.value == kind
        ],
        "open_count": sum(counts.values()),
    }
    return render(request, "field/desk/review.html", context)


@office_only(REVIEW_FIELD_WORK, "POST")
def decide(request: SignedInRequest, number: int) -> HttpResponseBase:
    """Decide one item, and go back to the list."""
    item = (
        ReviewItem.objects.reviewable_by(request.user).filter(pk=number).select_related("operation").first()
    )
    if item is None:
        raise Http404
    decision = _DECISIONS.get(request.POST.get("decision", ""))
    if decision is None:
        raise Http404
    try:
        messages.success(request, decision(request, item))
    except ValidationError as error:
        messages.error(request, sentence(error))
    except PermissionDenied as error:
        messages.error(request, str(error))
    return HttpResponseRedirect(_back(request))


@office_only(REVIEW_FIELD_WORK)
def photo(request: SignedInRequest, number: int, claim: int, size: str) -> HttpResponseBase:
    """A photo of a record that waits here; it is no photo of the catalogue yet."""
    named = PhotoClaim.objects.filter(
        pk=claim, operation__review_items__in=ReviewItem.objects.reviewable_by(request.user).filter(pk=number)
    ).select_related("operation")
    found = named.first()
    upload = (
        PhotoUpload.objects.filter(
            user=found.operation.user_id, sha256=found.sha256, completed_at__isnull=False
        ).first()
        if found
        else None
    )
    if upload is None:
        raise Http404
    stored = StoredPhoto(upload.stored_sha256, upload.width or 0, upload.height or 0, upload.taken_at)
    return private(photo_answer(stored, size))


# --- Decisions ------------------------------------------------------------------------------------------------------


def _choose(request: SignedInRequest, item: ReviewItem) -> str:
    take = request.POST.getlist("take")
    return _settle(request, item, take)


def _take_all(request: SignedInRequest, item: ReviewItem) -> str:
    return _settle(request, item, list(item.values))


def _settle(request: SignedInRequest, item: ReviewItem, take: list[str]) -> str:
    seen = request.POST.get("seen", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    settle_edit(request.user, item, take, seen=version, reason=_reason(request))
    return _("The phone's values are in the catalogue.")


def _rescue(request: SignedInRequest, item: ReviewItem) -> str:
    rescue_record(request.user, item, reason=_reason(request))
    operation = Operation.objects.get(pk=item.operation_id)
    return _("The record is applied.") if operation.is_applied else _("It now waits for another decision.")


def _dismiss(request: SignedInRequest, item: ReviewItem) -> str:
    dismiss_record(request.user, item, _reason(request))
    return _("The record is dismissed; its words are kept.")


def _accept(request: SignedInRequest, item: ReviewItem) -> str:
    accept_record(request.user, item, reason=_reason(request))
    return _("The record stands.")


def _void(request: SignedInRequest, item: ReviewItem) -> str:
    void_record(request.user, item, _reason(request))
    return _("The inspection is void.")


def _attach(request: SignedInRequest, item: ReviewItem) -> str:
    attach_photos_again(request.user, item, reason=_reason(request))
    return _("The photo is attached.")


_DECISIONS: dict[str, Callable[[SignedInRequest, ReviewItem], str]] = {
    "choose": _choose,
    "take_all": _take_all,
    "rescue": _rescue,
    "dismiss": _dismiss,
    "accept": _accept,
    "void": _void,
    "attach": _attach,
}


def _reason(request: SignedInRequest) -> str:
    return str(request.POST.get("reason", ""))[:2_000]


def _back(request: SignedInRequest) -> str:
    """The list as it was, in the same choice of kind and page."""
    kept = {name: request.POST.get(name, "") for name in ("kind", PARAMETER)}
    query: dict[str, Any] = {}
    if kept["kind"] in ReviewKind.values:
        query["kind"] = kept["kind"]
    if kept[PARAMETER]:
        query[PARAMETER] = kept[PARAMETER]
    return reverse("fieldwork-review", query=query)
