"""What a spreadsheet shows of a number or a day whose format says more, or less, than its value.

A ledger's number 0012 is often the number 12 in the format 0000, and 2020年6月 the first of June in a format without
the day. Only what can be told for certain is told: whole numbers in formats of zeros and fixed text, and whether a
format of dates has a day. Formats are those of ECMA-376 part 1, 18.8.31, which XLS has too.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import Self

# A quoted text, an escaped character, a width to leave free or to fill, a colour or condition in brackets, or one sign.
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*](.)|\[([^\]]*)\]|(.)', re.DOTALL)
_LITERAL = frozenset(" -+/():!^&'~{}<>=￥¥$号第")
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


Piece = tuple[str, str]
"""("digit", "0" or "#") or ("text", what stands there)."""


def shown_number(number: float, code: str) -> str | None:
    """The whole number as the format `code` shows it; None where that is no more than the number itself says.

    0012 for 12 in 0000, TQ-0012 in "TQ-"0000, 12号 in 0"号".
    """
    if number != int(number) or number < 0 or abs(number) >= 1e15:
        return None
    pieces = _pieces(code)
    if pieces is None:
        return None
    digits = list(str(int(number)))
    shown: list[str] = []
    left = sum(kind == "digit" for kind, _sign in pieces)
    for kind, sign in reversed(pieces):
        if kind == "text":
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
    return None if text == str(int(number)) else text


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
    pieces = _pieces(code)
    return pieces is not None and (
        any(kind == "text" for kind, _sign in pieces) or pieces.count(("digit", "0")) > 1
    )


@cache
def _pieces(code: str) -> tuple[Piece, ...] | None:
    """A format of digits and fixed text in its parts; None for any other."""
    section = _first_section(code)
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
        elif sign in _LITERAL or ord(sign) > 0x2E80:
            pieces.append(("text", sign))
        elif sign:
            return None
    digits = [sign for kind, sign in pieces if kind == "digit"]
    return tuple(pieces) if digits else None


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
    quoted = False
    for place, sign in enumerate(code):
        if sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted and code[place - 1 : place] != "\\":
            return code[:place]
    return code
