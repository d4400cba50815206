"""CSV: UTF-8 with a byte order mark, so that Excel shows Chinese, and without cells that a spreadsheet would run.

A text that begins with = + - @, their full-width forms, a tab or a line break gets an apostrophe before it; so does one
that would otherwise read as such an escape. The importer takes exactly that apostrophe off again.

A spreadsheet that opens a CSV takes for numbers and days what looks like them: of the 17 digits of a component id two
are lost, 0012 becomes 12, 3-1 a day of March. The variant for spreadsheets writes such texts as ="0012", which they
compute to the text itself and save as it; the importer reads either.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from accounts.models import User
from assets.fields import Kind
from mapping.exports.progress import Watcher
from mapping.exports.rows import X, Y, as_text, decimals, open_rows
from mapping.exports.wanted import Wanted

# What a spreadsheet may read as a number, a day, a time, a share, an amount or a truth. No quotation mark, nothing that
# could be computed: what stands in ="…" is the text and no more.
_AMBIGUOUS = r"^[0-9A-Za-z年月日时分秒 .,:/%+()¥￥$-]*[0-9][0-9A-Za-z年月日时分秒 .,:/%+()¥￥$-]*$"
_LONGEST_GUARDED = 60
_TRUTHS = pa.array(["true", "false"])
_DANGEROUS = r"^'*[=+\-@＝＋－＠\t\r\n]"


def write_csv(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write the file; returns the number of rows."""
    headings = wanted.headings() + list(wanted.position_headings()) * wanted.with_position
    safe = guarded if wanted.format.name == "spreadsheet_csv" else defused
    with open_rows(wanted, user) as rows, CsvFile(path, headings) as file:
        progress(0, rows.count)
        for batch in rows.batches():
            columns = [
                safe(as_text(field, batch.column(field.name)))
                if field.kind in (Kind.TEXT, Kind.LIST)
                else as_text(field, batch.column(field.name))
                for field in wanted.fields
            ]
            if wanted.with_position:
                columns += [in_digits(batch.column(axis), decimals(wanted)) for axis in (X, Y)]
            file.write(columns)
            progress(batch.num_rows)
    return rows.count


class CsvFile:
    """A CSV file with its mark and its headings, to be filled with columns."""

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self._file = path.open("wb")
        self._headings = list(headings)

    def __enter__(self) -> CsvFile:
        quoted = ('"' + heading.replace('"', '""') + '"' for heading in self._headings)
        self._file.write(codecs.BOM_UTF8 + ",".join(quoted).encode() + b"\n")
        return self

    def __exit__(self, *_exception: object) -> None:
        self._file.close()

    def write(self, columns: Sequence[pa.Array]) -> None:
        """Add rows."""
        batch = pa.RecordBatch.from_arrays(list(columns), names=self._headings)
        csv.write_csv(batch, self._file, csv.WriteOptions(include_header=False))


# First bytes of what `_DANGEROUS` looks for; the full-width forms share theirs with other characters.
_FIRST_BYTES = pa.array([bytes([byte]) for byte in b"'=+-@\t\r\n\xef"], type=pa.binary())


def defused(column: pa.Array) -> pa.Array:
    """Texts that no spreadsheet takes for a formula."""
    # Most columns hold none at all, and looking at one byte is far cheaper than matching.
    first = pc.binary_slice(column.cast(pa.binary()), 0, 1)
    if not pc.any(pc.is_in(first, value_set=_FIRST_BYTES)).as_py():
        return column
    dangerous = pc.match_substring_regex(column, _DANGEROUS)
    if not pc.any(dangerous).as_py():
        return column
    return pc.if_else(dangerous, pc.binary_join_element_wise("'", column, ""), column)


def guarded(column: pa.Array) -> pa.Array:
    """Texts that a spreadsheet shows, and saves, as they are."""
    short = pc.less_equal(pc.binary_length(column), _LONGEST_GUARDED)
    ambiguous = pc.or_(
        pc.match_substring_regex(column, _AMBIGUOUS), pc.is_in(pc.utf8_lower(column), value_set=_TRUTHS)
    )
    return pc.if_else(
        pc.and_(short, ambiguous), pc.binary_join_element_wise('="', column, '"', ""), defused(column)
    )


def in_digits(column: pa.Array, places: int) -> pa.Array:
    """Coordinates with so many decimals."""
    return pa.array(np.round(column.to_numpy(zero_copy_only=False), places))
