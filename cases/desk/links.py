"""The desk's side of links for units: make one, end one, and see which are out and when each was used last."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import DISPATCH_CASE, can, scope_filter, scope_of
from assets.history import Actor
from assets.models import Origin
from assets.paging import PARAMETER, Key, Keyset
from cases.actions.link_unit import WITH_A_UNIT, issue_link, revoke_link
from cases.models import Case, CaseLink
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways
from work.plates.qr import qr_svg

SHOWN = 50
_LATEST_FIRST = Keyset("links", (Key("pk", int, descending=True),))


@admitting(DISPATCH_CASE, "POST")
def make(request: SignedInRequest, code: str) -> HttpResponse:
    """Make a link and show it, this once."""
    case = _case_of(request.user, code)
    try:
        link, secret = issue_link(Actor(request.user, Origin.WEB), case)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("case", args=[code]))
    base = settings.PUBLIC_URL or request.build_absolute_uri("/")
    address = f"{urljoin(base, reverse('answer'))}#{secret}"
    context = {"case": case, "link": link, "address": address, "qr": qr_svg(address)}
    return show_page(request, "cases/link_made.html", context)


@admitting(DISPATCH_CASE, "POST")
def end(request: SignedInRequest, code: str) -> HttpResponse:
    """End a case's link."""
    case = _case_of(request.user, code)
    if revoke_link(Actor(request.user, Origin.WEB), case):
        messages.success(request, _("The link for %(case)s has ended.") % {"case": case})
    else:
        messages.warning(request, _("%(case)s has no link.") % {"case": case})
    return HttpResponseRedirect(reverse("case", args=[code]))


@readers_only(DISPATCH_CASE)
def list_page(request: SignedInRequest) -> HttpResponse:
    """The links that are out, the latest first."""
    only_parameters(request, PARAMETER)
    cases = Case.objects.filter(scope_filter(scope_of(request.user, DISPATCH_CASE)))
    links = CaseLink.objects.filter(case__in=cases, revoked_at=None).select_related(
        "case__category", "unit", "issued_by"
    )
    page = _LATEST_FIRST.page_of(links, request.GET.get(PARAMETER), SHOWN)
    context = {"links": page.rows, "matched": links.count(), "pages": ways(request, page.next)}
    return show_page(request, "cases/links.html", context)


def link_shown(case: Case, user: User) -> dict[str, Any]:
    """What a case's page says of its link, to whoever may make one."""
    if not can(user, DISPATCH_CASE, case):
        return {"link": None, "link_possible": False}
    link = case.links.filter(revoked_at=None).select_related("unit", "issued_by").first()
    return {"link": link, "link_possible": case.unit_id is not None and case.state in WITH_A_UNIT}


def _case_of(user: User, code: str) -> Case:
    case = Case.objects.visible_to(user).filter(code=code).first()
    if case is None:
        raise Http404
    return case
