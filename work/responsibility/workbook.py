"""Responsibilities as a workbook: what its columns are called, rows out of a file that was read, rows into a table.

One row a responsibility. Its own export is read back as it is; headings are understood in Chinese and English.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from assets.answering import Told
from importing.apart import read_apart
from importing.errors import LedgerError
from mapping.exports.tables import Table, Value
from places.apart import Limits
from places.models import ResponsibilityKind

MOST_ROWS = 2_000
LARGEST_FILE = 10 << 20
# No less memory than the reader of workbooks asks for itself; a table of 2,000 rows takes a second.
_LIMITS = Limits(processor_seconds=60, seconds=180)
# Field, Chinese and English heading, further words that people use, width in characters.
COLUMNS = (
    ("kind", "种类", "kind", ("类型", "包挂种类"), 14),
    ("code", "编码", "code", ("代码", "编号"), 18),
    ("place", "名称", "name", ("街道", "社区", "道路", "点位", "对象"), 28),
    ("building", "楼栋楼道", "building", ("楼栋", "楼道"), 16),
    ("unit", "责任单位", "unit", ("单位", "包挂单位"), 28),
    ("post", "职务", "post", ("岗位",), 18),
    ("name", "责任人", "person", ("姓名", "包挂领导", "联系人"), 12),
    ("telephone", "电话", "telephone", ("联系电话", "手机"), 16),
    ("begins_on", "起始日", "from", ("开始日期", "起"), 12),
    ("ends_on", "截止日", "to", ("结束日期", "止"), 12),
    ("document", "依据文件", "document", ("依据", "文件"), 30),
)
_NEEDED = ("kind", "begins_on")


class BadWorkbook(Exception):
    """A file that cannot be taken, in a sentence."""


@dataclass(frozen=True)
class Line:
    """One row of a file, as text."""

    number: int
    kind: str = ""
    code: str = ""
    place: str = ""
    building: str = ""
    unit: str = ""
    post: str = ""
    name: str = ""
    telephone: str = ""
    begins_on: str = ""
    ends_on: str = ""
    document: str = ""

    def as_json(self) -> dict[str, Any]:
        """To be kept until it is applied."""
        return asdict(self)


def heading(name: str) -> str:
    """What a column is called, in the reader's language."""
    english = (get_language() or "").startswith("en")
    return next(en if english else zh for field, zh, en, _more, _width in COLUMNS if field == name)


def read_lines(path: Path, filename: str) -> list[Line]:
    """The rows of a workbook, read in a process of its own.

    Raises:
        BadWorkbook: it is none, or its columns are not those of the template.
    """
    if not filename.lower().endswith((".xlsx", ".xlsm", ".csv")):
        raise BadWorkbook(_("Give a workbook (.xlsx) or a CSV file, filled in as the template."))
    try:
        table = read_apart(path, filename=filename, limits=_LIMITS)
    except LedgerError as error:
        raise BadWorkbook(str(error)) from error
    found = _columns_of(table.names)
    for name in _NEEDED:
        if name not in found:
            raise BadWorkbook(_("The column “%(name)s” is missing.") % {"name": heading(name)})
    if len(table.rows) > MOST_ROWS:
        raise BadWorkbook(_("More than %(most)s rows: divide the file.") % {"most": MOST_ROWS})
    lines = []
    for place, number in enumerate(table.rows.tolist()):
        cells = {name: _text(table.columns[column][place]) for name, column in found.items()}
        if any(cells.values()):
            lines.append(Line(number, **cells))
    return lines


def _columns_of(names: Sequence[str]) -> dict[str, int]:
    words: dict[str, str] = {}
    for field, zh, en, more, _width in COLUMNS:
        words |= dict.fromkeys((zh, en, *more), field)
    found: dict[str, int] = {}
    for column, name in enumerate(names):
        column_name = words.get(name.strip().lower())
        if column_name is not None:
            found.setdefault(column_name, column)
    return found


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\0", "").strip()


def kind_named(text: str) -> ResponsibilityKind | None:
    """The kind of a code or of its name in either language."""
    for language in ("zh-hans", "en"):
        with override(language):
            for kind in ResponsibilityKind:
                if text.lower() in (kind.value, str(kind.label).lower()):
                    return kind
    return None


def day_named(text: str) -> date | None:
    """A day written as 2026-03-01, 2026/3/1, 2026.3.1 or 2026年3月1日; None when it is none."""
    plain = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").replace(".", "-")
    try:
        year, month, day = (int(part) for part in plain.split("-"))
        return date(year, month, day)
    except ValueError:
        return None


def table_of(rows: Iterable[Told]) -> Table:
    """Rows as a table that can be read back."""
    return _table(
        [
            [
                told.kind,
                told.row.place.code,
                str(told.row.place),
                told.row.building,
                told.row.holder.unit.name if told.row.holder.unit else "",
                told.row.holder.post,
                told.person,
                told.telephone,
                told.row.begins_on,
                told.row.ends_on,
                told.row.document,
            ]
            for told in rows
        ]
    )


def template() -> Table:
    """The empty one, with an example a kind."""
    examples = (
        (ResponsibilityKind.LEADER, "370105001", "", "", "区委办公室", "区级领导", "张示例"),
        (ResponsibilityKind.UNIT, "370105001008", "", "", "示例文明单位", "", ""),
    )
    return _table(
        [
            [
                str(kind.label),
                code,
                place,
                building,
                unit,
                post,
                name,
                "",
                "2026-01-01",
                "",
                _("Example: delete this row"),
            ]
            for kind, code, place, building, unit, post, name in examples
        ]
    )


def _table(rows: list[list[Value]]) -> Table:
    return Table(
        _("Responsibilities"),
        [heading(field) for field, *_rest in COLUMNS],
        rows,
        [width for *_rest, width in COLUMNS],
    )
