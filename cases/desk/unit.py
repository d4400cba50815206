"""/cases/unit/: what a unit has to do, for those of its people who have an account; its own cases and no others."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import ANSWER_CASE, can, scope_filter, scope_of
from cases.desk.showing import Card, cards_of
from cases.filters import with_clock
from cases.models import Case, CaseQuerySet, CaseStep, State, Verb
from cases.queries import page_of_cases
from web.access import SignedInRequest, readers_only
from web.answers import show_page

SHOWN = 60
_HEADINGS: dict[State, Promise] = {
    State.DISPATCHED: _("To be accepted"),
    State.IN_HAND: _("To be put right"),
    State.ON_HOLD: _("On hold until"),
    State.FIXED: _("Put right, to be checked by others"),
}


@dataclass(frozen=True)
class Group:
    """The cases of one state, the oldest time first."""

    state: State
    heading: Promise
    cards: list[Card]
    matched: int


def cases_of_units(user: User) -> CaseQuerySet:
    """The cases of a reader's own units where they may answer for them, with their clocks."""
    own = scope_filter(scope_of(user, ANSWER_CASE))
    return with_clock(Case.objects.filter(own, unit__in=user.units.values("pk")))


@readers_only()
def unit_page(request: SignedInRequest) -> HttpResponse:
    """The cases of one's own units that are not closed, by what is to be done."""
    mine = cases_of_units(request.user)
    urged = CaseStep.objects.filter(case=OuterRef("pk"), verb=Verb.URGE, answers__isnull=True)
    groups = []
    for state, heading in _HEADINGS.items():
        cases = mine.filter(state=state)
        cards = cards_of(page_of_cases(cases, size=SHOWN).rows, timezone.now())
        groups.append(Group(state, heading, cards, cases.count() if len(cards) == SHOWN else len(cards)))
    context = {
        "units": request.user.units.order_by("name"),
        "groups": groups,
        "urged": set(mine.filter(Exists(urged)).values_list("pk", flat=True)),
        "may_answer": can(request.user, ANSWER_CASE),
    }
    return show_page(request, "cases/unit.html", context)
