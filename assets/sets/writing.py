"""Carrying out a plan, and the one way in which thousands of rows are written by one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.backends.utils import CursorWrapper

from assets.models import Batch, MaintenanceState, Outcome
from assets.models.maintenance import OPEN_STATES
from assets.sets.planning import Planned

FEW = 100
# As PostgreSQL's own vacuum has it (autovacuum_analyze_scale_factor): what grew by more is counted anew.
_GROWN = 0.1


def write_many(
    cursor: CursorWrapper,
    statement: str,
    parameters: Sequence[Any] | Mapping[str, Any] | None = None,
    *,
    at_most: int | None = None,
) -> int:
    """Run a statement that may change thousands of rows with history; returns how many it changed.

    A connection keeps the plan of each statement in a trigger from its first use. Made for the few rows of an earlier
    change, the history trigger's join of old and new rows compares every one with every other: minutes for 50,000. So
    the triggers' statements are planned anew, and those of rows told that none of them is ignored.

    Args:
        at_most: how many rows it can change, where that is known: a few keep the plans.
    """
    if at_most is None or at_most > FEW:
        ignore_no_trigger(cursor)
        cursor.execute("DISCARD PLANS")
    cursor.execute(statement, parameters)
    return int(cursor.rowcount)


def ignore_no_trigger(cursor: CursorWrapper) -> None:
    """Say outright, for the rest of the transaction, that every trigger is to run.

    pgtrigger finds out by an exception for every row otherwise, and each walks over all foreign keys that are still to
    be checked: 20,000 rows changed after 20,000 new ones took 76 s instead of one.
    """
    cursor.execute("SET LOCAL pgtrigger.ignore = '{}'")


def count_anew(cursor: CursorWrapper, table: str, added: int) -> None:
    """Let PostgreSQL know that a table of the catalogue has grown, before anything joins the rows that are new.

    Vacuum does so a minute later and sees only what is committed: until then a table that it last saw empty (a first
    import, one after an import that failed) passes for one row, and joins with it compare every row with every other.

    Args:
        table: in the database, one of those that `assets_refresh_statistics()` reads.
        added: how many rows it got.
    """
    if added <= FEW:
        return
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
    if added > _GROWN * cursor.fetchone()[0]:
        cursor.execute("SELECT assets_refresh_statistics()")


def write(cursor: CursorWrapper, batch: Batch, planned: Planned, day: date) -> None:
    """Write `set_plan` into the assets, their postings and jobs, within a batch.

    Args:
        day: on which artworks come down and go up.
    """
    if "lifecycle" in planned.columns:
        _end_what_goes_on(cursor)
    assignments = ", ".join(f"{column} = p.{column}" for column in planned.columns)
    write_many(
        cursor,
        # Names of columns.
        f"UPDATE assets_asset a SET {assignments} FROM set_plan p"  # noqa: S608
        " WHERE a.id = p.asset_id AND p.reason IS NULL"
        " AND (p.edits OR p.moves OR p.removes OR p.lives OR p.posts OR p.dates)",
    )
    if "artwork_id" in planned.columns:
        _post(cursor, day)
    write_many(
        cursor,
        "INSERT INTO assets_batchitem (batch_id, asset_id, outcome)"
        " SELECT %s, asset_id, %s FROM set_plan WHERE reason IS NULL AND writes ORDER BY asset_id",
        [batch.pk, Outcome.UPDATED.value],
    )


def remove_all(cursor: CursorWrapper, assets: str, day: date, reason: str) -> None:
    """What `remove_asset` does, for all assets of a query: posting closed, jobs cancelled, date and reason.

    Args:
        assets: SQL of the caller's own that yields their primary keys, without parameters.
    """
    cursor.execute("SELECT EXISTS (" + assets + ")")
    if not cursor.fetchone()[0]:
        return
    _close_postings(cursor, f"SELECT id AS asset_id, %s::date AS day FROM ({assets}) AS gone (id)", [day])  # noqa: S608
    _cancel_jobs(cursor, assets)
    write_many(
        cursor,
        "UPDATE assets_asset SET lifecycle = 'removed', removed_on = %s, removal_reason = %s, artwork_id = NULL "  # noqa: S608
        f"WHERE id IN ({assets})",
        [day, reason],
    )


def _end_what_goes_on(cursor: CursorWrapper) -> None:
    """What is removed shows nothing from its day on, and nobody has to come for it."""
    removed = "FROM set_plan WHERE ends AND reason IS NULL"
    cursor.execute(f"SELECT EXISTS (SELECT {removed})")
    if cursor.fetchone()[0]:
        _close_postings(cursor, f"SELECT asset_id, removed_on AS day {removed}", [])
        _cancel_jobs(cursor, f"SELECT asset_id {removed}")


def _post(cursor: CursorWrapper, day: date) -> None:
    """Postings follow the artworks that were written."""
    changed = "FROM set_plan WHERE posts AND NOT ends AND reason IS NULL"
    cursor.execute(f"SELECT EXISTS (SELECT {changed})")
    if not cursor.fetchone()[0]:
        return
    _close_postings(cursor, f"SELECT asset_id, %s::date AS day {changed}", [day])
    write_many(
        cursor,
        "INSERT INTO assets_posting (asset_id, artwork_id, posted_on)"
        f" SELECT asset_id, artwork_id, %s {changed} AND artwork_id IS NOT NULL ORDER BY asset_id",
        [day],
    )


def _close_postings(cursor: CursorWrapper, ends: str, parameters: list[Any]) -> None:
    """End the open postings of some assets on a day of each, never before they began."""
    write_many(
        cursor,
        "UPDATE assets_posting posting SET taken_down_on = greatest(posted_on, ends.day)"  # noqa: S608
        f" FROM ({ends}) AS ends WHERE posting.taken_down_on IS NULL AND posting.asset_id = ends.asset_id",
        parameters,
    )


def _cancel_jobs(cursor: CursorWrapper, assets: str) -> None:
    write_many(
        cursor,
        f"UPDATE assets_maintenance SET state = %s WHERE state = ANY(%s) AND asset_id IN ({assets})",  # noqa: S608
        [MaintenanceState.CANCELLED.value, [state.value for state in OPEN_STATES]],
    )
