#!/usr/bin/env python3
"""How long computing all coverage rules takes: `benchmarks/coverage.py [--rules all|on] [--repeat 3]`.

Takes the register of the database (the demonstration, unless DATABASE_NAME or DATABASE_URL names another), switches on
every rule that can be computed, or takes those that are on, and computes them in a transaction that is taken back.
"""

from __future__ import annotations

import argparse
import os
import sys
from time import perf_counter, process_time

from serving import PYTHON, ROOT, database_seconds


def measure(which: str, repeat: int) -> None:
    """Compute, and print what each part took."""
    from django.core.management import call_command
    from django.db import transaction

    from evaluation.coverage.computing import METRICS, compute, counting_in_force
    from evaluation.coverage.ground import read_ground
    from evaluation.coverage.metrics import Measuring
    from evaluation.models import COUNTING, CoverageRule

    with transaction.atomic():
        call_command("load_coverage_rules", verbosity=0)
        if which == "all":
            CoverageRule.objects.filter(obstacle="").exclude(metric="").update(active=True)
        began = perf_counter()
        ground = read_ground()
        print(
            f"{len(ground.pieces):,} pieces, {len(ground.sites):,} sites, {len(ground.lines):,} parts of roads: "
            f"read in {perf_counter() - began:.2f} s"
        )
        counting = counting_in_force()
        began = perf_counter()
        reasons = ground.pieces.why_not(counting)
        print(f"which pieces count: {perf_counter() - began:.2f} s")
        for rule in CoverageRule.objects.filter(active=True).exclude(metric__in=COUNTING):
            began = perf_counter()
            found = list(METRICS[rule.metric](Measuring(rule, ground, counting, reasons)))
            gaps = sum(not result.ok for result in found)
            took = perf_counter() - began
            print(f"{rule.code:<5} {rule.metric:<20} {len(found):>6,} places {gaps:>6,} gaps {took:7.2f} s")
        for _turn in range(repeat):
            began, worked, database = perf_counter(), process_time(), database_seconds()
            done = compute()
            print(
                f"all: {done.rules} rules, {done.results:,} results, {done.gaps:,} gaps, written in "
                f"{perf_counter() - began:.2f} s; of a processor {process_time() - worked:.2f} s here and "
                f"{database_seconds() - database:.2f} s in the database"
            )
        transaction.set_rollback(True)


def main() -> None:
    """Read the command line; outside the database's environment begin again within it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rules", choices=["all", "on"], default="all", help="which rules (all)")
    parser.add_argument("--repeat", type=int, default=3, help="how often all are computed (3)")
    arguments = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        os.environ |= {"DJANGO_ENV": "demo", "DATABASE_ROLE": "owner"}
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", PYTHON, *sys.argv])
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    measure(arguments.rules, arguments.repeat)


if __name__ == "__main__":
    main()
