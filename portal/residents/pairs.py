"""Before and after, for everybody: only pairs that somebody approved, only their covered copies."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from assets.paging import PARAMETER, Key, Keyset
from cases.models import State
from portal.models import PublishedPair
from portal.residents.doors import show, unhurried, where_open
from web.paging import no_former_name, ways
from web.photos import photo_answer

A_PAGE = 10
_NEWEST_FIRST = Keyset(
    "shown", (Key("approved_at", datetime, descending=True), Key("pk", int, descending=True))
)
SIZES = ("medium", "thumb")


def shown_pairs() -> QuerySet[PublishedPair]:
    """What is shown to everybody: approved, not withdrawn since, and still put right."""
    return PublishedPair.objects.filter(withdrawn_at__isnull=True, case__state=State.CLOSED)


@where_open
@require_safe
@unhurried
def pairs_page(request: HttpRequest) -> HttpResponse:
    """The pairs, the newest first."""
    no_former_name(request)
    sides = ("before__photo", "before__of_job", "after__photo", "after__of_job")
    pairs = shown_pairs().select_related(*sides, "case__category", "case__street")
    page = _NEWEST_FIRST.page_of(pairs.defer("case__street__boundary"), request.GET.get(PARAMETER), A_PAGE)
    return show(request, "residents/pairs.html", {"pairs": page.rows, "pages": ways(request, page.next)})


@where_open
@require_safe
@unhurried
def pair_photo(request: HttpRequest, uid: UUID, size: str) -> HttpResponseBase:
    """One size of one covered copy that stands in a pair which is shown; never of the photo it was made of."""
    if size not in SIZES:
        raise Http404
    pair = (
        shown_pairs().filter(Q(before__uid=uid) | Q(after__uid=uid)).select_related("before", "after").first()
    )
    if pair is None:
        raise Http404
    copy = pair.before if pair.before.uid == uid else pair.after
    response = photo_answer(copy.stored, size)
    # Withdrawn must be gone: kept for a while, not for ever.
    response["Cache-Control"] = "public, max-age=600"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
