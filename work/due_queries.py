"""Inspections that are due: counts by street and type, and the assets in order of their day.

An asset's next day follows from its type's interval and its latest inspection; the database keeps it
(`Asset.next_inspection_due`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from assets.filter_parameters import FilterError
from assets.filters import AssetFilter
from assets.models import STANDING, Asset, Maintenance, MaintenanceKind
from assets.models.maintenance import OPEN_STATES
from assets.paging import Key, Keyset, Page
from assets.rules.lateness import late_inspections
from places.models import Level

PAGE = 50
WINDOWS = {
    "overdue": gettext_lazy("Overdue"),
    "week": gettext_lazy("Due within 7 days"),
    "month": gettext_lazy("Due within 30 days"),
}


def in_window(window: str, today: date) -> Q:
    """Due then; the windows do not overlap."""
    week, month = today + timedelta(days=7), today + timedelta(days=30)
    due = {
        "overdue": late_inspections(today),
        "week": Q(next_inspection_due__gte=today, next_inspection_due__lt=week),
        "month": Q(next_inspection_due__gte=week, next_inspection_due__lt=month),
    }
    return due[window] & Q(lifecycle__in=STANDING)


@dataclass
class DueRow:
    """One street or type: how many of its assets are due in each window, and how many of those have a job for it."""

    code: str
    name: str
    overdue: int = 0
    week: int = 0
    month: int = 0
    assigned: int = 0

    @property
    def total(self) -> int:
        """Over all windows."""
        return self.overdue + self.week + self.month


@dataclass(frozen=True)
class Due:
    """Everything that is due within thirty days, by street and by type."""

    total: DueRow
    streets: list[DueRow]
    types: list[DueRow]


def _due(asset_filter: AssetFilter, user: User) -> QuerySet[Asset]:
    today = asset_filter.reference.today
    job = Maintenance.objects.filter(
        asset_id=OuterRef("pk"), kind=MaintenanceKind.INSPECT, state__in=OPEN_STATES
    )
    return (
        asset_filter.assets(user)
        .filter(in_window("overdue", today) | in_window("week", today) | in_window("month", today))
        .annotate(has_job=Exists(job))
        .order_by()
    )


def due_counts(asset_filter: AssetFilter, user: User) -> Due:
    """The counts of what the filter leaves, in one pass."""
    today, lists = asset_filter.reference.today, asset_filter.reference.lists
    rows = (
        _due(asset_filter, user)
        .values_list("street_id", "type_id")
        .annotate(
            **{window: Count("pk", filter=in_window(window, today)) for window in WINDOWS},
            assigned=Count("pk", filter=Q(has_job=True)),
        )
    )
    streets = {area.id: DueRow(area.code, area.name) for area in lists.areas_at(Level.STREET).values()}
    unknown = streets[None] = DueRow("none", _("Area unknown"))  # type: ignore[index]
    types = {entry.pk: DueRow(entry.code, entry.name) for entry in lists.types.values()}
    total = DueRow("", "")
    for street, kind, overdue, week, month, assigned in rows:
        # A street or type that was added while this ran is not among the lists that were read before.
        for row in (total, streets.get(street, unknown), types.get(kind, DueRow("", ""))):
            row.overdue += overdue
            row.week += week
            row.month += month
            row.assigned += assigned
    return Due(total, _most_overdue_first(streets.values()), _most_overdue_first(types.values()))


def _most_overdue_first(rows: Iterable[DueRow]) -> list[DueRow]:
    return sorted((row for row in rows if row.total), key=lambda row: (-row.overdue, -row.total, row.code))


_LONGEST_OVERDUE_FIRST = Keyset("due", (Key("next_inspection_due", date), Key("pk", int)))


def page_of_due(
    asset_filter: AssetFilter,
    user: User,
    *,
    window: str | None = None,
    cursor: str | None = None,
    size: int = PAGE,
) -> Page[Asset]:
    """One page of what is due, longest overdue first, continued where the cursor says.

    Args:
        window: a key of `WINDOWS`; all of them when not given.

    Raises:
        FilterError: naming `when` or `cursor`.
    """
    due = _due(asset_filter, user)
    if window is not None:
        if window not in WINDOWS:
            raise FilterError("when", _("“%(value)s” does not exist.") % {"value": window[:80]})
        due = due.filter(in_window(window, asset_filter.reference.today))
    with_names = due.select_related("type", "street", "community", "maintainer").defer(
        "street__boundary", "community__boundary", "footprint"
    )
    return _LONGEST_OVERDUE_FIRST.page_of(with_names, cursor, size)
