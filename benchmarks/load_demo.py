#!/usr/bin/env python3
"""How quick the demonstration loads: `benchmarks/load_demo.py [--assets 51000]`.

Fills a database of its own, `bench_demo`, with `manage.py load_demo`, which writes history, checks foreign keys and
derives conditions. Then the same rows, already generated, go by COPY into tables of the same columns, indexes and
checks that have no trigger: once with the foreign keys checked, as `benchmarks/import_assets.py` has it, once without.
The shares are what remains of the speed of those.
"""

from __future__ import annotations

import argparse
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


def copy_plainly(owner: str, *, foreign_keys: bool) -> float:
    """Seconds for COPY of everything that was loaded into like tables without triggers; undone afterwards."""
    import psycopg2

    seconds = 0.0
    with psycopg2.connect(owner) as connection, connection.cursor() as cursor:
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
                started = time.perf_counter()
                cursor.copy_expert(f"COPY baseline.{table} ({names}) FROM STDIN", rows)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                seconds += time.perf_counter() - started
        connection.rollback()
    return seconds


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
    from assets.demonstration.loading import load

    started = time.perf_counter()
    loaded = load(assets, 1, date(2026, 11, 24), accounts=False, photos=0)
    whole = time.perf_counter() - started
    rows = sum(loaded.rows.values())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    bare = copy_plainly(owner, foreign_keys=False)
    checked = copy_plainly(owner, foreign_keys=True)
    print(
        f"\n{assets:,} assets, {rows:,} rows; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; "
        f"peak memory of the generator {memory} MB\n"
    )
    print("| | seconds | rows/s | share of COPY with foreign keys | share of bare COPY |")
    print("|---|--:|--:|--:|--:|")
    for name, seconds in (
        ("bare COPY: no triggers, no foreign keys", bare),
        ("COPY without triggers, foreign keys checked", checked),
        ("loading: staged, checked, with history", loaded.database_seconds),
        ("everything, generating and statistics included", whole),
    ):
        print(
            f"| {name} | {seconds:.1f} | {rows / seconds:,.0f} | {checked / seconds:.0%} | {bare / seconds:.0%} |"
        )


if __name__ == "__main__":
    main()
