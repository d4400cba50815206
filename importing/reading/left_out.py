"""Rows of a sheet that are no data: sums, notes, signatures, column names that a printed page repeats, bare numbers.

Offices keep them between and below the rows of a ledger. Only what is plainly such a row is taken for one; any other
stays, and is refused with a reason if it says too little.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from importing.headers import COUNTING, squeezed
from importing.values.parsed import visible
from places.tables.columns import Cells

_SUM = re.compile(
    r".{0,20}?(?:小\s{0,5}计|合\s{0,5}计|总\s{0,5}计|共\s{0,5}计|累\s{0,5}计|总\s{0,5}数)\s{0,5}(?:[（(][^（()）]{0,12}[)）])?"
    r"\s{0,5}[)）:：]?[\d\s.,。处个面块座幅条]{0,20}"
)
_ENGLISH_SUM = re.compile(r"(?:sub|grand)?\s*-?total\s*:?", re.IGNORECASE)
_NOTE = re.compile(
    r"(?:注|备\s{0,5}注|说\s{0,5}明|附\s{0,5}注|填表说明|填报说明|填\s{0,5}表\s{0,5}人?|填\s{0,5}报\s{0,5}人?|填报单位|填表单位|编制单位|主管单位|单\s{0,5}位|制\s{0,5}表\s{0,5}人?"
    r"|制表单位|审\s{0,5}核\s{0,5}人?|审\s{0,5}批\s{0,5}人?|复核人?|校对人?|负\s{0,5}责\s{0,5}人|单位负责人|分管领导|主要领导|经\s{0,5}办\s{0,5}人"
    r"|统\s{0,5}计\s{0,5}人|联\s{0,5}系\s{0,5}人|联系电话|填表日期|填报日期|制表日期|日\s{0,5}期|单位盖章|盖\s{0,5}章|签\s{0,5}字|签\s{0,5}章|数据截止"
    r"|截止日期|note|prepared by|checked by|signature|date)"
    r"\s{0,5}\d{0,2}\s{0,5}(?:[（(][^）)]{0,10}[）)])?\s{0,5}[:：.、].*",
    re.IGNORECASE | re.DOTALL,
)
# The same without a colon: what it says stands in the next cell, or nobody has signed yet.
_LABEL = re.compile(
    r"(?:(?:填|制)\s{0,5}表\s{0,5}人?|填\s{0,5}报\s{0,5}人|(?:填报|填表|制表|编制)(?:单位|日期)|审\s{0,5}(?:核|批)\s{0,5}人|复核人|校对人"
    r"|(?:单位|部门)?负\s{0,5}责\s{0,5}人|分管领导|主要领导|经\s{0,5}办\s{0,5}人|统\s{0,5}计\s{0,5}人|单位盖章|盖\s{0,5}章|签\s{0,5}(?:字|章))"
    r"(?:[（(][^（()）]{0,10}[)）]|签字|签章)?"
)
# Who made the sheet and when, below its last row.
_OFFICE = re.compile(
    r".{2,30}(?:部|局|委|办|办公室|办事处|街道|社区|居委会|村委会|委员会|中心|公司|大队|领导小组|指挥部)(?:[（(][^（()）]{0,10}[)）])?"
)
_DAY = re.compile(r"(?:19|20)\d\d\s?(?:年|[-./])\s?\d{1,2}\s?(?:月|[-./])?\s?(?:\d{1,2}\s?日?)?")
_PAGE = re.compile(
    r"第?\s{0,5}\d{1,4}\s{0,5}页\s{0,5}[,，/]?\s{0,5}(?:共\s{0,5}\d{1,4}\s{0,5}页)?|page \d{1,4}(?: of \d{1,4})?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\d\s.,%+-]+(?:处|个|面|块|座|幅|m|m2|㎡|米|平方米)?")
# Signatures stand side by side: 填表人：…  审核人：…  and the day.
_MOST_SIGNATURES = 8


def left_out_rows(names: Sequence[str], columns: Sequence[Cells], rows: NDArray[np.int64]) -> dict[int, str]:
    """The numbers of the rows that are no data, each with what it says.

    names, columns: of the sheet below its headers; names may be empty. rows: the rows' numbers.
    """
    found = {}
    for place in _candidates(names, columns):
        row = [cells[place] for cells in columns]
        texts = {
            column: text
            for column, cell in enumerate(row)
            if isinstance(cell, str) and (text := visible(cell)) and not _NUMBER.fullmatch(text)
        }
        if _is_no_data(names, row, texts):
            found[int(rows[place])] = next(iter(texts.values()), "…")
    return found | _signed_below(columns, rows)


def _signed_below(columns: Sequence[Cells], rows: NDArray[np.int64]) -> dict[int, str]:
    """The rows below the last one of data that hold nothing but an office or a day."""
    found: dict[int, str] = {}
    for place in range(len(rows) - 1, -1, -1):
        filled = [cells[place] for cells in columns if _holds_something(cells[place])]
        if not filled:
            continue
        first = str(filled[0])
        text = visible(first) if isinstance(filled[0], str) else first
        if len(filled) > 1:
            if not (isinstance(filled[0], str) and _opens_no_data(text)):
                return found
        elif isinstance(filled[0], dt.date) or (isinstance(filled[0], str) and _signs(text)):
            found[int(rows[place])] = text
        elif not _opens_no_data(text):
            return found
    # Nothing above them: then they are the data.
    return {}


def _signs(text: str) -> bool:
    return bool(_OFFICE.fullmatch(text) or _DAY.fullmatch(text))


def _candidates(names: Sequence[str], columns: Sequence[Cells]) -> list[int]:
    """The places of the few rows that are worth a look, found column by column."""
    if not columns:
        return []
    nothing = np.array(None, dtype=object)
    # A sum may have a number before it that only counts the rows.
    first, first_beyond = (np.full(len(columns[0]), None, dtype=object) for _twice in range(2))
    beyond_counting = np.zeros(len(first), dtype=bool)
    for name, cells in zip(names, columns, strict=True):
        filled = np.not_equal(cells, nothing)
        openings = [first] if _counts(name) else [first, first_beyond]
        for opening in openings:
            opens = filled & np.equal(opening, nothing)
            opening[opens] = cells[opens]
        if not _counts(name):
            beyond_counting |= filled
    headings = {_bare(name) for name in names if name}
    telling = [
        any(isinstance(cell, str) and _tells(cell, headings) for cell in cells)
        for cells in zip(first.tolist(), first_beyond.tolist(), strict=True)
    ]
    looked_at = np.array(telling, dtype=bool) | ~beyond_counting
    return np.flatnonzero(looked_at & np.not_equal(first, nothing)).tolist()


def _tells(text: str, headings: Collection[str]) -> bool:
    return _opens_no_data(visible(text)) or squeezed(text) in headings


def _opens_no_data(text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in (_SUM, _ENGLISH_SUM, _NOTE, _LABEL, _PAGE))


def _is_no_data(names: Sequence[str], row: Sequence[Any], texts: Mapping[int, str]) -> bool:
    filled = [column for column, cell in enumerate(row) if _holds_something(cell)]
    if all(_counts(names[column]) for column in filled):
        # A number that was filled in ahead, with nothing behind it.
        return True
    if not texts:
        return False
    if _repeats(names, texts):
        return True
    first = next(iter(texts.values()))
    if _SUM.fullmatch(first) or _ENGLISH_SUM.fullmatch(first):
        return all(_SUM.fullmatch(text) for text in list(texts.values())[1:])
    # Beside a first signature stand others, names and days, and no numbers of a row of data.
    signatures = sum(bool(_NOTE.fullmatch(text) or _LABEL.fullmatch(text)) for text in texts.values())
    most = 2 if _LABEL.fullmatch(first) else 1
    return bool(_opens_no_data(first)) and (
        len(filled) <= most or (signatures >= 2 and len(filled) <= min(_MOST_SIGNATURES, len(names)))
    )


def _repeats(names: Sequence[str], texts: Mapping[int, str]) -> bool:
    """Whether the row repeats the column names."""
    same = sum(_bare(names[column]) == squeezed(text) for column, text in texts.items())
    return same >= 2 and same == len(texts)


def _bare(heading: str) -> str:
    """A heading as it is compared with those that a page repeats; of one of several rows the last."""
    return squeezed(heading.rpartition("/")[2])


def _counts(name: str) -> bool:
    return name.strip().lower() in COUNTING


def _holds_something(cell: Any) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(visible(cell)))
