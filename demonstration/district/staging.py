"""Bulk loading that keeps the history's context: COPY into a temporary table, then one INSERT … SELECT.

Rows that are COPYed straight into a tracked table would reach the history triggers without their context
(docs/design.md). Columns are given as lists of text in COPY's own notation, `NULL` for nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray
from psycopg2 import sql

NULL = r"\N"
Columns = Mapping[str, Sequence[str]]
Rows = dict[str, list[str]]


def insert(table: str, columns: Columns) -> int:
    """Insert rows into a table by way of a staging table; returns how many."""
    stage = f"staged_{table}"
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    parts = {"stage": sql.Identifier(stage), "table": sql.Identifier(table), "names": names}
    with connection.cursor() as cursor:

        def execute(statement: str) -> None:
            # As text, because pghistory puts its context in front of text only.
            cursor.execute(sql.SQL(statement).format(**parts).as_string(cursor.connection))

        execute("CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS SELECT {names} FROM {table} WHERE false")
        count = copy(stage, columns)
        if count:
            execute("INSERT INTO {table} ({names}) SELECT {names} FROM {stage}")
        execute("DROP TABLE {stage}")
    return count


def copy(table: str, columns: Columns) -> int:
    """COPY rows into a table as they are; returns how many."""
    count = len(next(iter(columns.values())))
    if count:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        text = StringIO("\n".join(map("\t".join, zip(*columns.values(), strict=True))) + "\n")
        with connection.cursor() as cursor:
            cursor.copy_expert(statement, text)
    return count


def next_keys(table: str, count: int) -> NDArray[np.int64]:
    """Fresh primary keys from a table's own sequence, so that rows can refer to each other before they are in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return np.array([key for (key,) in cursor.fetchall()], dtype=np.int64)


def texts(values: Iterable[object]) -> list[str]:
    """Values as COPY writes them; None is NULL."""
    return [NULL if value is None else str(value) for value in values]


def flags(values: Iterable[bool | None]) -> list[str]:
    """True and false as COPY writes them, and what nobody has said."""
    return [NULL if value is None else "t" if value else "f" for value in values]


def arrays(values: Iterable[Iterable[str]]) -> list[str]:
    """Lists of codes (letters, digits, underscores) as COPY writes arrays."""
    return ["{" + ",".join(codes) + "}" for codes in values]


def uuids(count: int, rng: np.random.Generator) -> list[str]:
    """Random UUIDs that are the same for the same seed."""
    digits = rng.bytes(16 * count).hex()
    return [digits[start : start + 32] for start in range(0, 32 * count, 32)]


def geometries(shapes: NDArray[np.object_]) -> list[str]:
    """Shapes (WGS84) as hexadecimal EWKB; None is NULL."""
    encoded = shapely.to_wkb(shapely.set_srid(shapes, 4326), hex=True, include_srid=True)
    return [NULL if digits is None else digits for digits in encoded.tolist()]


def point_texts(degrees: NDArray[np.float64]) -> list[str]:
    """Points (n, 2) of longitude and latitude as hexadecimal EWKB."""
    return geometries(shapely.points(degrees))


def days(values: NDArray[np.datetime64]) -> list[str]:
    """Dates as COPY writes them; NaT is NULL."""
    return [NULL if day == "NaT" else day for day in np.datetime_as_string(values, unit="D").tolist()]


def moments(values: NDArray[np.datetime64]) -> list[str]:
    """Local times of the district (which knows no summer time) as COPY writes them; NaT is NULL."""
    written = np.datetime_as_string(values, unit="m").tolist()
    return [NULL if moment == "NaT" else f"{moment}+08:00" for moment in written]
