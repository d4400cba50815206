"""GeoPackage: a layer with its code lists; assets are styled, with inspections and maintenance as related tables.

GDAL writes the layer; the tables beside it are written as SQLite, because only there can a table name the table it
belongs to. GDAL and QGIS read such foreign keys as relationships. The style is QGIS's own and in the table where QGIS
looks for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from accounts.models import User
from assets.code_lists import code_list
from assets.fields import Field, Kind
from assets.layers import ASSETS, INSPECTIONS, MAINTENANCE, Layer
from mapping.exports.geodata import write_layer
from mapping.exports.progress import Watcher
from mapping.exports.qgis_style import style_of
from mapping.exports.rows import as_text, open_rows
from mapping.exports.wanted import Wanted, named_in_full

CODES = "codes"
_SQL_TYPES = {
    Kind.TEXT: "TEXT",
    Kind.LIST: "TEXT",
    Kind.INTEGER: "INTEGER",
    Kind.NUMBER: "REAL",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DATE: "DATE",
    Kind.MOMENT: "DATETIME",
}
_STYLES_TABLE = """
    CREATE TABLE layer_styles (
        id INTEGER PRIMARY KEY AUTOINCREMENT, f_table_catalog TEXT(256), f_table_schema TEXT(256),
        f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
        useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
        update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""


def write_geopackage(wanted: Wanted, user: User, path: Path, progress: Watcher) -> int:
    """Write the file; returns the number of rows in it.

    The related tables are there when the component id, by which they refer to their asset, is among the columns.
    """
    with open_rows(wanted, user) as rows:
        progress(0, rows.count)
        write_layer(
            rows,
            path,
            "GPKG",
            wanted.headings(),
            progress,
            layer=wanted.layer.name,
            title=named_in_full(wanted.crs),
            # Else GDAL writes a version that older ones, Debian 12's among them, warn of.
            made_with={"VERSION": "1.3"},
        )
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("BEGIN")
        key = next((wanted.heading(field) for field in wanted.fields if field.name == "code"), None)
        if key is not None:
            name = wanted.layer.name
            database.execute(f'CREATE UNIQUE INDEX "{name}_code" ON "{name}" ({_quoted(key)})')
            for layer in _beside(wanted):
                beside = replace(wanted, layer=layer, fields=layer.fields)
                _write_related(database, beside, user, key, progress)
        _write_codes(database, wanted)
        _write_style(database, wanted)
        database.execute("COMMIT")
    finally:
        database.close()
    return rows.count


def _beside(wanted: Wanted) -> tuple[Layer, ...]:
    """The layers whose rows belong to the file's, as tables of their own."""
    return (INSPECTIONS, MAINTENANCE) if wanted.layer is ASSETS else ()


def _write_related(
    database: sqlite3.Connection, wanted: Wanted, user: User, key: str, progress: Watcher
) -> None:
    """A layer's rows as a table whose column of component ids refers to the assets."""
    columns = ", ".join(
        f"{_quoted(wanted.heading(field))} {_SQL_TYPES[field.kind]}"
        + (f' REFERENCES "{ASSETS.name}" ({_quoted(key)})' if field.name == "asset" else "")
        for field in wanted.fields
        if field.name != "id"
    )
    fields = [field for field in wanted.fields if field.name != "id"]
    name = wanted.layer.name
    database.execute(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, {columns})')
    marks = ", ".join("?" * len(fields))
    with open_rows(replace(wanted, fields=tuple(fields)), user) as rows:
        progress(0, rows.count)
        for batch in rows.batches():
            database.executemany(
                f'INSERT INTO "{name}" VALUES (NULL, {marks})',  # noqa: S608 -- a layer's name
                _values(fields, batch),
            )
            progress(batch.num_rows)
    reference = wanted.heading(next(field for field in fields if field.name == "asset"))
    database.execute(f'CREATE INDEX "{name}_asset" ON "{name}" ({_quoted(reference)})')
    _announce(database, name, str(wanted.layer.title))


def _values(fields: Sequence[Field], batch: pa.RecordBatch) -> Iterator[tuple]:
    columns = []
    for field in fields:
        column = batch.column(field.name)
        if field.kind is Kind.MOMENT:  # a GeoPackage keeps UTC, with a Z
            column = _in_utc(column)
        elif field.kind in (Kind.LIST, Kind.DATE):
            column = as_text(field, column)
        columns.append(column.to_pylist())
    return zip(*columns, strict=True)


def _in_utc(column: pa.Array) -> pa.Array:
    return pc.strftime(column.cast(pa.timestamp("ms", tz="UTC"), safe=False), format="%Y-%m-%dT%H:%M:%SZ")


def _write_codes(database: sqlite3.Connection, wanted: Wanted) -> None:
    """What every code of the file means, in one table."""
    database.execute(
        f'CREATE TABLE "{CODES}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,'
        " list TEXT NOT NULL, code TEXT NOT NULL, zh TEXT, en TEXT)"
    )
    names = dict.fromkeys(
        field.codes
        for fields in (wanted.fields, *(layer.fields for layer in _beside(wanted)))
        for field in fields
        if field.codes
    )
    for name in names:
        database.executemany(
            f'INSERT INTO "{CODES}" VALUES (NULL, ?, ?, ?, ?)',  # noqa: S608 -- a constant
            [
                (name, meaning.code, meaning.zh, meaning.en)
                for meaning in code_list(name, wanted.filter.reference.lists)
            ],
        )
    _announce(database, CODES, "")


def _write_style(database: sqlite3.Connection, wanted: Wanted) -> None:
    style = style_of(wanted) if wanted.layer is ASSETS else None
    if style is None:
        return
    database.execute(_STYLES_TABLE)
    database.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
        " styleQML, styleSLD, useAsDefault, description, owner)"
        " SELECT '', '', table_name, column_name, 'condition', ?, '', 1, '', ''"
        # QGIS takes a style only if it names the column as the file does; GDAL has its own default name for it.
        " FROM gpkg_geometry_columns WHERE table_name = ?",
        (style, wanted.layer.name),
    )
    _announce(database, "layer_styles", "")


def _announce(database: sqlite3.Connection, table: str, description: str) -> None:
    """Have a table found by programs that read GeoPackages."""
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)"
        " VALUES (?, 'attributes', ?, ?, 0)",
        (table, table, description),
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
