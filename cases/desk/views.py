"""The list of cases, one case with what may be done next, its photos, and reporting one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EXPOSE_CASE, READ, REPORT_PROBLEM, URGE_CASE, can
from assets.answering import told_at
from assets.history import Actor
from assets.models import Asset, Origin, PhotoStage
from cases.actions.propose_exposure import NEVER_EXPOSED
from cases.actions.report_problem import report_problem
from cases.desk import slots
from cases.desk.forms import ReportForm, VerbForm
from cases.desk.links import link_shown
from cases.desk.pairs import earlier_than, first_pairs, pairs_of
from cases.desk.showing import (
    SELECTS,
    card_of,
    cards_of,
    choices_of,
    ids_of,
    lamp_tabs,
    next_steps,
    state_tabs,
)
from cases.desk.verbs import WAYS
from cases.filters import read_case_filter, with_clock
from cases.models import OPEN_STATES, Case, CasePhoto, Clock, Exposure, Patrol, Source, Verb
from cases.proposing import propose
from cases.queries import (
    count_by_lamp,
    count_by_state,
    near_cases,
    page_of_cases,
    photos_of_its_job,
    with_all_it_names,
)
from cases.sources import usual_source
from cases.telling import clocks_in_words, timeline
from places.answering import Spot
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import ways
from web.photos import lasting_photo

# A photo's file never changes: it is stored under its content's hash.


@readers_only()
def list_page(request: SignedInRequest) -> HttpResponse:
    """The cases that a filter leaves, the oldest clock first, page by page."""
    case_filter = read_case_filter(request.GET, request.user, extra=("cursor", "order"))
    order = request.GET.get("order", "due")
    cases = case_filter.cases(request.user)
    page = page_of_cases(cases, order=order, cursor=request.GET.get("cursor"))
    states = count_by_state(case_filter, request.user)
    lamps = count_by_lamp(case_filter, request.user)
    context = {
        "cards": cards_of(page.rows, case_filter.reference.now, first_pairs(page.rows)),
        "matched": cases.count(),
        "tabs": state_tabs(case_filter, states),
        "lamps": lamp_tabs(case_filter, lamps),
        "choices": choices_of(case_filter, request.user),
        "search": case_filter.spelled("q"),
        "days": [(name, case_filter.spelled(name)) for name in ("reported_from", "reported_to")],
        "kept": [
            (name, case_filter.spelled(name))
            for name in case_filter.values
            if name not in (*SELECTS, "q", "reported_from", "reported_to") and case_filter.spelled(name)
        ],
        "words": case_filter.words(*SELECTS, "q", "state", "lamp", "reported_from", "reported_to"),
        "query": case_filter.query_string,
        "orders": [("due", _("Oldest time first")), ("new", _("Reported last"))],
        "order": order,
        "pages": ways(request, page.next),
        "may_report": can(request.user, REPORT_PROBLEM),
        "may_order": can(request.user, URGE_CASE),
        "views": request.user.case_views.all(),
    }
    return _answer(request, "cases/list.html", context)


@readers_only()
def case_page(request: SignedInRequest, code: str) -> HttpResponse:
    """One case: what, where, how far, how its dates came about, what happened, and what may be done next."""
    return show_case(request, find_case(request.user, code))


def find_case(user: User, code: str) -> Case:
    """A case that the reader may see, with its clock.

    Raises:
        Http404: there is none.
    """
    seen = with_all_it_names(with_clock(Case.objects.visible_to(user).filter(code=code)))
    case = seen.select_related(
        *(
            "category__rule",
            "rule",
            "reported_by",
            "duplicate_of",
            "campaign",
            "asset__maintainer",
            "job__crew",
        ),
    ).first()
    if case is None:
        raise Http404
    return case


def show_case(
    request: SignedInRequest, case: Case, refused: tuple[Verb, VerbForm] | None = None
) -> HttpResponse:
    """The case's page, with a form that was refused if there is one (422)."""
    clocks = list(Clock.objects.filter(case=case).order_by("id"))
    photos = list(case.photos.order_by("id"))
    taken = photos_of_its_job(case)
    pairs = pairs_of(photos)
    steps = next_steps(case, request.user, refused)
    proposed = propose(case) if any(step.verb == Verb.DISPATCH for step in steps) else None
    context = {
        "case": case,
        "card": card_of(case, timezone.now()),
        "steps": steps,
        "proposed": proposed,
        "near": cards_of(near_cases(case, request.user), timezone.now()) if case.is_open else [],
        "clocks": clocks_in_words(clocks),
        "timeline": timeline(case, request.user),
        "pairs": pairs,
        "earlier": earlier_than(pairs, photos),
        "of_its_job": [
            (stage, taken[stage]) for stage in (PhotoStage.BEFORE, PhotoStage.AFTER) if taken[stage]
        ],
        "may_report": can(request.user, REPORT_PROBLEM),
        "exposures": Exposure.objects.visible_to(request.user).filter(items__case=case),
        "may_expose": case.state not in NEVER_EXPOSED and can(request.user, EXPOSE_CASE, case),
        "patrols": Patrol.objects.visible_to(request.user)
        .filter(records__case=case)
        .select_related("team")
        .distinct(),
        **link_shown(case, request.user),
        "beside": slots.beside(case, request.user),
        "answered": told_at(
            request.user,
            Spot.of(case, case.asset.building if case.asset else ""),
            timezone.localdate(case.reported_at),
        ),
        "draft_rule": bool(case.rule and case.rule.confidence != "high"),
    }
    return _answer(request, "cases/case.html", context, status=422 if refused else 200)


@admitting(READ, "POST")
def do_verb(request: SignedInRequest, code: str, verb: str) -> HttpResponse:
    """Do one verb to one case."""
    case = find_case(request.user, code)
    if verb not in Verb.values or Verb(verb) not in WAYS:
        raise Http404
    case_verb = Verb(verb)
    way = WAYS[case_verb]
    form = way.form(request.POST, request.FILES, auto_id=ids_of(case_verb))
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if value is not None}
        try:
            way.act(Actor(request.user, Origin.WEB), case, given)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(
                request, _("%(case)s: %(verb)s. Saved.") % {"case": case, "verb": case_verb.label}
            )
            return HttpResponseRedirect(_address_after(request.user, code))
    now = find_case(request.user, code)
    if case_verb not in [Verb(step.verb) for step in next_steps(now, request.user)]:
        # The page would have no place for the form: say what was wrong above it.
        for sentences in form.errors.values():
            messages.error(request, " ".join(str(sentence) for sentence in sentences))
        return _answer_as_it_is(request, now)
    return show_case(request, now, (case_verb, form))


def _answer_as_it_is(request: SignedInRequest, case: Case) -> HttpResponse:
    response = show_case(request, case)
    response.status_code = 422
    return response


def _address_after(user: User, code: str) -> str:
    """The case again; the list for a unit whose case it no longer is."""
    seen = Case.objects.visible_to(user).filter(code=code).exists()
    return reverse("case", args=[code]) if seen else reverse("cases")


def add_errors(form: Any, error: ValidationError) -> None:
    """Put an action's sentences at a form's fields; those about anything else at its head."""
    named = {"photo": "photos", "point": "longitude"}
    for name, sentences in error.message_dict.items():
        field = named.get(name, name)
        form.add_error(field if field in form.fields else None, sentences)


# --- Reporting ------------------------------------------------------------------------------------------------------


@admitting(REPORT_PROBLEM, "GET", "HEAD", "POST")
def report_page(request: SignedInRequest) -> HttpResponse:
    """Report a problem at an asset (`?asset=`), or at a position."""
    if request.method != "POST":
        source = usual_source(request.user) or Source.HOTLINE
        form = ReportForm(initial={"asset": request.GET.get("asset", "")[:200], "source": source})
        return _show_report(request, form)
    form = ReportForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            case = report_problem(
                Actor(request.user, Origin.WEB),
                given["category"],
                Source(given["source"]),
                asset=_asset_of(request.user, given["asset"]),
                point=_point_of(given["longitude"], given["latitude"]),
                description=given["description"],
                address=given["address"],
                photos=given["photos"],
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Reported: %(case)s.") % {"case": case})
            return HttpResponseRedirect(reverse("case", args=[case.code]))
    return _show_report(request, form, status=422)


def _show_report(request: SignedInRequest, form: ReportForm, status: int = 200) -> HttpResponse:
    code = str(form["asset"].value() or "").strip()
    asset = Asset.objects.visible_to(request.user).filter(code=code).first() if code.isdigit() else None
    cases = with_all_it_names(with_clock(Case.objects.visible_to(request.user)))
    open_ones = cases.filter(asset=asset, state__in=OPEN_STATES)
    open_cards = cards_of(open_ones.order_by("pk")[:8], timezone.now()) if asset else []
    return _answer(
        request, "cases/report.html", {"form": form, "asset": asset, "open_cards": open_cards}, status=status
    )


def _asset_of(user: User, code: str) -> Asset | None:
    if not code:
        return None
    asset = Asset.objects.visible_to(user).select_related("area").filter(code=code[:17]).first()
    if asset is None or len(code) != 17:
        raise ValidationError(
            {"asset": _("There is no asset “%(code)s” that you can see.") % {"code": code[:40]}}
        )
    return asset


def _point_of(longitude: float | None, latitude: float | None) -> Point | None:
    if longitude is None and latitude is None:
        return None
    if longitude is None or latitude is None:
        raise ValidationError({"longitude": _("Give longitude and latitude.")})
    return Point(longitude, latitude, srid=4326)


# --- Photos ---------------------------------------------------------------------------------------------------------


@readers_only()
def photo(request: SignedInRequest, uid: UUID, size: str) -> HttpResponseBase:
    """One size of a photo of a case that the reader may see."""
    found = CasePhoto.objects.filter(uid=uid, case__in=Case.objects.visible_to(request.user)).first()
    if found is None:
        raise Http404
    return lasting_photo(request, found.stored, size)


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return show_page(request, template, context, status=status)
