"""/cases/many/: dispatch, urge or merge all that a filter leaves, after a look at what would be refused and why."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import DISPATCH_CASE, FILE_CASE, URGE_CASE, can, require
from assets.history import Actor
from assets.models import Origin
from cases.actions.many_cases import MOST, Order, Planned, do_many, plan_many
from cases.desk.forms import EndOfDay, VerbForm, longer_text
from cases.filters import read_case_filter
from cases.models import Case, CaseBatch, Verb
from cases.queries import with_all_it_names
from places.models import Unit
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page

_PERMISSIONS = {Verb.DISPATCH: DISPATCH_CASE, Verb.URGE: URGE_CASE, Verb.MERGE: FILE_CASE}


class DispatchManyForm(VerbForm):
    """To whom: each case's proposed unit, or one for all."""

    to = forms.ModelChoiceField(
        Unit.objects.all(),
        label=gettext_lazy("Unit"),
        required=False,
        empty_label=gettext_lazy("As proposed for each"),
    )
    why = longer_text(gettext_lazy("Why this unit (where one is chosen)"), required=False)

    def clean(self) -> dict[str, Any]:
        """One unit for all needs a reason."""
        given = super().clean() or {}
        if given.get("to") and not given.get("why", "").strip():
            self.add_error("why", _("Say why, in a few words."))
        return given


class UrgeManyForm(VerbForm):
    """Why, and by when an answer is wanted."""

    reason = longer_text(gettext_lazy("Why"))
    answer_by = EndOfDay(label=gettext_lazy("Answer by the end of"))


class MergeManyForm(VerbForm):
    """With which case."""

    other = forms.CharField(label=gettext_lazy("Number of the other case"), max_length=24)


_FORMS: dict[Verb, type[VerbForm]] = {
    Verb.DISPATCH: DispatchManyForm,
    Verb.URGE: UrgeManyForm,
    Verb.MERGE: MergeManyForm,
}


@admitting(URGE_CASE, "GET", "HEAD", "POST")
def many_page(request: SignedInRequest) -> HttpResponse:
    """Choose what to do to all; see what would come of it; do it to those that were seen."""
    case_filter = read_case_filter(request.GET, request.user)
    cases = case_filter.cases(request.user)
    context: dict[str, Any] = {
        "matched": cases.count(),
        "most": MOST,
        "words": case_filter.words(),
        "query": case_filter.query_string,
    }
    if request.method != "POST":
        return _answer(request, "cases/many.html", context | {"orders": _forms(request.user)})
    verb = Verb(request.POST["verb"]) if request.POST.get("verb") in _FORMS else None
    if verb is None:
        raise Http404
    require(request.user, _PERMISSIONS[verb])
    form = _FORMS[verb](request.POST, auto_id=f"{verb.value}-%s")
    order = _order_of(verb, form, request.user) if form.is_valid() else None
    if order is None or context["matched"] > MOST:
        return _answer(
            request, "cases/many.html", context | {"orders": _forms(request.user, verb, form)}, 422
        )
    wanted = cases.order_by("pk")
    seen = _seen(request.POST.get("seen", ""))
    if seen is not None:
        wanted = Case.objects.visible_to(request.user).filter(code__in=seen).order_by("pk")[: MOST + 1]
    planned = plan_many(request.user, order, _whole(wanted))
    if seen is None:
        return _preview(request, context, verb, form, planned)
    batch, _done = do_many(
        Actor(request.user, Origin.WEB), order, _as_seen(planned, seen), query=case_filter.query_string
    )
    return HttpResponseRedirect(reverse("case-batch", args=[batch.uid]))


@readers_only(URGE_CASE)
def batch_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """What came of an order, to whoever sees its cases."""
    batch = CaseBatch.objects.filter(uid=uid).select_related("actor").first()
    if batch is None:
        raise Http404
    cases = Case.objects.visible_to(request.user)
    steps = batch.steps.filter(case__in=cases).select_related("case__category", "unit").order_by("pk")
    codes = set(cases.filter(code__in=[code for code, _why in batch.refused]).values_list("code", flat=True))
    refused = [(code, why) for code, why in batch.refused if code in codes]
    if not steps and not refused:
        raise Http404
    context = {"batch": batch, "verb": str(Verb(batch.verb).label), "steps": steps, "refused": refused}
    return _answer(request, "cases/batch.html", context)


def _preview(
    request: SignedInRequest, context: dict[str, Any], verb: Verb, form: VerbForm, planned: list[Planned]
) -> HttpResponse:
    ready = [plan for plan in planned if not plan.refused]
    context |= {
        "verb": verb.value,
        "label": str(verb.label),
        "given": [(name, request.POST.get(name, "")) for name in form.fields],
        "ready": ready,
        "refused": [plan for plan in planned if plan.refused],
        "seen": ",".join(f"{plan.case.code}={plan.unit.pk if plan.unit else ''}" for plan in ready),
    }
    return _answer(request, "cases/many_preview.html", context)


def _seen(text: str) -> dict[str, str] | None:
    """Case → the unit it would have gone to, as the preview showed it; None before there was one."""
    if not text:
        return None
    pairs = [pair.partition("=") for pair in text.split(",")[: MOST + 1]]
    return {code[:24]: unit for code, _equals, unit in pairs}


def _as_seen(planned: list[Planned], seen: dict[str, str]) -> list[Planned]:
    """What was shown is what is done: a proposal that has changed meanwhile is looked at again."""
    changed = _("Who would answer for it has changed meanwhile: look again.")
    return [
        Planned(plan.case, changed, plan.unit, plan.why)
        if not plan.refused and str(plan.unit.pk if plan.unit else "") != seen[plan.case.code]
        else plan
        for plan in planned
    ]


def _order_of(verb: Verb, form: VerbForm, user: User) -> Order | None:
    """What was filled in; None, with the sentence in the form, where the other case is not there."""
    given = dict(form.cleaned_data)
    if verb is Verb.DISPATCH:
        return Order(verb, {"why": given["why"]}, unit=given["to"])
    if verb is Verb.URGE:
        return Order(verb, given)
    other = Case.objects.visible_to(user).filter(code=given["other"].strip()).first()
    if other is None:
        sentence = _("There is no case “%(number)s” that you can see.") % {"number": given["other"][:24]}
        form.add_error("other", sentence)
        return None
    return Order(verb, {}, other=other)


def _forms(user: User, filled: Verb | None = None, form: VerbForm | None = None) -> list[dict[str, Any]]:
    """The orders that the reader may give, each with its form."""
    return [
        {
            "verb": verb.value,
            "label": str(verb.label),
            "form": form if verb is filled and form is not None else kind(auto_id=f"{verb.value}-%s"),
        }
        for verb, kind in _FORMS.items()
        if can(user, _PERMISSIONS[verb])
    ]


def _whole(cases: Any) -> Any:
    return with_all_it_names(cases).select_related(
        "category__rule",
        "asset__maintainer",
    )


def _answer(
    request: SignedInRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return show_page(request, template, context, status=status)
