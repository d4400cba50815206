"""Cells that hold a coordinate, or both: as digits, or in degrees, minutes and seconds."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from importing.values.numbers import NUMBER, number_in, read_number
from importing.values.parsed import Floats, Outcome, Parsed, as_floats, parse_each, plain, problems_of
from places.tables.columns import Cells

_DEGREE, _MINUTE, _SECOND = r"\s*[°度d]\s*", r"\s*['分]\s*", r"\s*(?:[\"秒]|'')\s*"
# What stands for the marks of degrees, minutes and seconds; NFKC would tear some of them apart.
_MARKS = str.maketrans({"º": "°", "˚": "°", **dict.fromkeys("′’‘´`＇", "'"), **dict.fromkeys("″”“＂", '"')})
_NAME = r"(?:[东西]经|[南北]纬|经度|纬度|longitude|latitude|lng|lon|lat|[xyensw])\s*[:=]?\s*"
_COORDINATE = re.compile(
    rf"(?P<before>{_NAME})?(?:"
    rf"(?P<degrees>-?\d{{1,3}}(?:\.\d+)?){_DEGREE}"
    rf"(?:(?P<minutes>\d{{1,2}}(?:\.\d+)?){_MINUTE}(?:(?P<seconds>\d{{1,2}}(?:\.\d+)?)(?:{_SECOND}|(?=\D|$)))?)?"
    rf"|(?P<number>[+-]?{NUMBER}))\s*(?P<after>(?:[ensw](?![a-z])))?",
    re.IGNORECASE,
)
# What nearly all such cells look like, for speed.
_PLAIN_PAIR = re.compile(r"([+-]?\d+\.?\d*)\s*[,;\s]\s*([+-]?\d+\.?\d*)")
# With a height, as KML and map programs write it.
_WITH_HEIGHT = re.compile(
    r"([+-]?\d{1,9}\.\d{3,20})\s*,\s*([+-]?\d{1,9}\.\d{3,20})\s*,\s*-?\d{1,5}(?:\.\d{1,20})?"
)
_BETWEEN = re.compile(r"(?:point)?[\s,;:/|()\[\]、，；]*", re.IGNORECASE)
# Two coordinates with names, signs and many decimals are shorter. What is longer is refused before any pattern sees
# it: searching for coordinates takes time with the square of the length.
LONGEST_CELL = 200


# Degrees with a decimal comma; no easting or northing in metres is so small.
_DECIMAL_COMMA = r"([+-]?(?:1[0-7]\d|180|\d{1,2})),(\d+)"
_COMMA_DEGREES = re.compile(_DECIMAL_COMMA)
_COMMA_PAIR = re.compile(rf"{_DECIMAL_COMMA}\s*[;/|\s]\s*{_DECIMAL_COMMA}")


def parse_coordinate(cells: Cells) -> Parsed:
    """One coordinate a cell: degrees ("117.01", "117°01′36″E", "东经117度1分36秒") or metres. float64."""
    return as_floats(parse_each(cells, _coordinate))


class Pairs(NamedTuple):
    """Two columns out of one cell, and its problems."""

    x: Floats
    y: Floats
    problems: Cells


def parse_coordinate_pair(cells: Cells) -> Pairs:
    """Both coordinates in one cell: "117.01,36.68", "N36°40′12″ E116°58′12″", "经度：117.01 纬度：36.68".

    x is what is named longitude, E or W; without names, the first one.
    """
    outcomes = parse_each(cells, _pair)
    x, y = (
        as_floats([Outcome(outcome.value and outcome.value[place]) for outcome in outcomes]).values
        for place in range(2)
    )
    return Pairs(x, y, problems_of(outcomes))


def _clean(text: str) -> str:
    return plain(text.translate(_MARKS))


def _coordinate(cell: Any) -> Outcome:
    if not isinstance(cell, str):
        number = number_in(cell)
        return Outcome(None, "not_a_coordinate") if number.problem else number
    if len(cell) <= LONGEST_CELL and (comma := _COMMA_DEGREES.fullmatch(_clean(cell))):
        return Outcome(float(f"{comma[1]}.{comma[2]}"))
    match = _COORDINATE.fullmatch(_clean(cell)) if len(cell) <= LONGEST_CELL else None
    value = _value(match) if match else None
    return Outcome(None, "not_a_coordinate") if value is None else Outcome(value)


def _pair(cell: Any) -> Outcome:
    if not isinstance(cell, str) or len(cell) > LONGEST_CELL:
        return Outcome(None, "not_a_pair_of_coordinates")
    if plain_pair := _PLAIN_PAIR.fullmatch(cell) or _WITH_HEIGHT.fullmatch(_clean(cell)):
        return Outcome((float(plain_pair[1]), float(plain_pair[2])))
    if comma := _COMMA_PAIR.fullmatch(_clean(cell)):
        return Outcome((float(f"{comma[1]}.{comma[2]}"), float(f"{comma[3]}.{comma[4]}")))
    # Here a comma stands between the two and never inside one.
    text = re.sub(r"(?<=\d),(?=\d)", ", ", _clean(cell))
    found = list(_COORDINATE.finditer(text))
    values = [_value(match) for match in found]
    if len(found) != 2 or None in values or _BETWEEN.fullmatch(_COORDINATE.sub(" ", text)) is None:
        return Outcome(None, "not_a_pair_of_coordinates")
    axes = [_axis(match) for match in found]
    if axes in (["x", "x"], ["y", "y"]):
        return Outcome(None, "not_a_pair_of_coordinates")
    return Outcome((values[1], values[0]) if axes[0] == "y" or axes[1] == "x" else (values[0], values[1]))


def _value(match: re.Match[str]) -> float | None:
    """Degrees or metres; None for minutes or seconds of 60 and more."""
    if match["degrees"] is None:
        value = read_number(match["number"].lstrip("+-"))
        if value is not None and match["number"].startswith("-"):
            value = -value
    else:
        minutes, seconds = float(match["minutes"] or 0), float(match["seconds"] or 0)
        degrees = float(match["degrees"])
        value = abs(degrees) + minutes / 60 + seconds / 3600 if minutes < 60 and seconds < 60 else None
        if value is not None and match["degrees"].startswith("-"):
            value = -value
    if value is not None and {*_names(match)} & {"s", "w", "西经", "南纬"}:
        value = -abs(value)
    return value


def _names(match: re.Match[str]) -> list[str]:
    """What stands before and after the number to say which coordinate it is: "n", "东经", "lat"."""
    return [re.sub(r"[\s:=]", "", name).lower() for name in (match["before"], match["after"]) if name]


def _axis(match: re.Match[str]) -> str | None:
    for name in _names(match):
        if name in ("n", "s", "y", "北纬", "南纬", "纬度", "lat", "latitude"):
            return "y"
        if name in ("e", "w", "x", "东经", "西经", "经度", "lng", "lon", "longitude"):
            return "x"
    return None
