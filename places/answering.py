"""Who answers at a place on a day, and where somebody answers: what rows of responsibility are asked.

Nothing here asks who may be told; that is `assets.answering`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from places.models import Responsibility, ResponsibilityKind
from places.models.responsibility import ResponsibilityQuerySet

# From the nearest to the widest: in this order people are asked.
NEAREST_FIRST = (
    ResponsibilityKind.STAIRWELL,
    ResponsibilityKind.KEEPER,
    ResponsibilityKind.CHIEF,
    ResponsibilityKind.UNIT,
    ResponsibilityKind.LEADER,
)


@dataclass(frozen=True)
class Spot:
    """Where something stands, by the keys of its places."""

    street: int | None = None
    community: int | None = None
    road: int | None = None
    site: int | None = None
    building: str = ""

    @classmethod
    def of(cls, thing: Any, building: str = "") -> "Spot":
        """Of an asset or a case, or whatever else has these columns."""
        return cls(thing.street_id, thing.community_id, thing.road_id, thing.site_id, building)

    def condition(self) -> Q:
        """The rows that are about this spot, of whatever day."""
        wanted = Q(pk__in=[])
        for kind, column, key in (
            (ResponsibilityKind.LEADER, "area", self.street),
            (ResponsibilityKind.UNIT, "area", self.community),
            (ResponsibilityKind.CHIEF, "road", self.road),
            (ResponsibilityKind.KEEPER, "site", self.site),
        ):
            if key is not None:
                wanted |= Q(kind=kind, **{column: key})
        if self.community is not None and self.building:
            wanted |= Q(kind=ResponsibilityKind.STAIRWELL, area=self.community, building=self.building)
        return wanted


def answering_at(spot: Spot, day: date) -> list[Responsibility]:
    """Who answered at a spot on a day, the nearest first."""
    rows = Responsibility.objects.on(day).filter(spot.condition()).told()
    return sorted(
        rows, key=lambda row: (NEAREST_FIRST.index(ResponsibilityKind(row.kind)), row.begins_on, row.pk)
    )


def where_answering(rows: ResponsibilityQuerySet, building: str) -> Q:
    """The condition on things that stand where some rows are about.

    Args:
        building: how the model of the things leads to a building's text.
    """
    of_kind: dict[str, set[int]] = {}
    stairwells: dict[int, set[str]] = {}
    for kind, area, road, site, text in rows.values_list("kind", "area", "road", "site", "building"):
        if kind == ResponsibilityKind.STAIRWELL:
            stairwells.setdefault(area, set()).add(text)
        elif (key := area or road or site) is not None:
            of_kind.setdefault(kind, set()).add(key)
    wanted = Q(pk__in=[])
    for kind, column in (
        (ResponsibilityKind.LEADER, "street_id"),
        (ResponsibilityKind.UNIT, "community_id"),
        (ResponsibilityKind.CHIEF, "road_id"),
        (ResponsibilityKind.KEEPER, "site_id"),
    ):
        if keys := of_kind.get(kind):
            wanted |= Q(**{f"{column}__in": sorted(keys)})
    for community, texts in stairwells.items():
        wanted |= Q(community_id=community, **{f"{building}__in": sorted(texts)})
    return wanted


def units_at(things: Iterable[Any], day: date) -> dict[tuple[str, int], Responsibility]:
    """Of many cases or assets, in one query: by kind and key of the place, the first row whose holder has a unit."""
    wanted = Q(pk__in=[])
    for kind, column, keys in (
        (ResponsibilityKind.UNIT, "area", {thing.community_id for thing in things}),
        (ResponsibilityKind.CHIEF, "road", {thing.road_id for thing in things}),
        (ResponsibilityKind.KEEPER, "site", {thing.site_id for thing in things}),
        (ResponsibilityKind.LEADER, "area", {thing.street_id for thing in things}),
    ):
        if keys - {None}:
            wanted |= Q(kind=kind, **{f"{column}__in": keys - {None}})
    found: dict[tuple[str, int], Responsibility] = {}
    rows = Responsibility.objects.on(day).filter(wanted, holder__unit__isnull=False)
    for row in rows.select_related("holder__unit").order_by("begins_on", "pk"):
        key = row.area_id or row.road_id or row.site_id
        if key is not None:
            found.setdefault((row.kind, key), row)
    return found


def keepers_of(sites: Iterable[int], day: date) -> dict[int, Responsibility]:
    """Who keeps each of many sites on a day, in one query; where rows overlap, who began first."""
    rows = Responsibility.objects.on(day).filter(kind=ResponsibilityKind.KEEPER, site__in=list(sites))
    found: dict[int, Responsibility] = {}
    for row in rows.select_related("holder__unit").order_by("begins_on", "pk"):
        assert row.site_id is not None  # of keepers it never is
        found.setdefault(row.site_id, row)
    return found


def streets_led_by(user: Any, day: date) -> list[str]:
    """The codes of the streets whose leader somebody is on a day, by the rows that name their account."""
    rows = Responsibility.objects.on(day).filter(kind=ResponsibilityKind.LEADER, holder__user=user)
    return sorted(set(rows.values_list("area__code", flat=True)))
