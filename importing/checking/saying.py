"""Adds what a check says to the verdicts of a staged ledger."""

from __future__ import annotations

from typing import Any

from django.db.backends.utils import CursorWrapper

from importing.verdicts import SENTENCES


def say(cursor: CursorWrapper, code: str, field: str, query: str, params: list[Any] | None = None) -> None:
    """Add the verdict `code` to each row of a query that yields (row_no, value, params as jsonb)."""
    assert code in SENTENCES, code
    cursor.execute(
        # The query is a literal of this module; what comes from outside is a parameter.
        "INSERT INTO import_verdict (row_no, value, params, field, code, phase) "  # noqa: S608
        f"SELECT said.row_no, coalesce(said.value, ''), said.params, %s, %s, 'check' FROM ({query}) "
        "AS said (row_no, value, params)",
        [field, code, *(params or [])],
    )
    if cursor.rowcount:
        # The next check leaves out rows of which something was said: how many decides how it does so.
        cursor.execute("ANALYZE import_verdict")
