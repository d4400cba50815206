"""The streets in figures: one row each, every number of which leads to its list."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import READ, scope_of
from assets.filters import read_filter
from assets.legend import areas_in_scope
from cases.filters import read_case_filter
from cases.lamps import RED, lamp_condition
from places.models import Level
from reports.counting import ASSETS, CASES, DUE, leads_to
from reports.start.assets import StreetAssets


@dataclass(frozen=True)
class StreetRow:
    """One street. The rate is that of the map: of what was inspected, how much is not damaged or worse."""

    code: str
    name: str
    assets: int
    inspected: int
    damaged: int
    overdue: int
    open: int
    late: int

    @property
    def rate(self) -> float | None:
        """In percent; None where nothing was inspected."""
        return 100 * (self.inspected - self.damaged) / self.inspected if self.inspected else None

    def _to(self, page: str, query: str = "") -> str:
        return leads_to(page, f"{query}&street={self.code}" if query else f"street={self.code}")

    @property
    def to_assets(self) -> str:
        """Its assets."""
        return self._to(ASSETS)

    @property
    def to_damaged(self) -> str:
        """Those that are damaged or worse."""
        return self._to(ASSETS, "condition=damaged,severe,missing")

    @property
    def to_overdue(self) -> str:
        """Those whose inspection is overdue."""
        return self._to(DUE, "when=overdue")

    @property
    def to_open(self) -> str:
        """Its open cases."""
        return self._to(CASES, "state=open")

    @property
    def to_late(self) -> str:
        """Those of them that are late."""
        return self._to(CASES, "lamp=red")


def street_rows(user: User, assets: StreetAssets, query: str = "") -> list[StreetRow]:
    """The streets that a reader sees, by code; what lies in no known street is the last row. One query, of the cases.

    Args:
        query: of a filter that assets and cases both read: `street=…`, `community=…` or nothing.
    """
    case_filter = read_case_filter(query, user)
    lists = read_filter(query).reference.lists
    of_assets = {
        street: (
            numbers["all"],
            numbers["all"] - numbers["unknown"],
            numbers["damaged"],
            numbers["overdue"],
        )
        for street, numbers in assets.by_street.items()
    }
    cases = {
        street: counts
        for street, *counts in case_filter.cases(user)
        .order_by()
        .values_list("street_id")
        .annotate(n=Count("pk"), late=Count("pk", filter=lamp_condition(RED, case_filter.reference.now)))
    }
    areas = areas_in_scope(lists.areas_at(Level.STREET).values(), scope_of(user, READ))
    named = [(area.id, area.code, area.name) for area in areas]
    rows = [
        StreetRow(code, name, *of_assets.get(key, (0, 0, 0, 0)), *cases.get(key, (0, 0)))
        for key, code, name in [*named, (None, "none", _("Area unknown"))]
        if key in of_assets or key in cases or (not query and key is not None)
    ]
    return rows
