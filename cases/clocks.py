"""Starts, stops and moves the clocks of a case, for the actions; each setting or moving of a date is a row.

Called inside an action, in its transaction, with the case locked.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Min, Q
from django.utils import timezone

from assets.models import Maintenance
from assets.models.maintenance import OPEN_STATES as OPEN_JOBS
from cases.calendars import the_calendar
from cases.deadlines import (
    Calendar,
    Deadline,
    Extension,
    Hold,
    Limit,
    LimitUnit,
    Move,
    Passed,
    Term,
    again,
    passed,
)
from cases.models import Case, CaseStep, Clock, ClockKind, ClockMove, MoveKind


def running(case: Case, *kinds: ClockKind) -> Clock | None:
    """The clock of these kinds that has not ended, on hold or not."""
    return case.clocks.filter(ended_at=None, kind__in=kinds).first()


def start(
    case: Case,
    kind: ClockKind,
    step: CaseStep,
    limit: Limit,
    *,
    at_least_a_day: bool = False,
    calendar: Calendar | None = None,
) -> Clock:
    """Start a clock with a step."""
    calendar = calendar or the_calendar()
    clock = Clock.objects.create(
        case=case,
        kind=kind,
        started_at=step.at,
        amount=limit.amount,
        unit=limit.unit.value,
        at_least_a_day=at_least_a_day,
    )
    # It has no rows yet that moved it, so none are asked for.
    term = Term(clock.started_at, clock.limit, (), clock.at_least_a_day)
    _date(clock, MoveKind.SET, step.at, step, term, calendar)
    return clock


def start_again(case: Case, step: CaseStep) -> Clock:
    """Give what was left of the last time to put right, at least one working day."""
    calendar = the_calendar()
    last = case.clocks.filter(kind=ClockKind.HANDLE).order_by("-id")[0]
    assert last.due_at is not None
    assert last.ended_at is not None
    term = again(last.due_at, last.ended_at, LimitUnit(last.unit), step.at, calendar)
    return start(case, ClockKind.HANDLE, step, term.limit, at_least_a_day=True, calendar=calendar)


def stop(case: Case, at: datetime, *kinds: ClockKind) -> None:
    """End the clocks of these kinds; of all without any. Time on hold until then does not count."""
    for clock in case.clocks.filter(ended_at=None, kind__in=kinds or ClockKind.values):
        if clock.held_at is not None:
            release(clock, at, None)
        clock.ended_at = at
        clock.save(update_fields=["ended_at"])


def hold(case: Case, at: datetime) -> None:
    """Stop every clock of a case for a while."""
    case.clocks.filter(ended_at=None, held_at=None).update(held_at=at)


def resume(case: Case, step: CaseStep) -> None:
    """Have the clocks of a case run again, their dates moved by the time that would have counted."""
    for clock in case.clocks.filter(ended_at=None, held_at__isnull=False):
        release(clock, step.at, step)


def release(clock: Clock, at: datetime, step: CaseStep | None) -> None:
    """End the hold of one clock."""
    assert clock.held_at is not None
    held = Hold(clock.held_at, at)
    clock.held_at = None
    clock.save(update_fields=["held_at"])
    _date(clock, MoveKind.HOLD, at, step, term_of(clock).with_move(held), the_calendar())


def extend(clock: Clock, step: CaseStep, limit: Limit) -> None:
    """Give so much more on top of the limit as it stands."""
    term = term_of(clock).with_move(Extension(limit))
    _date(clock, MoveKind.EXTENSION, step.at, step, term, the_calendar())


def date_anew(clocks: Iterable[Clock], at: datetime) -> list[Clock]:
    """Work the dates of some clocks out again by the calendar as it stands; returns those that it changes.

    A date that stays, and is only no longer provisional, is such a change too.
    """
    calendar = the_calendar()
    changed = []
    for clock in clocks:
        term = term_of(clock)
        found = Deadline.of(term, calendar)
        if (found.at, found.provisional) != (clock.due_at, clock.provisional):
            _date(clock, MoveKind.CALENDAR, at, None, term, calendar)
            changed.append(clock)
    return changed


def term_of(clock: Clock) -> Term:
    """What a clock has been given so far, from its rows."""
    moves: list[Move] = []
    for move in clock.moves.order_by("id"):
        if move.kind == MoveKind.HOLD:
            assert move.held_from is not None
            assert move.held_until is not None
            moves.append(Hold(move.held_from, move.held_until))
        elif move.kind == MoveKind.EXTENSION:
            assert move.amount is not None
            moves.append(Extension(Limit(move.amount, LimitUnit(move.unit))))
    return Term(clock.started_at, clock.limit, tuple(moves), clock.at_least_a_day)


def _date(
    clock: Clock, kind: MoveKind, at: datetime, step: CaseStep | None, term: Term, calendar: Calendar
) -> None:
    """Write the row that sets or moves a date; the database dates the clock by it."""
    found = Deadline.of(term, calendar)
    move = ClockMove(
        clock=clock,
        step=step,
        kind=kind,
        at=at,
        due_before=clock.due_at,
        due_at=found.at,
        amber_at=found.amber_at,
        yellow_at=found.yellow_at,
        red_at=found.red_at,
        provisional=found.provisional,
    )
    since = clock.started_at
    if kind in (MoveKind.HOLD, MoveKind.EXTENSION):
        last = term.moves[-1]
        since = clock.due_at or since
        if isinstance(last, Hold):
            move.held_from, move.held_until = last.begin, last.end
        else:
            move.amount, move.unit = last.limit.amount, last.limit.unit.value
    elif kind == MoveKind.SET:
        move.amount, move.unit = clock.amount, clock.unit
    if clock.unit != LimitUnit.CLOCK_HOURS or clock.at_least_a_day:
        move.passed = _as_json(passed(since, found.at, calendar))
    move.save()
    clock.refresh_from_db()
    if clock.kind == ClockKind.HANDLE:
        date_job(clock.case)


def date_job(case: Case) -> None:
    """The job of a case is due on the day of the case's limit, of the earliest where several go by it: one deadline."""
    if case.job_id is None:
        return
    running_ones = Clock.objects.filter(case__job=case.job_id, kind=ClockKind.HANDLE, ended_at=None)
    first = running_ones.aggregate(first=Min("due_at"))["first"]
    if first is not None:
        day = timezone.localdate(first)
        jobs = Maintenance.objects.filter(pk=case.job_id, state__in=OPEN_JOBS)
        jobs.filter(Q(due_on=None) | ~Q(due_on=day)).update(due_on=day)


def _as_json(found: Passed) -> dict[str, list]:
    """Days as text: runs of days off as [first, last]."""

    def text(day: date) -> str:
        return day.isoformat()

    told: dict[str, list] = {}
    if found.off:
        told["off"] = [[text(first), text(last)] for first, last in found.off]
    if found.worked:
        told["worked"] = [text(day) for day in found.worked]
    return told
