"""What a spreadsheet shows of a number or a day whose format says more, or less, than its value.

A ledger's number 0012 is often the number 12 in the format 0000, and 2020年6月 the first of June in a format without
the day. Only what can be told for certain is told: numbers in formats of digits and fixed text, and whether a
format of dates has a day. Formats are those of ECMA-376 part 1, 18.8.31, which XLS has too.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from operator import eq, ge, gt, le, lt, ne
from typing import Self

# A quoted text, an escaped character, a width to leave free or to fill, a colour or condition in brackets, or one sign.
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*](.)|\[([^\]]*)\]|(.)', re.DOTALL)
_LITERAL = frozenset(" -+/():!^&'~{}<>=￥¥$号第")
_GENERAL = re.compile(r"General|G/通用格式", re.IGNORECASE)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)\s{0,3}(-?\d{1,15}(?:\.\d{1,15})?)\]")
_COMPARED = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}
_ELAPSED = re.compile(r"[hms]+", re.IGNORECASE)


class ShownNumber(float):
    """A number in a cell that shows more than it: what counts it takes for a number, what names a thing for text."""

    def __new__(cls, number: float, shown: str) -> Self:
        """`number` as it is computed with, `shown` as a person reads it."""
        cell = super().__new__(cls, number)
        cell.shown = shown
        return cell

    shown: str

    def __reduce__(self) -> tuple[type[ShownNumber], tuple[float, str]]:
        return ShownNumber, (float(self), self.shown)


class CountedFrom1904(float):
    """A number of a workbook whose days count from 1904, as on old Macintoshes: as a day it is four years later."""

    EARLIER = 1462
    """How many days later than elsewhere that count begins."""


Piece = tuple[str, str]
"""("digit", "0" or "#"), ("point", "."), ("percent", "%") or ("text", what stands there)."""


def shown_number(number: float, code: str) -> str | None:
    """The number as the format `code` shows it; None where that is no more than the number itself says, or is less.

    Whole numbers in formats with decimals stay bare: nobody calls the twelfth board 12.00.

    0012 for 12 in 0000, TQ-0012 in "TQ-"0000, 12号 in 0"号" or General"号", 1.10 for 1.1 in 0.00, 80% for 0.8 in 0%.
    """
    if number < 0 or abs(number) >= 1e15:
        return None
    pieces = _pieces(_section_of(number, code))
    if pieces is None:
        return None
    kinds = [kind for kind, _sign in pieces]
    exact = Decimal(repr(number)) * (100 if "percent" in kinds else 1)
    point = kinds.index("point") if "point" in kinds else len(pieces)
    behind = kinds[point:].count("digit")
    rounded = exact.quantize(Decimal(1).scaleb(-behind), ROUND_HALF_UP)
    if rounded != exact or (behind and number == int(number)):
        return None
    whole, _point, fraction = f"{rounded:f}".partition(".")
    digits = list(whole)
    shown: list[str] = []
    decimals = list(fraction)
    for kind, sign in reversed(pieces[point:]):
        shown.append(decimals.pop() if kind == "digit" else sign)
    left = kinds[:point].count("digit")
    for kind, sign in reversed(pieces[:point]):
        if kind != "digit":
            shown.append(sign)
            continue
        left -= 1
        if not left:
            shown.append("".join(digits) or ("0" if sign == "0" else ""))
            digits = []
        elif digits:
            shown.append(digits.pop())
        elif sign == "0":
            shown.append("0")
    text = "".join(reversed(shown))
    return None if text in (str(int(number)), repr(float(number))) else text


def shown_day(moment: dt.datetime | dt.date, code: str) -> str | None:
    """The year and month, where the format shows a date without its day; None where it shows the day as well."""
    letters = _letters(code)
    if "y" in letters and "m" in letters and "d" not in letters:
        return f"{moment.year}-{moment.month:02}"
    if "y" in letters and not letters & {"m", "d", "h", "s"}:
        return str(moment.year)
    return None


def tells_something(code: str) -> bool:
    """Whether cells in this format may show something else than their value: what is worth looking them up for."""
    letters = _letters(code)
    if "y" in letters and "d" not in letters:
        return True
    if _CONDITION.search(code):
        return True
    pieces = _pieces(_first_section(code))
    return pieces is not None and (
        any(kind in ("text", "percent") for kind, _sign in pieces) or pieces.count(("digit", "0")) > 1
    )


@cache
def _pieces(code: str) -> tuple[Piece, ...] | None:
    """A section of a format of digits and fixed text in its parts; None for any other."""
    section = _GENERAL.sub("0", code)
    pieces: list[Piece] = []
    for quoted, escaped, width, bracket, sign in _TOKEN.findall(section):
        if quoted or escaped:
            pieces.append(("text", quoted or escaped))
        elif width:
            continue
        elif bracket:
            if _ELAPSED.fullmatch(bracket) or bracket.startswith("DBNum"):
                return None
        elif sign in ("0", "#"):
            pieces.append(("digit", sign))
        elif sign == "." and ("point", ".") not in pieces:
            pieces.append(("point", "."))
        elif sign == "%" and ("percent", "%") not in pieces:
            pieces.append(("percent", "%"))
        elif sign in _LITERAL or ord(sign) > 0x2E80:
            pieces.append(("text", sign))
        elif sign:
            return None
    kinds = [kind for kind, _sign in pieces]
    if "digit" not in kinds or kinds[0] == "point":
        return None
    # Behind the point stand fixed digits only: what # shows there depends on the number.
    behind = pieces[kinds.index("point") :] if "point" in kinds else []
    return None if ("digit", "#") in behind else tuple(pieces)


@cache
def _letters(code: str) -> frozenset[str]:
    """The letters that stand for parts of a date, of a format that is one."""
    bare = "".join(
        sign.lower()
        for quoted, escaped, width, bracket, sign in _TOKEN.findall(_first_section(code))
        if not (quoted or escaped or width or bracket)
    )
    if "general" in bare:
        return frozenset()
    return frozenset(bare) & frozenset("ymdhs")


def _first_section(code: str) -> str:
    """The part of a format for positive numbers."""
    return _sections(code)[0]


@cache
def _sections(code: str) -> tuple[str, ...]:
    """The parts of a format, between semicolons."""
    sections = []
    quoted, start = False, 0
    for place, sign in enumerate(code):
        if sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted and code[place - 1 : place] != "\\":
            sections.append(code[start:place])
            start = place + 1
    return (*sections, code[start:])


def _section_of(number: float, code: str) -> str:
    """The part of a format that is for this number, which is not negative."""
    sections = _sections(code)
    if not _CONDITION.search(code):
        return sections[2] if number == 0 and len(sections) > 2 else sections[0]
    for section in sections:
        condition = _CONDITION.search(section)
        if condition is None or _COMPARED[condition[1]](number, float(condition[2])):
            return section
    return sections[-1]
