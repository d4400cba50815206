"""The temporary tables in which a ledger lies beside the catalogue while it is checked and applied.

The runtime role may make temporary tables and nothing else; they belong to one connection and end with it, so a
killed import leaves nothing behind. COPY goes here and never into a tracked table, where it would lose the history
context (docs/design.md).

* `import_row`: one row a row of the ledger, values parsed, names resolved to keys, position in WGS84. A value the
  ledger does not state is NULL.
* `import_verdict`: what was said about rows (`verdicts`), while parsing ("cells") and in SQL ("check").
* `import_plan`: what is to happen to each row; filled by `checking`.
* `import_new`: primary key and component id of each new asset; filled by `importing.actions.apply_import`.
* `import_change`: each field that an update changes; filled by `checking`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from assets.fields import BY_HAND, IN_LEDGERS
from assets.models import Asset
from assets.sets.planning import type_of
from importing.preparing import Prepared


@dataclass(frozen=True)
class Staged:
    """A column of `import_row`."""

    name: str
    kind: str

    @property
    def ddl(self) -> str:
        """Its definition in SQL."""
        return f"{self.name} {self.kind}"


def _as_declared(name: str) -> Staged:
    """A column of the asset; texts of any length, which are measured where they are read."""
    column: Any = Asset._meta.get_field(name)
    kind = "text" if isinstance(column, models.CharField | models.TextField) else type_of(column.column)
    return Staged(column.column, kind)


# The office's number comes in under its source.
PLAIN_FIELDS = tuple(name for name in IN_LEDGERS if name in BY_HAND and name != "source_id")
"""What ledgers bring and the asset holds as it is written, by the name of its column."""

# What becomes a column of the asset as it is; the name is the asset's column.
ASSET_COLUMNS: tuple[Staged, ...] = tuple(
    _as_declared(name) for name in (*PLAIN_FIELDS, "position_accuracy", "footprint")
)
# What decides about the row, or is worked out from the position.
OTHER_COLUMNS: tuple[Staged, ...] = (
    Staged("row_no", "integer"),
    Staged("uid", "uuid"),
    Staged("code", "text"),
    Staged("lost_code", "text"),
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

TABLES = ("import_row", "import_verdict", "import_plan", "import_new", "import_change")
_POINT = "point geometry(Point,4326) GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED"
_CREATE = f"""
    CREATE TEMP TABLE import_row ({", ".join(column.ddl for column in COPIED)}, {_POINT}, PRIMARY KEY (row_no));
    CREATE TEMP TABLE import_verdict (
        row_no integer NOT NULL, field text NOT NULL, code text NOT NULL, value text NOT NULL,
        params jsonb NOT NULL, phase text NOT NULL);
    CREATE TEMP TABLE import_plan (
        row_no integer PRIMARY KEY, asset_id bigint, outcome text NOT NULL, refused boolean NOT NULL DEFAULT false,
        differs boolean NOT NULL, moved boolean NOT NULL, inspects boolean NOT NULL,
        reopened boolean NOT NULL, removing boolean NOT NULL);
    CREATE TEMP TABLE import_new (row_no integer NOT NULL, asset_id bigint NOT NULL, code text NOT NULL);
    CREATE INDEX import_plan_asset ON import_plan (asset_id);
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


_ASKED_FOR = (
    "row_no", "uid", "code", "lost_code", "legacy_code", "source", "source_id", "derived", "type_id", "new_type_id",
    "lon", "name", "address", "said_street_id", "street_id", "said_community_id", "community_id",
)  # fmt: skip


def _fill(prepared: Prepared) -> None:
    stated = [
        column.name for column in COPIED if any(value is not None for value in prepared.columns[column.name])
    ]
    _copy("import_row", {name: prepared.columns[name] for name in stated})
    verdicts = prepared.verdicts
    _copy(
        "import_verdict",
        {
            "row_no": [verdict.row for verdict in verdicts],
            "field": [verdict.field for verdict in verdicts],
            "code": [verdict.code for verdict in verdicts],
            "value": [verdict.value for verdict in verdicts],
            "params": [verdict.params_text for verdict in verdicts],
            "phase": ["cells"] * len(verdicts),
        },
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON import_verdict (row_no)")
        # Whatever a check joins by or asks for: without statistics PostgreSQL takes a column that no row states for
        # one that hardly any row lacks, and goes through the verdicts once for every row.
        cursor.execute(f"ANALYZE import_row ({', '.join(_ASKED_FOR)}), import_verdict")


# Few enough that the text of a block never counts beside the ledger itself.
_ROWS_COPIED_AT_ONCE = 5_000


def _copy(table: str, columns: Mapping[str, Sequence[Any]]) -> None:
    """COPY columns of equal length into a temporary table."""
    length = len(next(iter(columns.values())))
    with connection.cursor() as cursor:
        for start in range(0, length, _ROWS_COPIED_AT_ONCE):
            block = [_as_text(column[start : start + _ROWS_COPIED_AT_ONCE]) for column in columns.values()]
            lines = "\n".join(map("\t".join, zip(*block, strict=True))) + "\n"
            # The cursor's own method, which Django does not watch over.
            with connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", io.StringIO(lines))


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NULL = "\\N"


def _as_text(values: Sequence[Any]) -> list[str]:
    """A column in COPY's text format. Its values are of one kind, or None."""
    sample = next((value for value in values if value is not None), None)
    if isinstance(sample, str):
        return _escaped(values)
    if isinstance(sample, bool):
        return [_NULL if value is None else "t" if value else "f" for value in values]
    if isinstance(sample, list):
        return [_NULL if value is None else "{" + ",".join(value) + "}" for value in values]
    # Numbers, days and times write themselves as PostgreSQL reads them.
    return [_NULL if value is None else str(value) for value in values]


def _escaped(texts: Sequence[str | None]) -> list[str]:
    """Texts with what COPY takes for itself escaped; a look at the whole column saves looking at most of them."""
    together = "".join(filter(None, texts))
    if any(special in together for special in "\\\t\n\r"):
        return [_NULL if text is None else text.translate(_ESCAPES) for text in texts]
    return [_NULL if text is None else text for text in texts]
