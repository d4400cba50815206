"""Satisfied or not, in one tap on a plate's or a site's card; then more, once; praise and suggestions."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import client_address
from accounts.throttle import OF_ONE_CARD, RESIDENT_TAPS, RESIDENT_WORDS
from cases.desk.views import add_errors
from places.answering import keepers_of
from places.models import Site
from portal.actions.say import Place, answer_card, place_of_asset, place_of_site, remark, say_more
from portal.models import RemarkKind, ResidentAnswer, Satisfied
from portal.residents.doors import show, unhurried, wait_for, where_open
from portal.residents.forms import MoreForm, RemarkForm
from web.answers import private


@where_open
@require_safe
@unhurried
def site_card(request: HttpRequest, code: str) -> HttpResponse:
    """What a site is, and the same questions as on a plate's card."""
    place = _place("site", code)
    site = place.site
    assert site is not None
    context = {
        "site": site,
        "street": place.street,
        "keeper": _keeper(site),
        "answers": Satisfied.choices,
    }
    return show(request, "residents/site.html", context)


@where_open
@require_POST
def answer(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """One tap: satisfied or not."""
    place = _place(kind, code)
    given = request.POST.get("answer", "")
    if given not in Satisfied.values:
        raise Http404
    wait = wait_for(request, RESIDENT_TAPS, client_address(request), place.key) or wait_for(
        request, OF_ONE_CARD, place.key
    )
    if wait:
        return wait
    made = answer_card(place, Satisfied(given))
    # Led on, so that a page which is loaded again does not answer twice.
    return private(HttpResponseRedirect(reverse("answer-more", args=[made.uid])))


@where_open
@require_http_methods(["GET", "HEAD", "POST"])
def more(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Say what for, once, within half an hour of the tap."""
    if wait := wait_for(request, RESIDENT_WORDS, client_address(request)):
        return wait
    made = ResidentAnswer.objects.select_related("asset", "site").filter(uid=uid).first()
    if made is None:
        raise Http404
    if request.method != "POST":
        if made.followed_at is not None:
            return show(request, "residents/thanks.html", {})
        return _ask_for_more(request, made, MoreForm())
    form = MoreForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            say_more(made, **form.cleaned_data)
        except ValidationError as error:
            add_errors(form, error)
    if form.errors:
        return _ask_for_more(request, made, form, 422)
    return private(HttpResponseRedirect(reverse("answer-more", args=[made.uid])))


@where_open
@require_http_methods(["GET", "HEAD", "POST"])
def remark_page(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Praise or suggest something."""
    place = _place(kind, code)
    context = {"what": _name(place), "form": RemarkForm()}
    if request.method != "POST":
        return show(request, "residents/remark.html", context)
    wait = wait_for(request, RESIDENT_WORDS, client_address(request)) or wait_for(
        request, OF_ONE_CARD, place.key
    )
    if wait:
        return wait
    form = RemarkForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            remark(place, RemarkKind(given.pop("kind")), given.pop("words"), **given)
        except ValidationError as error:
            add_errors(form, error)
    if form.errors:
        return show(request, "residents/remark.html", {**context, "form": form}, 422)
    return private(HttpResponseRedirect(reverse("resident-thanks")))


@where_open
@require_safe
@unhurried
def thanks(request: HttpRequest) -> HttpResponse:
    """What was said is kept; a page of its own, so that loading it again says nothing twice."""
    return show(request, "residents/thanks.html", {})


def _ask_for_more(
    request: HttpRequest, made: ResidentAnswer, form: MoreForm, status: int = 200
) -> HttpResponse:
    context = {
        "answer": made,
        "form": form,
        "question": _("What do you like?") if made.answer == Satisfied.YES else _("What could be better?"),
        "plate": made.asset.code if made.asset else "",
        "site": made.site.code if made.site else "",
    }
    return show(request, "residents/more.html", context, status)


def _place(kind: str, code: str) -> Place:
    found = place_of_asset(code) if kind == "plate" else place_of_site(code)
    if found is None:
        raise Http404
    return found


def _keeper(site: Site) -> str:
    """Unit and post of whoever keeps a site today; never a name or a telephone (`Holder.__str__`)."""
    row = keepers_of([site.pk], timezone.localdate()).get(site.pk)
    return str(row.holder) if row is not None else ""


def _name(place: Place) -> str:
    if place.asset is not None:
        return place.asset.name or str(place.asset.type.name)
    assert place.site is not None
    return place.site.name
