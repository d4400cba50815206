"""Cells that hold words, and numbers that are names: identifiers, telephones, credit codes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from importing.reading.number_formats import ShownNumber
from importing.values.parsed import NOTHING, Outcome, Parsed, as_objects, parse_each, plain, problems_of
from places.tables.columns import Cells

# A spreadsheet keeps 15 digits of a number; of a 17-digit component id the last two are lost.
_EXACT_BELOW = 10**15


def parse_text(cells: Cells) -> Parsed:
    """Text, stripped, otherwise as it stands. Whole numbers lose their ".0", dates become ISO."""
    return as_objects(parse_each(cells, _text))


def parse_identifier(cells: Cells) -> Parsed:
    """A number or code that names something: half-width, without spaces inside; digits_lost when shortened."""
    texts = {plain(cell) for cell in cells if isinstance(cell, str) and cell.strip()}
    # A program that took the column for numbers with gaps writes 12 as 12.0, all of them.
    bare = all(map(_WITH_POINT_ZERO.fullmatch, texts))
    return as_objects(parse_each(cells, _whole_identifier if bare else _identifier))


def parse_label(cells: Cells) -> Parsed:
    """Text that is no day: what a place or thing is called. became_a_day where a spreadsheet has made one of 3-1."""
    return as_objects(parse_each(cells, _label))


def parse_dialled(cells: Cells) -> Parsed:
    """A telephone number as it is written, without the marks of spreadsheets; digits_lost when shortened."""
    return as_objects(parse_each(cells, _dialled_as_written))


def parse_list(cells: Cells) -> Parsed:
    """Several words in one cell ("讲文明树新风、垃圾分类"): a list without repetitions, in their order."""
    return as_objects(parse_each(cells, _list))


def parse_boolean(cells: Cells) -> Parsed:
    """是/否, 有/无, √/×, yes/no, 1/0 and the like."""
    return as_objects(parse_each(cells, _boolean, none_is_empty=False))


def parse_choice(cells: Cells, words: Mapping[str, Any]) -> Parsed:
    """What `words` has for the cell's word, compared without case, width and spaces; else unknown_word.

    The keys of `words` may be written in any width and case.
    """
    values = {_squeeze(word): value for word, value in words.items()}

    def choose(cell: Any) -> Outcome:
        text = _text(cell)
        if text.value is None:
            return text
        word = _squeeze(text.value)
        return Outcome(values[word]) if word in values else Outcome(None, "unknown_word")

    return as_objects(parse_each(cells, choose))


CONDITION_WORDS: dict[str, str] = {
    **dict.fromkeys(("unknown", "未检", "未检查", "未巡检", "未知", "待检"), "unknown"),
    **dict.fromkeys(
        ("good", "完好", "好", "良好", "正常", "完整", "无破损", "优", "完好无损", "完好正常"), "good"
    ),
    **dict.fromkeys(("minor", "minor damage", "轻微破损", "轻微", "较好", "一般", "轻度破损"), "minor"),
    **dict.fromkeys(("damaged", "破损", "损坏", "中度破损", "较差", "差", "已破损", "部分破损"), "damaged"),
    **dict.fromkeys(("severe", "severe damage", "严重破损", "严重损坏", "严重", "重度破损"), "severe"),
    **dict.fromkeys(("missing", "缺失", "丢失", "灭失", "被盗", "不存在"), "missing"),
}
"""Words for a condition → its code."""

LIFECYCLE_WORDS: dict[str, str] = {
    **dict.fromkeys(("planned", "规划", "计划", "拟建", "待建", "在建", "筹建"), "planned"),
    **dict.fromkeys(("in_use", "in use", "在用", "使用", "使用中", "正常使用", "启用", "正常"), "in_use"),
    **dict.fromkeys(("suspended", "停用", "暂停", "暂停使用", "闲置", "未使用"), "suspended"),
    **dict.fromkeys(("removed", "拆除", "已拆除", "撤除", "已撤除", "报废", "注销", "废弃"), "removed"),
}
"""Words for a lifecycle → its code."""


def parse_telephone(cells: Cells) -> Parsed:
    """Telephone numbers as people dial them: "13812342077", "0531-85951234", "0531-85951234-801", joined by "、"."""
    return as_objects(parse_each(cells, _telephone))


class Contacts(NamedTuple):
    """Two columns out of one cell, and its problems."""

    person: Cells
    telephone: Cells
    problems: Cells


def parse_contact(cells: Cells) -> Contacts:
    """A person with or without a telephone in one cell: "王师傅 13812342077", "李强（0531-85951234）"."""
    outcomes = parse_each(cells, _contact)
    people = as_objects([Outcome(outcome.value and outcome.value[0]) for outcome in outcomes])
    telephones = as_objects([Outcome(outcome.value and outcome.value[1]) for outcome in outcomes])
    return Contacts(people.values, telephones.values, problems_of(outcomes))


def parse_credit_code(cells: Cells) -> Parsed:
    """Unified social credit codes (GB 32100), upper case, with their check character verified."""
    return as_objects(parse_each(cells, _credit_code))


def _squeeze(text: str) -> str:
    return re.sub(r"[\s_\-]+", "", plain(text).lower())


# How texts of digits are written into a CSV so that a spreadsheet leaves them alone: ="0012".
_AS_FORMULA = re.compile(r'="((?:[^"]|"")*)"')


def _text(cell: Any) -> Outcome:
    if isinstance(cell, str):
        text = cell.strip()
        if wrapped := _AS_FORMULA.fullmatch(text):
            text = wrapped[1].replace('""', '"')
        return Outcome(text or None)
    if isinstance(cell, ShownNumber):
        return Outcome(cell.shown)
    if isinstance(cell, bool):
        return Outcome("是" if cell else "否")
    if isinstance(cell, int | float):
        if cell != cell or abs(cell) == float("inf"):
            return NOTHING
        if abs(cell) >= _EXACT_BELOW and isinstance(cell, float):
            return Outcome(None, "digits_lost")
        return Outcome(str(int(cell)) if cell == int(cell) else repr(float(cell)))
    if isinstance(cell, dt.date | dt.time):
        return Outcome(cell.isoformat())
    return Outcome(None, "not_text")


# How spreadsheets and programs write a number that is too long: 3.70105E+16, 3.70105E+016, 3,70105e16, 4E+16. An
# office's own number may well be 2E10.
_SHORTENED = re.compile(r"\d+[.,]\d+E\+?\d{1,3}|\d+E\+\d{1,3}", re.IGNORECASE)


# What a spreadsheet shows of a day that it has made of a number such as 3-1: 3月1日, 1-Mar, Mar-01.
_MONTH = "jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec"
_DAY_SHOWN = re.compile(
    rf"\d{{1,2}}月\d{{1,2}}日|\d{{1,2}}-(?:{_MONTH})|(?:{_MONTH}|[一二三四五六七八九十]{{1,2}}月)-\d{{1,2}}",
    re.IGNORECASE,
)
# Signs without a shape of their own, which a number copied from a page may hold.
_SHAPELESS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u206f\u2800\ufe00-\ufe0f\ufeff]"
)
_MARKS_OF_TEXT = "'’‘"


def _label(cell: Any) -> Outcome:
    if isinstance(cell, dt.date | dt.time):
        return Outcome(None, "became_a_day")
    return _text(cell)


def _identifier(cell: Any) -> Outcome:
    if isinstance(cell, bool):
        return Outcome(None, "not_text")
    text = _label(cell)
    if text.value is None:
        return text
    identifier = _SHAPELESS.sub("", re.sub(r"\s+", "", plain(text.value))).lstrip(_MARKS_OF_TEXT)
    if _DAY_SHOWN.fullmatch(identifier):
        return Outcome(None, "became_a_day")
    if _SHORTENED.fullmatch(identifier):
        return Outcome(None, "digits_lost")
    return Outcome(identifier or None)


def _dialled_as_written(cell: Any) -> Outcome:
    text = _label(cell)
    if text.value is None:
        return text
    number = text.value.lstrip(_MARKS_OF_TEXT)
    if _SHORTENED.fullmatch(plain(number)):
        return Outcome(None, "digits_lost")
    return Outcome((number.removesuffix(".0") if _WITH_POINT_ZERO.fullmatch(number) else number) or None)


_WITH_POINT_ZERO = re.compile(r"\d+\.0")


def _whole_identifier(cell: Any) -> Outcome:
    return _identifier(cell.strip().removesuffix(".0") if isinstance(cell, str) else cell)


def _list(cell: Any) -> Outcome:
    text = _text(cell)
    if text.value is None:
        return text
    words = (word.strip() for word in re.split(r"[、，,;；/|\n]+", text.value))
    return Outcome(list(dict.fromkeys(word for word in words if word)) or None)


_TRUE = {
    "是",
    "有",
    "√",
    "✓",
    "✔",
    "对",
    "y",
    "yes",
    "true",
    "t",
    "1",
    "1.0",
    "带",
    "亮",
    "亮化",
    "已亮化",
    "有照明",
    "大型",
    "☑",
}
_FALSE = {
    "否",
    "无",
    "没有",
    "不",
    "×",
    "✗",
    "✘",
    "x",
    "错",
    "n",
    "no",
    "false",
    "f",
    "0",
    "0.0",
    "不带",
    "不亮",
    "未亮化",
    "无照明",
}
_NEITHER = {
    "-",
    "--",
    "—",
    "——",
    "/",
    "\\",
    "不详",
    "未知",
    "暂无",
    "n/a",
    "null",
    "none",
    "nan",
    "<na>",
    "(null)",
    "undefined",
    "□",
    "☐",
}


def _boolean(cell: Any) -> Outcome:
    if isinstance(cell, bool):
        return Outcome(cell)
    if isinstance(cell, int | float) and cell in (0, 1):
        return Outcome(bool(cell))
    if isinstance(cell, str):
        word = plain(cell).lower()
        if word in _TRUE or word in _FALSE:
            return Outcome(word in _TRUE)
        if word in _NEITHER:
            return NOTHING
    return Outcome(None, "not_yes_or_no")


# A mobile, a landline with or without area code and extension, a 400/800 number, a short service number.
_TELEPHONE = re.compile(
    r"(?<!\d)(?:(?:\+|00)?86[-\s]?)?(?:"
    r"(?P<mobile>1[3-9]\d[-\s]?\d{4}[-\s]?\d{4})"
    r"|(?P<service>[48]00[-\s]?\d{3,4}[-\s]?\d{3,4})"
    r"|(?P<landline>(?:\(?0\d{2,3}\)?[-\s]*)?[2-9]\d{2,3}[-\s]?\d{4})"
    r"|(?P<short>1\d{2,4}|9\d{4,5})"
    r")(?:\s*(?:转|-|ext\.?|分机)\s*(?P<extension>\d{1,6}))?(?!\d)"
)


def _telephone(cell: Any) -> Outcome:
    text = _text(cell)
    if text.value is None:
        return text
    numbers = [_dialled(part) for part in re.split(r"[、,;/|\n]+", plain(text.value)) if part.strip()]
    if not numbers or None in numbers:
        return Outcome(None, "not_a_telephone")
    return Outcome("、".join(dict.fromkeys(number for number in numbers if number)))


def _dialled(part: str) -> str | None:
    match = _TELEPHONE.fullmatch(part.strip())
    if match is None:
        return None
    if match["landline"]:
        area = re.match(r"\(?(0\d{2,3})\)?[-\s]*(?=\d)", match["landline"])
        local = match["landline"][area.end() :] if area else match["landline"]
        number = re.sub(r"\D", "", local)
        number = f"{area[1]}-{number}" if area else number
    else:
        number = re.sub(r"\D", "", match["mobile"] or match["service"] or match["short"])
    return f"{number}-{match['extension']}" if match["extension"] else number


def _contact(cell: Any) -> Outcome:
    text = _text(cell)
    if text.value is None:
        return text
    words = plain(text.value)
    numbers = []
    for match in _TELEPHONE.finditer(words):
        if match["short"] is None and (number := _dialled(match[0])):
            numbers.append(number)
            words = words.replace(match[0], " ", 1)
    person = re.sub(r"电话|手机|联系方式", " ", words) if numbers else words
    person = re.sub(r"[\s,;:/|()\[\]、，；：（）\-]+", " ", person).strip()
    if re.search(r"\d{5}", person):
        return Outcome(None, "not_a_telephone")
    return Outcome((person or None, "、".join(numbers) or None))


_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _credit_code(cell: Any) -> Outcome:
    identifier = _identifier(cell)
    if identifier.value is None:
        return identifier
    code = identifier.value.upper()
    if len(code) != 18:
        return Outcome(None, "credit_code_length")
    if not set(code) <= set(_CREDIT_ALPHABET):
        return Outcome(None, "credit_code_characters")
    total = sum(_CREDIT_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(code[:17]))
    if _CREDIT_ALPHABET[-total % 31] != code[17]:
        return Outcome(None, "credit_code_check")
    return Outcome(code)
