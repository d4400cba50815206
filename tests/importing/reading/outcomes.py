"""What may come of any file at all: a whole table, or a refusal in words."""

from pathlib import Path

from importing.reading import LedgerError, Table, read_table


def whole_table_or_none(path: Path) -> Table | None:
    """The table of a file that may hold anything; None where it is refused.

    Raises:
        AssertionError: the table has no rows or lacks cells, or the refusal says nothing.
    """
    try:
        table = read_table(path)
    except LedgerError as error:
        assert str(error)  # noqa: PT017 (every outcome is allowed, an empty sentence is not)
        return None
    assert all(len(column) == len(table) > 0 for column in table.columns)
    return table
