"""When a limit ends, in the three units of the district's rules. Pure: no database, and no clock but what it is given.

* `clock_hours`: plain time, day and night.
* `working_hours`: minutes inside the office's hours on working days. What starts outside begins at the next opening; a
  limit that ends exactly at a closing ends there.
* `working_days`: the day of the start is not counted; the limit is the close of the last counted working day.

A hold moves a limit by the time on hold that would have counted; in working days by one for each working day on whose
close the case was on hold. An extension stands on top of the limit as it is. Nothing else moves a date: it can always
be worked out again from what the clock was given (`Term`), which is what happens when a year's calendar is published.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_UP, Decimal
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
OFFICE_HOURS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
# The share of the time, from the end, in which the lamp is amber: the last fifth.
AMBER_SHARE = Decimal("0.2")

Span = tuple[datetime, datetime]
Hours = tuple[tuple[time, time], ...]


class LimitUnit(StrEnum):
    """What a limit is counted in."""

    CLOCK_HOURS = "clock_hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Limit:
    """So many of a unit; working days are whole ones."""

    amount: Decimal
    unit: LimitUnit

    def __post_init__(self) -> None:
        if self.amount < 0 or (self.unit is LimitUnit.WORKING_DAYS and self.amount % 1):
            raise ValueError(f"{self.amount} {self.unit} is no limit")

    @property
    def hours(self) -> timedelta:
        """The amount as time, for the two units of hours."""
        return timedelta(seconds=int(self.amount * 3600))


@dataclass(frozen=True)
class Calendar:
    """Which days are worked, and when the office is open.

    Args:
        exceptions: days that differ from Monday to Friday; True for a Saturday or Sunday that is worked.
        years: those whose calendar has been published. Any other counts Monday to Friday without 1 January.
        zone: whose clock the hours are on.
        hours: opening and closing times, in order.
    """

    exceptions: Mapping[date, bool]
    years: frozenset[int]
    zone: ZoneInfo
    hours: Hours = OFFICE_HOURS

    def works(self, day: date) -> bool:
        """Whether a day is a working day."""
        if day.year not in self.years:
            return day.weekday() < 5 and (day.month, day.day) != (1, 1)
        return self.exceptions.get(day, day.weekday() < 5)

    def day_of(self, moment: datetime) -> date:
        """The local day of a moment."""
        return moment.astimezone(self.zone).date()

    def close(self, day: date) -> datetime:
        """When the office closes for the day."""
        return datetime.combine(day, self.hours[-1][1], self.zone)

    def opening(self, day: date) -> datetime:
        """When the office opens on a day."""
        return datetime.combine(day, self.hours[0][0], self.zone)

    def spans(self, day: date) -> list[Span]:
        """The hours of a day: none on a day off."""
        if not self.works(day):
            return []
        return [
            (datetime.combine(day, begin, self.zone), datetime.combine(day, end, self.zone))
            for begin, end in self.hours
        ]

    def working_days_after(self, day: date) -> Iterator[date]:
        """The working days after a day, without end."""
        while True:
            day += ONE_DAY
            if self.works(day):
                yield day

    def working_day_after(self, day: date, number: int) -> date:
        """The n-th working day after a day; the day itself for none."""
        following = self.working_days_after(day)
        for _ in range(number):
            day = next(following)
        return day

    def working_day_before(self, day: date) -> date:
        """The last working day before a day."""
        day -= ONE_DAY
        while not self.works(day):
            day -= ONE_DAY
        return day

    def after(self, start: datetime, working: timedelta) -> datetime:
        """The moment at which so much working time has passed since a moment; the moment itself for none."""
        if not working:
            return start
        day = self.day_of(start)
        while True:
            for begin, end in self.spans(day):
                begin = max(begin, start)
                if begin >= end:
                    continue
                if working <= end - begin:
                    return begin + working
                working -= end - begin
            day += ONE_DAY

    def before(self, end: datetime, working: timedelta) -> datetime:
        """The moment from which so much working time passes until a moment; the moment itself for none."""
        if not working:
            return end
        day = self.day_of(end)
        while True:
            for begin, until in reversed(self.spans(day)):
                until = min(until, end)
                if begin >= until:
                    continue
                if working <= until - begin:
                    return until - working
                working -= until - begin
            day -= ONE_DAY

    def working_time(self, begin: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments."""
        total, day, last = timedelta(), self.day_of(begin), self.day_of(end)
        while day <= last:
            for opens, closes in self.spans(day):
                total += max(min(closes, end) - max(opens, begin), timedelta())
            day += ONE_DAY
        return total

    def closes_between(self, begin: datetime, end: datetime) -> int:
        """On how many closes of working days something was going on that lasted from `begin` until before `end`."""
        count, day, last = 0, self.day_of(begin), self.day_of(end)
        while day <= last:
            count += self.works(day) and begin <= self.close(day) < end
            day += ONE_DAY
        return count


@dataclass(frozen=True)
class Hold:
    """From when until when a clock was stopped."""

    begin: datetime
    end: datetime


@dataclass(frozen=True)
class Extension:
    """So much on top of the limit as it stands."""

    limit: Limit


Move = Hold | Extension


@dataclass(frozen=True)
class Term:
    """What a clock has been given: when it began, its limit, and in order what has moved that since.

    Args:
        at_least_a_day: never less than one working day, as for what has to be done again.
    """

    start: datetime
    limit: Limit
    moves: tuple[Move, ...] = ()
    at_least_a_day: bool = False

    def with_move(self, move: Move) -> "Term":
        """The same with one more."""
        return Term(self.start, self.limit, (*self.moves, move), self.at_least_a_day)

    @property
    def without_holds(self) -> "Term":
        """What was allowed, however long it was then on hold."""
        moves = tuple(move for move in self.moves if isinstance(move, Extension))
        return Term(self.start, self.limit, moves, self.at_least_a_day)

    @property
    def needs_the_calendar(self) -> bool:
        """Whether days off have a part in it."""
        extended = any(
            isinstance(move, Extension) and move.limit.unit is not LimitUnit.CLOCK_HOURS
            for move in self.moves
        )
        return self.limit.unit is not LimitUnit.CLOCK_HOURS or self.at_least_a_day or extended


@dataclass(frozen=True)
class Deadline:
    """A date, and how long before and after it people are told.

    Args:
        at: the limit itself; later is late.
        amber_at: from here on little time is left.
        yellow_at: one working day before; None where the clock began later than that.
        red_at: the opening of the first working day after.
        provisional: a year's calendar that it rests on has not been published.
    """

    at: datetime
    amber_at: datetime
    yellow_at: datetime | None
    red_at: datetime
    provisional: bool

    @classmethod
    def of(cls, term: Term, calendar: Calendar) -> Self:
        """The deadline of what a clock has been given."""
        at = end_of(term, calendar)
        day = calendar.day_of(at)
        eve = calendar.working_day_before(day)
        yellow = datetime.combine(eve, at.astimezone(calendar.zone).time(), calendar.zone)
        years = range(calendar.day_of(term.start).year, day.year + 1)
        return cls(
            at=at,
            amber_at=max(_amber(term, at, calendar), term.start),
            yellow_at=yellow if yellow > term.start else None,
            red_at=calendar.opening(calendar.working_day_after(day, 1)),
            provisional=term.needs_the_calendar and not calendar.years.issuperset(years),
        )


def end_of(term: Term, calendar: Calendar) -> datetime:
    """When a term ends."""
    at = due(term.start, term.limit, calendar)
    if term.at_least_a_day:
        at = max(at, due(term.start, Limit(Decimal(1), LimitUnit.WORKING_DAYS), calendar))
    for move in term.moves:
        if isinstance(move, Hold):
            at = after_hold(at, term.limit.unit, move, calendar)
        else:
            at = extended(at, move.limit, calendar)
    return at


def due(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """When a limit that starts at a moment ends."""
    if limit.unit is LimitUnit.CLOCK_HOURS:
        return start + limit.hours
    if limit.unit is LimitUnit.WORKING_HOURS:
        return calendar.after(start, limit.hours)
    return calendar.close(calendar.working_day_after(calendar.day_of(start), int(limit.amount)))


def after_hold(at: datetime, unit: LimitUnit, hold: Hold, calendar: Calendar) -> datetime:
    """Where a hold moves a date that counts in `unit`."""
    if unit is LimitUnit.CLOCK_HOURS:
        return at + (hold.end - hold.begin)
    if unit is LimitUnit.WORKING_HOURS:
        return calendar.after(at, calendar.working_time(hold.begin, hold.end))
    days = calendar.closes_between(hold.begin, hold.end)
    return calendar.close(calendar.working_day_after(calendar.day_of(at), days)) if days else at


def extended(at: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """Where an extension moves a date."""
    return due(at, limit, calendar)


def remaining(at: datetime, stopped: datetime, unit: LimitUnit, calendar: Calendar) -> Limit:
    """What was left of a limit when its clock stopped: nothing when it was late.

    Hours are rounded up to a hundredth; of days those count that come after the day it stopped.
    """
    if unit is LimitUnit.WORKING_DAYS:
        day, last, days = calendar.day_of(stopped), calendar.day_of(at), 0
        while day < last:
            day += ONE_DAY
            days += calendar.works(day)
        return Limit(Decimal(days), unit)
    if stopped >= at:
        return Limit(Decimal(0), unit)
    left = at - stopped if unit is LimitUnit.CLOCK_HOURS else calendar.working_time(stopped, at)
    hours = Decimal(left // timedelta(microseconds=1)) / Decimal(3_600_000_000)
    return Limit(hours.quantize(Decimal("0.01"), rounding=ROUND_UP), unit)


def again(at: datetime, stopped: datetime, unit: LimitUnit, start: datetime, calendar: Calendar) -> Term:
    """What is given when something was not good enough: the time that was left, at least one working day."""
    return Term(start, remaining(at, stopped, unit, calendar), at_least_a_day=True)


def _amber(term: Term, at: datetime, calendar: Calendar) -> datetime:
    """When a fifth of what was allowed is left, counted back from the limit: time on hold uses up nothing."""
    allowed_until = end_of(term.without_holds, calendar)
    if term.limit.unit is LimitUnit.CLOCK_HOURS:
        return at - (allowed_until - term.start) * float(AMBER_SHARE)
    allowed = calendar.working_time(term.start, allowed_until)
    return calendar.before(at, allowed * float(AMBER_SHARE))


# --- How it came about ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passed:
    """What was passed over on the way from one moment to another.

    Args:
        off: days off, in runs from first to last.
        worked: Saturdays and Sundays that were worked.
    """

    off: tuple[tuple[date, date], ...]
    worked: tuple[date, ...]


def passed(start: datetime, end: datetime, calendar: Calendar) -> Passed:
    """The days off between two moments, and the weekend days that were worked."""
    runs: list[tuple[date, date]] = []
    worked: list[date] = []
    day, last = calendar.day_of(start), calendar.day_of(end)
    while day <= last:
        if not calendar.works(day):
            begins = not runs or runs[-1][1] != day - ONE_DAY
            runs.append((day, day)) if begins else runs.__setitem__(-1, (runs[-1][0], day))
        elif day.weekday() > 4:
            worked.append(day)
        day += ONE_DAY
    return Passed(tuple(runs), tuple(worked))
