"""Small tables as a page shows them, to be taken away: no layer of the register, and no more rows than a page has.

`csv_of` writes one as CSV, `mapping.exports.workbook.xlsx_of` several as XLSX; both as safe as the exports.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from mapping.exports.delimited import CsvFile, defused

# A decimal is money.
Value = str | int | Decimal | date | None


@dataclass(frozen=True)
class Table:
    """A heading for each column, and rows of values."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]
    widths: Sequence[int]  # in characters, for spreadsheets


def csv_of(table: Table) -> bytes:
    """A table as CSV: with a byte order mark, and without cells that a spreadsheet would run."""
    columns = [_column([row[place] for row in table.rows]) for place in range(len(table.headings))]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with CsvFile(path, table.headings) as file:
            file.write(columns)
        return path.read_bytes()


def _column(values: Sequence[Value]) -> pa.Array:
    if all(isinstance(value, int) for value in values):
        return pa.array(values, pa.int64())
    if all(isinstance(value, Decimal) for value in values):
        return pa.array(values, pa.decimal128(14, 2))
    return defused(pa.array(["" if value is None else str(value) for value in values], pa.string()))
