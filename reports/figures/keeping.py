"""Keeps the figures of each day that is over, once; what was missed is worked out from history afterwards."""

from datetime import date, timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from reports.figures.standing import Told, assets_standing, cases_standing, end_of
from reports.models import AssetFigure, CaseFigure, Night

# Some seconds' work at the most: whatever else waits for the worker comes in between.
MOST_AT_ONCE = 14
CONDITIONS = ("unknown", "good", "minor", "damaged", "severe", "missing")
LAMPS = ("green", "amber", "red", "held", "none")


def keep_day(day: date, told: Told = Told.WRITTEN) -> bool:
    """Keep the figures of a day that is over, unless they are kept; whether they were written now."""
    moment = end_of(day)
    if moment > timezone.now():
        raise ValueError(f"{day} is not over")
    with transaction.atomic():
        # Two workers at once: the second waits for the first, and finds the night.
        night, new = Night.objects.get_or_create(day=day)
        if not new:
            return False
        AssetFigure.objects.bulk_create(
            AssetFigure(
                night=night,
                place=row.place,
                type=row.type,
                **dict(zip(CONDITIONS, row.conditions, strict=True)),
                overdue=row.overdue,
            )
            for row in assets_standing(day, moment, told)
        )
        CaseFigure.objects.bulk_create(
            CaseFigure(
                night=night,
                place=row.place,
                source=row.source,
                **{lamp: getattr(row, lamp) for lamp in LAMPS},
            )
            for row in cases_standing(moment, told)
        )
    return True


def missing_days(today: date) -> list[date]:
    """The days over since history began whose figures are not kept, the latest first."""
    began = apps.get_model("assets", "AssetEvent").objects.aggregate(began=Min("pgh_created_at"))["began"]
    if began is None:
        return []
    first, last = timezone.localdate(began), today - timedelta(days=1)
    kept = set(Night.objects.filter(day__gte=first).values_list("day", flat=True))
    days = (last - timedelta(days=back) for back in range((last - first).days + 1))
    return [day for day in days if day not in kept]


def keep_what_is_missing() -> int:
    """Keep the latest days that are missing; how many were written. The worker's chore of every hour."""
    days = missing_days(timezone.localdate())[:MOST_AT_ONCE]
    return sum(keep_day(day) for day in days)
