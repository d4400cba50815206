"""Cases on paper: one with its photos and its story, and a list of those that a filter leaves, a unit's say."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from cases.desk.pairs import pairs_of
from cases.desk.showing import card_of, cards_of
from cases.desk.views import find_case
from cases.filters import read_case_filter
from cases.models import Clock
from cases.queries import page_of_cases
from cases.telling import clocks_in_words, timeline
from web.access import SignedInRequest, readers_only
from web.answers import show_page

MOST = 100


@readers_only()
def print_case(request: SignedInRequest, code: str) -> HttpResponse:
    """One case on A4."""
    case = find_case(request.user, code)
    context = {
        "case": case,
        "card": card_of(case, timezone.now()),
        "clocks": clocks_in_words(list(Clock.objects.filter(case=case).order_by("id"))),
        "pairs": pairs_of(case.photos.order_by("id")),
        "timeline": timeline(case, request.user)[::-1],
    }
    return _answer(request, "cases/print_case.html", context)


@readers_only()
def print_list(request: SignedInRequest) -> HttpResponse:
    """The cases that a filter leaves on A4, the oldest time first, with room to write; further ones on a next sheet."""
    case_filter = read_case_filter(request.GET, request.user, extra=("cursor",))
    cases = case_filter.cases(request.user)
    page = page_of_cases(cases, cursor=request.GET.get("cursor"), size=MOST)
    context = {
        "cards": cards_of(page.rows, case_filter.reference.now),
        "matched": cases.count(),
        "words": case_filter.words(),
        "query": case_filter.query_string,
        "next": case_filter.but(cursor=page.next) if page.next else "",
    }
    return _answer(request, "cases/print_list.html", context)


def _answer(request: SignedInRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return show_page(request, template, context | {"printed_at": timezone.localtime()})
