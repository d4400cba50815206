"""The legend of the map of cases: every value of every group with its live count, and the address that choosing it has.

A group's counts apply every other group's filter but not their own; one pass over the cases counts them all.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Case as When_
from django.db.models import Count, IntegerField, Value, When
from django.utils.translation import gettext as _

from accounts.models import User
from assets.filter_parameters import NONE
from cases.filters import ALL, OPEN, CaseFilter
from cases.lamps import LAMPS, shown_lamp
from cases.map.shapes import shapes_of_categories
from cases.models import Source, State
from places.models import Level

GROUPS = ("lamp", "state", "category", "street", "source", "urgent")
_BIT = {name: 1 << place for place, name in enumerate(GROUPS)}


@dataclass(frozen=True)
class Row:
    """One value: its count, whether it is chosen, and what the address says when it is pressed."""

    code: str
    name: str
    count: int
    is_picked: bool
    query: str
    shape: str = ""


@dataclass(frozen=True)
class Group:
    """The values of one parameter; `cleared` is the address without it."""

    name: str
    title: str
    rows: list[Row]
    cleared: str

    @property
    def is_set(self) -> bool:
        """Whether something of it is chosen."""
        return any(row.is_picked for row in self.rows)


@dataclass(frozen=True)
class Legend:
    """All groups, and how many cases the filter leaves."""

    groups: list[Group]
    matched: int


def legend_of(case_filter: CaseFilter, user: User) -> Legend:
    """The legend under a filter, for a reader; in one query and those of the lists."""
    counts, matched = _counted(case_filter, user)
    reference = case_filter.reference
    areas = reference.lists.areas_at(Level.STREET).values()
    codes = {area.id: area.code for area in areas}
    streets = Counter({codes.get(key, NONE): number for key, number in counts["street"].items()})
    shapes = shapes_of_categories()
    groups = [
        _group(
            case_filter, "lamp", _("Lamp"), {code: str(name) for code, name in LAMPS.items()}, counts["lamp"]
        ),
        _group(
            case_filter,
            "state",
            _("State"),
            {state.value: str(state.label) for state in State if state != State.DRAFT},
            counts["state"],
        ),
        _group(
            case_filter,
            "category",
            _("Category"),
            {code: entry.name for code, entry in reference.categories.items()},
            Counter({entry.code: counts["category"][entry.pk] for entry in reference.categories.values()}),
            {entry.code: shapes.get(entry.pk, "") for entry in reference.categories.values()},
        ),
        _group(
            case_filter,
            "street",
            _("Street"),
            {**{area.code: area.name for area in areas}, NONE: _("None")},
            streets,
        ),
        _group(
            case_filter,
            "source",
            _("Source"),
            {source.value: str(source.label) for source in Source},
            counts["source"],
        ),
        _group(
            case_filter,
            "urgent",
            _("Urgency"),
            {"yes": _("Urgent"), "no": _("Not urgent")},
            Counter({"yes": counts["urgent"][True], "no": counts["urgent"][False]}),
        ),
    ]
    return Legend(groups, matched)


def _group(
    case_filter: CaseFilter,
    name: str,
    title: str,
    names: dict[str, str],
    counts: Counter[Any],
    shapes: dict[str, str] | None = None,
) -> Group:
    picked = _picked(case_filter, name)
    rows = [
        Row(
            code,
            label,
            counts[code],
            code in picked,
            case_filter.but(**{name: _pressed(name, picked, code)}),
            (shapes or {}).get(code, ""),
        )
        for code, label in names.items()
        if counts[code] or code in picked
    ]
    return Group(name, title, rows, case_filter.but(name))


def _picked(case_filter: CaseFilter, name: str) -> frozenset[str]:
    """The values that a group has chosen; the open states, which show anyway, are no choice."""
    spelled = case_filter.spelled(name)
    return frozenset(code for code in spelled.split(",") if code) - {OPEN, ALL}


def _pressed(name: str, picked: frozenset[str], code: str) -> str:
    """The parameter after a row was pressed: chosen as well, or no longer."""
    return ",".join(sorted(picked ^ {code}))


def _counted(case_filter: CaseFilter, user: User) -> tuple[dict[str, Counter[Any]], int]:
    """Tallies by group, and what the whole filter leaves.

    A row says by bits which groups' filters it misses; it counts in a group when it misses no other's. The states'
    own group knows the closed ones too, so that they can be chosen.
    """
    # `state=all` asks for nothing: no row misses it.
    groups = [name for name in GROUPS if case_filter.conditions.get(name)]
    missed: Any = Value(0, output_field=IntegerField())
    for name in groups:
        misses = When_(
            When(case_filter.conditions[name], then=Value(0)),
            default=Value(_BIT[name]),
            output_field=IntegerField(),
        )
        missed = missed + misses
    rows = (
        case_filter.cases(user, *GROUPS)
        .order_by()
        .annotate(missed=missed, shown_lamp=shown_lamp(case_filter.reference.now))
        .values_list("missed", "shown_lamp", "state", "category_id", "street_id", "source", "urgent")
        .annotate(n=Count("pk"))
    )
    counts: dict[str, Counter[Any]] = {name: Counter() for name in GROUPS}
    matched = 0
    for bits, *values, number in rows:
        matched += number if not bits else 0
        for name, value in zip(GROUPS, values, strict=True):
            if not bits & ~_BIT[name]:
                counts[name][value] += number
    return counts, matched
