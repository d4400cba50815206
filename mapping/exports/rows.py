"""The rows of an export, as Arrow batches: what every format but the plain GeoJSON is written from.

PostgreSQL's COPY writes them into a temporary file and Arrow parses that, which is many times faster than rows through
a cursor; memory holds one batch, whatever the size. Each batch has a typed column a field, codes put into words where
asked for, and the position in the system asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings
from django.db import connection
from pyarrow import csv

from accounts.models import User
from assets.code_lists import code_list
from assets.fields import Field, Kind
from mapping.exports.wanted import Wanted
from places.coordinates import WGS84, Floats, from_wgs84

X, Y = "position_lon", "position_lat"
# Between the elements of a list on its way here; no text of the catalogue holds it.
_SEPARATOR = "\x1f"
# A row never exceeds a block, so this bounds a text too: no cell of the catalogue comes near.
_BLOCK_BYTES = 4 << 20

_TYPES = {
    Kind.TEXT: pa.string(),
    Kind.LIST: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.DATE: pa.date32(),
    Kind.MOMENT: pa.timestamp("us", tz="UTC"),
}
LIST = pa.list_(pa.string())


@dataclass
class Rows:
    """What `open_rows` gives: how many rows there are, and the rows themselves, to be read once."""

    wanted: Wanted
    count: int
    _file: IO[bytes]

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows: a column a field under its own name, then `X` and `Y`."""
        if not self.count:
            return
        fields = self.wanted.fields
        names = [*(field.name for field in fields), X, Y]
        types = {field.name: _TYPES[field.kind] for field in fields} | {X: pa.float64(), Y: pa.float64()}
        reader = csv.open_csv(
            self._file,
            read_options=csv.ReadOptions(column_names=names, block_size=_BLOCK_BYTES),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["t"],
                false_values=["f"],
            ),
        )
        convert = {field.name: _converter(self.wanted, field) for field in fields}
        for batch in reader:
            x, y = self._positions(batch)
            columns = [convert[field.name](batch.column(field.name)) for field in fields]
            yield pa.RecordBatch.from_arrays([*columns, pa.array(x), pa.array(y)], names=names)

    def empty(self) -> pa.RecordBatch:
        """A batch of no rows, for its types."""
        fields = self.wanted.fields
        types = [LIST if field.kind is Kind.LIST else _TYPES[field.kind] for field in fields]
        if self.wanted.in_words:
            types = [
                pa.string() if field.kind is Kind.BOOLEAN else kind
                for field, kind in zip(fields, types, strict=True)
            ]
        columns = [pa.array([], type=kind) for kind in [*types, pa.float64(), pa.float64()]]
        return pa.RecordBatch.from_arrays(columns, names=[*(field.name for field in fields), X, Y])

    def _positions(self, batch: pa.RecordBatch) -> tuple[Floats, Floats]:
        lon = np.asarray(batch.column(X).to_numpy(zero_copy_only=False), dtype=np.float64)
        lat = np.asarray(batch.column(Y).to_numpy(zero_copy_only=False), dtype=np.float64)
        return (lon, lat) if self.wanted.crs == WGS84 else from_wgs84(lon, lat, self.wanted.crs)


@contextmanager
def open_rows(wanted: Wanted, user: User) -> Iterator[Rows]:
    """Have the rows of an export, as they stand now, for as long as the block lasts."""
    with TemporaryFile(prefix="export-") as file, connection.cursor() as cursor:
        sql, params = _for_copy(wanted, user)
        text = cursor.mogrify(sql, params).decode()
        # The cursor's own method, which Django does not watch over.
        with connection.wrap_database_errors:
            cursor.copy_expert(f"COPY ({text}) TO STDOUT WITH (FORMAT csv)", file)
        count = cursor.rowcount
        file.seek(0)
        yield Rows(wanted, count, file)


def _for_copy(wanted: Wanted, user: User) -> tuple[str, tuple]:
    """The statement with lists as text, which CSV has no other way for."""
    lists = {field.name for field in wanted.fields if field.kind is Kind.LIST}
    sql, params = wanted.statement(user)
    if not lists:
        return sql, params
    select = ", ".join(
        f'array_to_string("{name}", E\'\\x1f\') AS "{name}"' if name in lists else f'"{name}"'
        for name in [*(field.name for field in wanted.fields), X, Y]
    )
    return f"SELECT {select} FROM ({sql}) wanted", params  # noqa: S608 -- names of declared fields


# --- Columns --------------------------------------------------------------------------------------------------------

Convert = Callable[[pa.Array], pa.Array]


def is_worded(wanted: Wanted, field: Field) -> bool:
    """Whether a field's codes are replaced by names; not where the names have a column of their own beside."""
    beside = {field.name for field in wanted.layer.fields}
    return wanted.in_words and bool(field.codes) and f"{field.name}_name" not in beside


def _converter(wanted: Wanted, field: Field) -> Convert:
    worded = is_worded(wanted, field)
    names = (
        {
            meaning.code: meaning.title(wanted.language)
            for meaning in code_list(field.codes, wanted.filter.reference.lists)
        }
        if worded
        else {}
    )
    if field.kind is Kind.LIST:
        return lambda column: _listed(column, names)
    if worded:
        return lambda column: _named(column, names)
    if wanted.in_words and field.kind is Kind.BOOLEAN:
        return lambda column: _yes_or_no(column, wanted.language)
    return lambda column: column


def _named(column: pa.Array, names: dict[str, str]) -> pa.Array:
    """Codes as names; what is in no list stays as it is."""
    found = pc.index_in(column, value_set=pa.array(list(names), type=pa.string()))
    return pc.coalesce(pa.array(list(names.values()), type=pa.string()).take(found), column)


def _listed(column: pa.Array, names: dict[str, str]) -> pa.Array:
    """Joined texts as lists, one for each different text."""
    encoded = column.dictionary_encode()
    lists = [
        [names.get(part, part) for part in text.split(_SEPARATOR)] if text else []
        for text in encoded.dictionary.to_pylist()
    ]
    return pa.array(lists, type=LIST).take(encoded.indices)


def _yes_or_no(column: pa.Array, language: str) -> pa.Array:
    yes, no = ("yes", "no") if language == "en" else ("是", "否")
    return pc.if_else(column, yes, no)


# --- For formats that are text --------------------------------------------------------------------------------------


def as_text(field: Field, column: pa.Array) -> pa.Array:
    """A column as people read it: lists joined, moments on the district's clock, dates as 2026-11-24."""
    if field.kind is Kind.LIST:
        return pc.binary_join(column, "、" if field.codes else " ")
    if field.kind is Kind.MOMENT:
        return moments_as_text(column)
    if field.kind in (Kind.DATE, Kind.BOOLEAN):
        return column.cast(pa.string())
    return column


def moments_as_text(column: pa.Array) -> pa.Array:
    """2026-11-24T08:00:00+08:00"""
    whole = pc.floor_temporal(column, unit="second")
    return pc.strftime(whole.cast(pa.timestamp("s", tz=settings.TIME_ZONE)), format="%Y-%m-%dT%H:%M:%S%Ez")


def decimals(wanted: Wanted) -> int:
    """Decimals of a coordinate in text: about a centimetre, what a surveyed position is good for."""
    return 7 if wanted.crs.degrees else 3
