"""A case in words: its timeline, how a date came about, what a step carried. All in the reader's language."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.permissions import AnyUser
from cases.deadlines import LimitUnit
from cases.exposures.telling import exposures_of
from cases.models import Card, Case, CasePhoto, CaseStep, Clock, ClockMove, MoveKind, Verb

SEPARATOR = " · "


@dataclass(frozen=True)
class Event:
    """One thing that happened to a case. `kind` is the verb, or `card yellow`, `calendar`, `exposure approved` …"""

    kind: str
    at: datetime
    title: str
    lines: list[str] = field(default_factory=list)
    actor: str = ""
    origin: str = ""
    photos: list[CasePhoto] = field(default_factory=list)


def timeline(case: Case, reader: AnyUser) -> list[Event]:
    """What happened to a case, newest first; as many queries as there are tables.

    Args:
        reader: whose right to see exposures decides whether they are told.
    """
    steps = list(case.steps.select_related("unit", "other").order_by("id"))
    moves = list(ClockMove.objects.filter(clock__case=case).select_related("clock").order_by("id"))
    cards = list(Card.objects.filter(clock__case=case).select_related("clock").order_by("id"))
    photos = list(case.photos.order_by("id"))
    told = [(step.at, 0, step.pk, _of_step(step, moves, photos)) for step in steps]
    told += [
        (move.at, 1, move.pk, Event("calendar", move.at, str(move.get_kind_display()), [date_in_words(move)]))
        for move in moves
        if move.step_id is None
    ]
    told += [(card.at, 2, card.pk, _of_card(card)) for card in cards]
    told += [
        (
            exposure.at,
            3,
            place,
            Event(exposure.kind, exposure.at, exposure.title, exposure.lines, exposure.actor),
        )
        for place, exposure in enumerate(exposures_of(case, reader))
    ]
    return [event for _at, _kind, _key, event in sorted(told, key=lambda row: row[:3], reverse=True)]


def _of_step(step: CaseStep, moves: Iterable[ClockMove], photos: Iterable[CasePhoto]) -> Event:
    return Event(
        kind=step.verb,
        at=step.at,
        title=str(_past()[Verb(step.verb)]),
        lines=[
            *_carried(step),
            *(
                f"{move.clock.get_kind_display()}{_(': ')}{date_in_words(move)}"
                for move in moves
                if move.step_id == step.pk
            ),
        ],
        actor=_by_whom(step),
        origin=str(step.get_origin_display()),
        photos=[photo for photo in photos if photo.step_id == step.pk],
    )


def _by_whom(step: CaseStep) -> str:
    if step.link_id is not None:
        return _("%(unit)s, by link") % {"unit": step.actor_name}
    return step.actor_name if step.actor_id else ""


def _of_card(card: Card) -> Event:
    limit = _("For the limit of %(limit)s.") % {"limit": _time(card.due_at)}
    return Event(f"card {card.kind}", card.at, str(card.get_kind_display()), [limit])


def _past() -> dict[Verb, str]:
    """What was done, as a timeline says it."""
    return {
        Verb.REPORT: _("Reported"),
        Verb.REPORT_FIXED: _("Reported as put right at once"),
        Verb.ADD_REPORT: _("Reported by others too"),
        Verb.FILE: _("Filed"),
        Verb.REJECT: _("Rejected"),
        Verb.TAKE_UP: _("Taken up after all"),
        Verb.MERGE: pgettext("case", "Merged"),
        Verb.RECLASSIFY: _("Category or urgency changed"),
        Verb.DISPATCH: _("Dispatched"),
        Verb.HAND_OVER: _("Handed over to a successor"),
        Verb.ACCEPT: pgettext("case", "Accepted"),
        Verb.RETURN: _("Returned"),
        Verb.ASK_HOLD: _("Asked for a hold"),
        Verb.HOLD: pgettext("case", "Put on hold"),
        Verb.REFUSE_HOLD: _("Hold refused"),
        Verb.RESUME: _("Goes on"),
        Verb.ASK_EXTENSION: _("Asked for more time"),
        Verb.EXTEND: _("Extended"),
        Verb.REFUSE_EXTENSION: _("Extension refused"),
        Verb.FIX: _("Put right"),
        Verb.VERIFY: _("Verified and closed"),
        Verb.REJECT_FIX: _("Not good enough: to be done again"),
        Verb.REOPEN: _("Opened again"),
        Verb.ASK_VOID: _("Proposed to be voided"),
        Verb.VOID: pgettext("case", "Voided"),
        Verb.REFUSE_VOID: _("Not voided"),
        Verb.URGE: _("Urged"),
        Verb.ANSWER_URGE: _("Urging answered"),
    }


def _carried(step: CaseStep) -> Iterable[str]:
    """What a step carried beside its time and its author."""
    if step.unit and step.verb in (Verb.DISPATCH, Verb.HAND_OVER, Verb.URGE):
        yield SEPARATOR.join(filter(None, (step.unit.name, step.person)))
    if step.other:
        yield _("With %(case)s.") % {"case": step.other.code}
    if step.amount:
        yield amount_in_words(step.amount, step.amount_unit)
    if step.until:
        word = _("Answer by %(time)s.") if step.verb == Verb.URGE else _("Until %(time)s.")
        yield word % {"time": _time(step.until)}
    if step.details.get("whose"):
        yield _("Whose it is: %(whose)s") % {"whose": step.details["whose"]}
    if step.details.get("job") and step.verb != Verb.REPORT:
        yield _("By way of maintenance job #%(number)s.") % {"number": step.details["job"]}
    if step.details.get("seen"):
        yield _("Seen on the spot.")
    if step.reason:
        yield step.reason


def amount_in_words(amount: Decimal, unit: str) -> str:
    """2 working days; 1.5 hours."""
    number = f"{amount.normalize():f}"
    plural = 1 if amount == 1 else 2
    if unit == LimitUnit.WORKING_DAYS:
        return ngettext("%(n)s working day", "%(n)s working days", plural) % {"n": number}
    if unit == LimitUnit.WORKING_HOURS:
        return ngettext("%(n)s working hour", "%(n)s working hours", plural) % {"n": number}
    return ngettext("%(n)s hour", "%(n)s hours", plural) % {"n": number}


def date_in_words(move: ClockMove) -> str:
    """How a date came about: “Wed 09-30 10:00 + 2 working days, passing over 10-01 to 10-07 = Fri 10-09 17:30”."""
    result = _moment(move.due_at)
    over = _passed(move)
    if move.kind == MoveKind.SET:
        assert move.amount is not None
        given = f"{_moment(move.clock.started_at)} + {amount_in_words(move.amount, move.unit)}"
        if move.clock.at_least_a_day:
            given += _(", at least one working day")
    elif move.kind == MoveKind.HOLD:
        given = _("on hold from %(begin)s to %(end)s") % {
            "begin": _moment(move.held_from),
            "end": _moment(move.held_until),
        }
    elif move.kind == MoveKind.EXTENSION:
        assert move.amount is not None
        given = f"{_moment(move.due_before)} + {amount_in_words(move.amount, move.unit)}"
    else:
        given = _("%(before)s by the calendar that was published") % {"before": _moment(move.due_before)}
    sentence = f"{given}{over} = {result}"
    return (
        _("%(date)s (provisional: the calendar of that year is not published)") % {"date": sentence}
        if move.provisional
        else sentence
    )


def _passed(move: ClockMove) -> str:
    """The days off that were passed over, and the weekend days that were worked."""
    off = [_run(first, last) for first, last in move.passed.get("off", [])]
    worked = [_day(date.fromisoformat(day)) for day in move.passed.get("worked", [])]
    words = ""
    if off:
        words += _(", passing over %(days)s") % {"days": ", ".join(off)}
    if worked:
        words += _(", with %(days)s worked") % {"days": ", ".join(worked)}
    return words


def _run(first: str, last: str) -> str:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    if begin == end:
        return _day(begin)
    return _("%(first)s to %(last)s") % {"first": f"{begin:%m-%d}", "last": f"{end:%m-%d}"}


def _day(day: date) -> str:
    return f"{date_format(day, 'D')} {day:%m-%d}"


def _moment(moment: datetime | None) -> str:
    assert moment is not None
    return date_format(timezone.localtime(moment), "D Y-m-d H:i")


def _time(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def clocks_in_words(clocks: Sequence[Clock]) -> list[tuple[Clock, list[str]]]:
    """Each clock with how its date came about, the first first."""
    moves = ClockMove.objects.filter(clock__in=clocks).select_related("clock").order_by("id")
    by_clock: dict[int, list[str]] = {clock.pk: [] for clock in clocks}
    for move in moves:
        by_clock[move.clock_id].append(date_in_words(move))
    return [(clock, by_clock[clock.pk]) for clock in clocks]


def left_in_words(due: datetime, now: datetime) -> str:
    """How long until a limit, or since: in days, hours or minutes."""
    late = due < now
    minutes = int(abs(due - now).total_seconds() // 60)
    if minutes >= 48 * 60:
        n = minutes // (24 * 60)
        words = ngettext("%(n)s day", "%(n)s days", n) % {"n": n}
    elif minutes >= 120:
        n = minutes // 60
        words = ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}
    else:
        words = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return _("%(time)s late") % {"time": words} if late else _("%(time)s left") % {"time": words}
