"""The temporary tables in which a ledger lies beside the catalogue while it is checked and applied.

The runtime role may make temporary tables and nothing else; they belong to one connection and end with it, so a
killed import leaves nothing behind. COPY goes here and never into a tracked table, where it would lose the history
context (DESIGN §4.2).

* `import_row`: one row a row of the ledger, values parsed, names resolved to keys, position in WGS84. A value the
  ledger does not state is NULL.
* `import_verdict`: what was said about rows (`verdicts`), while parsing ("cells") and in SQL ("check").
* `import_plan`: what is to happen to each row; filled by `checking`.
* `import_change`: each field that an update changes; filled by `checking`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from assets.importing.preparing import Prepared


@dataclass(frozen=True)
class Staged:
    """A column of `import_row`."""

    name: str
    kind: str

    @property
    def ddl(self) -> str:
        """Its definition in SQL."""
        return f"{self.name} {self.kind}"


# What becomes a column of the asset as it is; the name is the asset's column.
ASSET_COLUMNS: tuple[Staged, ...] = (
    Staged("legacy_code", "text"),
    Staged("name", "text"),
    Staged("type_id", "bigint"),
    Staged("themes", "varchar[]"),
    Staged("wording", "text"),
    Staged("width", "numeric(7,2)"),
    Staged("height", "numeric(7,2)"),
    Staged("faces", "smallint"),
    Staged("material", "text"),
    Staged("illuminated", "boolean"),
    Staged("large", "boolean"),
    Staged("facing", "smallint"),
    Staged("footprint", "geometry(Geometry,4326)"),
    Staged("position_accuracy", "double precision"),
    Staged("address", "text"),
    Staged("building", "text"),
    Staged("building_contact", "text"),
    Staged("building_phone", "text"),
    Staged("road_id", "bigint"),
    Staged("site_id", "bigint"),
    Staged("owner_id", "bigint"),
    Staged("maintainer_id", "bigint"),
    Staged("supervisor_id", "bigint"),
    Staged("installed_on", "date"),
    Staged("content_changed_on", "date"),
    Staged("data_source", "text"),
    Staged("remarks", "text"),
)
# What decides about the row, or is worked out from the position.
OTHER_COLUMNS: tuple[Staged, ...] = (
    Staged("row_no", "integer"),
    Staged("code", "text"),
    Staged("source", "text"),
    Staged("source_id", "text"),
    Staged("derived", "boolean"),
    Staged("new_type_id", "bigint"),
    Staged("said_lifecycle", "text"),
    Staged("condition", "smallint"),
    Staged("inspected_at", "timestamptz"),
    Staged("lon", "double precision"),
    Staged("lat", "double precision"),
    Staged("area_id", "bigint"),
    Staged("district_id", "bigint"),
    Staged("street_id", "bigint"),
    Staged("community_id", "bigint"),
    Staged("said_street_id", "bigint"),
    Staged("said_community_id", "bigint"),
    Staged("scope_code", "text"),
    Staged("owner_name", "text"),
    Staged("maintainer_name", "text"),
    Staged("supervisor_name", "text"),
)
COPIED: tuple[Staged, ...] = (*OTHER_COLUMNS, *ASSET_COLUMNS)

TABLES = ("import_row", "import_verdict", "import_plan", "import_change")
_POINT = "point geometry(Point,4326) GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED"
_CREATE = f"""
    CREATE TEMP TABLE import_row ({", ".join(column.ddl for column in COPIED)}, {_POINT}, PRIMARY KEY (row_no));
    CREATE TEMP TABLE import_verdict (
        row_no integer NOT NULL, field text NOT NULL, code text NOT NULL, value text NOT NULL,
        params jsonb NOT NULL, phase text NOT NULL);
    CREATE TEMP TABLE import_plan (
        row_no integer PRIMARY KEY, asset_id bigint, outcome text NOT NULL, refused boolean NOT NULL DEFAULT false,
        differs boolean NOT NULL, moved boolean NOT NULL, inspects boolean NOT NULL,
        reopened boolean NOT NULL, removing boolean NOT NULL, new_code text);
    CREATE TEMP TABLE import_change (
        row_no integer NOT NULL, asset_id bigint NOT NULL, field text NOT NULL, old text, new text);
"""
_DROP = f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{table}' for table in TABLES)}"


@contextmanager
def staged(prepared: Prepared) -> Iterator[None]:
    """Have a prepared ledger in the temporary tables of this connection, for as long as the block lasts."""
    with connection.cursor() as cursor:
        cursor.execute(_DROP)
        cursor.execute(_CREATE)
    try:
        _fill(prepared)
        yield
    finally:
        # After a database error inside an outer transaction nothing can be executed, and nothing needs to be.
        if connection.is_usable() and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(_DROP)


def _fill(prepared: Prepared) -> None:
    columns = [_as_text(prepared.columns[column.name]) for column in COPIED]
    _copy("import_row", [column.name for column in COPIED], columns)
    said = prepared.verdicts
    _copy(
        "import_verdict",
        ["row_no", "field", "code", "value", "params", "phase"],
        [
            [str(verdict.row) for verdict in said],
            [verdict.field for verdict in said],
            [verdict.code for verdict in said],
            _as_text([verdict.value for verdict in said]),
            _as_text([verdict.params_text for verdict in said]),
            ["cells"] * len(said),
        ],
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON import_verdict (row_no)")
        cursor.execute("ANALYZE import_row, import_verdict")


def _copy(table: str, names: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
    lines = "\n".join(map("\t".join, zip(*columns, strict=True)))
    if not lines:
        return
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY {table} ({', '.join(names)}) FROM STDIN", io.StringIO(lines + "\n"), 1 << 20
        )


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _as_text(values: Sequence[Any]) -> list[str]:
    """A column in COPY's text format; a look at the whole column saves escaping most cells."""
    texts = [_cell(value) for value in values]
    together = "".join(texts)
    empty = sum(value is None for value in values)
    if together.count("\\") == empty and not any(special in together for special in "\t\n\r"):
        return texts
    return [
        text if value is None else text.translate(_ESCAPES) for text, value in zip(texts, values, strict=True)
    ]


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list):
        return "{" + ",".join(value) + "}"
    return str(value)
