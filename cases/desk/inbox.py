"""/cases/inbox/: what waits for the desk, one case after another, the oldest first, each decided by one key.

The page works without a script: each decision is a form. The keys press the same buttons (`inbox.js`).
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import DISPATCH_CASE, FILE_CASE, can, scope_filter, scope_of
from assets.history import Actor
from assets.models import Origin, PhotoStage
from cases.desk import slots
from cases.desk.forms import VerbForm
from cases.desk.showing import Card, card_of, cards_of
from cases.desk.verbs import WAYS
from cases.filters import with_clock
from cases.models import Case, CasePhoto, CaseQuerySet, State, Verb
from cases.proposing import Proposal, propose
from cases.queries import near_cases, with_all_it_names
from places.distance import metres_between
from web.access import SignedInRequest, admitting, readers_only
from web.answers import show_page

SHOWN = 40
VERBS = (Verb.FILE, Verb.DISPATCH, Verb.MERGE, Verb.REJECT)


@dataclass(frozen=True)
class Beside:
    """A case that may be about the same, beside the one to decide."""

    card: Card
    metres: float
    photos: list[CasePhoto]


def waiting(user: User) -> CaseQuerySet:
    """What the reader may file or dispatch, and nobody has."""
    condition = Q(pk__in=[])
    for verb, state in ((FILE_CASE, State.REPORTED), (DISPATCH_CASE, State.FILED)):
        scope = scope_of(user, verb)
        if not scope.is_nowhere:
            condition |= Q(state=state) & scope_filter(scope)
    # A filed case has no clock that runs until it is dispatched: it has waited since it was reported.
    return (
        with_clock(Case.objects.filter(condition))
        .annotate(since=Coalesce("running_due", "reported_at"))
        .order_by("since", "pk")
    )


@readers_only(FILE_CASE)
def inbox_page(request: SignedInRequest) -> HttpResponse:
    """The queue, and the case at hand (`at`, else the first)."""
    return _show(request, request.GET.get("at", "")[:24])


@admitting(FILE_CASE, "POST")
def decide(request: SignedInRequest, code: str, verb: str) -> HttpResponse:
    """Do one verb to the case at hand, and go on."""
    case = Case.objects.visible_to(request.user).filter(code=code).select_related("category").first()
    if case is None or verb not in VERBS:
        raise Http404
    case_verb = Verb(verb)
    form = WAYS[case_verb].form(request.POST, auto_id=f"{verb}-%s")
    if not form.is_valid():
        return _show(request, code, (case_verb, form))
    try:
        WAYS[case_verb].act(Actor(request.user, Origin.WEB), case, form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, " ".join(error.messages))
        return _show(request, code, (case_verb, form))
    messages.success(request, _("%(case)s: %(verb)s. Saved.") % {"case": case, "verb": case_verb.label})
    # What was filed is dispatched next; anything else leaves the inbox.
    following = code if case_verb is Verb.FILE else request.POST.get("next", "")[:24]
    return HttpResponseRedirect(reverse("case-inbox", query={"at": following} if following else None))


def _show(request: SignedInRequest, code: str, refused: tuple[Verb, VerbForm] | None = None) -> HttpResponse:
    queue = waiting(request.user)
    # As keys and places: the rows of a long queue are not needed.
    order = list(queue.values_list("pk", "code"))
    codes = [case_code for _key, case_code in order]
    at = codes.index(code) if code in codes else 0
    begin = max(0, at - SHOWN // 4)
    shown = order[begin : begin + SHOWN]
    found = {
        case.pk: case
        for case in with_all_it_names(with_clock(Case.objects.filter(pk__in=[key for key, _code in shown])))
    }
    now = timezone.now()
    context: dict[str, Any] = {
        "cards": [card_of(found[key], now) for key, _code in shown if key in found],
        "matched": len(order),
        "gone": bool(code) and code not in codes,
        "asked": code,
        "problems": _problems(refused),
    }
    if order:
        context |= _at_hand(request.user, order[at][0], codes, at)
    return show_page(request, "cases/inbox.html", context, status=422 if refused else 200)


def _at_hand(user: User, key: int, codes: list[str], at: int) -> dict[str, Any]:
    """The case to decide, with who answers for it and what may be about the same."""
    case = (
        with_all_it_names(with_clock(Case.objects.filter(pk=key)))
        .select_related(
            "category__rule",
            "asset__maintainer",
        )
        .get()
    )
    near = near_cases(case, user) if case.state == State.REPORTED else []
    photos = list(CasePhoto.objects.filter(case__in=[case, *near], stage=PhotoStage.BEFORE).order_by("id"))
    now = timezone.now()
    beside = [
        Beside(
            card,
            metres_between(case.point, card.case.point),
            [photo for photo in photos if photo.case_id == card.case.pk],
        )
        for card in cards_of(near, now)
    ]
    return {
        "card": card_of(case, now),
        "case": case,
        "photos": [photo for photo in photos if photo.case_id == case.pk],
        "beside": beside,
        "proposed": _proposed(user, case),
        "may_file": case.state == State.REPORTED and can(user, FILE_CASE, case),
        "next": codes[at + 1] if at + 1 < len(codes) else "",
        "previous": codes[at - 1] if at else "",
        "place": at + 1,
        "also": [action for action in slots.beside(case, user) if action.decides],
    }


def _proposed(user: User, case: Case) -> Proposal | None:
    ready = case.state == State.FILED and can(user, DISPATCH_CASE, case)
    return propose(case) if ready else None


def _problems(refused: tuple[Verb, VerbForm] | None) -> list[str]:
    return (
        [] if refused is None else [str(error) for errors in refused[1].errors.values() for error in errors]
    )
