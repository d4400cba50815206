"""What an import did or would do: counts, every verdict, every changed field; for the terminal, a page or a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from assets.models import AssetType, Condition, Lifecycle
from importing.folding import Folded, folded, kept_folded, without_folded
from importing.preparing import Prepared
from importing.verdicts import REFUSED, SENTENCES, Verdict, refusing
from places.models import Road, Site, Unit


@dataclass(frozen=True, slots=True)
class Change:
    """One field that one row changes; values as people read them."""

    row: int
    code: str
    field: str
    old: str
    new: str

    def as_json(self) -> dict[str, Any]:
        """What reports keep."""
        return {"row": self.row, "code": self.code, "field": self.field, "old": self.old, "new": self.new}


@dataclass(frozen=True, kw_only=True)
class Report:
    """The outcome of a preview or of an import.

    Each row is one of created, updated, unchanged, refused; `doubtful` counts those of the first three about which
    something is to be looked at. `applied` says whether anything was written; `notes` speak of the file as a whole.
    `refusing` holds the codes that kept rows out; `whole_file` what was said of (nearly) every row.
    """

    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int
    doubtful: int
    moved: int
    reopened: int
    inspections: int
    verdicts: tuple[Verdict, ...]
    changes: tuple[Change, ...]
    refused_rows: frozenset[int] = frozenset()
    notes: tuple[str, ...] = ()
    applied: bool = False
    batch: int | None = None
    codes: Mapping[str, int] = field(default_factory=dict)
    refusing: frozenset[str] = frozenset(REFUSED)
    whole_file: tuple[Folded, ...] = ()

    @property
    def writes(self) -> int:
        """Rows that would be or were written."""
        return self.created + self.updated

    def as_json(self, *, verdicts_kept: int | None = None) -> dict[str, Any]:
        """The report as data, sentences in the active language; `verdicts_kept` says how many at most are in it."""
        verdicts = self.verdicts[:verdicts_kept]
        changes = self.changes[:verdicts_kept]
        return {
            **{name: getattr(self, name) for name in COUNTS},
            "applied": self.applied,
            "batch": self.batch,
            "notes": list(self.notes),
            "codes": dict(self.codes),
            "refusing": sorted(self.refusing & self.codes.keys()),
            "whole_file": [fold.as_json() for fold in self.whole_file],
            "verdicts": [
                {**verdict.as_json(), "refused": verdict.row in self.refused_rows} for verdict in verdicts
            ],
            "verdicts_in_all": len(self.verdicts),
            "changes": [change.as_json() for change in changes],
            "changes_in_all": len(self.changes),
        }


COUNTS = (
    "rows",
    "created",
    "updated",
    "unchanged",
    "refused",
    "doubtful",
    "moved",
    "reopened",
    "inspections",
)


def report_of(prepared: Prepared) -> Report:
    """Read the report from the staging tables of this connection, after `checking.check`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*),
                   count(*) FILTER (WHERE NOT refused AND outcome = 'created'),
                   count(*) FILTER (WHERE NOT refused AND outcome = 'updated'),
                   count(*) FILTER (WHERE NOT refused AND outcome = 'unchanged'),
                   count(*) FILTER (WHERE refused),
                   count(*) FILTER (WHERE NOT refused AND row_no IN (SELECT row_no FROM import_verdict)),
                   count(*) FILTER (WHERE NOT refused AND moved),
                   count(*) FILTER (WHERE NOT refused AND reopened),
                   count(*) FILTER (WHERE NOT refused AND inspects)
            FROM import_plan
            """
        )
        counts = dict(zip(COUNTS, cursor.fetchone(), strict=True))
        cursor.execute("SELECT row_no FROM import_plan WHERE refused")
        refused_rows = frozenset(row for (row,) in cursor.fetchall())
        cursor.execute(
            "SELECT row_no, code, field, value, params::text FROM import_verdict ORDER BY row_no, code, field"
        )
        verdicts = tuple(
            Verdict(row, code, name, prepared.headers.get(name, ""), value, json.loads(params))
            for row, code, name, value, params in cursor.fetchall()
        )
        cursor.execute(
            """
            SELECT c.row_no, a.code, c.field, coalesce(c.old, ''), coalesce(c.new, '')
            FROM import_change c JOIN assets_asset a ON a.id = c.asset_id ORDER BY c.row_no, c.field
            """
        )
        changes = named(cursor.fetchall())
        notes = (*prepared.notes, *_about_new_units(cursor))
    codes = Counter(verdict.code for verdict in verdicts)
    return Report(
        **counts,
        refused_rows=refused_rows,
        verdicts=verdicts,
        changes=changes,
        notes=notes,
        codes=dict(codes.most_common()),
        refusing=refusing(prepared.options.confirmed, strict=prepared.options.strict),
        whole_file=folded(verdicts, counts["rows"]),
    )


def _about_new_units(cursor: CursorWrapper) -> Iterator[str]:
    """Which units are entered with these rows, where a person has asked for that."""
    cursor.execute(
        """
        SELECT DISTINCT new.unit FROM import_row JOIN import_plan USING (row_no),
               unnest(ARRAY[owner_name, maintainer_name, supervisor_name]) AS new (unit)
        WHERE NOT refused AND new.unit IS NOT NULL ORDER BY new.unit
        """
    )
    names = [name for (name,) in cursor.fetchall()]
    if names:
        shown = ", ".join(names[:_UNITS_SHOWN]) + (" …" if len(names) > _UNITS_SHOWN else "")
        yield ngettext(
            "%(n)s unit is entered into the list: %(names)s",
            "%(n)s units are entered into the list: %(names)s",
            len(names),
        ) % {"n": len(names), "names": shown}


def named(rows: Sequence[tuple[int, str, str, str, str]]) -> tuple[Change, ...]:
    """Changes (row, code, field, old, new) with names in place of keys; each list is read once, when it is needed."""
    used: dict[str, set[str]] = {}
    for _row, _code, name, old, new in rows:
        used.setdefault(name, set()).update((old, new))
    names: dict[str, dict[str, str]] = {
        name: {str(entry.pk): str(entry) for entry in model._default_manager.filter(pk__in=_keys(used[name]))}
        for name, model in _LISTS.items()
        if name in used
    }
    names["condition"] = {str(condition.value): str(condition.label) for condition in Condition}
    names["lifecycle"] = {lifecycle.value: str(lifecycle.label) for lifecycle in Lifecycle}
    changes = []
    for row, code, name, old, new in rows:
        meanings = names.get(name, {})
        changes.append(
            Change(
                row,
                code,
                name.removesuffix("_id") if name in _LISTS else name,
                meanings.get(old, old),
                meanings.get(new, new),
            )
        )
    return tuple(changes)


def _keys(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isdigit()]


_LISTS: dict[str, type[Model]] = {
    "type_id": AssetType,
    "road_id": Road,
    "site_id": Site,
    "owner_id": Unit,
    "maintainer_id": Unit,
    "supervisor_id": Unit,
}


# --- In words -------------------------------------------------------------------------------------------------------

_UNITS_SHOWN = 20
SHOWN_PER_CODE = 5
_COUNTED = gettext_lazy(
    "%(rows)s rows: %(created)s created, %(updated)s updated, %(unchanged)s unchanged, %(refused)s refused; "
    "%(doubtful)s of those that come in are doubtful."
)


def in_words(report: Report, *, shown_per_code: int | None = SHOWN_PER_CODE) -> Iterator[str]:
    """The report as lines of text in the active language; of each code at most so many rows, and it says how many."""
    for note in report.notes:
        yield _("Note: %(note)s") % {"note": note}
    yield _COUNTED % {name: getattr(report, name) for name in COUNTS}
    if report.moved or report.reopened or report.inspections:
        yield _(
            "Among them %(moved)s moved, %(reopened)s reopened, %(inspections)s with a condition recorded."
        ) % {name: getattr(report, name) for name in COUNTS}
    of_the_file = report.whole_file if shown_per_code is not None else ()
    for fold in of_the_file:
        yield ""
        yield folded_in_words(fold, report.rows, report.refusing)
    by_code: dict[str, list[Verdict]] = {}
    for verdict in without_folded(report.verdicts, of_the_file):
        by_code.setdefault(verdict.code, []).append(verdict)
    for code in sorted(SENTENCES, key=lambda code: code not in report.refusing):
        verdicts = by_code.get(code, [])
        if not verdicts:
            continue
        kind = _("refused") if code in report.refusing else _("doubtful")
        yield ""
        yield f"{code} · {kind} · {len(verdicts)}"
        shown = verdicts[:shown_per_code]
        for verdict in shown:
            yield "  " + verdict_in_words(verdict)
        if len(shown) < len(verdicts):
            yield "  " + _("… %(shown)s of %(all)s shown") % {"shown": len(shown), "all": len(verdicts)}
    changes = report.changes[: shown_per_code and 4 * shown_per_code]
    if changes:
        yield ""
        yield _("Changes:")
        for change in changes:
            place = _("row %(row)s") % {"row": change.row}
            yield f"  {place} · {change.code} · {change.field}: {change.old or '—'} → {change.new or '—'}"
        if len(changes) < len(report.changes):
            yield "  " + _("… %(shown)s of %(all)s shown") % {
                "shown": len(changes),
                "all": len(report.changes),
            }


def batch_in_words(report: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a batch's report, when an import wrote it."""
    if "rows" in report:
        yield from kept_in_words(report)


def kept_in_words(kept: Mapping[str, Any]) -> Iterator[str]:
    """A batch's report as it was kept by `as_json`, as lines of text; its sentences stay in their language."""
    for note in kept.get("notes", ()):
        yield _("Note: %(note)s") % {"note": note}
    yield _COUNTED % kept
    of_the_file = kept_folded(kept)
    refusing_codes = frozenset(kept.get("refusing", REFUSED))
    for fold in of_the_file:
        yield ""
        yield folded_in_words(fold, kept["rows"], refusing_codes)
    by_code: dict[str, list[Mapping[str, Any]]] = {}
    for verdict in kept.get("verdicts", ()):
        by_code.setdefault(verdict["code"], []).append(verdict)
    said_once = Counter({fold.verdict.code: fold.rows for fold in of_the_file})
    for code, count in (Counter(kept.get("codes", {})) - said_once).most_common():
        kind = _("refused") if code in refusing_codes else _("doubtful")
        yield ""
        yield f"{code} · {kind} · {count}"
        shown = by_code.get(code, [])[:SHOWN_PER_CODE]
        for verdict in shown:
            place = _("row %(row)s") % {"row": verdict["row"]}
            yield " · ".join(part for part in (place, verdict["value"], verdict["sentence"]) if part)
        if len(shown) < count:
            yield _("… %(shown)s of %(all)s shown") % {"shown": len(shown), "all": count}


def folded_in_words(fold: Folded, rows: int, refusing_codes: frozenset[str]) -> str:
    """What was said of a whole file in one line: code, of how many rows, the sentence, and the first rows."""
    kind = _("refused") if fold.verdict.code in refusing_codes else _("doubtful")
    counted = _("%(times)s of %(rows)s rows") % {"times": fold.rows, "rows": rows}
    column = [_("column “%(column)s”") % {"column": fold.verdict.column}] if fold.verdict.column else []
    first = _("The first rows: %(rows)s.") % {"rows": ", ".join(map(str, fold.first))}
    return " · ".join([fold.verdict.code, kind, counted, *column, fold.verdict.sentence, first])


def verdict_in_words(verdict: Verdict) -> str:
    """Row, column, value and sentence in one line."""
    parts = [_("row %(row)s") % {"row": verdict.row}]
    if verdict.column:
        parts.append(_("column “%(column)s”") % {"column": verdict.column})
    if verdict.value:
        parts.append(verdict.value if len(verdict.value) <= 40 else verdict.value[:39] + "…")
    return " · ".join([*parts, verdict.sentence])
