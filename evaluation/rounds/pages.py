"""/evaluation/: the rounds, one of them with its sites and progress, planning it, and one visit with what was found."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EVALUATE, EXPORT, MANAGE_EVALUATION, MANAGE_LISTS, READ_EVALUATION, can
from assets.history import Actor
from assets.models import Asset, Origin
from assets.paging import PARAMETER, Key, Keyset
from evaluation.actions.choose_sites import draw_sites, take_every_site
from evaluation.actions.plan_round import plan_round
from evaluation.actions.run_round import assign, close_round, open_round
from evaluation.actions.void_visit import void_visit
from evaluation.models import Choice, FoundPiece, ObservationPhoto, Round, RoundState, StandardEdition, Visit
from evaluation.results import By, Rate, overall, rates
from evaluation.rounds.forms import AssignForm, ChooseForm, PlanForm, VoidForm
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways
from web.photos import lasting_photo

ROUNDS_ON_A_PAGE = 30
STOPS_ON_A_PAGE = 100
_LATEST_FIRST = Keyset("rounds", (Key("starts_on", date, descending=True), Key("pk", int, descending=True)))
_IN_THEIR_ORDER = Keyset("stops", (Key("place", int), Key("pk", int)))


@readers_only(READ_EVALUATION)
def list_page(request: SignedInRequest) -> HttpResponse:
    """The rounds, the latest first, each with its progress and rate."""
    only_parameters(request, PARAMETER)
    rounds = Round.objects.visible_to(request.user).select_related("edition", "area").defer("area__boundary")
    page = _LATEST_FIRST.page_of(rounds, request.GET.get(PARAMETER), ROUNDS_ON_A_PAGE)
    keys = [round_.pk for round_ in page.rows]
    sites = dict(
        Round.objects.filter(pk__in=keys).annotate(n=Count("stops")).order_by().values_list("pk", "n")
    )
    visits = Visit.objects.visible_to(request.user).standing().filter(round__in=keys)
    found = {group.key: group.rate for group in rates(visits, By.ROUND)}
    context = {
        "rows": [
            {
                "round": round_,
                "sites": sites[round_.pk],
                "rate": found.get(str(round_.uid), Rate()),
            }
            for round_ in page.rows
        ],
        "pages": ways(request, page.next),
        "editions": StandardEdition.objects.exists(),
        "may_plan": can(request.user, MANAGE_EVALUATION),
        "may_keep": can(request.user, MANAGE_LISTS),
    }
    return show_page(request, "evaluation/rounds.html", context)


@admitting(MANAGE_EVALUATION, "GET", "HEAD", "POST")
def plan_page(request: SignedInRequest) -> HttpResponse:
    """Plan a round; its sites follow on its own page."""
    today = timezone.localdate()
    form = PlanForm(request.user, request.POST or None, initial={"starts_on": today, "ends_on": today})
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            round_ = plan_round(Actor(request.user, Origin.WEB), **given)
        except ValidationError as error:
            for name, sentences in error.message_dict.items():
                form.add_error(name if name in form.fields else None, sentences)
        else:
            messages.success(request, _("Planned. Choose its sites, then open it."))
            return HttpResponseRedirect(reverse("evaluation-round", args=[round_.uid]))
    status = 422 if request.method == "POST" else 200
    return show_page(request, "evaluation/plan.html", {"form": form}, status=status)


@readers_only(READ_EVALUATION)
def round_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """One round: how far it is, its sites and who goes there, its draws."""
    only_parameters(request, PARAMETER)
    return _show(request, find_round(request.user, uid))


def find_round(user: User, uid: UUID) -> Round:
    """A round that the reader may know of.

    Raises:
        Http404: there is none.
    """
    seen = Round.objects.visible_to(user).select_related("edition", "area", "planned_by")
    round_ = seen.defer("area__boundary").filter(uid=uid).first()
    if round_ is None:
        raise Http404
    return round_


@admitting(MANAGE_EVALUATION, "POST")
def do_verb(request: SignedInRequest, uid: UUID, verb: str) -> HttpResponse:
    """Choose its sites, send somebody, open it, close it."""
    round_ = find_round(request.user, uid)
    if verb not in ("choose", "assign", "open", "close"):
        raise Http404
    form: forms.Form = forms.Form(request.POST)
    if verb == "choose":
        form = ChooseForm(round_, request.POST, auto_id="choose-%s")
    elif verb == "assign":
        form = AssignForm(round_, request.POST, auto_id="assign-%s")
    if form.is_valid():
        try:
            message = _do(Actor(request.user, Origin.WEB), round_, verb, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            messages.success(request, message)
            return HttpResponseRedirect(reverse("evaluation-round", args=[round_.uid]))
    return _show(request, round_, refused=(verb, form))


def _do(actor: Actor, round_: Round, verb: str, given: dict[str, Any]) -> str:
    """Do it; what to say afterwards."""
    if verb == "open":
        open_round(actor, round_)
        return _("The round has opened; its sites are on the phones now.")
    if verb == "close":
        close_round(actor, round_)
        return _("The round has been closed; streets see its results.")
    if verb == "assign":
        stops = round_.stops.all()
        if given["street"] is not None:
            stops = stops.filter(street=given["street"])
        count = assign(actor, round_, list(stops), given["evaluator"])
        return _("%(person)s goes to %(n)s sites.") % {"person": given["evaluator"], "n": count}
    if round_.choice == Choice.SWEEP:
        return _("%(n)s sites: every one.") % {"n": take_every_site(actor, round_, given["kinds"])}
    made = draw_sites(
        actor,
        round_,
        given["per_group"],
        given["kinds"],
        seed=given["seed"],
        reason=given.get("reason", ""),
    )
    numbers = {"n": len(made.drawn), "pool": len(made.pool), "seed": made.seed}
    return _("Drawn: %(n)s of %(pool)s sites, by seed %(seed)s.") % numbers


def _show(
    request: SignedInRequest, round_: Round, refused: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    user = request.user
    visits = Visit.objects.visible_to(user).standing().filter(round=round_)
    stops = round_.stops.select_related("site", "kind", "street", "evaluator").defer(
        "site__outline", "street__boundary"
    )
    if not (can(user, MANAGE_EVALUATION, round_) or round_.announced or round_.state == RoundState.CLOSED):
        stops = stops.filter(evaluator=user)
    visited = Visit.objects.standing().filter(round=round_, site=OuterRef("site"))
    counts = stops.aggregate(sites=Count("pk"), alone=Count("pk", filter=Q(evaluator=None)))
    counts["done"] = stops.filter(Exists(visited)).count()
    page = _IN_THEIR_ORDER.page_of(stops, request.GET.get(PARAMETER), STOPS_ON_A_PAGE)
    of_site: dict[int, list[Visit]] = {}
    here = Visit.objects.visible_to(user).filter(round=round_, site__in=[stop.site_id for stop in page.rows])
    for visit in here.select_related("evaluator").order_by("ended_at"):
        of_site.setdefault(visit.site_id, []).append(visit)
    manages = can(user, MANAGE_EVALUATION, round_)
    wrong = dict([refused]) if refused else {}
    context = {
        "round": round_,
        "counts": counts,
        "share": round(counts["done"] * 100 / counts["sites"]) if counts["sites"] else 0,
        "rate": overall(visits),
        "pages": ways(request, page.next),
        "stops": [{"stop": stop, "visits": of_site.get(stop.site_id, [])} for stop in page.rows],
        "draws": list(round_.draws.select_related("by")),
        "manages": manages,
        "choose_form": _form(
            manages and round_.state == RoundState.PLANNED, "choose", ChooseForm, round_, wrong
        ),
        "assign_form": _form(
            manages and round_.state != RoundState.CLOSED and counts["sites"] > 0,
            "assign",
            AssignForm,
            round_,
            wrong,
        ),
        "refused": next((form for verb, form in wrong.items() if verb in ("open", "close")), None),
    }
    return show_page(request, "evaluation/round.html", context, status=422 if refused else 200)


def _form(
    offered: bool,
    verb: str,
    made: type[ChooseForm] | type[AssignForm],
    round_: Round,
    wrong: dict[str, forms.Form],
) -> forms.Form | None:
    if verb in wrong:
        return wrong[verb]
    return made(round_, auto_id=f"{verb}-%s") if offered else None


# --- One visit ------------------------------------------------------------------------------------------------------


def find_visit(user: User, uid: UUID) -> Visit:
    """A visit that the reader may know of.

    Raises:
        Http404: there is none.
    """
    seen = Visit.objects.visible_to(user).select_related(
        "round__edition", "round__area", "site", "kind", "street", "evaluator", "voided_by"
    )
    visit = seen.defer("site__outline", "street__boundary", "round__area__boundary").filter(uid=uid).first()
    if visit is None:
        raise Http404
    return visit


@readers_only(READ_EVALUATION)
def visit_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """One visit: every item with what was found, its photos and its case."""
    return _show_visit(request, find_visit(request.user, uid), VoidForm())


@admitting(MANAGE_EVALUATION, "POST")
def void(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Void a visit, saying why."""
    visit = find_visit(request.user, uid)
    form = VoidForm(request.POST)
    if form.is_valid():
        try:
            void_visit(Actor(request.user, Origin.WEB), visit, form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            messages.success(request, _("Voided: it counts in no figure any more."))
            return HttpResponseRedirect(reverse("evaluation-visit", args=[visit.uid]))
    return _show_visit(request, visit, form, 422)


def _show_visit(request: SignedInRequest, visit: Visit, form: forms.Form, status: int = 200) -> HttpResponse:
    rows = visit.observations.select_related("item__theme", "case").prefetch_related("photos", "missing")
    mine = FoundPiece.of_visit(visit).filter(asset__in=Asset.objects.visible_to(request.user))
    context = {
        "visit": visit,
        "rows": rows.order_by("item__order", "pk"),
        "found_pieces": mine.select_related("asset__type"),
        "rate": overall(Visit.objects.filter(pk=visit.pk)),
        "form": form,
        "may_void": visit.voided_at is None and can(request.user, MANAGE_EVALUATION, visit),
        "evaluates": can(request.user, EVALUATE),
        "may_export": can(request.user, EXPORT),
    }
    return show_page(request, "evaluation/visit.html", context, status=status)


@readers_only(READ_EVALUATION)
def photo(request: SignedInRequest, uid: UUID, size: str) -> HttpResponseBase:
    """One size of a photo of what was found on a visit that the reader may see."""
    seen = Visit.objects.visible_to(request.user)
    found = ObservationPhoto.objects.filter(uid=uid, observation__visit__in=seen).first()
    if found is None:
        raise Http404
    return lasting_photo(request, found.stored, size)
