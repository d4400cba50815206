"""The formulas of rectification: what a case is worth to its street in a month. Pure, exact, and no database.

Each is on a sheet that a person can work out by hand (`tests/evaluation/sheets/`).

* **In-time rate** = closed in time ÷ (due in the period − on hold). In time is what was put right by its limit and
  stands so at the period's end, closed or waiting for the check: the desk's delay is not the unit's. On hold is what
  was held before its limit passed. A case counts once, by its last limit.
* **Rework** = dispatched again to the same unit after a check, of the same cases.
* **Wrong dispatch** = dispatched to different units, of the cases dispatched: counts against the desk, in no score.

What the street's own people found counts as what others found; a scheme may let what they found and put right late
count for less (`own_late_weight` ≤ 1), so it is never worse. Closing a case never lowers a rate: what is counted does
not depend on it, and what counts as done only grows by it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction


class Outcome(StrEnum):
    """What a case that was due comes to."""

    IN_TIME = "in_time"
    LATE = "late"
    HELD = "held"


@dataclass(frozen=True)
class CaseFacts:
    """One case as it stood when the period ended.

    Args:
        own: found by the street's own people.
        due_at: the limit to put it right, as it stood then.
        fixed_at: when it was put right; None while it is not, or a check sent it back.
        held_at: since when it was on hold at the period's end.
        sent_back: how often a check sent it to the same unit again.
    """

    code: str
    own: bool
    due_at: datetime
    fixed_at: datetime | None = None
    held_at: datetime | None = None
    sent_back: int = 0


@dataclass(frozen=True)
class Rate:
    """An exact rate and what it rests on: `top` of `bottom`, `n` counted."""

    top: Fraction
    bottom: Fraction
    n: int

    @property
    def value(self) -> Fraction | None:
        """Between 0 and 1; None where nothing was counted."""
        return self.top / self.bottom if self.bottom else None


def rate(top: int, n: int) -> Rate:
    """So many of so many."""
    return Rate(Fraction(top), Fraction(n), n)


def outcome(case: CaseFacts) -> Outcome:
    """Whether a case that was due in the period was put right in time; held ones are not counted."""
    if case.fixed_at is not None:
        return Outcome.IN_TIME if case.fixed_at <= case.due_at else Outcome.LATE
    if case.held_at is not None and case.held_at <= case.due_at:
        return Outcome.HELD
    return Outcome.LATE


def in_time_rate(due: Iterable[CaseFacts], own_late_weight: Fraction = Fraction(1)) -> Rate:
    """Closed in time ÷ (due in the period − on hold).

    Args:
        due: the cases whose limit lies in the period.
        own_late_weight: how much a late case counts that the street's own people found, 0 … 1.
    """
    top, bottom, n = Fraction(0), Fraction(0), 0
    for case in due:
        came_to = outcome(case)
        if came_to is Outcome.HELD:
            continue
        n += 1
        in_time = came_to is Outcome.IN_TIME
        top += in_time
        bottom += 1 if in_time or not case.own else own_late_weight
    if n and not bottom:
        # Nothing but late cases of weight 0: that is no rate of nothing, and nobody's hundred per cent.
        bottom = Fraction(n)
    return Rate(top, bottom, n)


def first_time_right_rate(due: Iterable[CaseFacts]) -> Rate:
    """One minus the rework rate: those of the counted cases that no check sent back to the same unit."""
    counted = [case for case in due if outcome(case) is not Outcome.HELD]
    return rate(sum(case.sent_back == 0 for case in counted), len(counted))


def rework_rate(due: Iterable[CaseFacts]) -> Rate:
    """Dispatched again to the same unit after a check ÷ the counted cases."""
    right = first_time_right_rate(due)
    return Rate(right.bottom - right.top, right.bottom, right.n)


def wrong_dispatch_rate(units_of_cases: Iterable[Sequence[int]]) -> Rate:
    """Cases dispatched to different units ÷ cases dispatched; each case is the units it went to, in order."""
    dispatched = [units for units in units_of_cases if units]
    return rate(sum(len(set(units)) > 1 for units in dispatched), len(dispatched))
