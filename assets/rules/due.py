"""When an asset is to be looked at next: an interval after it was last seen, else installed, else registered.

The trigger on inspections is made of the SQL below, so this module imports no model.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

# The fields of an asset, beside its inspections, that the day follows from.
DEPENDS_ON = frozenset({"type", "installed_on"})


def next_due(
    interval_days: int, *, seen_at: datetime | None, installed_on: date | None, registered_at: datetime
) -> date:
    """The day of the next inspection.

    Args:
        interval_days: of the asset's type.
        seen_at: when the inspection happened that its condition rests on.
    """
    start = timezone.localdate(seen_at) if seen_at else installed_on or timezone.localdate(registered_at)
    return start + timedelta(days=interval_days)


def next_due_sql(*, seen: str, installed: str, registered: str, interval: str) -> str:
    """The same of SQL expressions: two moments, a day, and a number of days between inspections."""
    zone = settings.TIME_ZONE
    return f"""coalesce(({seen} AT TIME ZONE '{zone}')::date, {installed},
                        ({registered} AT TIME ZONE '{zone}')::date)
                   + {interval}"""
