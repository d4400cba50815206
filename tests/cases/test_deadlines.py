"""The three units of limits: a table worked by hand (`deadlines.csv`), and rules that hold for every date."""

import csv
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cases.deadlines import (
    OFFICE_HOURS,
    Calendar,
    Deadline,
    Extension,
    Hold,
    Limit,
    LimitUnit,
    Term,
    after_hold,
    again,
    due,
    end_of,
    passed,
    remaining,
)
from cases.published import published_exceptions

SHANGHAI = ZoneInfo("Asia/Shanghai")
TABLE = Path(__file__).with_name("deadlines.csv")
PUBLISHED = published_exceptions()
CALENDAR = Calendar(
    {day: works for year in PUBLISHED.values() for day, works in year.items()}, frozenset(PUBLISHED), SHANGHAI
)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.strip()).replace(tzinfo=SHANGHAI)


def limit_of(text: str) -> Limit:
    amount, unit = text.split()
    return Limit(Decimal(amount), LimitUnit(unit))


def term_of(row: dict[str, str]) -> Term:
    """A row of the table: start, limit, and what came then."""
    term = Term(moment(row["start"]), limit_of(row["limit"]))
    fixed = None
    for words in filter(None, (part.strip() for part in row["then"].split(";"))):
        verb, _, rest = words.partition(" ")
        if verb == "hold":
            begin, end = rest.split(">")
            term = term.with_move(Hold(moment(begin), moment(end)))
        elif verb == "extend":
            term = term.with_move(Extension(limit_of(rest)))
        elif verb == "fixed":
            fixed = moment(rest)
        else:
            assert verb == "refused"
            assert fixed
            term = again(end_of(term, CALENDAR), fixed, term.limit.unit, moment(rest), CALENDAR)
    return term


ROWS = list(csv.DictReader(TABLE.open(encoding="utf-8", newline="")))


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['number']}-{row['what']}" for row in ROWS])
def test_every_date_of_the_table_comes_out_as_by_hand(row: dict[str, str]) -> None:
    found = Deadline.of(term_of(row), CALENDAR)
    written = found.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    assert written + (" provisional" if found.provisional else "") == row["due"]


def test_the_table_is_long_enough_and_its_rows_are_numbered() -> None:
    assert [int(row["number"]) for row in ROWS] == list(range(1, len(ROWS) + 1))
    assert len(ROWS) >= 60


@pytest.mark.parametrize(
    "year, off, worked",
    [
        (2025, ["01-01", "01-28", "02-04", "10-01", "10-08"], ["01-26", "02-08", "04-27", "09-28", "10-11"]),
        (2026, ["01-02", "02-16", "02-23", "10-07"], ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]),
    ],
)
def test_the_package_knows_the_years_of_the_table(year: int, off: list[str], worked: list[str]) -> None:
    days = PUBLISHED[year]
    assert all(days[date.fromisoformat(f"{year}-{day}")] is False for day in off)
    assert [f"{day:%m-%d}" for day, works in sorted(days.items()) if works] == worked


# --- Warnings -------------------------------------------------------------------------------------------------------


def test_cards_fall_on_the_working_day_before_and_the_opening_of_the_one_after() -> None:
    found = Deadline.of(Term(moment("2026-09-24 10:00"), limit_of("4 working_days")), CALENDAR)
    assert found.at == moment("2026-10-08 17:30")  # 28, 29, 30 September and 8 October
    assert found.yellow_at == moment("2026-09-30 17:30")
    assert found.red_at == moment("2026-10-09 08:30")


def test_a_short_limit_has_no_card_before_it_began() -> None:
    found = Deadline.of(Term(moment("2026-03-07 02:00"), limit_of("2 clock_hours")), CALENDAR)
    assert found.yellow_at is None
    assert found.amber_at == moment("2026-03-07 03:36")
    assert found.red_at == moment("2026-03-09 08:30")


def test_the_last_fifth_of_the_time_is_amber_whatever_was_on_hold() -> None:
    term = Term(moment("2026-03-02 08:30"), limit_of("5 working_hours"))
    assert Deadline.of(term, CALENDAR).amber_at == moment("2026-03-02 14:00")
    held = term.with_move(Hold(moment("2026-03-02 09:00"), moment("2026-03-03 09:00")))
    found = Deadline.of(held, CALENDAR)
    assert found.at == moment("2026-03-03 15:00")
    assert found.amber_at == moment("2026-03-03 14:00")


def test_what_was_passed_over_is_told_in_runs() -> None:
    found = passed(moment("2026-09-30 10:00"), moment("2026-10-13 17:30"), CALENDAR)
    assert found.off == ((date(2026, 10, 1), date(2026, 10, 7)), (date(2026, 10, 11), date(2026, 10, 11)))
    assert found.worked == (date(2026, 10, 10),)


@pytest.mark.parametrize("amount, unit", [("-1", "clock_hours"), ("1.5", "working_days")])
def test_a_limit_that_is_none_is_refused(amount: str, unit: str) -> None:
    with pytest.raises(ValueError, match=re.escape(amount)):
        Limit(Decimal(amount), LimitUnit(unit))


# --- Rules ----------------------------------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 1)).map(  # noqa: DTZ001
    lambda plain: plain.replace(microsecond=0, tzinfo=SHANGHAI)
)
HOURS = st.integers(1, 160).map(lambda quarters: Decimal(quarters) / 4)
LIMITS = st.one_of(
    st.builds(Limit, HOURS, st.sampled_from([LimitUnit.CLOCK_HOURS, LimitUnit.WORKING_HOURS])),
    st.builds(Limit, st.integers(1, 20).map(Decimal), st.just(LimitUnit.WORKING_DAYS)),
)
SPANS = st.integers(0, 14 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))


def in_hours(at: datetime) -> bool:
    """Whether a moment lies within the office's hours, their edges included."""
    return any(begin <= at <= end for begin, end in CALENDAR.spans(CALENDAR.day_of(at)))


@given(MOMENTS, LIMITS)
def test_a_limit_ends_after_its_start_and_when_the_office_is_there(start: datetime, limit: Limit) -> None:
    at = due(start, limit, CALENDAR)
    assert at > start
    if limit.unit is LimitUnit.WORKING_DAYS:
        assert at == CALENDAR.close(CALENDAR.day_of(at))
        assert CALENDAR.works(CALENDAR.day_of(at))
    elif limit.unit is LimitUnit.WORKING_HOURS:
        assert in_hours(at)
        assert CALENDAR.working_time(start, at) == limit.hours


@given(MOMENTS, st.integers(1, 20))
def test_working_days_are_as_many_as_were_given(start: datetime, days: int) -> None:
    at = due(start, Limit(Decimal(days), LimitUnit.WORKING_DAYS), CALENDAR)
    counted, day = 0, CALENDAR.day_of(start)
    while day < CALENDAR.day_of(at):
        day += timedelta(days=1)
        counted += CALENDAR.works(day)
    assert counted == days


@given(MOMENTS, MOMENTS, LIMITS)
def test_who_starts_later_never_ends_earlier(start: datetime, other: datetime, limit: Limit) -> None:
    first, second = sorted((start, other))
    assert due(first, limit, CALENDAR) <= due(second, limit, CALENDAR)


@given(MOMENTS, SPANS)
def test_working_time_back_and_forth_meets(start: datetime, working: timedelta) -> None:
    end = CALENDAR.after(start, working)
    begin = CALENDAR.before(end, working)
    assert CALENDAR.working_time(begin, end) == working
    assert CALENDAR.working_time(start, end) == working


@given(MOMENTS, LIMITS, SPANS, SPANS)
def test_a_hold_moves_a_date_by_what_would_have_counted(
    start: datetime, limit: Limit, until_hold: timedelta, length: timedelta
) -> None:
    at = due(start, limit, CALENDAR)
    hold = Hold(start + until_hold, start + until_hold + length)
    moved = after_hold(at, limit.unit, hold, CALENDAR)
    assert moved >= at
    if limit.unit is LimitUnit.CLOCK_HOURS:
        assert moved - at == length
    elif limit.unit is LimitUnit.WORKING_HOURS:
        assert CALENDAR.working_time(at, moved) == CALENDAR.working_time(hold.begin, hold.end)
        assert moved - at <= max(length * 24, timedelta(days=20))
    else:
        assert moved == CALENDAR.close(CALENDAR.day_of(moved))


@given(MOMENTS, LIMITS, SPANS, SPANS)
@example(
    moment("2026-03-02 09:00"),
    Limit(Decimal(1), LimitUnit.WORKING_DAYS),
    timedelta(days=9),
    timedelta(days=9),
)
def test_no_hold_makes_in_time_what_was_late(
    start: datetime, limit: Limit, late_by: timedelta, length: timedelta
) -> None:
    at = due(start, limit, CALENDAR)
    begin = at + late_by + timedelta(minutes=1)
    if limit.unit is LimitUnit.WORKING_HOURS and not CALENDAR.working_time(at, begin):
        return  # between the limit and the next opening nobody has lost any time yet
    moved = after_hold(at, limit.unit, Hold(begin, begin + length), CALENDAR)
    assert moved < begin + length or moved == at


@given(MOMENTS, LIMITS, st.lists(SPANS, min_size=2, max_size=4, unique=True))
def test_a_hold_in_two_parts_counts_as_one(start: datetime, limit: Limit, spans: list[timedelta]) -> None:
    begin, *cuts, end = sorted(start + span for span in spans)
    whole = Term(start, limit).with_move(Hold(begin, end))
    parts = Term(start, limit)
    for left, other in zip([begin, *cuts], [*cuts, end], strict=True):
        parts = parts.with_move(Hold(left, other))
    assert end_of(parts, CALENDAR) == end_of(whole, CALENDAR)


@given(MOMENTS, LIMITS, LIMITS)
def test_an_extension_always_gives_more(start: datetime, limit: Limit, more: Limit) -> None:
    term = Term(start, limit)
    assert end_of(term.with_move(Extension(more)), CALENDAR) > end_of(term, CALENDAR)


@given(MOMENTS, LIMITS, SPANS, SPANS)
def test_done_again_has_at_least_a_working_day_and_what_was_left(
    start: datetime, limit: Limit, until_fixed: timedelta, until_refused: timedelta
) -> None:
    at, stopped = due(start, limit, CALENDAR), start + until_fixed
    refused = stopped + until_refused
    anew = end_of(again(at, stopped, limit.unit, refused, CALENDAR), CALENDAR)
    assert anew >= due(refused, Limit(Decimal(1), LimitUnit.WORKING_DAYS), CALENDAR)
    assert anew >= due(refused, remaining(at, stopped, limit.unit, CALENDAR), CALENDAR)


@given(MOMENTS, LIMITS)
def test_the_lamp_and_the_cards_come_in_their_order(start: datetime, limit: Limit) -> None:
    found = Deadline.of(Term(start, limit), CALENDAR)
    assert start <= found.amber_at <= found.at < found.red_at
    assert found.yellow_at is None or start < found.yellow_at < found.at
    assert CALENDAR.works(CALENDAR.day_of(found.red_at))


@given(MOMENTS, LIMITS)
def test_only_what_rests_on_an_unpublished_calendar_is_provisional(start: datetime, limit: Limit) -> None:
    found = Deadline.of(Term(start, limit), CALENDAR)
    beyond = CALENDAR.day_of(found.at).year > max(CALENDAR.years)
    assert found.provisional is (beyond and limit.unit is not LimitUnit.CLOCK_HOURS)


@given(MOMENTS, LIMITS)
def test_the_answer_is_the_same_whatever_zone_the_start_is_told_in(start: datetime, limit: Limit) -> None:
    elsewhere = start.astimezone(tz=None)
    assert due(elsewhere, limit, CALENDAR) == due(start, limit, CALENDAR)


def test_other_hours_give_other_dates() -> None:
    until_six = (OFFICE_HOURS[0], (OFFICE_HOURS[1][0], time(18)))
    summer = Calendar(CALENDAR.exceptions, CALENDAR.years, SHANGHAI, until_six)
    start = moment("2026-06-01 17:00")
    assert due(start, limit_of("1 working_hours"), summer) == moment("2026-06-01 18:00")
    assert due(start, limit_of("1 working_days"), summer) == moment("2026-06-02 18:00")
