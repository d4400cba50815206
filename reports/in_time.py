"""How much was put right in time: of the cases whose limit fell into a month and that are not on hold, how many.

A case counts in the month of its last limit to put it right, and is in time when it was put right by then. What was
voided, rejected or merged is out; what is still open after its limit counts as not in time. The rate goes with its n.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from cases.models import CaseQuerySet, Clock, ClockKind, State

_OUT = (State.VOIDED, State.REJECTED, State.DUPLICATE, State.DRAFT)


@dataclass
class InTime:
    """Of one month, street …: how many limits there were, and how many were kept."""

    due: int = 0
    kept: int = 0

    @property
    def rate(self) -> float | None:
        """In percent; None where nothing was due."""
        return 100 * self.kept / self.due if self.due else None


def in_time(
    cases: CaseQuerySet, begin: datetime, end: datetime, now: datetime
) -> dict[tuple[int | None, date], InTime]:
    """(Street, first day of the month) → how many of the limits between two moments were kept.

    Args:
        now: what falls due later than this has not been missed.
    """
    last = Clock.objects.filter(case=OuterRef("pk"), kind=ClockKind.HANDLE).order_by("-id")
    rows = (
        cases.exclude(state__in=_OUT)
        .order_by()
        .annotate(clock=Subquery(last.values("pk")[:1]))
        .filter(clock__isnull=False)
    )
    clocks = Clock.objects.filter(
        pk__in=rows.values("clock"), held_at__isnull=True, due_at__gte=begin, due_at__lt=min(end, now)
    )
    found: dict[tuple[int | None, date], InTime] = defaultdict(InTime)
    for street, due, ended in clocks.values_list(F("case__street_id"), "due_at", "ended_at"):
        limits = found[street, timezone.localdate(due).replace(day=1)]
        limits.due += 1
        limits.kept += ended is not None and ended <= due
    return dict(found)
