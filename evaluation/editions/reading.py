"""Reads a file of evaluation items (CSV or XLSX, one row an item) in a process of its own; `actions` keep them.

Columns: site_kind, item; and where wanted item_en, how_checked, how_checked_en, scoring, concerns_publicity (yes/no),
source, confidence, code, group, critical (yes/no), weight. Where a file has them, the columns answer, threshold,
direction, asked, theme, carrier, metres and minutes say what is else read out of the words of the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from assets.models import AssetType, Theme
from evaluation.editions.scoring import USUAL_ASKED, Rule, rule_of
from evaluation.models import AnswerKind, Confidence, Direction
from importing.apart import read_apart
from importing.errors import LedgerError
from places.models import SiteKind

NEEDED = ("site_kind", "item")
OPTIONAL = (
    "item_en",
    "how_checked",
    "how_checked_en",
    "scoring",
    "concerns_publicity",
    "source",
    "confidence",
    "code",
    "group",
    "critical",
    "weight",
    "answer",
    "threshold",
    "direction",
    "asked",
    "theme",
    "carrier",
    "metres",
    "minutes",
)
MOST_ITEMS = 3_000
MOST_PROBLEMS = 40
# As cities write them, beside the names of the register; "general" is for every kind.
_KINDS = {
    "公共广场": "square",
    "宾馆饭店": "hotel",
    "公共文化设施": "culture",
    "城市避难场所": "shelter",
    "街道办事处(综合文化站)": "street_office",
    "街道办事处（综合文化站）": "street_office",
}
_EVERY_KIND = ("通用(公益广告)", "通用（公益广告）", "通用", "general", "")
# Which words of an item name a theme or a carrier; the first that is found counts.
_THEMES = (
    ("核心价值观", "core_values"),
    ("讲文明树新风", "civility"),
    ("文明健康", "healthy_living"),
    ("未成年人", "minors"),
    ("诚信", "integrity"),
    ("文明餐桌", "table_manners"),
    ("垃圾分类", "waste_sorting"),
    ("志愿服务", "volunteering"),
)
_CARRIERS = (("景观小品", "landscape_feature"), ("宣传栏", "notice_board"))
_YES, _NO = ("yes", "是", "1", "true"), ("no", "否", "0", "false", "")


class BadItems(Exception):
    """A file that cannot be taken: a sentence for each thing that is wrong, naming row and column."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


@dataclass
class ItemRow:
    """One item as the file has it."""

    number: int
    values: dict[str, Any]
    understood: bool
    scoring: str


@dataclass
class ReadItems:
    """What a file holds, and what of its scoring was not understood."""

    rows: list[ItemRow]
    not_understood: list[ItemRow] = field(default_factory=list)


def read_items(path: Path, filename: str) -> ReadItems:
    """The items of a file.

    Raises:
        BadItems: it is no such file, or rows of it cannot be understood.
    """
    try:
        table = read_apart(path, filename=filename)
    except LedgerError as error:
        raise BadItems([str(error)]) from error
    names = [name.strip() for name in table.names]
    problems = [
        _("The column “%(name)s” is missing.") % {"name": name} for name in NEEDED if name not in names
    ]
    problems += [
        _("There is no column “%(name)s” in such a file.") % {"name": name[:60]}
        for name in names
        if name not in (*NEEDED, *OPTIONAL)
    ]
    if len(table.rows) > MOST_ITEMS:
        problems.append(_("At most %(most)s items in one edition.") % {"most": MOST_ITEMS})
    if problems:
        raise BadItems(problems[:MOST_PROBLEMS])
    reader = _Reader()
    for place, number in enumerate(table.rows):
        cells = {name: _text(table.columns[at][place]) for at, name in enumerate(names)}
        reader.read(int(number), cells)
    if not reader.rows:
        reader.problems.append(_("The file has no rows."))
    if reader.problems:
        raise BadItems(reader.problems[:MOST_PROBLEMS])
    return ReadItems(reader.rows, [row for row in reader.rows if not row.understood])


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell).strip().replace("\0", "")


class _Reader:
    """Reads rows one after the other; what they refer to is read once."""

    def __init__(self) -> None:
        kinds = list(SiteKind.objects.all())
        self.kinds = {kind.code: kind for kind in kinds} | {kind.name_zh: kind for kind in kinds}
        for name, code in _KINDS.items():
            if code in self.kinds:
                self.kinds.setdefault(name, self.kinds[code])
        self.themes = {theme.code: theme for theme in Theme.objects.all()}
        self.carriers = {type_.code: type_ for type_ in AssetType.objects.all()}
        self.rows: list[ItemRow] = []
        self.problems: list[str] = []
        self.codes: dict[str, int] = {}
        self.of_kind: dict[str, int] = {}

    def read(self, number: int, cells: Mapping[str, str]) -> None:
        """One row."""
        text = cells["item"]
        if not text and not cells["site_kind"]:
            return
        kind = self._kind(number, cells["site_kind"])
        if not 0 < len(text) <= 300:
            self._wrong(number, "item", text, _("Between 1 and 300 characters."))
        rule = self._rule(number, cells)
        stem = kind.code if kind else "all"
        self.of_kind[stem] = self.of_kind.get(stem, 0) + 1
        code = cells.get("code") or f"{stem}-{self.of_kind[stem]:02d}"
        if len(code) > 40 or code in self.codes:
            self._wrong(number, "code", code, _("At most 40 characters, each once."))
        self.codes[code] = number
        confidence = cells.get("confidence") or Confidence.HIGH.value
        if confidence not in Confidence.values:
            self._wrong(
                number,
                "confidence",
                confidence,
                _("Use one of %(codes)s.") % {"codes": ", ".join(Confidence)},
            )
        scoring = cells.get("scoring", "")[:200]
        self.rows.append(
            ItemRow(
                number,
                {
                    "code": code[:40],
                    "kind": kind,
                    "group": cells.get("group", "")[:60],
                    "order": len(self.rows) + 1,
                    "text_zh": text[:300],
                    "text_en": cells.get("item_en", "")[:300],
                    "how": cells.get("how_checked", "")[:300],
                    "how_en": cells.get("how_checked_en", "")[:300],
                    "answer": rule.answer,
                    "threshold": rule.threshold,
                    "direction": rule.direction,
                    "asked": rule.asked,
                    "metres": rule.metres,
                    "minutes": rule.minutes,
                    "theme": self._named(number, cells, "theme", self.themes, _THEMES, rule),
                    "carrier": self._named(number, cells, "carrier", self.carriers, _CARRIERS, rule),
                    "critical": self._yes(number, cells, "critical"),
                    "weight": self._decimal(number, cells, "weight") or Decimal(1),
                    "publicity": self._yes(number, cells, "concerns_publicity"),
                    "scoring": scoring,
                    "understood": rule.understood,
                    "source": cells.get("source", "")[:300],
                    "confidence": confidence,
                },
                rule.understood,
                scoring,
            )
        )

    def _kind(self, number: int, name: str) -> SiteKind | None:
        if name in _EVERY_KIND:
            return None
        if name not in self.kinds:
            self._wrong(number, "site_kind", name, _("There is no such kind of site."))
        return self.kinds.get(name)

    def _rule(self, number: int, cells: Mapping[str, str]) -> Rule:
        ways = f"{cells.get('how_checked', '')} {cells.get('how_checked_en', '')}"
        found = rule_of(cells.get("scoring", ""), ways)
        answer = cells.get("answer", "")
        if not answer:
            return found
        if answer not in AnswerKind.values:
            self._wrong(
                number, "answer", answer, _("Use one of %(codes)s.") % {"codes": ", ".join(AnswerKind)}
            )
            return found
        direction = cells.get("direction") or Direction.AT_LEAST.value
        if direction not in Direction.values:
            self._wrong(
                number, "direction", direction, _("Use one of %(codes)s.") % {"codes": ", ".join(Direction)}
            )
            direction = Direction.AT_LEAST.value
        asked = self._whole(number, cells, "asked")
        return Rule(
            AnswerKind(answer),
            self._decimal(number, cells, "threshold"),
            Direction(direction),
            (asked or USUAL_ASKED) if answer == AnswerKind.ASK else None,
            self._whole(number, cells, "metres"),
            self._whole(number, cells, "minutes"),
        )

    def _named(
        self,
        number: int,
        cells: Mapping[str, str],
        column: str,
        register: Mapping[str, Any],
        words: Sequence[tuple[str, str]],
        rule: Rule,
    ) -> Any:
        """What a column names; else, of an item that is counted, what its words name."""
        if code := cells.get(column, ""):
            if code not in register:
                self._wrong(number, column, code, _("There is no such code in the register."))
            return register.get(code)
        if "answer" in cells or rule.answer not in (AnswerKind.COUNT, AnswerKind.SHARE):
            return None
        return next((register.get(code) for word, code in words if word in cells["item"]), None)

    def _yes(self, number: int, cells: Mapping[str, str], column: str) -> bool:
        value = cells.get(column, "").lower()
        if value not in (*_YES, *_NO):
            self._wrong(number, column, value, _("Say yes or no."))
        return value in _YES

    def _decimal(self, number: int, cells: Mapping[str, str], column: str) -> Decimal | None:
        value = cells.get(column, "")
        if not value:
            return None
        try:
            amount = Decimal(value)
            if not amount.is_finite() or not 0 <= amount <= 99_999:
                raise InvalidOperation
        except InvalidOperation:
            self._wrong(number, column, value, _("Give a number from 0 to 99999."))
            return None
        return round(amount, 2)

    def _whole(self, number: int, cells: Mapping[str, str], column: str) -> int | None:
        value = self._decimal(number, cells, column)
        if value is None:
            return None
        if value != int(value) or value > 30_000:
            self._wrong(number, column, cells[column], _("Give a whole number up to 30000."))
            return None
        return int(value)

    def _wrong(self, number: int, column: str, value: str, sentence: str) -> None:
        self.problems.append(
            _("Row %(row)s, %(column)s “%(value)s”: %(sentence)s")
            % {"row": number, "column": column, "value": value[:60], "sentence": sentence}
        )
