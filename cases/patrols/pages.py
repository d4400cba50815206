"""/cases/patrols/: the list of patrols, one of them with its route and what came of it, and drawing its sites."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import MANAGE_PATROLS, READ_CASES, can
from assets.dictionaries import dictionaries, read_generation
from assets.history import Actor
from assets.models import Origin
from assets.paging import PARAMETER
from cases.actions.confirm_hours import confirm_hours
from cases.actions.draw_sites import draw_sites
from cases.actions.record_patrol import end_patrol, start_patrol, visit_site
from cases.actions.void_patrol import void_patrol
from cases.desk.showing import cards_of
from cases.filters import with_clock
from cases.models import Case, Patrol, PatrolState, RecordKind, Team
from cases.patrols.asked import PatrolsAsked
from cases.patrols.changes import changes_in_words
from cases.patrols.forms import DrawForm, HoursForm, SiteForm, StartForm, VoidForm
from cases.patrols.queries import Stop, page_of_patrols, records_of, stops_of
from cases.patrols.standing import may_confirm, may_go
from cases.queries import with_all_it_names
from mapping.basemap.describing import offered_basemap
from places.models import Level, Site
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import ways


@readers_only(READ_CASES)
def list_page(request: SignedInRequest) -> HttpResponse:
    """The patrols that an address asks for, the latest first."""
    lists = dictionaries(read_generation())
    asked = PatrolsAsked.read(request, lists)
    patrols = asked.patrols(request.user)
    page = page_of_patrols(patrols, request.GET.get(PARAMETER))
    everything = asked.patrols(request.user, "state")
    tabs = [("", _("All"), everything.count())] + [
        (state.value, str(state.label), everything.in_state(state).count()) for state in PatrolState
    ]
    context = {
        "rows": page.rows,
        "pages": ways(request, page.next),
        "asked": asked,
        "tabs": [
            {"title": title, "count": count, "query": asked.but(state=code), "current": code == asked.state}
            for code, title, count in tabs
        ],
        "matched": next(count for code, _title, count in tabs if code == asked.state),
        "teams": Team.objects.filter(pk__in=Patrol.objects.visible_to(request.user).values("team")),
        "streets": lists.areas_at(Level.STREET).values(),
        "may_plan": can(request.user, MANAGE_PATROLS),
        "query": asked.but(),
    }
    return show_page(request, "cases/patrols/list.html", context)


# --- One patrol -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """How the page does a verb: who is offered it when, its form, and the action."""

    title: Promise
    form: type[forms.Form]
    act: Callable[[Actor, Patrol, dict[str, Any]], object]
    offered: Callable[[User, Patrol], bool]
    danger: bool = False


def _visit(actor: Actor, patrol: Patrol, given: dict[str, Any]) -> object:
    site = Site.objects.select_related("area").filter(code=given["site"]).first()
    if site is None:
        raise ValidationError({"site": _("There is no such site.")})
    return visit_site(actor, patrol, site)


WAYS: dict[str, Way] = {
    "start": Way(
        gettext_lazy("Start"),
        StartForm,
        lambda actor, patrol, given: start_patrol(actor, patrol, given["people"]),
        lambda user, patrol: patrol.state == PatrolState.PLANNED and may_go(user, patrol),
    ),
    "visit": Way(
        gettext_lazy("Nothing wrong here"),
        SiteForm,
        _visit,
        lambda user, patrol: False,  # stands in the rows of the route
    ),
    "end": Way(
        gettext_lazy("End"),
        forms.Form,
        lambda actor, patrol, given: end_patrol(actor, patrol),
        lambda user, patrol: patrol.state == PatrolState.UNDERWAY and may_go(user, patrol),
    ),
    "confirm": Way(
        gettext_lazy("Confirm hours"),
        HoursForm,
        lambda actor, patrol, given: confirm_hours(actor, patrol, given["people"], given["minutes"]),
        lambda user, patrol: (
            patrol.state == PatrolState.ENDED and patrol.confirmed_at is None and may_confirm(user, patrol)
        ),
    ),
    "void": Way(
        gettext_lazy("Void"),
        VoidForm,
        lambda actor, patrol, given: void_patrol(actor, patrol, given["reason"]),
        lambda user, patrol: patrol.state != PatrolState.VOIDED and can(user, MANAGE_PATROLS, patrol),
        danger=True,
    ),
}


@readers_only(READ_CASES)
def patrol_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """One patrol: its route on the map, what was recorded, what was found, what was not visited."""
    return _show(request, find_patrol(request.user, uid))


@admitting(READ_CASES, "POST")
def do_verb(request: SignedInRequest, uid: UUID, verb: str) -> HttpResponse:
    """Do one verb to one patrol."""
    patrol = find_patrol(request.user, uid)
    way = WAYS.get(verb)
    if way is None:
        raise Http404
    form = way.form(request.POST, auto_id=f"{verb}-%s")
    if form.is_valid():
        try:
            way.act(Actor(request.user, Origin.WEB), patrol, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            messages.success(request, _("%(verb)s: saved.") % {"verb": way.title})
            return HttpResponseRedirect(reverse("patrol", args=[patrol.uid]))
    return _show(request, patrol, refused=(verb, form))


@admitting(MANAGE_PATROLS, "POST")
def draw(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Draw the sites of a planned patrol, for the first time or again."""
    patrol = find_patrol(request.user, uid)
    form = DrawForm(request.POST, again=patrol.draws.exists(), auto_id="draw-%s")
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = draw_sites(
                Actor(request.user, Origin.WEB),
                patrol,
                given["per_group"],
                given["kinds"],
                seed=given["seed"],
                reason=given.get("reason", ""),
            )
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            words = _("Drawn: %(n)s of %(pool)s sites, by seed %(seed)s.")
            numbers = {"n": len(made.drawn), "pool": len(made.pool), "seed": made.seed}
            messages.success(request, words % numbers)
            return HttpResponseRedirect(reverse("patrol", args=[patrol.uid]))
    return _show(request, patrol, refused=("draw", form))


def find_patrol(user: User, uid: UUID) -> Patrol:
    """A patrol that the reader may know of.

    Raises:
        Http404: there is none.
    """
    seen = Patrol.objects.visible_to(user).filter(uid=uid)
    patrol = seen.select_related("team__unit", "area", "campaign", "planned_by", "confirmed_by").first()
    if patrol is None:
        raise Http404
    return patrol


def _show(
    request: SignedInRequest, patrol: Patrol, refused: tuple[str, forms.Form] | None = None
) -> HttpResponse:
    user = request.user
    records = records_of(patrol)
    stops = stops_of(patrol, records)
    keys = {record.case_id for record in records if record.case_id is not None}
    found = with_all_it_names(with_clock(Case.objects.visible_to(user).filter(pk__in=keys)))
    on_route = {stop.site.pk for stop in stops}
    beside = [
        record for record in records if record.kind == RecordKind.VISIT and record.site_id not in on_route
    ]
    manages = can(user, MANAGE_PATROLS, patrol)
    context = {
        "patrol": patrol,
        "team": patrol.team,
        "sees_phone": manages or user.patrol_teams.filter(pk=patrol.team_id).exists(),
        "areas": patrol.areas.defer("boundary"),
        "roads": patrol.roads.defer("line"),
        "stops": stops,
        "visited": sum(stop.state != "open" for stop in stops),
        "open": [stop for stop in stops if stop.state == "open"],
        "beside": beside,
        "cards": cards_of(found.order_by("pk"), timezone.now()),
        "records": records,
        "draws": list(patrol.draws.select_related("by")),
        "changes": changes_in_words(patrol),
        "may_change": manages and patrol.state == PatrolState.PLANNED,
        "steps": _steps(user, patrol, refused),
        "may_visit": patrol.state == PatrolState.UNDERWAY and may_go(user, patrol),
        "draw_form": _draw_form(patrol, refused) if manages else None,
        "map": {"stops": _on_the_map(stops), "records": _track(records)},
        "basemap": offered_basemap(),
    }
    return show_page(request, "cases/patrols/patrol.html", context, status=422 if refused else 200)


def _steps(user: User, patrol: Patrol, refused: tuple[str, forms.Form] | None) -> list[dict[str, Any]]:
    """What a reader may do now, each with its form; one that was refused stands there in any case."""
    first = {
        "people": patrol.people or None,
        "minutes": patrol.minutes or None,
    }
    steps = []
    for verb, way in WAYS.items():
        wrong = refused[1] if refused is not None and refused[0] == verb else None
        if wrong is None and not way.offered(user, patrol):
            continue
        form = wrong if wrong is not None else way.form(initial=first, auto_id=f"{verb}-%s")
        steps.append({"verb": verb, "title": way.title, "form": form, "danger": way.danger, "wrong": wrong})
    return steps


def _draw_form(patrol: Patrol, refused: tuple[str, forms.Form] | None) -> forms.Form | None:
    if refused is not None and refused[0] == "draw":
        return refused[1]
    if patrol.state != PatrolState.PLANNED:
        return None
    return DrawForm(again=patrol.draws.exists(), auto_id="draw-%s")


def _on_the_map(stops: list[Stop]) -> list[dict[str, Any]]:
    """The route, for the map's script."""
    return [
        {
            "lon": round(stop.site.point.x, 6),
            "lat": round(stop.site.point.y, 6),
            "number": stop.place,
            "name": stop.site.name,
            "state": stop.state,
        }
        for stop in stops
    ]


def _track(records: list[Any]) -> list[dict[str, Any]]:
    """Where something was recorded: nobody was followed in between."""
    return [
        {
            "lon": round(record.position.x, 6),
            "lat": round(record.position.y, 6),
            "time": timezone.localtime(record.at).strftime("%H:%M"),
            "what": str(record.get_kind_display()),
        }
        for record in records
        if record.position is not None
    ]
