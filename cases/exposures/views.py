"""/cases/exposures/: the list of exposures, one with its decision, proposing one, looking again."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EXPORT, EXPOSE_CASE, READ_CASES, can
from assets.history import Actor
from assets.models import Origin, PhotoStage
from assets.paging import PARAMETER
from cases.actions.decide_exposure import approve_exposure, may_decide, refuse_exposure, withdraw_exposure
from cases.actions.look_again import look_again, may_look
from cases.actions.propose_exposure import propose_exposure
from cases.desk.views import add_errors
from cases.exposures.asked import LATEST, ExposuresAsked
from cases.exposures.covered import covered_of
from cases.exposures.forms import LookForm, ProposeForm, ReasonForm
from cases.models import Case, Exposure, ExposureState, LookAgain
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways
from web.photos import photo_answer

PAGE = 20
_SHOWN_CASES = ("items__case__category", "items__case__street", "items__looks")


@readers_only(READ_CASES)
def list_page(request: SignedInRequest) -> HttpResponse:
    """The exposures of the reader's districts, the latest first."""
    asked = ExposuresAsked.read(request, request.user, PARAMETER)
    seen = asked.in_any_state(request.user)
    found = asked.exposures(request.user)
    named = found.select_related("proposed_by", "approved_by", "campaign").prefetch_related("items__case")
    page = LATEST.page_of(named, request.GET.get(PARAMETER), PAGE)
    context = {
        "rows": page.rows,
        "pages": ways(request, page.next),
        "today": timezone.localdate(),
        "tabs": [
            {
                "title": title,
                "query": asked.but(state=state),
                "count": (seen.in_state(state) if state else seen).count(),
                "current": state == asked.state,
            }
            for state, title in [("", _("All")), *ExposureState.choices]
        ],
        "query": asked.but(),
        "may_propose": can(request.user, EXPOSE_CASE),
        "may_export": can(request.user, EXPORT),
    }
    return show_page(request, "cases/exposures/list.html", context)


def find_exposure(user: User, uid: UUID) -> Exposure:
    """An exposure that the reader may see.

    Raises:
        Http404: there is none.
    """
    named = ("area", "campaign", "proposed_by", "approved_by", "refused_by", "withdrawn_by")
    seen = Exposure.objects.visible_to(user).filter(uid=uid).select_related(*named).defer("area__boundary")
    exposure = seen.prefetch_related(*_SHOWN_CASES).first()
    if exposure is None:
        raise Http404
    return exposure


@readers_only(READ_CASES)
def exposure_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """One exposure with what may be done next."""
    only_parameters(request)
    return _show(request, find_exposure(request.user, uid))


def _show(
    request: SignedInRequest, exposure: Exposure, refused: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    user = request.user
    proposed = exposure.state is ExposureState.PROPOSED
    over = exposure.state in (ExposureState.REFUSED, ExposureState.WITHDRAWN)
    looks = exposure.state is ExposureState.APPROVED and may_look(user, exposure)

    def form(name: str, usual: type[forms.Form]) -> forms.Form:
        return refused[1] if refused and refused[0] == name else usual(auto_id=f"{name}-%s")

    context = {
        "exposure": exposure,
        "state": exposure.state,
        "may_decide": proposed and may_decide(user, exposure),
        "waits_for_another": proposed and exposure.proposed_by_id == user.pk,
        "refuse": form("refuse", ReasonForm),
        "withdraw": form("withdraw", ReasonForm) if can(user, EXPOSE_CASE, exposure) and not over else None,
        "items": [
            {"item": item, "form": form(f"look-{item.pk}", LookForm) if looks else None}
            for item in exposure.items.all()
        ],
        "seen": set(
            Case.objects.visible_to(user).filter(exposed__exposure=exposure).values_list("pk", flat=True)
        ),
    }
    return show_page(request, "cases/exposures/exposure.html", context, status=422 if refused else 200)


@admitting(READ_CASES, "POST")
def decide(request: SignedInRequest, uid: UUID, verb: str) -> HttpResponse:
    """Approve, refuse or withdraw."""
    exposure = find_exposure(request.user, uid)
    actor = Actor(request.user, Origin.WEB)
    form: forms.Form = (
        ReasonForm(request.POST, auto_id=f"{verb}-%s") if verb != "approve" else forms.Form(request.POST)
    )
    words = {"approve": _("Approved."), "refuse": _("Refused."), "withdraw": _("Withdrawn.")}
    if verb not in words:
        raise Http404
    if form.is_valid():
        try:
            if verb == "approve":
                approve_exposure(actor, exposure)
            elif verb == "refuse":
                refuse_exposure(actor, exposure, form.cleaned_data["reason"])
            else:
                withdraw_exposure(actor, exposure, form.cleaned_data["reason"])
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, words[verb])
        return HttpResponseRedirect(reverse("exposure", args=[uid]))
    return _show(request, exposure, (verb, form))


@admitting(READ_CASES, "POST")
def look(request: SignedInRequest, uid: UUID, number: int) -> HttpResponse:
    """Write down what is seen at one of its cases now."""
    exposure = find_exposure(request.user, uid)
    item = next((item for item in exposure.items.all() if item.pk == number), None)
    if item is None:
        raise Http404
    form = LookForm(request.POST, request.FILES, auto_id=f"look-{number}-%s")
    if form.is_valid():
        given = form.cleaned_data
        photo = given["photo"].read() if given["photo"] else None
        try:
            look_again(Actor(request.user, Origin.WEB), item, given["result"], given["words"], photo=photo)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
        else:
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("exposure", args=[uid]))
    return _show(request, exposure, (f"look-{number}", form))


# --- Proposing ------------------------------------------------------------------------------------------------------


@admitting(EXPOSE_CASE, "GET", "HEAD", "POST")
def propose_page(request: SignedInRequest) -> HttpResponse:
    """Propose to expose the cases of `?cases=`."""
    if request.method != "POST":
        only_parameters(request, "cases")
        numbers = request.GET.get("cases", "")[:1000]
        form = ProposeForm(request.user, initial={"cases": numbers, "shown_from": timezone.localdate()})
        return _show_form(request, form, _found(request.user, numbers))
    form = ProposeForm(request.user, request.POST)
    cases = _found(request.user, request.POST.get("cases", ""))
    if form.is_valid():
        try:
            exposure = propose_exposure(
                Actor(request.user, Origin.WEB),
                _all_of(request.user, form.cleaned_data["cases"], cases),
                form.wording(),
                _chosen_copies(request, cases),
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Proposed. A second person decides."))
            return HttpResponseRedirect(reverse("exposure", args=[exposure.uid]))
    return _show_form(request, form, cases, 422)


def _found(user: User, numbers: str) -> list[Case]:
    codes = [code for code in numbers.split()[:50] if "\0" not in code]
    seen = Case.objects.visible_to(user).filter(code__in=codes).select_related("category", "area", "street")
    by_code = {case.code: case for case in seen.defer("area__boundary", "street__boundary")}
    return [by_code[code] for code in dict.fromkeys(codes) if code in by_code]


def _all_of(user: User, numbers: str, cases: list[Case]) -> list[Case]:
    seen_codes = {case.code for case in cases}
    for code in numbers.split():
        if code not in seen_codes:
            raise ValidationError(
                {"cases": _("There is no case “%(value)s” that you can see.") % {"value": code[:40]}}
            )
    return cases


def _chosen_copies(request: SignedInRequest, cases: list[Case]) -> dict[str, dict[str, str]]:
    """Which copies the proposer saw and ticked: a field a case and stage."""
    copies: dict[str, dict[str, str]] = {}
    for case in cases:
        for stage in (PhotoStage.BEFORE, PhotoStage.AFTER):
            uid = request.POST.get(f"copy-{case.code}-{stage.value}")
            if uid:
                copies.setdefault(case.code, {})[stage.value] = uid
    return copies


def _show_form(
    request: SignedInRequest, form: ProposeForm, cases: list[Case], status: int = 200
) -> HttpResponse:
    shown = [{"case": case, "copies": list(covered_of(case).values())} for case in cases[:20]]
    return show_page(request, "cases/exposures/propose.html", {"form": form, "cases": shown}, status=status)


# --- Pictures -------------------------------------------------------------------------------------------------------


@readers_only(READ_CASES)
def picture(request: SignedInRequest, uid: UUID, number: int, what: str, size: str) -> HttpResponseBase:
    """One size of a covered copy that an exposure shows, or of the photo from a look again (`what` is its number)."""
    exposure = find_exposure(request.user, uid)
    item = next((item for item in exposure.items.all() if item.pk == number), None)
    if item is None:
        raise Http404
    stored = {"before": item.before, "after": item.after}.get(what)
    if what.isascii() and what.isdigit() and len(what) < 18:
        seen: LookAgain | None = next((look for look in item.looks.all() if look.pk == int(what)), None)
        stored = seen.photo if seen else None
    if stored is None:
        raise Http404
    response = photo_answer(stored, size)
    response["Cache-Control"] = "private, max-age=3600"
    return response
