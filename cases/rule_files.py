"""Reads a file of case categories and their limits (UTF-8 CSV, a row a category); `actions/import_rules.py` keeps them.

Columns: category, name_zh, name_en, handle_limit, handle_unit, check_limit, check_unit; and where wanted file_limit,
file_unit, accept_limit, accept_unit, return_limit, return_unit, urgent (yes/no), parent, responsible, event (five
digits), asset_defects (codes or Chinese names, separated by ;), source, confidence.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from assets.models import Defect
from cases.deadlines import LimitUnit
from cases.models import Confidence, Responsible

NEEDED = ("category", "name_zh", "name_en", "handle_limit", "handle_unit", "check_limit", "check_unit")
OPTIONAL = (
    "file_limit",
    "file_unit",
    "accept_limit",
    "accept_unit",
    "return_limit",
    "return_unit",
    "urgent",
    "parent",
    "responsible",
    "event",
    "asset_defects",
    "source",
    "confidence",
)
STEPS = ("file", "accept", "return", "handle", "check")
_URGENT_TO_FILE = Decimal(1)
_USUAL: Mapping[str, tuple[Decimal, LimitUnit]] = {
    "file": (Decimal(4), LimitUnit.WORKING_HOURS),
    "accept": (Decimal(4), LimitUnit.WORKING_HOURS),
    "return": (Decimal(2), LimitUnit.WORKING_DAYS),
}


class BadRules(Exception):
    """A file that cannot be taken: a sentence for each thing that is wrong, naming row and column."""

    def __init__(self, sentences: list[str]) -> None:
        self.sentences = sentences
        super().__init__("\n".join(sentences))


@dataclass
class RuleRow:
    """One category as the file has it."""

    number: int
    code: str
    name_zh: str
    name_en: str
    limits: dict[str, tuple[Decimal, LimitUnit]]
    urgent: bool
    parent: str
    responsible: Responsible
    event: str
    defects: list[str]
    source: str
    confidence: Confidence
    problems: list[str] = field(default_factory=list)


def read_rules(content: bytes) -> list[RuleRow]:
    """The rows of a file.

    Raises:
        BadRules: it is no such file, or rows of it cannot be understood.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRules([_("The file is not UTF-8: save it as CSV UTF-8.")]) from None
    reader = csv.DictReader(io.StringIO(text))
    titles = [title.strip() for title in reader.fieldnames or []]
    reader.fieldnames = titles
    problems = [
        _("The column “%(name)s” is missing.") % {"name": name} for name in NEEDED if name not in titles
    ]
    problems += [
        _("There is no column “%(name)s” in such a file.") % {"name": name}
        for name in titles
        if name not in (*NEEDED, *OPTIONAL)
    ]
    if problems:
        raise BadRules(problems)
    defects = list(Defect.objects.all())
    defects_by_name = {defect.code: defect for defect in defects} | {
        defect.name_zh: defect for defect in defects
    }
    rows = []
    seen: set[str] = set()
    for number, cells in enumerate(reader, 2):
        row = _read(number, {name: (cells.get(name) or "").strip() for name in titles}, defects_by_name)
        if row.code in seen:
            row.problems.append(_wrong(number, "category", row.code, _("It is in the file twice.")))
        seen.add(row.code)
        rows.append(row)
        problems += row.problems
    if not rows:
        problems.append(_("The file has no rows."))
    if problems:
        raise BadRules(problems)
    return rows


def _wrong(number: int, column: str, value: str, sentence: str) -> str:
    return _("Row %(row)s, %(column)s “%(value)s”: %(sentence)s") % {
        "row": number,
        "column": column,
        "value": value[:60],
        "sentence": sentence,
    }


def _read(number: int, cells: dict[str, str], defects_by_name: dict[str, Defect]) -> RuleRow:
    problems: list[str] = []

    def wrong(column: str, sentence: str) -> None:
        problems.append(_wrong(number, column, cells.get(column, ""), sentence))

    code = cells["category"]
    if not code or not code.isascii() or not code.replace("_", "a").isalnum() or code != code.lower():
        wrong("category", _("Use small letters, digits and underscores."))
    for column in ("name_zh", "name_en"):
        if not 0 < len(cells[column]) <= 60:
            wrong(column, _("Between 1 and 60 characters."))
    found: list[Defect] = []
    for name in filter(None, (part.strip() for part in cells.get("asset_defects", "").split(";"))):
        if name in defects_by_name:
            found.append(defects_by_name[name])
        else:
            wrong("asset_defects", _("There is no defect “%(name)s”.") % {"name": name})
    urgent = any(defect.urgent for defect in found)
    if cells.get("urgent"):
        if cells["urgent"] not in ("yes", "no"):
            wrong("urgent", _("Say yes or no."))
        urgent = cells["urgent"] == "yes"
    usual = dict(_USUAL)
    if urgent:
        usual["file"] = (_URGENT_TO_FILE, LimitUnit.WORKING_HOURS)
    limits = {step: _limit(step, cells, usual.get(step), wrong) for step in STEPS}
    responsible = cells.get("responsible") or Responsible.MAINTAINER.value
    if responsible not in Responsible.values:
        wrong("responsible", _("Use one of %(codes)s.") % {"codes": ", ".join(Responsible.values)})
        responsible = Responsible.MAINTAINER.value
    confidence = cells.get("confidence") or Confidence.HIGH.value
    if confidence not in Confidence.values:
        wrong("confidence", _("Use one of %(codes)s.") % {"codes": ", ".join(Confidence.values)})
        confidence = Confidence.LOW.value
    return RuleRow(
        number=number,
        code=code,
        name_zh=cells["name_zh"],
        name_en=cells["name_en"],
        limits=limits,
        urgent=urgent,
        parent=cells.get("parent", ""),
        responsible=Responsible(responsible),
        event=cells.get("event", ""),
        defects=[defect.code for defect in found],
        source=cells.get("source", "")[:200],
        confidence=Confidence(confidence),
        problems=problems,
    )


def _limit(step, cells, usual, wrong) -> tuple[Decimal, LimitUnit]:  # type: ignore[no-untyped-def]
    """One limit of a row; what is usual where the file says nothing."""
    number, name = cells.get(f"{step}_limit", ""), cells.get(f"{step}_unit", "")
    if not number and usual is not None:
        return usual
    unit = LimitUnit.WORKING_DAYS
    if name in set(LimitUnit):
        unit = LimitUnit(name)
    else:
        wrong(f"{step}_unit", _("Use one of %(codes)s.") % {"codes": ", ".join(LimitUnit)})
    try:
        amount = Decimal(number)
        if not Decimal("0.25") <= amount <= 999:
            raise InvalidOperation
    except InvalidOperation:
        wrong(f"{step}_limit", _("Give a number between 0.25 and 999."))
        return Decimal(1), unit
    if unit is LimitUnit.WORKING_DAYS and amount % 1:
        wrong(f"{step}_limit", _("Working days are whole ones."))
        return Decimal(1), unit
    return amount, unit
