"""Names of a ledger that no list knows: what can be mapped to a known entry, or entered on the spot."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db import connection

from assets.models import AssetType, Condition, Ledger, Lifecycle, MeaningKind, Theme
from places.models import Unit

_CODES = {
    "type_unknown": MeaningKind.TYPE,
    "type_defaulted": MeaningKind.TYPE,
    "theme_unknown": MeaningKind.THEME,
    "unit_unknown": MeaningKind.UNIT,
    "condition_unknown": MeaningKind.CONDITION,
    "lifecycle_unknown": MeaningKind.LIFECYCLE,
}
MOST = 100


@dataclass(frozen=True)
class UnknownName:
    """A word, in how many rows it stands, and the entries it may mean: (code, name)."""

    kind: MeaningKind
    name: str
    rows: int
    entries: list[tuple[str, str]]


def unknown_values(ledger: Ledger) -> list[UnknownName]:
    """The words that no list knows (types, themes, units, conditions, lifecycles), the most frequent first.

    At most so many as a page can hold.
    """
    if not set(_CODES) & set(ledger.report.get("codes", {})):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT one ->> 'code', one #>> '{params,said}', count(*)
            FROM assets_ledgerrow, jsonb_array_elements(verdicts) AS one
            WHERE ledger_id = %s AND codes && %s::varchar[] AND one ->> 'code' = ANY(%s)
            GROUP BY 1, 2 ORDER BY 3 DESC, 2 LIMIT %s
            """,
            [ledger.pk, list(_CODES), list(_CODES), MOST],
        )
        counted: Counter[tuple[MeaningKind, str]] = Counter()
        for code, text, rows in cursor.fetchall():
            counted[_CODES[code], text] += rows
    entries = {kind: _entries(kind) for kind in {kind for kind, _text in counted}}
    return [UnknownName(kind, text, rows, entries[kind]) for (kind, text), rows in counted.most_common()]


def _entries(kind: MeaningKind) -> list[tuple[str, str]]:
    if kind == MeaningKind.TYPE:
        return [(entry.code, entry.name) for entry in AssetType.objects.filter(active=True)]
    if kind == MeaningKind.THEME:
        return [(entry.code, entry.name) for entry in Theme.objects.filter(active=True)]
    if kind == MeaningKind.CONDITION:
        return [(condition.code, str(condition.label)) for condition in Condition]
    if kind == MeaningKind.LIFECYCLE:
        return [(lifecycle.value, str(lifecycle.label)) for lifecycle in Lifecycle]
    return [(unit.name, unit.name) for unit in Unit.objects.filter(active=True).order_by("name")]
