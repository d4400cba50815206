"""Parsing days and points in time of a ledger, and days that a program has shifted."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importing.values import (
    parse_date,
    parse_datetime,
)
from tests.importing.cells import value_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
JUNE = dt.date(2020, 6, 1)


@pytest.mark.parametrize(
    "cell, day",
    [
        ("2020年6月1日", JUNE), ("2020.6.1", JUNE), ("2020/6/1", JUNE), ("2020-06-01", JUNE),
        ("20200601", JUNE), ("２０２０．６．１", JUNE),
        ("2020 年 6 月 1 日", JUNE), ("2020-06-01 10:20:30", JUNE), ("2020-06-01T10:20:30+08:00", JUNE),
        ("2020/06/01 10:20:30.123", JUNE),
        ("2020年6月1日 9时5分", JUNE), ("2020-05-31T18:00:00Z", JUNE), ("13/06/2020", dt.date(2020, 6, 13)),
        ("6/13/2020", dt.date(2020, 6, 13)),
        ("1/1/2020", dt.date(2020, 1, 1)), (43983, JUNE), (43983.75, JUNE), ("43983", JUNE), (20200601.0, JUNE),
        (JUNE, JUNE),
        (dt.datetime(2020, 6, 1, 23, 59), JUNE),  # noqa: DTZ001 (as workbooks give them)
        ("2020年6月", "!date_incomplete"), ("2020.6", "!date_incomplete"), ("2020", "!date_incomplete"),
        ("2020年底", "!date_incomplete"),
        (2020.0, "!date_incomplete"), (2020.6, "!date_incomplete"), ("202006", "!date_incomplete"),
        ("二〇二〇年六月一日", JUNE), ("二零二零年十二月三十一日", dt.date(2020, 12, 31)),
        ("2020年6月1日 星期一", JUNE),
        ("2020-06-01 下午3:00", JUNE), ("1-Jun-20", JUNE), ("June 1, 2020", JUNE), ("2020 06 01", JUNE),
        ("2020–06–01", JUNE), ("2020，6，1", JUNE), ("2020.6.1.", JUNE),
        ("0000-00-00", None), ("1900-01-00", None), ("1900/1/0 0:00", None), (dt.date(1899, 12, 31), None),
        ("十十年六月一日", "!not_a_date"), ("23-05-01", "!not_a_date"), ("1-June-00-20", "!not_a_date"),
        ("1/6/2020", "!date_order_unclear"), ("20.6.1", "!not_a_date"), ("2020-02-30", "!not_a_date"),
        ("去年", "!not_a_date"),
        ("1020-06-01", "!date_implausible"), (5.0, "!not_a_date"), (True, "!not_a_date"),
        (dt.time(3, 4), "!not_a_date"),
        ("2020-06-01T10:00+99:99", "!not_a_date"),
    ],
)  # fmt: skip
def test_dates(cell, day):
    assert value_of(parse_date, cell) == day


@pytest.mark.parametrize(
    "cell, moment",
    [
        ("2020-06-01 10:20", dt.datetime(2020, 6, 1, 10, 20, tzinfo=SHANGHAI)),
        ("2020-06-01T02:20:00Z", dt.datetime(2020, 6, 1, 10, 20, tzinfo=SHANGHAI)),
        ("2020年6月1日10时20分", dt.datetime(2020, 6, 1, 10, 20, tzinfo=SHANGHAI)),
        (dt.datetime(2020, 6, 1, 10, 20), dt.datetime(2020, 6, 1, 10, 20, tzinfo=SHANGHAI)),  # noqa: DTZ001
        (43983.5, dt.datetime(2020, 6, 1, 12, 0, tzinfo=SHANGHAI)),
        ("2020.6.1", dt.datetime(2020, 6, 1, 0, 0, tzinfo=SHANGHAI)),
        ("2020-06-01 下午3:20", dt.datetime(2020, 6, 1, 15, 20, tzinfo=SHANGHAI)),
        ("2020-06-01 下午15:20", dt.datetime(2020, 6, 1, 15, 20, tzinfo=SHANGHAI)),
        ("2020-06-01 12:20 AM", dt.datetime(2020, 6, 1, 0, 20, tzinfo=SHANGHAI)),
        ("2020-06-01 上午9时", dt.datetime(2020, 6, 1, 9, 0, tzinfo=SHANGHAI)),
        ("2020-06-01 25:00", "!not_a_date"),
    ],
)
def test_points_in_time(cell, moment):
    assert value_of(parse_datetime, cell) == moment


# --- Days that a program has shifted ---------------------------------------------------------------------------------

SHIFTED = dt.date(2023, 3, 15)


def moments(day):
    """Midnight of a day as programs write it that reckon inexactly: by 43 s, 5 min 43 s, or less than a minute."""
    midnight = dt.datetime.combine(day, dt.time())
    for seconds in (-343, -43, -17.5, -0.001, 0, 0.4, 43, 343):
        yield midnight + dt.timedelta(seconds=seconds)


WRITTEN = {
    "a cell": lambda moment: moment,
    "a serial number": lambda moment: (moment - dt.datetime(1899, 12, 30)).total_seconds() / 86_400,  # noqa: DTZ001
    "text": lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S.%f"),
    "text with slashes": lambda moment: f"{moment:%Y/%m/%d %H:%M:%S}",
    "text in universal time": lambda moment: (moment - dt.timedelta(hours=8)).isoformat() + "Z",
    "Chinese text": lambda moment: f"{moment:%Y年%m月%d日 %H时%M分%S秒}",
}


@pytest.mark.parametrize("written", WRITTEN)
@given(day=st.dates(dt.date(1955, 1, 2), dt.date(2099, 12, 30)))
def test_a_day_that_a_program_has_shifted_is_that_day(written, day):
    for moment in moments(day):
        assert value_of(parse_date, WRITTEN[written](moment)) == day, moment


@pytest.mark.parametrize("written", WRITTEN)
def test_a_day_written_where_a_time_may_stand_is_that_midnight(written):
    for moment in moments(SHIFTED):
        if moment.second in (17, 43):
            found = value_of(parse_datetime, WRITTEN[written](moment)).astimezone(SHANGHAI)
            assert found == dt.datetime(2023, 3, 15, tzinfo=SHANGHAI), moment


@pytest.mark.parametrize(
    "time", [dt.time(23, 50), dt.time(23, 59), dt.time(0, 1), dt.time(16, 0), dt.time(9, 42)]
)
def test_a_true_time_stays_where_it_is(time):
    moment = dt.datetime.combine(dt.date(2025, 6, 30), time)
    assert value_of(parse_datetime, moment) == moment.replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize("time", ["16:00:00", "15:59:17", "15:54:17"])
def test_midnight_in_universal_time_is_a_doubt_and_no_day_early(time):
    assert value_of(parse_date, f"2023-03-14 {time}") == "!day_or_next"


def test_a_day_of_chinas_summer_time_is_not_an_hour_early():
    assert value_of(parse_date, dt.datetime(1988, 6, 30, 23)) == dt.date(1988, 7, 1)  # noqa: DTZ001
