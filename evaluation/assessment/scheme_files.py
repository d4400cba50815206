"""A score scheme as a small table, to be taken away, worked at in a spreadsheet and imported (CSV or XLSX).

Columns: kind, code, name, value, fewest, when_short, most, streets. Kinds: part (code, value = weight, when_short),
figure (code as `part.figure`, value = weight, fewest), class (code, name, value = coefficient, streets), bonus (code,
name = what for, value = points, most), rule (code, value).
"""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from evaluation.assessment.scheme import BadScheme, Scheme, read_scheme
from importing.apart import read_apart
from importing.errors import LedgerError
from importing.reading import Table

COLUMNS = ("kind", "code", "name", "value", "fewest", "when_short", "most", "streets")
RULES = ("most_bonus", "own_late_weight")
LIST_RULES = ("honour_places", "honour_from", "concern_places", "concern_below", "streak")
_MOST_ROWS = 2000


def read_file(content: bytes, name: str) -> Scheme:
    """The scheme of a file.

    Raises:
        BadScheme: it is no such file, or rows of it cannot be understood.
    """
    table = _read(content, name)
    titles = [title.strip() for title in table.names]
    if missing := [column for column in ("kind", "code", "value") if column not in titles]:
        raise BadScheme({name: _("The column “%(name)s” is missing.") % {"name": name} for name in missing})
    if len(table.rows) > _MOST_ROWS:
        raise BadScheme({"file": _("At most %(most)s rows.") % {"most": _MOST_ROWS}})
    rows = [
        (int(number), {title: _cell(table.columns[at][place]) for at, title in enumerate(titles)})
        for place, number in enumerate(table.rows)
    ]
    if not any(any(row.values()) for _number, row in rows):
        raise BadScheme({"file": _("The file has no rows.")})
    return read_scheme(_put_together([(number, row) for number, row in rows if any(row.values())]))


def _read(content: bytes, name: str) -> Table:
    """The table in a file, read in a process of its own as ledgers are."""
    with tempfile.TemporaryDirectory(prefix="scheme-") as folder:
        path = Path(folder) / f"scheme{Path(name).suffix.lower()[:6]}"
        path.write_bytes(content)
        try:
            return read_apart(path, filename=name)
        except LedgerError as error:
            raise BadScheme({"file": str(error)}) from None


def _cell(value: Any) -> str:
    """A spreadsheet has 50.0 where a person wrote 50."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _put_together(rows: Sequence[tuple[int, Mapping[str, str]]]) -> dict[str, Any]:
    whole: dict[str, Any] = {"parts": [], "classes": [], "bonuses": [], "lists": {}}
    parts: dict[str, dict[str, Any]] = {}
    problems: dict[str, str] = {}
    for number, row in rows:
        kind, code, value = row["kind"], row["code"], row["value"]
        if kind == "part":
            parts[code] = {
                "code": code,
                "weight": value,
                "when_short": row.get("when_short") or "share",
                "figures": [],
            }
            whole["parts"].append(parts[code])
        elif kind == "figure" and code.partition(".")[0] in parts:
            part, _dot, figure = code.partition(".")
            parts[part]["figures"].append(
                {"code": figure, "weight": value, "fewest": row.get("fewest") or "0"}
            )
        elif kind == "class":
            streets = [street.strip() for street in row.get("streets", "").split(";") if street.strip()]
            whole["classes"].append(
                {"code": code, "name": row.get("name", ""), "coefficient": value, "streets": streets}
            )
        elif kind == "bonus":
            whole["bonuses"].append(
                {"code": code, "text": row.get("name", ""), "points": value, "most": row.get("most", "")}
            )
        elif kind == "rule" and code in RULES:
            whole[code] = value
        elif kind == "rule" and code in LIST_RULES:
            whole["lists"][code] = value
        else:
            problems[f"row {number}"] = _("Row %(row)s: “%(kind)s %(code)s” is not known here.") % {
                "row": number,
                "kind": kind[:20],
                "code": code[:40],
            }
    if problems:
        raise BadScheme(problems)
    return whole


def rows_of(scheme: Scheme) -> list[list[str]]:
    """The rows of a scheme; `read_file` reads them back."""
    rows: list[list[str]] = []

    def add(kind: str, code: str, value: object, **more: object) -> None:
        row = {"kind": kind, "code": code, "value": value, **more}
        rows.append([str(row.get(column, "")) for column in COLUMNS])

    for part in scheme.parts:
        add("part", part.code, part.weight, when_short=part.when_short.value)
        for figure in part.figures:
            add("figure", f"{part.code}.{figure.code}", figure.weight, fewest=figure.fewest)
    for street_class in scheme.classes:
        add(
            "class",
            street_class.code,
            street_class.coefficient,
            name=street_class.name,
            streets=";".join(street_class.streets),
        )
    for bonus in scheme.bonuses:
        add("bonus", bonus.code, bonus.points, name=bonus.text, most=bonus.most)
    for code in RULES:
        add("rule", code, getattr(scheme, code))
    for code in LIST_RULES:
        add("rule", code, getattr(scheme.lists, code))
    return rows
