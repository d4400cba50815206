"""The formulas of rectification against a sheet worked out by hand (`sheets/in_time.csv`), and what must always hold.

The sheet, in words: ten cases were due in March. C05 was put on hold before its limit, so nine count. In time are C01,
C02 (to the minute), C07 and C08: 4 ÷ 9 = 44.44 %. C06 was put on hold after its limit had passed: it is late. A check
sent C07 and C09 back to the same unit: rework 2 ÷ 9 = 22.22 %, right the first time 7 ÷ 9 = 77.78 %. Where late cases
that own people found count for half, C09 and C10 weigh 1/2 each: 4 ÷ (7 + 2 × 1/2) = 4 ÷ 8 = 50 %.
"""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.assessment.formulas import (
    CaseFacts,
    Outcome,
    first_time_right_rate,
    in_time_rate,
    outcome,
    rework_rate,
    wrong_dispatch_rate,
)
from evaluation.assessment.scoring import rounded

SHEET = Path(__file__).parent / "sheets" / "in_time.csv"
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def _moment(text: str) -> datetime | None:
    return datetime.strptime(f"2026-{text}+0000", "%Y-%m-%d %H:%M%z") if text else None


def rows() -> list[tuple[CaseFacts, dict[str, str]]]:
    with SHEET.open(encoding="utf-8") as file:
        return [(_facts(row), row) for row in csv.DictReader(file)]


def _facts(row: dict[str, str]) -> CaseFacts:
    due = _moment(row["due"])
    assert due is not None
    return CaseFacts(
        code=row["case"],
        own=row["found by"] == "own",
        due_at=due,
        fixed_at=_moment(row["put right"]),
        held_at=_moment(row["on hold since"]),
        sent_back=int(row["sent back"]),
    )


@pytest.mark.parametrize("case, row", rows(), ids=lambda case: getattr(case, "code", ""))
def test_each_case_of_the_sheet_comes_to_what_was_worked_out_by_hand(
    case: CaseFacts, row: dict[str, str]
) -> None:
    expected = {("0", "0"): Outcome.HELD, ("1", "1"): Outcome.IN_TIME, ("1", "0"): Outcome.LATE}
    assert outcome(case) is expected[row["counted"], row["in time"]]


def test_the_rates_are_those_of_the_sheet() -> None:
    cases = [case for case, _row in rows()]
    in_time = in_time_rate(cases)
    assert (in_time.top, in_time.bottom, in_time.n) == (4, 9, 9)
    assert in_time.value is not None
    assert str(rounded(in_time.value * 100)) == "44.44"
    right, again = first_time_right_rate(cases), rework_rate(cases)
    assert (right.top, right.bottom) == (7, 9)
    assert (again.top, again.bottom) == (2, 9)


def test_late_cases_that_own_people_found_count_for_as_much_as_the_scheme_says() -> None:
    halved = in_time_rate([case for case, _row in rows()], Fraction(1, 2))
    assert (halved.top, halved.bottom, halved.n) == (4, 8, 9)
    assert in_time_rate([case for case, _row in rows()], Fraction(0)).value == Fraction(4, 7)


def test_nothing_due_is_no_rate() -> None:
    assert in_time_rate([]).value is None
    assert first_time_right_rate([]).value is None


def test_only_late_cases_of_weight_nothing_are_no_hundred_per_cent() -> None:
    late = CaseFacts("C", own=True, due_at=MARCH)
    assert in_time_rate([late], Fraction(0)).value == 0


def test_wrong_dispatch_counts_cases_that_went_to_different_units() -> None:
    # Five cases: to one unit; to the same one again; to two; to three; never dispatched. 2 of 4.
    found = wrong_dispatch_rate([(1,), (1, 1), (1, 2), (1, 2, 3), ()])
    assert (found.top, found.n) == (2, 4)


moments = st.integers(0, 40 * 24).map(lambda hours: MARCH + timedelta(hours=hours))
cases = st.builds(
    CaseFacts,
    code=st.just("C"),
    own=st.booleans(),
    due_at=moments,
    fixed_at=st.none() | moments,
    held_at=st.none() | moments,
    sent_back=st.integers(0, 3),
)
weights = st.fractions(0, 1, max_denominator=10)


@given(st.lists(cases, min_size=1), weights, st.data())
def test_closing_a_case_never_lowers_a_rate(
    due: list[CaseFacts], weight: Fraction, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(due) - 1))
    before = due[place]
    at = data.draw(moments)
    if before.fixed_at is not None:
        return  # it is put right: the check closes it, which changes no fact
    if before.held_at is not None and before.held_at <= before.due_at:
        # What is taken up again has its limit moved, and so is put right in time by who does it at once.
        closed = replace(before, held_at=None, fixed_at=at, due_at=at + timedelta(hours=1))
    else:
        closed = replace(before, held_at=None, fixed_at=at)
    after = [*due[:place], closed, *due[place + 1 :]]
    was, now = in_time_rate(due, weight).value, in_time_rate(after, weight).value
    assert now is not None
    assert was is None or now >= was


@given(st.lists(cases, min_size=1), weights, st.data())
def test_what_own_people_found_is_never_worse_than_what_others_found(
    due: list[CaseFacts], weight: Fraction, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(due) - 1))
    by_own, by_others = (
        in_time_rate([*due[:place], replace(due[place], own=own), *due[place + 1 :]], weight).value
        for own in (True, False)
    )
    assert (by_own is None) == (by_others is None)
    assert by_own is None or by_others is None or by_own >= by_others


@given(st.lists(cases), weights)
def test_a_rate_lies_between_nothing_and_all(due: list[CaseFacts], weight: Fraction) -> None:
    for found in (in_time_rate(due, weight), first_time_right_rate(due)):
        assert found.value is None or 0 <= found.value <= 1
