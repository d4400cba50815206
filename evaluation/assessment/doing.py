"""What is done on the pages of the assessment: publish, decide on lists, give bonuses, appeal, answer."""

from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import (
    APPEAL_SCORE,
    APPROVE_LIST,
    PUBLISH_SHEET,
    READ_SHEETS,
    can,
)
from assets.history import Actor
from assets.models import Origin
from evaluation.assessment.actions.appeal_score import answer_appeal, appeal_score
from evaluation.assessment.actions.decide_list import decide_list
from evaluation.assessment.actions.give_bonus import give_bonus
from evaluation.assessment.actions.publish_sheet import publish_sheet
from evaluation.assessment.forms import AnswerForm, AppealForm, BonusForm, DecisionForm, PublishForm
from evaluation.assessment.reading import district_named, lists_for, month_named, sheet_named
from evaluation.assessment.sheets import scheme_in_use
from evaluation.models import Appeal, StreetList
from places.models import Area
from web.access import SignedInRequest, admitting


@admitting(PUBLISH_SHEET, "POST")
def publish(request: SignedInRequest, district: str, month: str) -> HttpResponse:
    """Publish a month as its dry run showed it."""
    area = district_named(request.user, district, PUBLISH_SHEET)
    wanted = month_named(month)
    kept = scheme_in_use(area)
    if kept is None:
        raise Http404
    form = PublishForm(request.POST)

    def act() -> str:
        given = form.cleaned_data
        publish_sheet(_by(request), kept, wanted, seen=given["seen"], requests=given["requests"])
        return _("Published: %(month)s. Lists wait for a second person.") % {"month": f"{wanted:%Y-%m}"}

    done = _carry_out(request, form, act)
    return HttpResponseRedirect(reverse("score-sheet" if done else "dry-run-of", args=[area.code, month]))


@admitting(PUBLISH_SHEET, "POST")
def bonus(request: SignedInRequest, district: str, month: str) -> HttpResponse:
    """Give a street points in a month that is not published."""
    area = district_named(request.user, district, PUBLISH_SHEET)
    wanted = month_named(month)
    kept = scheme_in_use(area)
    if kept is None:
        raise Http404
    form = BonusForm(area, kept, request.POST)

    def act() -> str:
        given = form.cleaned_data
        give_bonus(_by(request), given["street"], wanted, given["code"], form.points_given, given["reason"])
        return _("Noted: %(street)s.") % {"street": given["street"]}

    _carry_out(request, form, act)
    return HttpResponseRedirect(reverse("dry-run-of", args=[area.code, month]))


@admitting(APPROVE_LIST, "POST")
def decide(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Approve a list, or refuse it."""
    found = StreetList.objects.select_related("sheet__district").filter(uid=uid).first()
    if found is None or found not in lists_for(request.user, found.sheet):
        raise Http404
    if not can(request.user, READ_SHEETS, found):
        raise Http404
    form = DecisionForm(request.POST)

    def act() -> str:
        given = form.cleaned_data
        approved = given["decision"] == "approve"
        decide_list(_by(request), found, approved=approved, reason=given["reason"])
        return _("Approved: the list is shown now.") if approved else _("Refused: the list stays hidden.")

    _carry_out(request, form, act)
    return _back_to(found.sheet.district, f"{found.sheet.month:%Y-%m}")


@admitting(APPEAL_SCORE, "POST")
def appeal(request: SignedInRequest, district: str, month: str, street: str) -> HttpResponse:
    """Appeal for one's own street."""
    area = district_named(request.user, district)
    sheet = sheet_named(area, month_named(month))
    place = Area.objects.filter(code=street).defer("boundary").first()
    if place is None:
        raise Http404
    form = AppealForm(request.POST)

    def act() -> str:
        given = form.cleaned_data
        appeal_score(_by(request), sheet, place, given["reason"], figure=given["figure"])
        return _("Your appeal was sent. The sheet stays as it is; the answer will stand below it.")

    done = _carry_out(request, form, act)
    if done:
        return _back_to(area, month)
    return HttpResponseRedirect(reverse("score-of-street", args=[area.code, month, street]))


@admitting(PUBLISH_SHEET, "POST")
def answer(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Answer an appeal."""
    found = Appeal.objects.select_related("sheet__district", "street").filter(uid=uid).first()
    if found is None or not can(request.user, READ_SHEETS, found.sheet):
        raise Http404
    form = AnswerForm(request.POST)

    def act() -> str:
        given = form.cleaned_data
        points = given["points"] or Decimal(0)
        answer_appeal(_by(request), found, given["text"], upheld=given["upheld"] == "yes", points=points)
        return _("Answered.")

    _carry_out(request, form, act)
    return _back_to(found.sheet.district, f"{found.sheet.month:%Y-%m}")


def _by(request: SignedInRequest) -> Actor:
    return Actor(request.user, Origin.WEB)


def _carry_out(request: SignedInRequest, form: forms.Form, act: Callable[[], str]) -> bool:
    """Do it when the form is whole; what is wrong is said on the page that follows."""
    if not form.is_valid():
        for name, sentences in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            for sentence in sentences:
                messages.error(request, f"{label}{_(': ') if label else ''}{sentence}")
        return False
    try:
        message = act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, message)
    return True


def _back_to(district: Area, month: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("score-sheet", args=[district.code, month]))
