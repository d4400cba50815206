"""/assessment/: the ranking of a month, a street's score with what every number rests on, and the dry run."""

import json
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import (
    APPEAL_SCORE,
    APPROVE_LIST,
    MANAGE_LISTS,
    PREPARE_SHEETS,
    READ_SHEETS,
    can,
)
from evaluation.assessment import words
from evaluation.assessment.forms import BonusForm, request_lines
from evaluation.assessment.measuring import Period
from evaluation.assessment.reading import (
    Shown,
    district_named,
    districts_of,
    evidence_in_words,
    is_approved,
    lists_for,
    may_publish,
    month_named,
    sheet_named,
)
from evaluation.assessment.sheets import last_month, scheme_in_use, work_out
from evaluation.models import Appeal, ScoreSheet, StreetList
from places.models import Area
from web.access import SignedInRequest, readers_only
from web.answers import show_page
from web.months import before
from web.paging import only_parameters

MOST_MONTHS = 24


@readers_only(READ_SHEETS)
def home(request: SignedInRequest) -> HttpResponse:
    """Leads to the newest sheet of the reader's district."""
    only_parameters(request)
    districts = districts_of(request.user)
    if not districts:
        raise Http404
    return HttpResponseRedirect(reverse("assessment-of", args=[districts[0].code]))


@readers_only(READ_SHEETS)
def newest(request: SignedInRequest, district: str) -> HttpResponse:
    """The newest sheet of a district, or that there is none yet."""
    only_parameters(request)
    area = district_named(request.user, district)
    sheet = ScoreSheet.objects.filter(district=area).order_by("-month").first()
    if sheet is not None:
        return HttpResponseRedirect(reverse("score-sheet", args=[area.code, f"{sheet.month:%Y-%m}"]))
    return _show(request, "assessment/none.html", area, {"tab": "ranking"})


@readers_only(READ_SHEETS)
def sheet_page(request: SignedInRequest, district: str, month: str) -> HttpResponse:
    """The ranking of a published month, with its lists and appeals."""
    only_parameters(request)
    area = district_named(request.user, district)
    sheet = sheet_named(area, month_named(month))
    user = request.user
    appeals = Appeal.objects.filter(sheet=sheet).select_related("street", "answer__bonus")
    context = {
        "tab": "ranking",
        "sheet": sheet,
        "shown": Shown.of(sheet),
        "months": ScoreSheet.objects.filter(district=area)
        .order_by("-month")
        .values_list("month", flat=True)[:MOST_MONTHS],
        "lists": [_list_row(request, street_list) for street_list in lists_for(user, sheet)],
        "appeals": [
            {"it": appeal, "about": words.FIGURES.get(appeal.figure, "")}
            for appeal in appeals.defer("street__boundary")
            if _may_read(request, appeal)
        ],
    }
    return _show(request, "assessment/sheet.html", area, context)


def _list_row(request: SignedInRequest, street_list: StreetList) -> dict[str, Any]:
    decision = getattr(street_list, "decision", None)
    may = can(request.user, APPROVE_LIST, street_list)
    return {
        "list": street_list,
        "decision": decision,
        "approved": is_approved(street_list),
        "may_decide": may and decision is None and street_list.proposed_by_id != request.user.pk,
        "needs_second": may and decision is None and street_list.proposed_by_id == request.user.pk,
    }


def _may_read(request: SignedInRequest, appeal: Appeal) -> bool:
    """An appeal is between its street and the desk until it is answered; then all who read sheets see both."""
    user = request.user
    answered = getattr(appeal, "answer", None) is not None
    return answered or can(user, APPEAL_SCORE, appeal) or can(user, PREPARE_SHEETS, appeal.sheet)


@readers_only(READ_SHEETS)
def street_page(request: SignedInRequest, district: str, month: str, street: str) -> HttpResponse:
    """One street on a published sheet: every part, every figure, what it rests on."""
    only_parameters(request)
    area = district_named(request.user, district)
    sheet = sheet_named(area, month_named(month))
    shown = Shown.of(sheet)
    row = shown.street(street)
    place = Area.objects.filter(code=street).defer("boundary").first()
    context = {
        "tab": "ranking",
        "sheet": sheet,
        "shown": shown,
        "row": row,
        "may_appeal": place is not None and can(request.user, APPEAL_SCORE, place),
        "answers_for": place,
    }
    return _show(request, "assessment/street.html", area, context)


@readers_only(READ_SHEETS)
def evidence_page(
    request: SignedInRequest, district: str, month: str, street: str, figure: str
) -> HttpResponse:
    """What is behind one figure of one street, as it was frozen."""
    only_parameters(request)
    area = district_named(request.user, district)
    sheet = sheet_named(area, month_named(month))
    rows = sheet.evidence.filter(street_code=street, figure=figure).values_list("rows", flat=True).first()
    return _show_evidence(request, area, Shown.of(sheet), sheet, street, figure, rows)


def _show_evidence(
    request: SignedInRequest,
    area: Area,
    shown: Shown,
    sheet: ScoreSheet | None,
    street: str,
    figure: str,
    rows: str | None,
) -> HttpResponse:
    row = shown.street(street)
    told = [
        (part, told_figure)
        for part in row["parts"]
        for told_figure in part["figures"]
        if told_figure["code"] == figure
    ]
    if not told:
        raise Http404
    part, number = told[0]
    context = {
        "tab": "ranking" if sheet is not None else "dry-run",
        "sheet": sheet,
        "shown": shown,
        "row": row,
        "part": part,
        "figure": number,
        "rows": evidence_in_words(json.loads(rows)) if rows else [],
    }
    return _show(request, "assessment/evidence.html", area, context)


@readers_only(PREPARE_SHEETS)
def dry_run_page(request: SignedInRequest, district: str, month: str | None = None) -> HttpResponse:
    """A month as it would be published now: last month, when the address names none. Nothing is written."""
    only_parameters(request)
    area = district_named(request.user, district, PREPARE_SHEETS)
    wanted = month_named(month) if month else last_month()
    kept = scheme_in_use(area)
    if kept is None or wanted > timezone.localdate():
        context = {"tab": "dry-run", "no_scheme": kept is None, "month": wanted}
        return _show(request, "assessment/none.html", area, context)
    worked = work_out(kept, wanted)
    shown = Shown.of(worked)
    published = ScoreSheet.objects.filter(district=area, month=wanted).exists()
    by = timezone.localdate() + timedelta(days=14)
    context = {
        "tab": "dry-run",
        "shown": shown,
        "scheme": kept,
        "month": wanted,
        "earlier": before(wanted),
        "later": Period.of(area, wanted).last_day + timedelta(days=1),
        "published": published,
        "sha256": worked.sha256,
        "requests": request_lines(shown.told, by),
        "proposed": [(kind, entries) for kind, entries in worked.lists.items() if entries],
        "may_publish": may_publish(request.user, area) and not published and shown.told["complete"],
        "bonus_form": BonusForm(area, kept) if may_publish(request.user, area) and not published else None,
    }
    return _show(request, "assessment/dry_run.html", area, context)


@readers_only(PREPARE_SHEETS)
def dry_street_page(request: SignedInRequest, district: str, month: str, street: str) -> HttpResponse:
    """One street in a dry run."""
    only_parameters(request)
    area = district_named(request.user, district, PREPARE_SHEETS)
    kept = scheme_in_use(area)
    if kept is None:
        raise Http404
    shown = Shown.of(work_out(kept, month_named(month)))
    context = {"tab": "dry-run", "sheet": None, "shown": shown, "row": shown.street(street)}
    return _show(request, "assessment/street.html", area, context)


@readers_only(PREPARE_SHEETS)
def dry_evidence_page(
    request: SignedInRequest, district: str, month: str, street: str, figure: str
) -> HttpResponse:
    """What is behind one figure in a dry run."""
    only_parameters(request)
    area = district_named(request.user, district, PREPARE_SHEETS)
    kept = scheme_in_use(area)
    if kept is None:
        raise Http404
    worked = work_out(kept, month_named(month))
    rows = worked.evidence.get((street, figure))
    return _show_evidence(request, area, Shown.of(worked), None, street, figure, rows)


def _show(request: SignedInRequest, template: str, area: Area, context: dict[str, Any]) -> HttpResponse:
    common = {
        "district": area,
        "may_prepare": can(request.user, PREPARE_SHEETS, area),
        "may_keep": may_publish(request.user, area) and can(request.user, MANAGE_LISTS, area),
    }
    return show_page(request, template, common | context)
