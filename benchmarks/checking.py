#!/usr/bin/env python3
"""Whether checking a ledger is linear: `benchmarks/checking.py [--rows 20000 40000 80000] [--cases clean …]`.

Invents tables of rows without a file, so that nothing but preparing, staging and checking is measured. Each case is a
ledger with one thing wrong in every row, or with nothing wrong; "known" is one whose rows are in the catalogue already
and say another name, "known alike" one whose rows say what the catalogue has. Twice as many rows should take twice as
long: beside the seconds of each stage stands what it took of the size before. The same rows, read by one bare statement
with a join, are the yardstick.

Everything happens in a transaction that is rolled back, in a database of its own, `bench_checking`.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")
DATABASE = "bench_checking"
CASES = (
    "clean", "coordinates_missing", "type_missing", "both missing", "type_unknown", "outside", "one place", "known",
    "known alike",
)  # fmt: skip
STAGES = ("prepare", "keep", "take", "stage", "check", "check again", "report", "bare join", "import")
HEADERS = ("编号", "名称", "类型", "地址", "经度", "纬度", "完好情况", "备注")


def invented(rows: int, case: str):
    """A table of rows; one in a hundred has a condition that nobody knows."""
    import numpy as np

    from importing.reading import Table

    chance = random.Random(1)
    word = "展板" if case == "known" else "宣传栏"
    cells = [
        (
            f"TQ-{number:06d}",
            f"北园大街 {number} 号{word}",
            kind_in(case),
            f"济南市天桥区北园大街 {number} 号",
            *place_in(case, chance),
            "不知道" if number % 100 == 7 else "完好",
            "",
        )
        for number in range(rows)
    ]
    columns = tuple(np.array(column, dtype=object) for column in zip(*cells, strict=True))
    return Table(HEADERS, columns, np.arange(2, rows + 2), "csv", header_row=1)


def kind_in(case: str) -> str | None:
    """What a row says of its type."""
    if case == "type_unknown":
        return "飞碟"
    return None if case in ("type_missing", "both missing") else "宣传栏"


def place_in(case: str, chance: random.Random) -> tuple[object, object]:
    """Where a row says it stands."""
    if case in ("coordinates_missing", "both missing"):
        return None, None
    if case == "one place":
        return 116.98, 36.69
    east = 3.0 if case == "outside" else 0.0
    return round(116.975 + east + chance.random() * 0.03, 6), round(36.675 + chance.random() * 0.05, 6)


def seconds_of(rows: int, case: str) -> dict[str, float]:
    """Seconds of each stage; checking again is what an import does under its locks, and importing does it once more.

    Keeping and taking what was prepared is what spares an import in the browser preparing it again.
    """
    from django.db import connection

    from assets.history import Actor
    from assets.models import Origin
    from importing.actions.apply_import import apply_import
    from importing.actions.preparing_ledgers import keep_prepared, kept_prepared
    from importing.checking import check
    from importing.options import ImportOptions
    from importing.preparing import prepare
    from importing.report import report_of
    from importing.staging import staged
    from places.coordinates import WGS84

    actor, options = Actor(None, Origin.COMMAND), ImportOptions(source="bench", crs=WGS84)
    if case.startswith("known"):
        first = prepare(invented(rows, "clean"), options)
        with staged(first):
            apply_import(actor, first, title="bench", skip_bad=True)
    table = invented(rows, case)
    moments = [time.perf_counter()]
    prepared = prepare(table, options)
    moments.append(time.perf_counter())
    with TemporaryDirectory() as folder:
        keep_prepared(prepared, "bench", Path(folder) / "prepared")
        moments.append(time.perf_counter())
        assert kept_prepared(Path(folder) / "prepared", "bench")
        moments.append(time.perf_counter())
    with staged(prepared):
        moments.append(time.perf_counter())
        check(actor, options)
        moments.append(time.perf_counter())
        check(actor, options, lock=True)
        moments.append(time.perf_counter())
        report_of(prepared)
        moments.append(time.perf_counter())
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM import_row r LEFT JOIN assets_asset a USING (code)")
        moments.append(time.perf_counter())
        apply_import(actor, prepared, title="bench", skip_bad=True)
        moments.append(time.perf_counter())
    return {stage: after - before for stage, before, after in zip(STAGES, moments, moments[1:], strict=False)}


def figure(seconds: float, before: float | None) -> str:
    """Seconds, and how many times those of the size before."""
    return f"{seconds:.2f} s" if before is None else f"{seconds:.2f} s ×{seconds / before:.1f}"


def measure(sizes: list[int], cases: list[str]) -> None:
    """Print a table; nothing stays in the database."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    call_command("migrate", verbosity=0)
    call_command("load_fixtures", verbosity=0)
    print(f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.\n")
    print(f"| ledger | rows | {' | '.join(STAGES)} |")
    print("|---|--:" + "|--:" * len(STAGES) + "|")
    for case in cases:
        before: dict[str, float] = {}
        for rows in sizes:
            with transaction.atomic():
                seconds = seconds_of(rows, case)
                transaction.set_rollback(True)
            figures = " | ".join(figure(value, before.get(stage)) for stage, value in seconds.items())
            before = seconds
            print(f"| {case} | {rows:,} | {figures} |", flush=True)


def main() -> None:
    """Read the command line, start the private database, measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 40_000, 80_000])
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    arguments = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        os.environ |= {"DATABASE_NAME": DATABASE, "DJANGO_ENV": "demo", "DATABASE_ROLE": "owner"}
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", PYTHON, *sys.argv])
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    measure(arguments.rows, arguments.cases)


if __name__ == "__main__":
    main()
