"""/responsibility/: who answers for what on a day, by place and by person; one entry with what may be done to it."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.permissions import EXPORT, MANAGE_RESPONSIBILITY, READ, can
from assets.answering import rows_seen_by, told_to
from assets.dictionaries import dictionaries, read_generation
from assets.filter_parameters import FilterError
from assets.history import Actor
from assets.models import Origin
from assets.paging import PARAMETER, Key, Keyset
from places.models import Holder, Level, Responsibility, ResponsibilityKind
from places.models.responsibility import ResponsibilityQuerySet
from places.row_history import changes_of
from web.access import SignedInRequest, admitting, readers_only
from web.paging import only_parameters, ways
from work.responsibility import forms
from work.responsibility.actions.appoint import appoint
from work.responsibility.actions.correct_responsibility import correct_responsibility
from work.responsibility.actions.end_responsibility import end_responsibility
from work.responsibility.actions.hand_over import hand_over
from work.responsibility.actions.void_responsibility import void_responsibility
from work.responsibility.followers import going_with
from work.responsibility.showing import show

PAGE = 100
_LARGEST_KEY = 2**63 - 1
_BY_PLACE = Keyset("responsibilities", (Key("at_code", str), Key("pk", int)))
_BY_PERSON = Keyset("holders", (Key("unit_name", str), Key("pk", int)))


def day_asked(request: HttpRequest) -> date:
    """`on` of the address; today when it says nothing.

    Raises:
        FilterError: it is no day.
    """
    text = request.GET.get("on", "")
    if not text:
        return timezone.localdate()
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise FilterError("on", _("“%(value)s” is no day: write it as 2026-03-01.") % {"value": text[:40]})
    return found


def rows_asked(request: SignedInRequest, day: date) -> tuple[ResponsibilityQuerySet, str, str]:
    """The rows, of all kinds, that an address asks for, with the kind and the street that it names.

    Raises:
        FilterError: naming the parameter.
    """
    rows = rows_seen_by(request.user).on(day)
    kind, street = request.GET.get("kind", ""), request.GET.get("street", "")
    if kind and kind not in ResponsibilityKind.values:
        raise FilterError("kind", _("“%(value)s” does not exist.") % {"value": kind[:80]})
    if street:
        if street not in dictionaries(read_generation()).areas_at(Level.STREET):
            raise FilterError("street", _("“%(value)s” does not exist.") % {"value": street[:80]})
        rows = rows.filter(Q(area__code__startswith=street) | Q(site__area__code__startswith=street))
    return rows, kind, street


@readers_only()
def list_page(request: SignedInRequest) -> HttpResponse:
    """Who answered for what on a day, by place."""
    only_parameters(request, "kind", "street", "on", PARAMETER)
    day = day_asked(request)
    rows, kind, street = rows_asked(request, day)
    of_each = dict(rows.order_by().values_list("kind").annotate(n=Count("pk")))
    of_kind = rows.filter(kind=kind) if kind else rows
    ordered = of_kind.annotate(
        at_code=Coalesce("area__code", "road__code", "site__code", "indicator__code", Value(""))
    ).told()
    page = _BY_PLACE.page_of(ordered, request.GET.get(PARAMETER), PAGE)
    context = {
        "rows": [told_to(request.user, row) for row in page.rows],
        "matched": of_each.get(kind, 0) if kind else sum(of_each.values()),
        "kinds": [
            (choice.value, choice.label, of_each.get(choice.value, 0)) for choice in ResponsibilityKind
        ],
        "kind": kind,
        "street": street,
        "streets": dictionaries(read_generation()).areas_at(Level.STREET).values(),
        "day": day,
        "today": day == timezone.localdate(),
        "pages": ways(request, page.next),
        "may_keep": can(request.user, MANAGE_RESPONSIBILITY),
        "may_export": can(request.user, EXPORT),
        "without_kind": _query(street=street, on=request.GET.get("on", "")),
        "query": _query(kind=kind, street=street, on=request.GET.get("on", "")),
    }
    return show(request, "list", context)


def _query(**given: str) -> str:
    return "&".join(f"{name}={value}" for name, value in given.items() if value)


@readers_only()
def people_page(request: SignedInRequest) -> HttpResponse:
    """Who answers today, and for how much."""
    only_parameters(request, PARAMETER)
    rows = rows_seen_by(request.user).on(timezone.localdate())
    holders = (
        Holder.objects.filter(pk__in=rows.values("holder"))
        .select_related("unit")
        .annotate(unit_name=Coalesce("unit__name", Value("")))
    )
    page = _BY_PERSON.page_of(holders, request.GET.get(PARAMETER), PAGE)
    of_each: dict[int, list[Any]] = {}
    for row in rows.filter(holder__in=[holder.pk for holder in page.rows]).told():
        of_each.setdefault(row.holder_id, []).append(told_to(request.user, row))
    people = [
        {
            "holder": holder,
            "person": next((line.person for line in of_each[holder.pk] if line.person), ""),
            "telephone": next((line.telephone for line in of_each[holder.pk] if line.telephone), ""),
            "rows": of_each[holder.pk][:5],
            "more": max(0, len(of_each[holder.pk]) - 5),
        }
        for holder in page.rows
    ]
    context = {"people": people, "matched": holders.count(), "pages": ways(request, page.next)}
    return show(request, "people", context)


@readers_only()
def holder_page(request: SignedInRequest, number: int) -> HttpResponse:
    """All that somebody answers for and has answered for."""
    only_parameters(request)
    if number > _LARGEST_KEY:
        raise Http404
    rows = rows_seen_by(request.user).standing().filter(holder=number).told().order_by("-begins_on", "pk")
    told = [told_to(request.user, row) for row in rows[:500]]
    if not told:
        raise Http404
    today = timezone.localdate()
    context = {
        "holder": told[0].row.holder,
        "person": next((line.person for line in told if line.person), ""),
        "telephone": next((line.telephone for line in told if line.telephone), ""),
        "now": [line for line in told if line.row.holds_on(today)],
        "other": [line for line in told if not line.row.holds_on(today)],
    }
    return show(request, "holder", context)


@admitting(MANAGE_RESPONSIBILITY, "GET", "HEAD", "POST")
def appoint_page(request: SignedInRequest) -> HttpResponse:
    """Say who answers for something."""
    if request.method != "POST":
        asked = {name: request.GET.get(name, "")[:120] for name in ("kind", "place", "building")}
        form = forms.AppointForm(request.user, initial={**asked, "begins_on": timezone.localdate()})
        return show(request, "appoint", {"form": form})
    form = forms.AppointForm(request.user, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            row = appoint(
                Actor(request.user, Origin.WEB),
                given["thing"],
                form.named(),
                given["begins_on"],
                ends_on=given["ends_on"],
                document=given["document"],
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Saved: %(name)s.") % {"name": row})
            return HttpResponseRedirect(reverse("responsibility", args=[row.uid]))
    return show(request, "appoint", {"form": form}, status=422)


@readers_only()
def row_page(request: SignedInRequest, uid: UUID) -> HttpResponse:
    """One entry, what may be done to it, and what was."""
    only_parameters(request)
    return _show(request, found_row(request, uid))


def found_row(request: SignedInRequest, uid: UUID) -> Responsibility:
    """An entry that the reader may know of.

    Raises:
        Http404: there is none.
    """
    row = rows_seen_by(request.user).told().filter(uid=uid).first()
    if row is None:
        raise Http404
    return row


@admitting(READ, "POST")
def do_verb(request: SignedInRequest, uid: UUID, verb: str) -> HttpResponse:
    """End, correct, hand over or void one entry."""
    row = found_row(request, uid)
    if verb not in _VERBS:
        raise Http404
    kind, act = _VERBS[verb]
    form = kind(request.POST, initial=_initial(verb, row), auto_id=f"{verb}-%s")
    if form.is_valid():
        try:
            sentence, to = act(Actor(request.user, Origin.WEB), row, form)
        except ValidationError as error:
            add_errors(form, error)
        else:
            messages.success(request, sentence)
            return HttpResponseRedirect(reverse("responsibility", args=[to.uid]))
    elif not can(request.user, MANAGE_RESPONSIBILITY, row):
        end_responsibility(Actor(request.user, Origin.WEB), row, row.begins_on)  # which refuses
    return _show(request, row, (verb, form))


def _end(actor: Actor, row: Responsibility, form: Any) -> tuple[str, Responsibility]:
    ended = end_responsibility(actor, row, form.cleaned_data["ends_on"])
    return _("It ends on %(day)s.") % {"day": form.cleaned_data["ends_on"].isoformat()}, ended


def _correct(actor: Actor, row: Responsibility, form: Any) -> tuple[str, Responsibility]:
    given = form.cleaned_data
    corrected = correct_responsibility(
        actor,
        row,
        form.named(),
        given["begins_on"],
        ends_on=given["ends_on"],
        document=given["document"],
    )
    return _("Corrected."), corrected


def _hand_over(actor: Actor, row: Responsibility, form: Any) -> tuple[str, Responsibility]:
    given = form.cleaned_data
    done = hand_over(actor, row, form.named(), given["from_day"], document=given["document"])
    return _("Handed over. Open cases that moved along: %(n)s.") % {"n": done.moved}, done.begun


def _void(actor: Actor, row: Responsibility, form: Any) -> tuple[str, Responsibility]:
    return _("Voided."), void_responsibility(actor, row, form.cleaned_data["reason"])


_Act = Callable[[Actor, Responsibility, Any], tuple[str, Responsibility]]
_VERBS: dict[str, tuple[type[django_forms.Form], _Act]] = {
    "hand-over": (forms.HandOverForm, _hand_over),
    "end": (forms.EndForm, _end),
    "correct": (forms.CorrectForm, _correct),
    "void": (forms.VoidForm, _void),
}


def add_errors(form: django_forms.Form, error: ValidationError) -> None:
    """Put an action's sentences at a form's fields; those about anything else at its head."""
    for name, sentences in error.message_dict.items():
        form.add_error(name if name in form.fields else None, sentences)


def _titles() -> dict[str, str]:
    return {
        "hand-over": _("Hand over"),
        "end": pgettext("responsibility", "End"),
        "correct": _("Correct"),
        "void": _("Void"),
    }


def _show(
    request: SignedInRequest, row: Responsibility, refused: tuple[str, django_forms.Form] | None = None
) -> HttpResponse:
    told = told_to(request.user, row)
    may_keep = can(request.user, MANAGE_RESPONSIBILITY, row) and row.voided_at is None
    steps = []
    for verb, (kind, _act) in _VERBS.items() if may_keep else ():
        wrong = refused is not None and refused[0] == verb
        form = (
            refused[1]
            if refused is not None and wrong
            else kind(initial=_initial(verb, row), auto_id=f"{verb}-%s")
        )
        steps.append({"verb": verb, "title": _titles()[verb], "form": form, "open": wrong})
    context = {
        "told": told,
        "row": row,
        "steps": steps,
        "going_with": going_with(row) if may_keep else 0,
        "today": timezone.localdate(),
        "holds": row.holds_on(timezone.localdate()),
        # A holder in history is unit and post, no name (`Holder.__str__`).
        "changes": changes_of(row, limit=20),
    }
    return show(request, "row", context, status=422 if refused else 200)


def _initial(verb: str, row: Responsibility) -> dict[str, Any]:
    today = timezone.localdate()
    if verb == "correct":
        holder = row.holder
        return {
            "unit": holder.unit_id,
            "post": holder.post,
            "name": holder.name,
            "telephone": holder.telephone,
            "account": holder.user.username if holder.user else "",
            "begins_on": row.begins_on,
            "ends_on": row.ends_on,
            "document": row.document,
        }
    return {"from_day": today, "ends_on": today}
