#!/usr/bin/env python3
"""How quick the demonstration loads: `benchmarks/load_demo.py [--assets 51000]`.

Fills a database of its own, `bench_demo`, with `manage.py load_demo`, which writes history, checks foreign keys and
derives conditions. Then the same rows, already generated, go by COPY into tables of the same columns, indexes and
checks that have no trigger: once with the foreign keys checked, as `benchmarks/import_assets.py` has it, once without.
The shares are what remains of the speed of those. On a busy machine seconds say little: the last columns count only the
processor time that the database's process took, where its process can be looked at.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")
DATABASE = "bench_demo"
TABLES = ("assets_support", "assets_asset", "assets_inspection", "assets_posting", "assets_maintenance")


def fresh_database(owner: str) -> None:
    """An empty register with its lists."""
    import psycopg2

    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS baseline CASCADE")
    environment = {**os.environ, "DATABASE_ROLE": "owner"}
    for command in (["migrate", "-v0"], ["load_fixtures", "-v0"]):
        subprocess.run([PYTHON, ROOT / "manage.py", *command], check=True, env=environment)
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM assets_asset)")
        if cursor.fetchone()[0]:
            sys.exit(
                f"{DATABASE} holds assets already: drop it (`DROP DATABASE {DATABASE}`) and start again."
            )


def processor_seconds(backend: int) -> float:
    """What a process of the database has computed so far; not a number when it is on another machine."""
    try:
        fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return math.nan
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def copy_plainly(owner: str, *, foreign_keys: bool) -> tuple[float, float]:
    """Seconds, and the database's processor seconds, for COPY of everything that was loaded into like tables without
    triggers; undone afterwards."""
    import psycopg2

    seconds = computing = 0.0
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
        backend = connection.get_backend_pid()
        cursor.execute("CREATE SCHEMA baseline")
        for table in TABLES:
            cursor.execute(
                "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped",
                [table],
            )
            names = cursor.fetchone()[0]
            cursor.execute(f"CREATE TABLE baseline.{table} (LIKE {table} INCLUDING ALL)")
            if foreign_keys:
                cursor.execute(
                    "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
                    "WHERE contype = 'f' AND conrelid = %s::regclass",
                    [table],
                )
                for (definition,) in cursor.fetchall():
                    cursor.execute(f"ALTER TABLE baseline.{table} ADD {definition}")
            with tempfile.TemporaryFile() as rows:
                cursor.copy_expert(f"COPY (SELECT {names} FROM {table} ORDER BY id) TO STDOUT", rows)
                rows.seek(0)
                started, computed = time.perf_counter(), processor_seconds(backend)
                cursor.copy_expert(f"COPY baseline.{table} ({names}) FROM STDIN", rows)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                seconds += time.perf_counter() - started
                computing += processor_seconds(backend) - computed
        connection.rollback()
    return seconds, computing


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assets", type=int, default=51_000)
    assets = parser.parse_args().assets
    if "DATABASE_URL" not in os.environ:
        os.environ |= {"DATABASE_NAME": DATABASE, "DJANGO_ENV": "demo"}
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", PYTHON, *sys.argv])
    owner = os.environ["DATABASE_OWNER_URL"]
    if f"/{DATABASE}" not in owner:
        sys.exit(f"This fills the register, so it only works in a database named {DATABASE}.")
    fresh_database(owner)

    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.db import connection

    from demonstration.district.loading import Loader, load

    connection.ensure_connection()
    backend = connection.connection.get_backend_pid()
    inserting = 0.0
    insert = Loader._insert

    def watched(loader: Loader, *district: object) -> None:
        nonlocal inserting
        before = processor_seconds(backend)
        insert(loader, *district)
        inserting += processor_seconds(backend) - before

    Loader._insert = watched
    started, computed = time.perf_counter(), processor_seconds(backend)
    loaded = load(assets, 1, date(2026, 11, 24), accounts=False, photos=0)
    whole, computing = time.perf_counter() - started, processor_seconds(backend) - computed
    rows = sum(loaded.rows.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    bare, bare_computing = copy_plainly(owner, foreign_keys=False)
    checked, checked_computing = copy_plainly(owner, foreign_keys=True)
    print(
        f"\n{assets:,} assets, {rows:,} rows; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; "
        f"peak memory of the generator {memory} MB\n"
    )
    print(
        "| | seconds | rows/s | of COPY with keys | of bare COPY | database CPU s | of COPY with keys | of bare COPY |"
    )
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for name, seconds, used in (
        ("bare COPY: no triggers, no foreign keys", bare, bare_computing),
        ("COPY without triggers, foreign keys checked", checked, checked_computing),
        ("loading: checked, with history", loaded.database_seconds, inserting),
        ("everything, generating and statistics included", whole, computing),
    ):
        print(
            f"| {name} | {seconds:.1f} | {rows / seconds:,.0f} | {checked / seconds:.0%} | {bare / seconds:.0%} "
            f"| {used:.1f} | {checked_computing / used:.0%} | {bare_computing / used:.0%} |"
        )


if __name__ == "__main__":
    main()
