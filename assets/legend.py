"""Counts of what a filter leaves, by street, type, condition …: the map's legend, and other counted choices.

A declared field that says how it is asked for (`assets.fields.FILTERED`) is a group without being named here.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, IntegerField, Value, When
from django.utils.translation import gettext as _

from accounts.permissions import READ, AnyUser, Scope, scope_of
from assets.dictionaries import Dictionaries, KnownArea
from assets.fields import FILTERED, Field
from assets.filter_parameters import NONE, OVERDUE, overdue
from assets.filters import AssetFilter
from assets.models import Asset, Condition, Family, Lifecycle
from assets.rules.lateness import has_late_job
from places.models import Level

# The groups that are counted, and so may be left out of their own count.
GROUPS = (
    "street",
    "community",
    "type",
    "condition",
    "theme",
    "site_kind",
    "family",
    "lifecycle",
    "overdue",
    *(field.name for field in FILTERED),
)
# What a type says of its assets is known from the count by type; the rest is counted by columns of these names.
_OF_TYPE = {
    field.name: field.filter.removeprefix("type__") for field in FILTERED if field.filter.startswith("type__")
}
_DECLARED = {field.name: f"said_{field.name}" for field in FILTERED if field.name not in _OF_TYPE}
_BIT = {name: 1 << place for place, name in enumerate(GROUPS)}

Tally = dict[Any, Counter[int]]


def legend_of(asset_filter: AssetFilter, user: AnyUser) -> dict[str, Any]:
    """Counts of every value of every group; each group's apply every other group's filter but not its own."""
    street = _only_street(asset_filter)
    counts = _count(asset_filter, user)
    lists = asset_filter.reference.lists
    scope = scope_of(user, READ)
    conditions = counts.of("condition")
    return {
        "matched": counts.matched,
        "groups": {
            "street": _area_rows(
                areas_in_scope(lists.areas_at(Level.STREET).values(), scope), counts.of("street")
            ),
            "community": _area_rows(
                [area for area in lists.areas_at(Level.COMMUNITY).values() if area.code.startswith(street)],
                counts.of("community"),
            )
            if street
            else [],
            "type": [
                {
                    "code": entry.code,
                    "name": entry.name,
                    "family": entry.family,
                    "symbol": entry.symbol,
                    **_with_conditions(counts.of("type")[entry.pk]),
                }
                for entry in lists.types.values()
                if entry.active or counts.of("type")[entry.pk]
            ],
            "condition": [
                {
                    "code": condition.code,
                    "name": str(condition.label),
                    "count": conditions[condition.value].total(),
                }
                for condition in Condition
            ],
            "theme": _rows(
                lists.themes.values(), counts.of("theme"), _("No theme"), lambda entry: entry.code
            ),
            "site_kind": _rows(
                lists.site_kinds.values(), counts.of("site_kind"), _("No site"), lambda entry: entry.pk
            ),
            "family": _choice_rows(Family, counts.of("family")),
            "lifecycle": _choice_rows(Lifecycle, counts.of("lifecycle")),
            "overdue": [
                {"code": code, "name": str(name), "count": counts.of("overdue")[code].total()}
                for code, name in OVERDUE.items()
            ],
            **{field.name: _declared_rows(field, asset_filter, counts.of(field.name)) for field in FILTERED},
        },
    }


@dataclass
class _Counts:
    """Tallies by group: value → condition (0 where conditions are not told apart) → number."""

    matched: int
    tallies: dict[str, Tally]

    def of(self, group: str) -> Tally:
        return self.tallies[group]


def _only_street(asset_filter: AssetFilter) -> str | None:
    """The code of the one street that is chosen."""
    streets = asset_filter.values.get("street", ())
    return streets[0] if len(streets) == 1 and streets[0] != NONE else None


def _count(asset_filter: AssetFilter, user: AnyUser) -> _Counts:
    """All counts in one pass over the table.

    A row says by bits which groups' filters it misses; it counts in a group when it misses no other's.
    """
    set_groups = [name for name in GROUPS if name in asset_filter.conditions]
    elsewhere = [condition for name, condition in asset_filter.conditions.items() if name not in GROUPS]
    missed: Any = Value(0, output_field=IntegerField())
    for name in set_groups:
        missed = missed + Case(
            When(asset_filter.conditions[name], then=Value(0)),
            default=Value(_BIT[name]),
            output_field=IntegerField(),
        )
    today = asset_filter.reference.today
    rows = (
        Asset.objects.visible_to(user)
        .filter(*elsewhere)
        .order_by()
        .annotate(
            missed=missed,
            site_kind=F("site__kind_id"),
            late_inspection=Case(When(overdue("inspection", today), then=Value(True)), default=Value(False)),
            late_maintenance=has_late_job(today),
            **{_DECLARED[field.name]: F(field.filter) for field in FILTERED if field.name in _DECLARED},
        )
        .values(
            "missed",
            "street_id",
            "community_id",
            "type_id",
            "condition",
            "themes",
            "site_kind",
            "lifecycle",
            "late_inspection",
            "late_maintenance",
            *_DECLARED.values(),
        )
    )
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return _Counts(0, {name: defaultdict(Counter) for name in GROUPS})
    # What has few values each is counted together: few rows, and one pass less than each by itself.
    declared_columns = ", ".join(_DECLARED.values())
    # `sql` is the ORM's own with its parameters; everything else is constant.
    statement = f"""
        SELECT grouping(street_id, type_id, site_kind, lifecycle, community_id, themes) AS which,
               missed, street_id, type_id, site_kind, lifecycle, late_inspection, late_maintenance, community_id,
               condition, themes, count(*), {declared_columns}
        FROM ({sql}) chosen WHERE missed = ANY(%s)
        GROUP BY GROUPING SETS ((missed, street_id, condition), (missed, type_id, condition), (missed, site_kind),
                                (missed, lifecycle, late_inspection, late_maintenance, {declared_columns}),
                                (missed, community_id, condition), (missed, themes))
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, [0, *(_BIT[name] for name in set_groups)]])
        return _tally(cursor.fetchall(), asset_filter.reference.lists)


# What grouping() gives for each grouping set: a bit for every column that the set is not grouped by.
_BY_STREET, _BY_TYPE, _BY_SITE_KIND, _BY_LIFECYCLE = 0b011111, 0b101111, 0b110111, 0b111011
_BY_COMMUNITY, _BY_THEMES = 0b111101, 0b111110


def _tally(rows: Iterable[tuple[Any, ...]], lists: Dictionaries) -> _Counts:
    types = {entry.pk: entry for entry in lists.types.values()}
    tallies: dict[str, Tally] = {name: defaultdict(Counter) for name in GROUPS}
    matched = 0
    for row in rows:
        (
            which,
            missed,
            street,
            kind,
            site_kind,
            lifecycle,
            inspection,
            job,
            community,
            condition,
            themes,
            n,
            *declared_values,
        ) = row

        def add(group: str, value: Any, part: int = 0, missed: int = missed, n: int = n) -> None:
            if missed in (0, _BIT[group]):
                tallies[group][value][part] += n

        if which == _BY_STREET:
            add("street", street, condition)
        elif which == _BY_TYPE:
            matched += n if missed == 0 else 0
            add("type", kind, condition)
            entry = types.get(kind)
            add("family", entry and entry.family)
            add("condition", condition)
            for name, column in _OF_TYPE.items():
                add(name, _code_of(entry and getattr(entry, column)))
        elif which == _BY_SITE_KIND:
            add("site_kind", site_kind)
        elif which == _BY_LIFECYCLE:
            add("lifecycle", lifecycle)
            for name, value in zip(_DECLARED, declared_values, strict=True):
                add(name, _code_of(value))
            if inspection:
                add("overdue", "inspection")
            if job:
                add("overdue", "maintenance")
        elif which == _BY_COMMUNITY:
            add("community", community, condition)
        elif which == _BY_THEMES:
            for theme in themes or [None]:
                add("theme", theme)
    return _Counts(matched, tallies)


def _code_of(value: Any) -> str:
    """How addresses spell a declared field's value: yes or no, a code, or that nobody has said."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value or NONE


def _with_conditions(counter: Counter[int]) -> dict[str, Any]:
    return {
        "count": counter.total(),
        "conditions": {condition.code: counter[condition.value] for condition in Condition},
    }


def areas_in_scope(areas: Iterable[KnownArea], scope: Scope) -> list[KnownArea]:
    """Those of the areas that lie in what somebody may see."""
    return [area for area in areas if scope.covers(area.code)]


def _area_rows(areas: Iterable[KnownArea], tally: Tally) -> list[dict[str, Any]]:
    rows = [
        {
            "code": area.code,
            "name": area.name,
            **_with_conditions(tally[area.id]),
            "bbox": list(area.bounds) if area.bounds else None,
            "approximate": area.approximate,
        }
        for area in areas
    ]
    unknown = {"code": NONE, "name": _("Area unknown"), **_with_conditions(tally[None])}
    return [*rows, {**unknown, "bbox": None, "approximate": False}]


def _rows(
    entries: Iterable[Any], tally: Tally, none_name: str, key: Callable[[Any], Any]
) -> list[dict[str, Any]]:
    rows = [
        {"code": entry.code, "name": entry.name, "count": tally[key(entry)].total()}
        for entry in entries
        if entry.active or tally[key(entry)]
    ]
    return [*rows, {"code": NONE, "name": none_name, "count": tally[None].total()}]


def _declared_rows(field: Field, asset_filter: AssetFilter, tally: Tally) -> list[dict[str, Any]]:
    """Every value that the filter takes, named as its chips are."""
    named = asset_filter.named(field.name)
    return [{"code": code, "name": name, "count": tally[code].total()} for code, name in named.items()]


def _choice_rows(choices: Any, tally: Tally) -> list[dict[str, Any]]:
    return [
        {"code": choice.value, "name": str(choice.label), "count": tally[choice.value].total()}
        for choice in choices
    ]
