"""A backup made and restored by the commands of the operator guide is the same database, with all that protects it.

Of the test database, which holds the fixtures and a small demonstration for it, into another of the same server."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from parts.clone import CLONE
from tests.script.sandbox import database_address, spare_database

# What a catalogue says of the schema, as text, with names of objects in full.
CATALOGUE = {
    "triggers": "SELECT tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal",
    "indexes": "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid), indisvalid FROM pg_index"
    " JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace",
    "constraints": "SELECT conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "functions": "SELECT oid::regprocedure, pg_get_functiondef(oid), proacl FROM pg_proc WHERE prokind = 'f'"
    " AND pronamespace = 'public'::regnamespace AND proowner = current_user::regrole",
    "grants": "SELECT oid::regclass, relkind, relowner::regrole, relacl FROM pg_class WHERE relkind IN ('r', 'S', 'v')"
    " AND relnamespace = 'public'::regnamespace AND relowner = current_user::regrole",
    "columns": "SELECT attrelid::regclass, attname, atttypid::regtype, attnotnull, attgenerated,"
    " pg_get_expr(adbin, adrelid) FROM pg_attribute"
    " JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid"
    " AND adnum = attnum WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped"
    " AND relowner = current_user::regrole",
}
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relowner = current_user::regrole"
    " AND relnamespace = 'public'::regnamespace ORDER BY 1"
)


def documented(program: str) -> str:
    """The command of the operator guide that begins with a program's name."""
    guide = (CLONE / "docs" / "operator.md").read_text()
    [command] = re.findall(rf"^ *({program} .*)$", guide, re.MULTILINE)
    return command


def uncast(lines: list[str]) -> list[str]:
    """Without casts between kinds of text, which PostgreSQL writes elsewhere each time it reads what it wrote."""
    return [re.sub(r"::(text|character varying)(\[\])?|[()]", "", line) for line in lines]


def rows(database: str, statement: str) -> list[str]:
    """What a statement gives the owner in a database, sorted."""
    command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", database_address(database), "-c", statement]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return sorted(ran.stdout.splitlines())


@pytest.fixture
def restored(transactional_db: None) -> Iterator[str]:
    """The name of an empty database."""
    with spare_database() as name:
        yield name


def test_a_backup_is_restored_whole_by_the_documented_commands(
    restored: str, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.DEMONSTRATION = True
    call_command("load_fixtures", verbosity=0)
    call_command("load_demo", assets=300, photos=3, verbosity=0)
    original = connection.settings_dict["NAME"]

    for program, database in (("pg_dump", original), ("pg_restore", restored)):
        ran = subprocess.run(
            ["sh", "-c", documented(program)],
            env={"PATH": "/usr/bin:/bin", "DATABASE_OWNER_URL": database_address(database)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode, ran.stderr) == (0, "")

    for what, statement in CATALOGUE.items():
        there, here = (uncast(rows(database, statement)) for database in (original, restored))
        assert there, what
        assert here == there, what
    assert any(f"{settings.RUNTIME_DATABASE_USER}=" in line for line in rows(restored, CATALOGUE["grants"]))
    tables = rows(original, TABLES)
    assert "assets_asset" in tables
    content = " UNION ALL ".join(
        f"SELECT '{table}', count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM \"{table}\" t"
        for table in tables
    )
    assert rows(restored, content) == rows(original, content)
    assert int(rows(restored, "SELECT count(*) FROM assets_asset")[0]) >= 300
    last = "SELECT string_agg(sequencename || last_value, ',' ORDER BY sequencename) FROM pg_sequences"
    assert rows(restored, last) == rows(original, last)
