"""Removing many assets at once: what an import and the undoing of one both do, inside their own transaction."""

from datetime import date, datetime

from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from assets.models import MaintenanceState
from assets.models.maintenance import OPEN_STATES


def remove_all(cursor: CursorWrapper, assets: str, now: datetime, reason: str) -> None:
    """What `remove_asset` does, for all assets of a query: posting closed, jobs cancelled, date and reason.

    Args:
        assets: SQL of the caller's own that yields their primary keys, without parameters.
    """
    cursor.execute("SELECT EXISTS (" + assets + ")")
    if not cursor.fetchone()[0]:
        return
    day = timezone.localdate(now)
    end_what_goes_on(cursor, assets, day)
    cursor.execute(
        "UPDATE assets_asset SET lifecycle = 'removed', removed_on = %s, removal_reason = %s, artwork_id = NULL "  # noqa: S608
        f"WHERE id IN ({assets})",
        [day, reason],
    )


def end_what_goes_on(cursor: CursorWrapper, assets: str, day: date) -> None:
    """Close the postings of all assets of a query, and cancel their open jobs.

    Args:
        assets: as above.
    """
    cursor.execute(
        f"UPDATE assets_posting SET taken_down_on = greatest(posted_on, %s) "  # noqa: S608 (the caller's literal)
        f"WHERE taken_down_on IS NULL AND asset_id IN ({assets})",
        [day],
    )
    cursor.execute(
        f"UPDATE assets_maintenance SET state = %s WHERE state = ANY(%s) AND asset_id IN ({assets})",  # noqa: S608
        [MaintenanceState.CANCELLED, [state.value for state in OPEN_STATES]],
    )
