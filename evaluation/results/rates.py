"""Score rates: conforming ÷ (conforming + not conforming), each with the n it rests on.

"Mostly conforms" counts what the round's edition says (`StandardEdition.partly_counts`), not applicable counts nothing.
Of a site that two evaluators visited, both visits count. Everything but items and themes is added up from visits, which
carry their sums; so twelve rounds of 2,000 sites are 24,000 rows and not 720,000.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from assets.models import Theme
from evaluation.models import Answer, EvaluationItem, Observation, Round, Visit
from places.models import Area, Site, SiteKind, View

_TENTH = Decimal("0.1")
_ZERO = Decimal(0)
_SCORE = F("conforming") + F("partly") * F("round__edition__partly_counts")


@dataclass(frozen=True)
class Rate:
    """A score rate and what it rests on.

    Attributes:
        score: what conforms, "mostly" counted in part.
        observations: how many were answered, "not applicable" left out: n.
        sites: how many different sites.
    """

    score: Decimal = _ZERO
    observations: int = 0
    sites: int = 0
    failing: int = 0
    critical: int = 0

    @property
    def percent(self) -> Decimal | None:
        """In per cent, to a tenth, halves upwards; None of nothing."""
        if not self.observations:
            return None
        return (self.score * 100 / self.observations).quantize(_TENTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class Group:
    """One row of a table: what it is of, and its rate."""

    key: str
    title: str
    rate: Rate
    under: str = ""
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class Change:
    """One row of a comparison; a side that has no such row is None."""

    key: str
    title: str
    before: Rate | None
    after: Rate | None

    @property
    def points(self) -> Decimal | None:
        """Percentage points gained; None when a side has no rate."""
        if self.before is None or self.after is None:
            return None
        if self.before.percent is None or self.after.percent is None:
            return None
        return self.after.percent - self.before.percent


class By(StrEnum):
    """What results are told by."""

    STREET = "street"
    KIND = "kind"
    VIEW = "view"
    SITE = "site"
    ITEM = "item"
    THEME = "theme"
    EVALUATOR = "evaluator"
    ROUND = "round"


def overall(visits: QuerySet[Visit]) -> Rate:
    """The rate of all of them."""
    return _rate(visits.aggregate(**_sums()))


def rates(visits: QuerySet[Visit], by: By) -> list[Group]:
    """A row for each street, kind, … in the order of its register; streets and items without a rate are not there.

    Two queries at most, by theme three, whatever the size.
    """
    if by is By.ITEM:
        return _by_item(visits)
    if by is By.THEME:
        return by_item_and_theme(visits)[1]
    column = {
        By.STREET: "street_id",
        By.KIND: "kind_id",
        By.VIEW: "kind__view",
        By.SITE: "site_id",
        By.EVALUATOR: "evaluator_id",
        By.ROUND: "round_id",
    }[by]
    rows = visits.order_by().values(column).annotate(**_sums())
    found = {row[column]: _rate(row) for row in rows}
    return _named(found, by)


def compare(before: QuerySet[Visit], after: QuerySet[Visit], by: By) -> list[Change]:
    """Two rounds, or two evaluators, side by side: rows of either, in the order of the second."""
    first = {group.key: group for group in rates(before, by)}
    second = {group.key: group for group in rates(after, by)}
    both = [*second, *(key for key in first if key not in second)]
    return [
        Change(
            key,
            (second.get(key) or first[key]).title,
            first[key].rate if key in first else None,
            second[key].rate if key in second else None,
        )
        for key in both
    ]


def trend(rounds: Sequence[Round], visits: QuerySet[Visit]) -> list[tuple[Round, Rate]]:
    """The rate of each round, the earliest first; one query."""
    found = {group.key: group.rate for group in rates(visits.filter(round__in=rounds), By.ROUND)}
    ordered = sorted(rounds, key=lambda round_: (round_.starts_on, round_.pk))
    return [(round_, found.get(str(round_.uid), Rate())) for round_ in ordered]


def _sums() -> dict[str, Any]:
    return {
        "score": Coalesce(
            Sum(_SCORE, output_field=DecimalField(max_digits=12, decimal_places=2)),
            _ZERO,
            output_field=DecimalField(max_digits=12, decimal_places=2),
        ),
        "answered": Coalesce(Sum(F("conforming") + F("partly") + F("failing")), 0),
        "failed": Coalesce(Sum("failing"), 0),
        "critically": Coalesce(Sum("critical"), 0),
        "places": Count("site", distinct=True),
    }


def _rate(row: Mapping[str, Any]) -> Rate:
    return Rate(
        Decimal(row["score"]), row["answered"], row["places"], row["failed"], row.get("critically", 0)
    )


def _named(found: dict[Any, Rate], by: By) -> list[Group]:
    keys = [key for key in found if key is not None]
    groups: list[Group] = []
    if by is By.VIEW:
        return [Group(view.value, str(view.label), found[view.value]) for view in View if view.value in found]
    if by is By.STREET:
        areas = Area.objects.filter(pk__in=keys).defer("boundary")
        groups = [Group(area.code, area.name, found[area.pk]) for area in areas]
    elif by is By.KIND:
        groups = [
            Group(kind.code, kind.name, found[kind.pk]) for kind in SiteKind.objects.filter(pk__in=keys)
        ]
    elif by is By.SITE:
        # Thousands of sites of a few kinds: rows are twice as quick as objects.
        sites = Site.objects.filter(pk__in=keys).values_list(
            "pk", "code", "name", "kind__name_zh", "kind__name_en", "point"
        )
        kind_in_words = cache(lambda zh, en: SiteKind(name_zh=zh, name_en=en).name)
        groups = [
            Group(code, name, found[key], kind_in_words(zh, en), (point.x, point.y))
            for key, code, name, zh, en, point in sites
        ]
    elif by is By.EVALUATOR:
        people = User.objects.filter(pk__in=keys).order_by("display_name", "username")
        groups = [Group(person.username, str(person), found[person.pk]) for person in people]
    elif by is By.ROUND:
        groups = [
            Group(str(round_.uid), round_.name, found[round_.pk])
            for round_ in Round.objects.filter(pk__in=keys)
        ]
    if None in found:
        groups.append(Group("none", "—", found[None]))
    return groups


def _observed(visits: QuerySet[Visit], **also: Any) -> Iterable[Mapping[str, Any]]:
    """Observations of visits, added up by item; the one scan of them, by far the dearest part of a page."""
    partly = F("visit__round__edition__partly_counts")
    decimal = DecimalField(max_digits=12, decimal_places=2)
    yes, some = Q(answer=Answer.YES), Q(answer=Answer.PARTLY)
    return (
        Observation.objects.filter(visit__in=visits.order_by())
        .exclude(answer=Answer.NOT_APPLICABLE)
        .order_by()
        .values("item_id")
        .annotate(
            score=Count("pk", filter=yes) + Coalesce(Sum(partly, filter=some), _ZERO, output_field=decimal),
            answered=Count("pk"),
            failed=Count("pk", filter=Q(answer=Answer.NO)),
            **also,
        )
    )


def _by_item(visits: QuerySet[Visit]) -> list[Group]:
    rows = _observed(visits, places=Count("visit__site", distinct=True))
    found = {row["item_id"]: _rate(row) for row in rows}
    return _of_items(found, _items(found))


def by_item_and_theme(visits: QuerySet[Visit]) -> tuple[list[Group], list[Group]]:
    """Rows by item and rows by theme, both from one scan of the observations."""
    rows = {row["item_id"]: row for row in _observed(visits, at=ArrayAgg("visit__site", distinct=True))}
    items = _items(rows)
    by_item = {key: _rate({**row, "places": len(row["at"])}) for key, row in rows.items()}
    sums: dict[int, dict[str, Any]] = {}
    for item in items:
        if item.theme_id is None:
            continue
        row = rows[item.pk]
        whole = sums.setdefault(item.theme_id, {"score": _ZERO, "answered": 0, "failed": 0, "at": set()})
        for name in ("score", "answered", "failed"):
            whole[name] += row[name]
        whole["at"].update(row["at"])
    themes = [
        Group(theme.code, theme.name, _rate({**sums[theme.pk], "places": len(sums[theme.pk]["at"])}))
        for theme in Theme.objects.filter(pk__in=sums)
    ]
    return _of_items(by_item, items), themes


def _items(found: Iterable[int]) -> list[EvaluationItem]:
    return list(EvaluationItem.objects.filter(pk__in=found).select_related("kind", "edition"))


def _of_items(found: dict[int, Rate], items: Sequence[EvaluationItem]) -> list[Group]:
    several = len({item.edition_id for item in items}) > 1
    groups = []
    for item in items:
        rate = found[item.pk]
        if item.critical:
            rate = Rate(rate.score, rate.observations, rate.sites, rate.failing, rate.failing)
        under = item.kind.name if item.kind else ""
        key = f"{item.edition.code}/{item.code}" if several else item.code
        groups.append(Group(key, item.text, rate, under))
    return groups
