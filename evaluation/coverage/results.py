"""/coverage/: streets by rule, the list of results, and one result with its pieces; and cases raised from gaps."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Case, When
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.permissions import EXPORT, MANAGE_COVERAGE, READ, READ_COVERAGE, can, scope_filter, scope_of
from assets.dictionaries import dictionaries, read_generation
from assets.history import Actor
from assets.models import Origin
from assets.paging import PARAMETER, Key, Keyset
from evaluation.coverage.actions.raise_gap import MOST_AT_ONCE, raise_gap, raise_gaps
from evaluation.coverage.asked import ResultsAsked, streets_of, tallies
from evaluation.coverage.showing import cards_of, pieces_of
from evaluation.coverage.tasks import last_run
from evaluation.models import CASE_ENDED, COUNTING, CoverageCase, CoverageResult, CoverageRule, PlaceKind
from mapping.basemap.describing import offered_basemap
from places.models import Level, SiteKind
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page
from web.paging import only_parameters, ways

PAGE = 50
# Gaps first.
_GAPS_FIRST = Keyset("coverage", (Key("fulfilled", int), Key("pk", int)))


def street_names() -> dict[str, str]:
    """Names of streets by code."""
    lists = dictionaries(read_generation())
    return {area.code: area.name for area in lists.areas_at(Level.STREET).values()}


@readers_only(READ_COVERAGE)
def overview_page(request: SignedInRequest) -> HttpResponse:
    """Each street by each rule: how many gaps of how many places."""
    only_parameters(request)
    user = request.user
    rules = list(CoverageRule.objects.filter(active=True).exclude(metric__in=COUNTING))
    told = tallies(CoverageResult.objects.visible_to(user))
    rows = []
    for street in streets_of(user, dictionaries(read_generation())):
        cells = [(rule, *told.get((street.code, rule.pk), (0, 0))) for rule in rules]
        rows.append(
            {
                "street": street,
                "cells": cells,
                "gaps": sum(gaps for _rule, gaps, _all in cells),
                "places": sum(number for _rule, _gaps, number in cells),
            }
        )
    context = {
        "rows": rows,
        "rules": rules,
        "counting": CoverageRule.objects.filter(active=True, metric__in=COUNTING),
        "section": "overview",
        **_about(user),
    }
    return show_page(request, "coverage/overview.html", context)


def _about(user: User) -> dict[str, Any]:
    return {"run": last_run(), "manages": can(user, MANAGE_COVERAGE)}


@readers_only(READ_COVERAGE)
def list_page(request: SignedInRequest) -> HttpResponse:
    """The results that an address asks for, gaps first."""
    lists = dictionaries(read_generation())
    asked = ResultsAsked.read(request, lists)
    found = asked.results(request.user)
    page = _GAPS_FIRST.page_of(
        found.annotate(fulfilled=Case(When(ok=True, then=1), default=0))
        .select_related("rule")
        .defer("shape", "counted", "left_out"),
        request.GET.get(PARAMETER),
        PAGE,
    )
    names = street_names()
    context = {
        "cards": cards_of(page.rows, names),
        "pages": ways(request, page.next),
        "asked": asked,
        "query": asked.but(),
        "matched": found.count(),
        "gaps": found.filter(ok=False).count(),
        "streets": streets_of(request.user, lists),
        "rules": CoverageRule.objects.filter(active=True).exclude(metric__in=COUNTING),
        "kinds": [(kind.code, kind.name) for kind in SiteKind.objects.filter(active=True)]
        + [(kind.value, kind.label) for kind in PlaceKind if kind != PlaceKind.SITE],
        "may_export": can(request.user, EXPORT),
        "most_at_once": MOST_AT_ONCE,
        "files": (("xlsx", "XLSX"), ("csv", "CSV"), ("geojson", "GeoJSON")),
        "section": "results",
        **_about(request.user),
    }
    return show_page(request, "coverage/results.html", context)


@readers_only(READ_COVERAGE)
def result_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """One result: rule, place, wanted, found, the pieces that count and those that do not, and why."""
    return _show(request, find_result(request.user, uid))


def find_result(user: User, uid: UUID) -> CoverageResult:
    """A result that the reader may know of.

    Raises:
        Http404: there is none; it may have been computed anew.
    """
    result = CoverageResult.objects.visible_to(user).filter(uid=uid).select_related("rule").first()
    if result is None:
        raise Http404
    return result


def _show(request: SignedInRequest, result: CoverageResult, refused: str = "") -> HttpResponse:
    user = request.user
    counted, left_out = pieces_of(result, scope_filter(scope_of(user, READ)))
    past = CoverageCase.objects.filter(rule=result.rule_id, place=result.place, case__state__in=CASE_ENDED)
    card = cards_of([result], street_names())[0]
    context = {
        "result": result,
        "card": card,
        "counted": counted,
        "left_out": left_out,
        "past": [past_case.case for past_case in past.select_related("case").order_by("-pk")[:5]],
        "may_raise": not result.ok and card.case is None and can(user, MANAGE_COVERAGE, result),
        "refused": refused,
        "section": "results",
        "map": {
            "results": [feature_of(result)],
            "pieces": [
                [round(asset.point.x, 6), round(asset.point.y, 6), asset.name, counts]
                for group, counts in [(counted, True), *((reason, False) for reason in left_out)]
                for asset in group.shown
            ],
        },
        "basemap": offered_basemap(),
        **_about(user),
    }
    return show_page(request, "coverage/result.html", context, status=422 if refused else 200)


def feature_of(result: CoverageResult) -> dict[str, Any]:
    """A result for the map's script: its point, the line of its stretch, whether it is fulfilled."""
    return {
        "lon": round(result.point.x, 6),
        "lat": round(result.point.y, 6),
        "line": [[round(x, 6), round(y, 6)] for x, y in result.shape.coords] if result.shape else None,
        "ok": result.ok,
        "title": result.name,
    }


@admitting(MANAGE_COVERAGE, "POST")
def raise_one(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Raise the case of one gap; the one that is open already when there is one."""
    result = find_result(request.user, uid)
    try:
        case, new = raise_gap(Actor(request.user, Origin.WEB), result)
    except ValidationError as error:
        return _show(request, result, " ".join(error.messages))
    message = _("Case %(code)s was raised.") if new else _("There is a case already: %(code)s.")
    messages.success(request, message % {"code": case.code})
    return HttpResponseRedirect(reverse("coverage-result", args=[result.uid]))


@admitting(MANAGE_COVERAGE, "POST")
def raise_many(request: SignedInRequest) -> HttpResponse:
    """Raise cases from the gaps that the address asks for, where the reader may; a hundred at a time."""
    asked = ResultsAsked.read(request, dictionaries(read_generation()))
    gaps = asked.results(request.user).filter(ok=False).defer("shape", "left_out").order_by("pk")
    mine = [gap for gap in gaps if can(request.user, MANAGE_COVERAGE, gap)]
    try:
        made, rest = raise_gaps(Actor(request.user, Origin.WEB), mine)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        words = ngettext("%(n)s case was raised.", "%(n)s cases were raised.", len(made)) % {"n": len(made)}
        more = _("%(n)s gaps are left without one.") % {"n": f"{rest:,}"} if rest else ""
        messages.success(request, f"{words} {more}")
    return HttpResponseRedirect(f"{reverse('coverage-results')}?{asked.but()}")
