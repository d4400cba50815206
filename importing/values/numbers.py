"""Cells that hold numbers: counts, lengths with units, sizes, the way something faces."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import Any, NamedTuple

from importing.values.parsed import (
    LONGEST_FIGURE,
    NOTHING,
    Floats,
    Outcome,
    Parsed,
    as_floats,
    as_objects,
    parse_each,
    plain,
    problems_of,
)
from places.tables.columns import Cells

METRES = {
    "m": 1.0, "米": 1.0, "公尺": 1.0, "cm": 0.01, "厘米": 0.01, "公分": 0.01, "mm": 0.001, "毫米": 0.001,
}  # fmt: skip
"""Units of length, in metres."""

NUMBER = r"(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)"
"""A pattern: digits with or without thousands separators and a fraction."""
_NUMBER = re.compile(rf"[+-]?{NUMBER}(?:e[+-]?\d{{1,3}})?", re.IGNORECASE)
_UNIT = "|".join(sorted(METRES, key=len, reverse=True))

# Without a unit a larger number is hardly metres: no board is 240 m wide.
_LARGEST_WITHOUT_UNIT_M = 100.0


def parse_number(cells: Cells) -> Parsed:
    """Plain numbers, also full-width and with thousands separators. float64."""
    return as_floats(parse_each(cells, number_in))


def parse_integer(cells: Cells) -> Parsed:
    """Whole numbers, with or without a counter ("3面"). int objects."""
    return as_objects(parse_each(cells, _integer))


def parse_length(cells: Cells, unit: str | None = None) -> Parsed:
    """Lengths in metres, from cells with their own unit or in `unit` ("m", "cm", "mm"), the header's. float64.

    Without either they are metres, up to 100; beyond that the code is unit_unclear.
    """
    return as_floats(parse_each(cells, lambda cell: _length(cell, unit)))


class Sizes(NamedTuple):
    """Three columns in metres (NaN where not given) out of one cell, and its problems."""

    width: Floats
    height: Floats
    depth: Floats
    problems: Cells


def parse_size(cells: Cells, unit: str | None = None) -> Sizes:
    """Sizes such as "2.4×1.2米", "2400*1200mm", "宽2.4m 高1.2m", "3x2x0.5".

    Without names the order is width, height, depth. A unit after the last number holds for all; `unit` is the
    header's. Of 长 and 宽 together, 长 is the width and 宽 the height.
    """
    outcomes = parse_each(cells, lambda cell: _size(cell, unit))
    width, height, depth = (
        as_floats([Outcome(outcome.value and outcome.value[place]) for outcome in outcomes]).values
        for place in range(3)
    )
    return Sizes(width, height, depth, problems_of(outcomes))


def parse_facing(cells: Cells) -> Parsed:
    """The way something faces, in whole degrees clockwise from north: "东南", "朝南", "坐北朝南", "SE", "135°"."""
    return as_objects(parse_each(cells, _facing))


# One or two digits behind a comma are no thousands.
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d{1,2})")


def read_number(text: str) -> float | None:
    """The finite number that this half-width text is, or None."""
    if decimal := _DECIMAL_COMMA.fullmatch(text):
        text = f"{decimal[1]}.{decimal[2]}"
    if _NUMBER.fullmatch(text) is None:
        return None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def number_in(cell: Any) -> Outcome:
    """The finite number in one cell."""
    if isinstance(cell, bool):
        return Outcome(None, "not_a_number")
    if isinstance(cell, int | float):
        return Outcome(float(cell)) if math.isfinite(cell) else NOTHING
    number = read_number(plain(cell)) if isinstance(cell, str) else None
    return Outcome(None, "not_a_number") if number is None else Outcome(number)


_COUNTERS = tuple("个面处块只座组幅盏套")


def _integer(cell: Any) -> Outcome:
    if isinstance(cell, str):
        cell = plain(cell)
        cell = cell[:-1].rstrip() if cell[-1:] in _COUNTERS else cell
    number = number_in(cell)
    if number.value is None:
        return number
    if number.value != int(number.value):
        return Outcome(None, "not_a_whole_number")
    return Outcome(int(number.value))


_LENGTH = re.compile(rf"(?:约|≈|~)?\s*(\d+,\d{{1,2}}(?!\d)|{NUMBER})\s*({_UNIT})?(?:左右)?", re.IGNORECASE)


def _length(cell: Any, unit: str | None) -> Outcome:
    match = _LENGTH.fullmatch(plain(cell)) if isinstance(cell, str) else None
    if match:
        return _in_metres(read_number(match[1]), match[2] or unit, "not_a_length")
    number = number_in(cell)
    if number.value is None:
        return Outcome(None, "not_a_length" if number.problem else None)
    return _in_metres(number.value, unit, "not_a_length")


def _in_metres(number: float | None, unit: str | None, problem: str) -> Outcome:
    if number is None:
        return Outcome(None, problem)
    if number <= 0:
        return Outcome(None, "length_not_positive")
    if unit is None and number > _LARGEST_WITHOUT_UNIT_M:
        return Outcome(None, "unit_unclear")
    # A tenth of a millimetre is more than anybody measures, and 2400 × 0.001 shall be 2.4.
    return Outcome(round(number * METRES[(unit or "m").lower()], 4))


_LABEL = "长|宽|高|厚|深|w|h|d|l"
_PART = re.compile(
    rf"(?P<label>{_LABEL})度?\s*[:=]?\s*约?\s*(?P<labelled>{NUMBER})\s*(?P<its_unit>{_UNIT})?"
    rf"|(?P<number>{NUMBER})\s*(?P<unit>{_UNIT})?(?:\s*\(?(?P<behind>{_LABEL})(?![a-z])度?\)?(?!\s*[:=]?\s*[\d.]))?"
)
_BETWEEN = re.compile(r"[x×*✕╳乘、,;\s()和]*")
_SIDE = {"长": "width", "l": "width", "宽": "width", "w": "width", "高": "height", "h": "height"}


def _size(cell: Any, unit: str | None) -> Outcome:
    if not isinstance(cell, str) or len(cell) > LONGEST_FIGURE:
        return Outcome(None, "size_unclear")
    text = plain(cell).lower()
    if _DECIMAL_COMMA.fullmatch(text):
        # One length, or two without a sign between them.
        return Outcome(None, "size_unclear")
    parts = list(_PART.finditer(text))
    if not 1 <= len(parts) <= 3 or _BETWEEN.fullmatch(_PART.sub(" ", text)) is None:
        return Outcome(None, "size_unclear")
    for part, following in pairwise(parts):
        # "2.88m2" is an area, not two lengths.
        if following["label"] is None and part.end() == following.start():
            return Outcome(None, "size_unclear")
    names = [part["label"] or part["behind"] for part in parts]
    units = [part["its_unit"] or part["unit"] for part in parts]
    common = next((own for own in reversed(units) if own), unit)
    metres = []
    for part, own in zip(parts, units, strict=True):
        number = read_number(part["labelled"] or part["number"])
        length = _in_metres(number, own or common, "size_unclear")
        if length.value is None:
            return length
        metres.append(length.value)
    return _named_sides(names, metres)


def _named_sides(names: list[str | None], metres: list[float]) -> Outcome:
    """(width, height, depth) of numbers that have all a name, or none."""
    if not any(names):
        if len(metres) == 1:
            return Outcome(None, "size_unclear")
        return Outcome((*metres, None)[:3])
    if not all(names):
        return Outcome(None, "size_unclear")
    sides: dict[str, float] = {}
    for name, length in zip(names, metres, strict=True):
        side = _SIDE.get(name or "", "depth")
        # 长 × 宽 of something flat: the second is its height; with 高 as well, its depth.
        if side in sides and name in ("宽", "w"):
            side = "depth" if "高" in names or "h" in names else "height"
        if side in sides:
            return Outcome(None, "size_unclear")
        sides[side] = length
    return Outcome((sides.get("width"), sides.get("height"), sides.get("depth")))


_BEARINGS = {
    "北": 0, "东北": 45, "东": 90, "东南": 135, "南": 180, "西南": 225, "西": 270, "西北": 315,
    "北东": 45, "南东": 135, "南西": 225, "北西": 315,
    "n": 0, "ne": 45, "e": 90, "se": 135, "s": 180, "sw": 225, "w": 270, "nw": 315,
    "north": 0, "northeast": 45, "east": 90, "southeast": 135, "south": 180, "southwest": 225, "west": 270,
    "northwest": 315,
}  # fmt: skip


def _facing(cell: Any) -> Outcome:
    if isinstance(cell, str):
        word = re.sub(r"^坐.+(?=[朝向])|[\s\-]|朝|面向|向|正|侧|方|面|°|度", "", plain(cell).lower())
        if word in _BEARINGS:
            return Outcome(_BEARINGS[word])
        cell = word
    number = number_in(cell)
    if number.value is None or not 0 <= number.value <= 360:
        return Outcome(None, "not_a_facing")
    return Outcome(round(number.value) % 360)
