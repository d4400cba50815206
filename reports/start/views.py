"""/start/: where signing in leads. What needs its reader today, then the district or their part of it in figures."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import EXPORT, can
from reports.start.asking import figures_of, is_outside, mine, needs_of
from reports.start.streets import street_rows
from web.access import SignedInRequest, readers_only
from web.answers import show_page


@readers_only()
def start_page(request: SignedInRequest) -> HttpResponse:
    """By role: crews and patrols go on to the phone's page."""
    user = request.user
    if is_outside(user):
        return HttpResponseRedirect(reverse("field"))
    part = mine(user)
    context = {
        "needs": needs_of(user),
        "figures": figures_of(user),
        "streets": street_rows(user, part.query),
        "is_part": bool(part.code),
        "today": timezone.localdate(),
        "may_export": can(user, EXPORT),
        "tab": "start",
    }
    return show_page(request, "reports/start.html", context)
