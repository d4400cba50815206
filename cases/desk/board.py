"""/cases/board/: the open cases in columns by state; and the views of the list that people keep for themselves."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import READ
from assets.history import Actor
from assets.models import Origin
from cases.actions.keep_view import forget_view, keep_view
from cases.desk.showing import cards_of
from cases.filters import read_case_filter
from cases.models import OPEN_STATES, SavedView
from cases.queries import count_by_state, page_of_cases
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page

A_COLUMN = 20


@readers_only()
def board_page(request: SignedInRequest) -> HttpResponse:
    """The first of each open state, the oldest time first, with how many there are."""
    case_filter = read_case_filter(request.GET, request.user)
    counts = count_by_state(case_filter, request.user)
    cases = case_filter.cases(request.user, "state")
    columns = []
    for state in OPEN_STATES:
        there = page_of_cases(cases.filter(state=state), size=A_COLUMN).rows if counts.get(state) else []
        columns.append(
            {
                "title": str(state.label),
                "cards": cards_of(there, case_filter.reference.now),
                "matched": counts.get(state, 0),
                "query": case_filter.but(state=state.value),
            }
        )
    context: dict[str, Any] = {
        "columns": columns,
        "words": case_filter.words("state"),
        "query": case_filter.but("state"),
    }
    return show_page(request, "cases/board.html", context)


@admitting(READ, "POST")
def save_view(request: SignedInRequest) -> HttpResponse:
    """Keep the list's filter under a name; the same name again keeps the new filter."""
    case_filter = read_case_filter(request.POST.get("query", "")[:4000], request.user)
    try:
        kept = keep_view(Actor(request.user, Origin.WEB), request.POST.get("name", ""), case_filter)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Saved: %(name)s.") % {"name": kept})
    return HttpResponseRedirect(f"{reverse('cases')}?{case_filter.query_string}")


@admitting(READ, "POST")
def delete_view(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Forget a view of one's own."""
    view = SavedView.objects.filter(user=request.user, uid=uid).first()
    if view is not None:
        forget_view(Actor(request.user, Origin.WEB), view)
    return HttpResponseRedirect(reverse("cases"))
