"""Rows of the declared layers, a page at a time: what OGC API and the JSON API read.

Pages are continued by a cursor that names the last row (keyset paging), so a page is the same whatever was added or
taken away before it, and the last one costs what the first one did.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import DataError, InternalError, connection, transaction
from django.utils.translation import gettext as _

from assets.chosen_sql import Sql
from assets.fields import Field, Kind
from assets.filter_parameters import FilterError
from assets.layers import Layer
from assets.paging import no_cursor, read, written

_CASTS = {
    Kind.TEXT: "text",
    Kind.INTEGER: "bigint",
    Kind.NUMBER: "double precision",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.MOMENT: "timestamptz",
}
# Everything that can be put in order.
SORTABLE = frozenset(_CASTS)


@dataclass(frozen=True)
class SortBy:
    """By which field, and which way; rows without a value come last."""

    field: Field
    descending: bool = False

    @property
    def name(self) -> str:
        """As it is written in addresses."""
        return f"-{self.field.name}" if self.descending else self.field.name


@dataclass(frozen=True)
class Selection:
    """Which rows of a layer, in which order and language.

    Args:
        conditions: what holds of them, all at once; the user's permission is one of these.
        expensive: the parameter whose condition a client wrote, to be named when the database cannot compute it.
    """

    layer: Layer
    conditions: tuple[Sql, ...]
    language: str
    today: date
    order: SortBy | None = None
    expensive: str = "filter"

    def narrowed(self, *conditions: Sql) -> "Selection":
        """Fewer of them."""
        return replace(self, conditions=(*self.conditions, *conditions))

    def sql_of(self, name: str) -> str:
        """SQL of a field."""
        return self.layer.sql(name, language=self.language, today=self.today)

    def count(self) -> int:
        """How many there are."""
        where, params = _all(self.conditions)
        # All parts are declarations and what was compiled from checked input, with its parameters apart.
        statement = f"SELECT count(*) FROM {self.layer.rows(where)} WHERE {where}"  # noqa: S608
        return int(self._fetch(statement, params)[0][0])

    def page(self, select: str, size: int, cursor: str | None) -> tuple[list[Any], str | None]:
        """The values of one SQL expression for the rows of a page, and the cursor of the next page.

        Args:
            select: a text or JSON expression over the layer's tables; it may use `columns`.
            size: rows at most.
            cursor: what the page before gave.

        Raises:
            FilterError: naming `cursor`, or the filter that cannot be computed.
        """
        key = f"({self.sql_of(self.layer.key)})"
        where, params = _all((*self.conditions, self._after(cursor)))
        sort = f"({self._sort_sql()})::text" if self.order else "NULL"
        direction = "DESC" if self.order and self.order.descending else "ASC"
        by = f"{self._sort_sql()} {direction} NULLS LAST, " if self.order else ""
        statement = f"""
            SELECT {select}, {key}::text, {sort} FROM {self.layer.rows(where, select, key, sort)}
            WHERE {where} ORDER BY {by}{key} LIMIT {size + 1}
        """  # noqa: S608 -- as above
        rows = self._fetch(statement, params)
        following = None
        if len(rows) > size:
            _value, last_key, last_sort = rows[size - 1]
            following = written([self.order.name if self.order else "", last_key, last_sort])
        return [row[0] for row in rows[:size]], following

    def _sort_sql(self) -> str:
        if self.order is None:
            return ""
        return f"({self.sql_of(self.order.field.name)})::{_CASTS[self.order.field.kind]}"

    def _after(self, cursor: str | None) -> Sql:
        """The condition that leaves what comes after a cursor's row."""
        if cursor is None:
            return "true", ()
        key_field = self.layer.field(self.layer.key)
        key = f"({self.sql_of(self.layer.key)})"
        cast = _CASTS[key_field.kind] if key_field else "text"
        said_order, last_key, last_sort = read(cursor, 3)
        beyond_key = f"{key} > %s::{cast}"
        if said_order != (self.order.name if self.order else "") or not _is(last_key, cast):
            raise no_cursor()
        if self.order is None:
            return beyond_key, (last_key,)
        sort, sort_cast = self._sort_sql(), _CASTS[self.order.field.kind]
        if last_sort is None:
            return f"({sort} IS NULL AND {beyond_key})", (last_key,)
        if not _is(last_sort, sort_cast):
            raise no_cursor()
        beyond = "<" if self.order.descending else ">"
        value = f"%s::{sort_cast}"
        return (
            f"({sort} {beyond} {value} OR {sort} IS NULL OR ({sort} = {value} AND {beyond_key}))",
            (last_sort, last_sort, last_key),
        )

    def _fetch(self, statement: str, params: Sequence[Any]) -> list[Any]:
        try:
            # Inside a transaction of somebody else's, what cannot be computed must not spoil the rest.
            with transaction.atomic(), connection.cursor() as cursor:
                # A dozen tables that each join one row need no plan but the written one: 10 ms instead of 200.
                cursor.execute(f"SET LOCAL join_collapse_limit = 1; {statement}", params)
                return list(cursor.fetchall())
        except (DataError, InternalError):
            raise FilterError(self.expensive, _("The database cannot compute this.")) from None


def feature_sql(selection: Selection, geometry: str) -> str:
    """The SQL expression of a row as a GeoJSON feature in text; `geometry` is SQL of its geometry as GeoJSON text."""
    columns = selection.layer.columns(language=selection.language, today=selection.today)
    key = selection.layer.field(selection.layer.key)
    identity = f"to_json({selection.sql_of(selection.layer.key)})::text"
    if key is not None and key.kind is Kind.INTEGER:
        identity = f"({selection.sql_of(selection.layer.key)})::text"
    head = f"""'{{"type":"Feature","id":' || {identity} || ',"geometry":' || coalesce({geometry}, 'null')"""
    return f"""{head} || ',"properties":' || {_row_as_json(columns)} || '}}'"""


def properties_sql(selection: Selection) -> str:
    """The SQL expression of a row's fields as a JSON object in text, with `lon` and `lat` where it has a point."""
    columns = selection.layer.columns(language=selection.language, today=selection.today)
    if selection.layer.shape == "Point":
        point = selection.layer.geometry
        columns += f", ST_X({point}) AS lon, ST_Y({point}) AS lat"
    return _row_as_json(columns)


def _row_as_json(columns: str) -> str:
    # Declared columns only.
    return f"(SELECT row_to_json(properties) FROM (SELECT {columns}) properties)::text"  # noqa: S608


def _all(conditions: Sequence[Sql]) -> tuple[str, list[Any]]:
    where = " AND ".join(f"({sql})" for sql, _params in conditions) or "true"
    return where, [param for _sql, params in conditions for param in params]


def _is(value: Any, cast: str) -> bool:
    """Whether a text that came back in a cursor can be cast."""
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        if cast == "bigint":
            return -(2**63) <= int(value) < 2**63
        if cast == "double precision":
            return value == str(value).strip() and float(value) == float(value)
        if cast == "boolean":
            return value in ("true", "false")
        if cast == "date":
            return bool(date.fromisoformat(value))
        if cast == "timestamptz":
            return bool(datetime.fromisoformat(value))
    except ValueError:
        return False
    return cast == "text"
