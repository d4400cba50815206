"""Reads a file of media pieces: its columns by their headings in either language, row by row, with what is wrong.

The file itself is read as ledgers are (`importing.apart`): in a process of its own, under limits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assets.models import Campaign
from cases.models import MediaColumn, MediaPiece
from cases.models.media import check_link
from importing.apart import read_apart
from importing.errors import LedgerError
from importing.reading.table import Table
from importing.values.dates import parse_date
from importing.values.parsed import SENTENCES
from places.models import Area, Level
from places.tables.columns import Cells

MOST_ROWS = 5000
# The fields of a file, the heading an export gives them, and what else they are called.
TITLES: Mapping[str, Any] = {
    "number": gettext_lazy("No."),
    "published_on": gettext_lazy("Date"),
    "title": gettext_lazy("Title"),
    "outlet": gettext_lazy("Outlet"),
    "column": gettext_lazy("Column"),
    "link": gettext_lazy("Link"),
    "street": gettext_lazy("Street"),
    "campaign": gettext_lazy("Campaign"),
}
_ALSO = {
    "number": ("编号", "序号", "no.", "number"),
    "published_on": ("日期", "刊发日期", "发布日期", "刊发时间", "date"),
    "title": ("标题", "稿件标题", "题目", "title"),
    "outlet": ("媒体", "刊发媒体", "媒体名称", "outlet"),
    "column": ("栏目", "专栏", "column"),
    "link": ("链接", "网址", "link"),
    "street": ("街道", "所属街道", "street"),
    "campaign": ("专项行动", "活动", "campaign"),
}
NEEDED = ("published_on", "title", "outlet", "column")
LONGEST = {"title": 120, "outlet": 60, "link": 500}
COMPARED = ("published_on", "title", "outlet", "column", "link", "street", "campaign")


class BadFile(Exception):
    """A file that cannot be taken as a whole: a sentence that says why."""


@dataclass
class ReadPieces:
    """What a file says: rows that can be taken over, as JSON has them, and those that cannot, each with why."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)


def read_pieces(path: Path, filename: str, area: Area, user: User) -> ReadPieces:
    """Read a file of pieces of one district.

    Raises:
        BadFile: it is no table, lacks a column, or has too many rows.
    """
    try:
        table = read_apart(path, filename=filename)
    except LedgerError as error:
        raise BadFile(str(error)) from None
    columns = _columns(table)
    if len(table) > MOST_ROWS:
        raise BadFile(_("The file has more than %(most)s rows.") % {"most": f"{MOST_ROWS:,}"})
    return _Reader(area, user).read(table, columns)


def _columns(table: Table) -> dict[str, Cells]:
    name_by_heading = {also: name for name, words in _ALSO.items() for also in words}
    found: dict[str, Cells] = {}
    for heading, cells in zip(table.names, table.columns, strict=True):
        name = name_by_heading.get(heading.strip().lower())
        if name is not None:
            found.setdefault(name, cells)
    for name in NEEDED:
        if name not in found:
            raise BadFile(_("The column “%(name)s” is missing.") % {"name": TITLES[name]})
    return found


class _Reader:
    """The lists that cells are looked up in, read once for a file."""

    def __init__(self, area: Area, user: User) -> None:
        self.columns = _by_names(MediaColumn.objects.filter(active=True))
        streets = Area.objects.filter(level=Level.STREET, code__startswith=area.code[:6]).defer("boundary")
        self.streets = {word: street for street in streets for word in (street.code, street.name)}
        seen = Campaign.objects.visible_to(user).select_related("area").defer("area__boundary")
        campaigns = [campaign for campaign in seen if campaign.area.code[:6] == area.code[:6]]
        self.campaigns = {
            word: campaign
            for campaign in campaigns
            for word in (campaign.code, campaign.name_zh, campaign.name_en)
            if word
        }
        there = MediaPiece.objects.filter(area__code__startswith=area.code[:6]).there()
        there = there.select_related("column", "street", "campaign").defer("street__boundary")
        self.by_number = {piece.pk: as_row(piece) for piece in there}
        self.by_key = {_key(row): number for number, row in self.by_number.items()}

    def read(self, table: Table, columns: dict[str, Cells]) -> ReadPieces:
        """Every row, read or refused."""
        days = parse_date(columns["published_on"])
        told = ReadPieces()
        seen: dict[tuple[str, ...], int] = {}
        for place in range(len(table)):
            number = int(table.rows[place])
            cells = {name: _text(cells[place]) for name, cells in columns.items() if name != "published_on"}
            problems: list[str] = []
            row = self._row(cells, days.values[place], _why(days.problems[place]), problems)
            if not problems and (first := seen.setdefault(_key(row), number)) != number:
                problems.append(_("The same piece stands in row %(row)s.") % {"row": first})
            if problems:
                told.refused.append({"row": number, "title": cells.get("title", "")[:80], "why": problems})
            else:
                told.rows.append({**row, "row": number})
        return told

    def _row(self, cells: dict[str, str], day: date | None, why: str, problems: list[str]) -> dict[str, Any]:
        def wrong(name: str, sentence: str) -> None:
            problems.append(f"{TITLES[name]}{_(': ')}{sentence}")

        if day is None:
            wrong("published_on", why or _("It is empty."))
        elif day > timezone.localdate():
            wrong("published_on", _("The day lies in the future."))
        for name in ("title", "outlet"):
            if not cells[name]:
                wrong(name, _("It is empty."))
        for name, most in LONGEST.items():
            if len(cells.get(name, "")) > most:
                wrong(name, _("At most %(most)s characters.") % {"most": most})
        if cells.get("link"):
            try:
                check_link(cells["link"])
            except ValidationError as error:
                wrong("link", error.messages[0])
        lists: tuple[tuple[str, dict[str, Any]], ...] = (
            ("column", self.columns),
            ("street", self.streets),
            ("campaign", self.campaigns),
        )
        row: dict[str, Any] = {name: cells.get(name, "") for name in ("title", "outlet", "link")}
        for name, entries in lists:
            text = cells.get(name, "")
            if text and text not in entries:
                wrong(name, _("“%(value)s” does not exist.") % {"value": text[:40]})
            elif not text and name == "column":
                wrong(name, _("It is empty."))
            row[name] = entries[text].code if text in entries else ""
        row["published_on"] = day.isoformat() if day is not None else ""
        row["number"] = self._number(cells.get("number", ""), row, wrong)
        row["outcome"] = self._outcome(row)
        return row

    def _number(self, text: str, row: dict[str, Any], wrong: Callable[[str, str], None]) -> int | None:
        """The piece that a row is: by its number, else by day, outlet and title."""
        if not text:
            return self.by_key.get(_key(row))
        if not (text.isascii() and text.isdigit() and int(text[:18]) in self.by_number):
            wrong(
                "number",
                _("There is no piece %(value)s. Leave it empty for a new one.") % {"value": text[:20]},
            )
            return None
        number = int(text[:18])
        if self.by_key.get(_key(row), number) != number:
            wrong("title", _("This piece is entered already."))
        return number

    def _outcome(self, row: dict[str, Any]) -> str:
        if row["number"] is None:
            return "new"
        there = self.by_number[row["number"]]
        return "same" if all(there[name] == row[name] for name in COMPARED) else "changed"


def as_row(piece: MediaPiece) -> dict[str, Any]:
    """A piece as a file has it, in codes."""
    return {
        "published_on": piece.published_on.isoformat(),
        "title": piece.title,
        "outlet": piece.outlet,
        "column": piece.column.code,
        "link": piece.link,
        "street": piece.street.code if piece.street else "",
        "campaign": piece.campaign.code if piece.campaign else "",
    }


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (row["published_on"], row["outlet"], row["title"])


def _by_names(columns: Any) -> dict[str, MediaColumn]:
    return {word: column for column in columns for word in (column.code, column.name_zh, column.name_en)}


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _why(code: str | None) -> str:
    return str(SENTENCES.get(code, "")) if code else ""
