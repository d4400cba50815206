"""Reads a ledger in a process of its own (`places.apart`); everybody who reads one comes through here.

The table comes back through a folder, a file a column, as it is kept beside a ledger (`kept`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from importing.collector import collector_paused
from importing.errors import LedgerError
from importing.kept import keep, kept
from importing.reading import Table, read_table
from importing.reading.layout import FOUND, Layout
from places.apart import USUAL, GaveUp, Limits, run_apart


def read_apart(
    path: Path,
    *,
    filename: str | None = None,
    layout: Layout = FOUND,
    limits: Limits = USUAL,
) -> Table:
    """Read the ledger at `path`, as `reading.read_table` does.

    Raises:
        LedgerError: whatever is wrong with the file; reader_gave_up when it needs more than an import may have.
        OSError: it is not there.
    """
    with tempfile.TemporaryDirectory(prefix="reading-") as folder:
        into = Path(folder) / "table"
        try:
            run_apart(_read_into, into, path, filename, layout, limits=limits)
        except GaveUp as error:
            raise LedgerError("reader_gave_up") from error
        with collector_paused():
            table = kept(into)
    assert table is not None
    return table


def _read_into(into: Path, path: Path, filename: str | None, layout: Layout) -> None:
    with collector_paused():
        keep(read_table(path, filename=filename, layout=layout), into)
