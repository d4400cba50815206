"""What happens by itself when time passes: holds end, cards are put down, and a red card urges. Run by the worker.

Each is a row of its own, written in one transaction with the case locked, and there once for each date: the worker may
be killed at any moment, or run twice, and nothing is given or urged twice.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from assets.models import Origin
from cases.actions.hold_case import resume_case
from cases.actions.stepping import locked_case
from cases.actions.urge_case import urge_case
from cases.calendars import the_calendar
from cases.deadlines import Limit, LimitUnit, due
from cases.exposures.reminding import remind
from cases.models import Card, CardKind, Case, Clock, ClockKind, State, Verb
from cases.notifying import tell_of_card

_ITSELF = Actor(None, Origin.COMMAND)
# Which card falls for which clock, and from which of its moments on.
_WATCHED = (
    (CardKind.ACCEPTANCE, ClockKind.ACCEPT, "due_at"),
    (CardKind.YELLOW, ClockKind.HANDLE, "yellow_at"),
    (CardKind.RED, ClockKind.HANDLE, "red_at"),
)
_TO_ANSWER = Limit(Decimal(1), LimitUnit.WORKING_DAYS)
logger = logging.getLogger(__name__)


def look(now: datetime | None = None) -> int:
    """Do all that is due by now; returns how many rows it took."""
    moment = now or timezone.now()
    with translation.override(settings.LANGUAGE_CODE):
        done = end_holds(moment)
        for kind, clock_kind, column in _WATCHED:
            waiting = without_card(kind, clock_kind, column, moment)
            for key in waiting.order_by("pk").values_list("pk", flat=True):
                done += put_down(kind, clock_kind, column, key, moment)
        done += remind(moment)
    return done


def without_card(kind: CardKind, clock_kind: ClockKind, column: str, now: datetime) -> QuerySet[Clock]:
    """The running clocks that a card has to be put down for."""
    given = Card.objects.filter(clock=OuterRef("pk"), kind=kind, due_at=OuterRef("due_at"))
    running = Clock.objects.filter(kind=clock_kind, ended_at=None, held_at=None, **{f"{column}__lte": now})
    return running.exclude(Exists(given))


def put_down(kind: CardKind, clock_kind: ClockKind, column: str, key: int, now: datetime) -> bool:
    """Put one card down, unless its clock has stopped or moved meanwhile; a red one urges in the same transaction."""
    with acting(_ITSELF):
        case = locked_case(Case.objects.get(clocks=key))
        clock = without_card(kind, clock_kind, column, now).filter(pk=key).first()
        if clock is None or clock.due_at is None:
            return False
        urging = None
        if kind is CardKind.RED:
            limit = timezone.localtime(clock.due_at)
            urging = urge_case(
                _ITSELF,
                case,
                _("The limit of %(limit)s has passed.") % {"limit": f"{limit:%Y-%m-%d %H:%M}"},
                answer_by=due(now, _TO_ANSWER, the_calendar()),
                at=now,
            )
        card = Card.objects.create(clock=clock, kind=kind, due_at=clock.due_at, at=now, urging=urging)
        tell_of_card(card, case)
    return True


def end_holds(now: datetime) -> int:
    """Have the cases go on whose hold was granted until now."""
    done = 0
    for case in Case.objects.filter(state=State.ON_HOLD).order_by("pk"):
        done += _quietly(lambda case=case: _end_hold(case, now))  # type: ignore[misc]
    return done


def _end_hold(case: Case, now: datetime) -> bool:
    hold = case.steps.filter(verb=Verb.HOLD).order_by("-id")[0]
    if hold.until is None or hold.until > now:
        return False
    last = case.steps.order_by("-id")[0]
    # It went on when it was to, however late that is noticed; but steps follow one another.
    resume_case(_ITSELF, case, reason=_("The hold was granted until then."), at=max(hold.until, last.at))
    return True


def _quietly(act: Callable[[], bool]) -> bool:
    """One case that somebody else was quicker with does not keep the others waiting."""
    try:
        return act()
    except ValidationError as refused:
        logger.info("A case was left as it is: %s", " ".join(refused.messages))
        return False
