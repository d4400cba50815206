"""/cases/patrols/plan/ and …/<uid>/plan: plan a patrol, and change what is planned until it has begun."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_PATROLS, can
from assets.history import Actor
from assets.models import Origin
from cases.actions.change_patrol import change_patrol
from cases.actions.draw_sites import draw_sites
from cases.actions.plan_patrol import plan_patrol
from cases.models import Patrol
from cases.patrols.forms import ChangeForm, PlanForm
from cases.patrols.pages import find_patrol
from web.access import SignedInRequest, admitting
from web.answers import show_page


@admitting(MANAGE_PATROLS, "GET", "HEAD", "POST")
def plan_page(request: SignedInRequest) -> HttpResponse:
    """Plan a patrol, and draw its sites with it when it says how many."""
    if request.method != "POST":
        first = {
            "planned_for": timezone.localtime().replace(hour=9, minute=0),
            "team": request.GET.get("team"),
        }
        return _show_plan(request, PlanForm(request.user, initial=first))
    form = PlanForm(request.user, request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        per_group, kinds = given.pop("per_group"), given.pop("kinds")
        actor = Actor(request.user, Origin.WEB)
        try:
            with transaction.atomic():
                patrol = plan_patrol(actor, given.pop("team"), given.pop("planned_for"), **given)
                if per_group:
                    draw_sites(actor, patrol, per_group, kinds)
        except ValidationError as error:
            _add_errors(form, error)
        else:
            messages.success(request, _("Planned."))
            return HttpResponseRedirect(reverse("patrol", args=[patrol.uid]))
    return _show_plan(request, form, 422)


@admitting(MANAGE_PATROLS, "GET", "HEAD", "POST")
def change_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """Change what is planned of a patrol."""
    patrol = find_patrol(request.user, uid)
    if not can(request.user, MANAGE_PATROLS, patrol):
        raise PermissionDenied
    if request.method != "POST":
        return _show_change(request, patrol, ChangeForm(request.user, initial=_as_planned(patrol)))
    form = ChangeForm(request.user, request.POST)
    if form.is_valid():
        given = dict(form.cleaned_data)
        actor = Actor(request.user, Origin.WEB)
        try:
            change = change_patrol(actor, patrol, given.pop("planned_for"), given.pop("reason"), **given)
        except ValidationError as error:
            _add_errors(form, error)
        else:
            messages.success(request, _("Changed.") if change is not None else _("Nothing was changed."))
            return HttpResponseRedirect(reverse("patrol", args=[patrol.uid]))
    return _show_change(request, patrol, form, 422)


def _as_planned(patrol: Patrol) -> dict[str, Any]:
    named = patrol.stops.filter(drawn=False).order_by("place")
    return {
        **{name: getattr(patrol, name) for name in ("campaign", "concentrated", "regular", "remarks")},
        "planned_for": timezone.localtime(patrol.planned_for),
        "areas": list(patrol.areas.values_list("code", flat=True)),
        "roads": list(patrol.roads.values_list("code", flat=True)),
        "sites": "\n".join(named.values_list("site__code", flat=True)),
    }


def _add_errors(form: PlanForm, error: ValidationError) -> None:
    for name, sentences in error.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)


def _show_change(
    request: SignedInRequest, patrol: Patrol, form: ChangeForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "teams": True, "patrol": patrol}
    return show_page(request, "cases/patrols/plan.html", context, status=status)


def _show_plan(request: SignedInRequest, form: PlanForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "teams": form.fields["team"].queryset.exists()}  # type: ignore[attr-defined]
    return show_page(request, "cases/patrols/plan.html", context, status=status)
