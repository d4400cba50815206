"""Cells that hold dates and times, in every form that ledgers have them."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.utils import timezone

from importing.reading.number_formats import CountedFrom1904, ShownNumber
from importing.values.parsed import LONGEST_FIGURE, NOTHING, Outcome, Parsed, as_objects, parse_each, plain
from places.tables.columns import Cells

_EARLIEST, _LATEST = 1950, 2100
# Days since 30 December 1899, as a spreadsheet counts them, from 1954 to 2119; smaller numbers are something else.
_SERIAL_DAYS = range(20_000, 80_000)
_SERIAL_START = dt.datetime(1899, 12, 30)  # noqa: DTZ001 (a spreadsheet knows no time zone)


def parse_date(cells: Cells) -> Parsed:
    """Days: "2020年6月1日", "2020.6.1", "2020/6/1", "20200601", serial numbers, cells formatted as dates. date.

    A time is left out; one with a time zone is first taken to local time. Without a day: date_incomplete.
    """
    return as_objects(parse_each(cells, lambda cell: _day(_moment(cell))))


def parse_datetime(cells: Cells) -> Parsed:
    """Points in time, as aware datetimes; without a time zone they are local, without a time midnight."""
    return as_objects(parse_each(cells, _moment))


_DAY = 86_400
# A day that is off by less than a minute is a day that was reckoned inexactly; nobody puts up a board at 23:59:17.
_INEXACT = 60
# Programs that take today's time zone for 1900's, when Shanghai was 8:05:43 ahead, are off by that or its 43 seconds.
_SHIFTS = (43, 343)
# Midnight in universal time, exactly or off by these.
_UNIVERSAL = {_DAY - 8 * 3600 - shift for shift in (0, *_SHIFTS)}


def _day(moment: Outcome) -> Outcome:
    """The day of a moment; the nearest one where it is a day that a program has shifted."""
    if moment.value is None:
        return moment
    local = timezone.localtime(moment.value)
    seconds = _seconds(local)
    if _DAY - seconds < _INEXACT or _is_summer_time(local):
        return Outcome(local.date() + dt.timedelta(days=1))
    if seconds in _UNIVERSAL:
        return Outcome(None, "day_or_next")
    return Outcome(local.date())


def _seconds(local: dt.datetime) -> int:
    """Since midnight, rounded."""
    return round(local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6)


def _is_summer_time(local: dt.datetime) -> bool:
    """Midnight as a program writes it that does not know of China's summer time: an hour short, 1986 to 1991."""
    return 1986 <= local.year <= 1991 and _seconds(local) == 23 * 3600


def _unshifted(moment: dt.datetime) -> dt.datetime:
    """A point in time that is a day shifted by exactly what programs shift it by, as that day."""
    local = timezone.localtime(moment)
    seconds = _seconds(local)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if seconds in _SHIFTS:
        return midnight
    if _DAY - seconds in _SHIFTS:
        return midnight + dt.timedelta(days=1)
    return moment


# What a spreadsheet makes of the zero that a formula gives for an empty cell.
_ZERO_DAYS = {dt.date(1899, 12, 30), dt.date(1899, 12, 31), dt.date(1904, 1, 1)}


def _moment(cell: Any) -> Outcome:
    if isinstance(cell, dt.datetime):
        return NOTHING if cell.date() in _ZERO_DAYS and not any(_time_of(cell)) else _plausible(cell)
    if isinstance(cell, dt.date):
        if cell in _ZERO_DAYS:
            return NOTHING
        return _plausible(dt.datetime(cell.year, cell.month, cell.day))  # noqa: DTZ001 (made local below)
    if isinstance(cell, bool):
        return Outcome(None, "not_a_date")
    if isinstance(cell, ShownNumber) and (shown := _from_text(plain(cell.shown))).value is not None:
        return shown
    if isinstance(cell, CountedFrom1904) and int(cell) + cell.EARLIER in _SERIAL_DAYS:
        return _from_number(float(cell) + cell.EARLIER)
    if isinstance(cell, int | float):
        return _from_number(float(cell))
    if isinstance(cell, str):
        return _from_text(plain(cell))
    return Outcome(None, "not_a_date")


def _time_of(moment: dt.datetime) -> tuple[int, int, int]:
    return moment.hour, moment.minute, moment.second


def _from_number(number: float) -> Outcome:
    if number != number or abs(number) == float("inf"):
        return Outcome(None)
    if int(number) in _SERIAL_DAYS:
        moment = _SERIAL_START + dt.timedelta(days=number)
        # A serial number's fraction is the time of day, exact to a second or so.
        return _plausible((moment + dt.timedelta(milliseconds=500)).replace(microsecond=0))
    if _EARLIEST <= number <= _LATEST:
        # 2020, or 2020.6 typed as a number; 2020.1 is January or October.
        return Outcome(None, "date_incomplete")
    digits = _DIGITS.fullmatch(str(int(number))) if number == int(number) else None
    return _assembled(digits, digits["month"], digits["day"]) if digits else Outcome(None, "not_a_date")


_TIME = (
    r"(?:[T\s日]*(?P<hour>\d{1,2})(?::|时|点)(?P<minute>\d{1,2})?分?"
    r"(?::?(?P<second>\d{1,2})(?P<fraction>\.\d+)?秒?)?)?"
)
_ZONE = r"\s*(?P<zone>Z|[+-]\d{2}:?(?:\d{2})?)?"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?:\s*[-./年\\,]\s*|\s+)(?P<month>\d{1,2})(?:\s*[-./月\\,]\s*|\s+)(?P<day>\d{1,2})\s*[日号]?"
    + _TIME
    + _ZONE
)
_DIGITS = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})" + _TIME + _ZONE)
_YEAR_LAST = re.compile(r"(?P<one>\d{1,2})[-./](?P<other>\d{1,2})[-./](?P<year>\d{4})" + _TIME + _ZONE)
_INCOMPLETE = re.compile(
    r"(?:19|20)\d{2}年?(?:\s*[-./年]?\s*(?:0?[1-9]|1[0-2])月?(?:[份初中底末旬])?)?(?:初|底|末|左右)?"
)


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_ENGLISH = (
    re.compile(
        rf"(?P<day>\d{{1,2}})[-\s.]{{1,2}}{_MONTH}[-\s.,]{{1,2}}(?P<year>\d{{4}}|\d\d)" + _TIME, re.IGNORECASE
    ),
    re.compile(
        rf"{_MONTH}[-\s.]{{1,2}}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,2}}(?P<year>\d{{4}})" + _TIME,
        re.IGNORECASE,
    ),
)
_DIGITS_IN_CHINESE = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE = re.compile(
    r"(?P<year>[〇零○一二三四五六七八九]{4})年(?P<month>[一二三四五六七八九十]{1,2})月(?P<day>[一二三四五六七八九十]{1,3})[日号]"
)
# Days of zeros, as programs and spreadsheets write that there is none: 0000-00-00, 1900/1/0.
_NO_DAY = re.compile(
    r"(?:0{2,4}|1900)[-./年]0{0,1}[01][-./月]0{1,2}日?(?:[T\s]{1,2}0{1,2}:00(?::00)?(?:\.0{1,6})?)?"
)
_WEEKDAY = re.compile(
    r"\s{0,3}[(\[]?(?:星期|周|礼拜)[一二三四五六日天][)\]]?\s{0,3}|\s{0,3}(?:mon|tues?|wednes|wed|thurs?|fri|satur|sat|sun)(?:day)?,?\s",
    re.IGNORECASE,
)
_HALF = re.compile(
    r"\s{0,3}(?:(?P<morning>上午|凌晨|早上|清晨|a\.?m\.?(?![a-z]))|(?P<evening>下午|晚上|傍晚|p\.?m\.?(?![a-z])))\s{0,3}",
    re.IGNORECASE,
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―－", "-"))


def _from_text(text: str) -> Outcome:
    """A day in words or digits; what says the weekday or the half of the day is understood."""
    if len(text) > LONGEST_FIGURE:
        return Outcome(None, "not_a_date")
    text = _WEEKDAY.sub(" ", text.translate(_DASHES)).strip().rstrip(".。")
    if _NO_DAY.fullmatch(text):
        return NOTHING
    half = _HALF.search(text)
    if half is None:
        return _from_words(text)
    moment = _from_words(_HALF.sub(" ", text).strip())
    if moment.value is None or not 1 <= moment.value.hour <= 12:
        # 下午15:00 says it twice; 上午 alone says no time.
        return moment
    hour = moment.value.hour % 12 + (12 if half["evening"] else 0)
    return Outcome(moment.value.replace(hour=hour))


def _from_words(text: str) -> Outcome:
    if match := _CHINESE.fullmatch(text):
        year = match["year"].translate(_DIGITS_IN_CHINESE)
        text = f"{year}-{_counted(match['month'])}-{_counted(match['day'])}"
    for pattern in _ENGLISH:
        if match := pattern.fullmatch(text):
            month = _MONTHS.index(match["month"].lower()) + 1
            return _assembled(match, str(month), match["day"])
    match = _YEAR_FIRST.fullmatch(text) or _DIGITS.fullmatch(text)
    if match:
        return _assembled(match, match["month"], match["day"])
    if match := _YEAR_LAST.fullmatch(text):
        first, second = int(match["one"]), int(match["other"])
        if first <= 12 and second <= 12 and first != second:
            return Outcome(None, "date_order_unclear")
        return (
            _assembled(match, match["other"], match["one"])
            if first > 12
            else _assembled(match, match["one"], match["other"])
        )
    if _INCOMPLETE.fullmatch(text):
        return Outcome(None, "date_incomplete")
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _from_number(float(text))
    return Outcome(None, "not_a_date")


def _counted(number: str) -> int:
    """A number below a hundred as people say it: 十, 十一, 二十, 二十一; 0 for what is none."""
    tens, ten, ones = number.partition("十")
    if not ten:
        tens, ones = "", number
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (int((tens or "一").translate(_DIGITS_IN_CHINESE)) if ten else 0) * 10 + int(
        (ones or "〇").translate(_DIGITS_IN_CHINESE)
    )


def _assembled(match: re.Match[str], month: str, day: str) -> Outcome:
    fields = match.groupdict()
    zone = (fields.get("zone") or "").replace("Z", "+00:00")
    year = int(fields["year"])
    try:
        moment = dt.datetime(  # noqa: DTZ001 (made local below)
            # Excel writes a year of two digits beside the name of a month.
            year if year > 99 else 2000 + year,
            int(month),
            int(day),
            int(fields["hour"] or 0),
            int(fields["minute"] or 0),
            int(fields["second"] or 0),
            int(float(fields["fraction"] or 0) * 1_000_000),
        )
        if zone:
            moment = moment.replace(tzinfo=dt.datetime.strptime(zone.ljust(5, "0"), "%z").tzinfo)
    except ValueError:
        return Outcome(None, "not_a_date")
    return _plausible(moment)


def _plausible(moment: dt.datetime) -> Outcome:
    if not _EARLIEST <= moment.year <= _LATEST:
        return Outcome(None, "date_implausible")
    return Outcome(_unshifted(timezone.make_aware(moment) if timezone.is_naive(moment) else moment))
