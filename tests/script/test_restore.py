"""A backup made and restored by the commands of the operator guide is the same database, with all that protects it.

On a private cluster with the fixtures and a small demonstration."""

import re
import subprocess

import pytest

from parts.clone import CLONE
from tests.script.sandbox import Sandbox

# What a catalogue says of the schema, as text, with names of objects in full.
CATALOGUE = {
    "triggers": "SELECT tgrelid::regclass, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal",
    "indexes": "SELECT indexrelid::regclass, pg_get_indexdef(indexrelid), indisvalid FROM pg_index"
    " JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace",
    "constraints": "SELECT conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "functions": "SELECT oid::regprocedure, pg_get_functiondef(oid), proacl FROM pg_proc WHERE prokind = 'f'"
    " AND pronamespace = 'public'::regnamespace AND proowner = 'tianqiao_owner'::regrole",
    "grants": "SELECT oid::regclass, relkind, relowner::regrole, relacl FROM pg_class WHERE relkind IN ('r', 'S', 'v')"
    " AND relnamespace = 'public'::regnamespace AND relowner = 'tianqiao_owner'::regrole",
    "columns": "SELECT attrelid::regclass, attname, atttypid::regtype, attnotnull, attgenerated,"
    " pg_get_expr(adbin, adrelid) FROM pg_attribute"
    " JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid"
    " AND adnum = attnum WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped"
    " AND relowner = 'tianqiao_owner'::regrole",
}
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relowner = 'tianqiao_owner'::regrole"
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


@pytest.fixture
def cluster(sandbox: Sandbox):
    """A function that runs SQL as the owner in a database of a cluster that stays up."""
    sandbox.run("cluster", "start")
    host = sandbox.status()["socket"]

    def url(database: str) -> str:
        return f"postgresql://tianqiao_owner@/{database}?host={host}"

    def rows(database: str, statement: str) -> list[str]:
        command = ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", url(database), "-c", statement]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return sorted(ran.stdout.splitlines())

    rows.url = url
    yield rows
    sandbox.run("cluster", "stop")


def test_a_backup_is_restored_whole_by_the_documented_commands(sandbox: Sandbox, cluster, tmp_path) -> None:
    for command in (("migrate", "-v0"), ("load_fixtures",), ("load_demo", "--assets=300")):
        ran = sandbox.run(
            "cluster", "run", "--", str(CLONE / ".venv/bin/python"), str(CLONE / "manage.py"), *command,
            DJANGO_ENV="demo", DATABASE_ROLE="owner", SECRET_KEY="x" * 60, ALLOWED_HOSTS="localhost",
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
    cluster("tianqiao", "CREATE DATABASE restored OWNER tianqiao_owner")

    for program, database in (("pg_dump", "tianqiao"), ("pg_restore", "restored")):
        ran = subprocess.run(
            ["sh", "-c", documented(program)],
            env={"PATH": "/usr/bin:/bin", "DATABASE_OWNER_URL": cluster.url(database)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ran.returncode, ran.stderr) == (0, "")

    for what, statement in CATALOGUE.items():
        there, here = (uncast(cluster(database, statement)) for database in ("tianqiao", "restored"))
        assert there, what
        assert here == there, what
    tables = cluster("tianqiao", TABLES)
    assert "assets_asset" in tables
    for table in tables:
        content = (
            f"SELECT count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text))) FROM \"{table}\" t"
        )
        assert cluster("restored", content) == cluster("tianqiao", content), table
    assert int(cluster("restored", "SELECT count(*) FROM assets_asset")[0]) >= 300
    last = "SELECT string_agg(sequencename || last_value, ',' ORDER BY sequencename) FROM pg_sequences"
    assert cluster("restored", last) == cluster("tianqiao", last)
