"""What a parser of cells answers, the codes of what it could not read, and what counts as an empty cell."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from django.utils.translation import gettext_lazy
from numpy.typing import NDArray

from places.tables.columns import CONTROL, Cells

Floats = NDArray[np.float64]

SENTENCES = {
    "formula_error": gettext_lazy("The cell shows the error of a formula instead of a value."),
    "formula_not_calculated": gettext_lazy(
        "The cell holds a formula that was never calculated. Open the file, save it, and send it again."
    ),
    "column_too_narrow": gettext_lazy(
        "The cell holds only # signs: its column was too narrow when it was saved. Widen it and save again."
    ),
    "control_character": gettext_lazy(
        "The cell holds %(character)s, which nobody sees and no text has. Type its text anew."
    ),
    "not_text": gettext_lazy("The cell holds no text."),
    "digits_lost": gettext_lazy(
        "The number has more than 15 digits and the spreadsheet has lost the last ones. Format the column as "
        "text and enter it again."
    ),
    "became_a_day": gettext_lazy(
        "The cell holds a day: a spreadsheet makes one of a number such as 3-1. Format the column as text and enter it"
        " again."
    ),
    "not_a_number": gettext_lazy("This is not a number."),
    "not_a_whole_number": gettext_lazy("This is not a whole number."),
    "not_a_length": gettext_lazy("This is not a length, such as 2.4 m or 240 cm."),
    "length_not_positive": gettext_lazy("A length is larger than zero."),
    "unit_unclear": gettext_lazy(
        "The number is large and no unit is given: metres, centimetres or millimetres?"
    ),
    "size_unclear": gettext_lazy("This is not a size, such as 2.4 × 1.2 m."),
    "not_a_facing": gettext_lazy("This is not a facing, such as southeast, 东南 or 135."),
    "not_a_date": gettext_lazy("This is not a date, such as 2020-06-01 or 2020年6月1日."),
    "date_order_unclear": gettext_lazy("Day and month cannot be told apart. Write the year first."),
    "date_implausible": gettext_lazy("The date lies before 1950 or after 2100."),
    "not_yes_or_no": gettext_lazy("This is neither yes nor no."),
    "not_a_coordinate": gettext_lazy(
        "This is not a coordinate, in digits or in degrees, minutes and seconds."
    ),
    "not_a_pair_of_coordinates": gettext_lazy("These are not two coordinates, such as 117.01,36.68."),
    "not_a_telephone": gettext_lazy("This is not a telephone number."),
    "credit_code_length": gettext_lazy("A unified social credit code has 18 characters."),
    "credit_code_characters": gettext_lazy(
        "The unified social credit code has a character that does not occur in one (I, O, S, V or Z are never used)."
    ),
    "credit_code_check": gettext_lazy(
        "The check character of the unified social credit code does not match."
    ),
    "unknown_word": gettext_lazy("This word is not known here."),
}
"""Codes of cells that could not be read; there is no value."""

DOUBTS = {
    "day_or_next": gettext_lazy(
        "The time of day is that of midnight in universal time, as programs write a day: it is this day or the next, "
        "and none is recorded."
    ),
    "date_incomplete": gettext_lazy("The day or the month is missing, so no date is recorded."),
}
"""Codes of cells that were understood but say too little to be kept; there is no value, and no mistake."""


LONGEST_FORMULA = 8192
"""A spreadsheet's own limit."""
LONGEST_FIGURE = 200
"""A cell for a day or a size is shorter. What is longer is refused before any pattern sees it: searching in it may take
time with the square of its length."""


@dataclass(frozen=True)
class Parsed:
    """A parsed column, one element a row.

    `values` is float64 with NaN, or an object array with None, where the cell is empty or could not be read.
    `problems` is an object array: None, or a key of `SENTENCES` or `DOUBTS`.
    """

    values: NDArray[Any]
    problems: Cells


class Outcome(NamedTuple):
    """What became of one cell."""

    value: Any
    problem: str | None = None


NOTHING = Outcome(None)

# What people write into a cell to say that there is nothing to write.
_EMPTY = {
    "-",
    "--",
    "---",
    "—",
    "——",
    "/",
    "//",
    "\\",
    "无",
    "暂无",
    "没有",
    "不详",
    "未知",
    "空",
    "n/a",
    "na",
    "null",
    "none",
    # … and what programs write where there is none.
    "nan",
    "nat",
    "<na>",
    "(null)",
    "<null>",
    "[null]",
    "\\n",
    "undefined",
    "(空)",
    "（空）",
    "(空白)",
    "(blank)",
}
# Characters that nobody sees, and that make two of one: soft hyphens, zero-width blanks, marks of direction and order.
# The joiners stay that some scripts need between letters.
_INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
# What a cell with a formula holds where only its text was saved: a function and the address of a cell.
_FORMULA = re.compile(r"#UNCALCULATED!|=\s*[A-Z_][A-Za-z0-9_.]*\((?=.*?\b\$?[A-Z]{1,3}\$?\d).*", re.DOTALL)
# What formulas consist of: a sheet's name, a text, a cell, a number, a function, a sign.
_ADDRESS = re.compile(r"\$?\b[A-Z]{1,3}\$?\d{1,7}\b")
_FORMULA_PIECE = re.compile(
    r"(?:'[^']{1,60}'|[\w.]{1,40})!|\"[^\"]*\"|\$?\b[A-Z]{1,3}\$?\d{1,7}\b|\d+(?:\.\d+)?"
    r"|@?[A-Z_][A-Za-z0-9_.]{0,60}(?=\()|[-+*/^&<>=(),:;%@\s]"
)
_BARE_FUNCTION = re.compile(r"[A-Za-z]\(\)")
# What Excel, WPS and LibreOffice show for a failed formula, also when it was saved as CSV; `#ERROR!` is
# reading.FORMULA_ERROR.
_FORMULA_ERROR = re.compile(
    r"#(?:ERROR!|N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|BUSY!|CONNECT!|BLOCKED!|FIELD!"
    r"|UNKNOWN!|EXTERNAL!|PYTHON!|TIMEOUT!)|#[\u4e00-\u9fff]{1,4}[!?！？]|(?:Err|错误)\s?[:：]\s?5\d\d"
)


def visible(text: str) -> str:
    """The text without characters that nobody sees, stripped."""
    return text.strip() if text.isascii() else _INVISIBLE.sub("", text).strip()


def control_character(text: str) -> str:
    """The first character of a text that no text has, by its number: "U+0007"; empty when there is none."""
    found = CONTROL.search(text)
    return f"U+{ord(found[0]):04X}" if found else ""


def _is_formula(text: str) -> bool:
    """Whether a text is a formula and nothing else: =A1+1, =台账!B2, ='2024'!A2&"-"&C2, =TODAY()."""
    if not text.startswith("=") or len(text) > LONGEST_FORMULA or _FORMULA_PIECE.sub("", text):
        return False
    return bool(_ADDRESS.search(text) or _BARE_FUNCTION.search(text))


def plain(text: str) -> str:
    """Half-width and stripped, without what nobody sees: "１１７．０１　" gives "117.01"."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", visible(text)).strip()


def parse_each(cells: Cells, parse: Callable[[Any], Outcome], *, none_is_empty: bool = True) -> list[Outcome]:
    """`parse` applied to each cell, once for each different text or date.

    Empty cells, blanks, and (unless `none_is_empty` is false) words for nothing never reach `parse`; nor do
    errors of formulas and texts with control characters. Text reaches it as a person sees it in the file.
    """
    once_parsed: dict[str | dt.date, Outcome] = {}

    def parse_text(text: str) -> Outcome:
        if not (text.isascii() and text.isprintable()) and CONTROL.search(text):
            return Outcome(None, "control_character")
        stripped = visible(text)
        if not stripped or (none_is_empty and stripped.lower() in _EMPTY):
            return NOTHING
        if _FORMULA_ERROR.fullmatch(stripped):
            return Outcome(None, "formula_error")
        if _FORMULA.fullmatch(stripped) or _is_formula(stripped):
            return Outcome(None, "formula_not_calculated")
        if stripped.startswith("##") and not stripped.strip("#"):
            return Outcome(None, "column_too_narrow")
        return parse(stripped)

    outcomes = []
    for cell in cells:
        if cell is None:
            outcomes.append(NOTHING)
        elif isinstance(cell, str | dt.date):
            outcome = once_parsed.get(cell)
            if outcome is None:
                outcome = once_parsed[cell] = parse_text(cell) if isinstance(cell, str) else parse(cell)
            outcomes.append(outcome)
        else:
            outcomes.append(parse(cell))
    return outcomes


def as_objects(outcomes: list[Outcome]) -> Parsed:
    """A column of any values."""
    values = np.empty(len(outcomes), dtype=object)
    for place, outcome in enumerate(outcomes):
        values[place] = outcome.value
    return Parsed(values, problems_of(outcomes))


def as_floats(outcomes: list[Outcome]) -> Parsed:
    """A column of numbers."""
    values = np.array(
        [np.nan if outcome.value is None else outcome.value for outcome in outcomes], dtype=np.float64
    )
    return Parsed(values, problems_of(outcomes))


def problems_of(outcomes: list[Outcome]) -> Cells:
    """The second half of a `Parsed`."""
    problems = np.empty(len(outcomes), dtype=object)
    problems[:] = [outcome.problem for outcome in outcomes]
    return problems
