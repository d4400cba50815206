"""Who answered for a street on a day, for the score sheets: scores follow the holder at the time (包挂).

Unit and post only: a sheet is read by more people than may know names.
"""

from collections.abc import Iterable
from datetime import date

from places.models import Responsibility, ResponsibilityKind


def leaders_of(streets: Iterable[str], day: date) -> dict[str, str]:
    """The leaders of streets on a day, by the street's code; several where rows overlap."""
    rows = Responsibility.objects.on(day).filter(kind=ResponsibilityKind.LEADER, area__code__in=list(streets))
    found: dict[str, list[str]] = {}
    for row in (
        rows.select_related("holder__unit", "area").defer("area__boundary").order_by("begins_on", "pk")
    ):
        assert row.area is not None  # of leaders it never is
        found.setdefault(row.area.code, []).append(str(row.holder))
    return {street: "、".join(posts) for street, posts in found.items()}
