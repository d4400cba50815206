"""What stands behind a rate: the items that fail most, with photos; and critical findings, which no rate may hide."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from evaluation.models import Answer, Observation, ObservationPhoto, Visit
from evaluation.results.rates import By, Group, rates

# An item that was looked at less often says little of the district.
LEAST_OBSERVATIONS = 5
PHOTOS_OF_ONE = 4


@dataclass(frozen=True)
class WorstItem:
    """One item that fails often, and what that looks like."""

    group: Group
    photos: list[ObservationPhoto]


def worst_items(
    visits: QuerySet[Visit],
    most: int = 10,
    *,
    least: int = LEAST_OBSERVATIONS,
    items: Sequence[Group] | None = None,
) -> list[WorstItem]:
    """The items with the lowest rates of those observed often enough, the worst first; three queries.

    Args:
        least: how many observations an item must have.
        items: their rates, where whoever asks has them already.
    """
    items = rates(visits, By.ITEM) if items is None else items
    groups = [group for group in items if group.rate.observations >= least and group.rate.failing]
    groups.sort(key=lambda group: (group.rate.percent, -group.rate.observations, group.key))
    groups = groups[:most]
    codes = [group.key.rpartition("/")[2] for group in groups]
    photos: dict[str, list[ObservationPhoto]] = {}
    shown = (
        ObservationPhoto.objects.filter(
            observation__visit__in=visits.order_by(),
            observation__item__code__in=codes,
            observation__answer=Answer.NO,
        )
        .select_related("observation__item", "observation__visit__site")
        .order_by("-pk")[: most * 40]
    )
    for photo in shown:
        photos.setdefault(photo.observation.item.code, []).append(photo)
    return [
        WorstItem(group, photos.get(code, [])[:PHOTOS_OF_ONE])
        for group, code in zip(groups, codes, strict=True)
    ]


def critical_findings(visits: QuerySet[Visit]) -> QuerySet[Observation]:
    """Critical items that failed, the latest first: each is told by itself, whatever the rate is."""
    return (
        Observation.objects.filter(visit__in=visits.order_by(), answer=Answer.NO, item__critical=True)
        .select_related("item", "visit__site", "visit__street", "visit__kind", "case")
        .defer("visit__site__outline", "visit__street__boundary")
        .prefetch_related("photos")
        .order_by("-visit__ended_at", "pk")
    )
