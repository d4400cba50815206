#!/usr/bin/env python3
"""How quick the desk and the map of cases are with 20,000: `benchmarks/cases.py [--cases 20000] [--user publicity]`.

Takes the assets of the database (the demonstration, unless DATABASE_NAME or DATABASE_URL names another), writes
cases on them, a seventh of them open, in a transaction that is taken back at the end, and has list, legend and tiles
answered in this process, never from the cache; in the same run the assets' own list, legend and tiles, to hold the
figures against.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from serving import PYTHON, ROOT
from tiles import row, tile_of, timed

# How far cases are: each thousandth from the first number on has come to that state.
STATES = (
    ("reported", 0),
    ("filed", 15),
    ("dispatched", 30),
    ("in_hand", 60),
    ("fixed", 120),
    ("closed", 150),
)
_STEPS = (
    ("report", "draft", "reported"),
    ("file", "reported", "filed"),
    ("dispatch", "filed", "dispatched"),
    ("accept", "dispatched", "in_hand"),
    ("fix", "in_hand", "fixed"),
    ("verify", "fixed", "closed"),
)
_CASES = """
    INSERT INTO cases_case (uid, code, state, category_id, urgent, source, description, point, asset_id, site_id,
                            road_id, address, area_id, district_id, street_id, community_id, reported_at, origin,
                            rule_id, unit_id, person)
    SELECT gen_random_uuid(), 'bench-' || lpad(n::text, 8, '0'), 'draft', category.id, n %% 40 = 0,
           (ARRAY['patrol', 'photo_team', 'grid_officer', 'resident', 'hotline'])[1 + n %% 5], 'benchmark', point,
           asset.id, site_id, road_id, address, area_id, district_id, street_id, community_id,
           now() - n * interval '25 minutes' , 'command', category.rule_id, maintainer_id, ''
    FROM (SELECT *, row_number() OVER (ORDER BY md5(id::text)) AS n FROM assets_asset) asset
    JOIN (SELECT id, rule_id, row_number() OVER (ORDER BY code) - 1 AS place, count(*) OVER () AS many
          FROM cases_casecategory) category ON category.place = asset.n %% category.many
    WHERE n <= %s
"""
_STEP = """
    INSERT INTO cases_casestep (uid, case_id, verb, state_before, state_after, at, actor_name, origin, reason, person,
                                amount_unit, details)
    SELECT gen_random_uuid(), id, %s, %s, %s, reported_at, '', 'command', '', '', '', '{}'
    FROM cases_case WHERE code LIKE 'bench-%%' AND right(code, 3)::int >= %s
"""
_CLOCKS = """
    INSERT INTO cases_clock (case_id, kind, started_at, amount, unit, at_least_a_day, provisional)
    SELECT id, CASE state WHEN 'reported' THEN 'file' WHEN 'fixed' THEN 'check' ELSE 'handle' END, reported_at,
           2, 'working_days', false, false
    FROM cases_case WHERE code LIKE 'bench-%%'
"""
_DATES = """
    INSERT INTO cases_clockmove (clock_id, kind, at, due_at, amber_at, red_at, provisional, unit, passed)
    SELECT clock.id, 'set', started_at, now() + (problem.id %% 97 - 48) * interval '1 hour',
           now() + (problem.id %% 97 - 58) * interval '1 hour', now() + interval '9 days', false, '', '{}'
    FROM cases_clock clock JOIN cases_case problem ON problem.id = clock.case_id WHERE problem.code LIKE 'bench-%%'
"""
_END = """
    UPDATE cases_clock SET ended_at = now() FROM cases_case problem
    WHERE problem.id = case_id AND problem.state = 'closed' AND problem.code LIKE 'bench-%%'
"""


def write_cases(count: int) -> None:
    """Cases by statements of their own: the actions would take an hour, and the rows are the same."""
    from django.db import connection

    from assets.history import Actor, acting
    from assets.models import Origin
    from assets.sets.writing import write_many

    # Without somebody who acts, the history's triggers find that out by an exception for every row.
    with acting(Actor(None, Origin.COMMAND)), connection.cursor() as cursor:
        write_many(cursor, _CASES, [count])
        cursor.execute("ANALYZE cases_case")  # or the triggers of the steps read all of it for each
        for (verb, before, after), (_state, least) in zip(_STEPS, STATES, strict=True):
            write_many(cursor, _STEP, [verb, before, after, least])
        for statement in (_CLOCKS, _DATES, _END):
            write_many(cursor, statement, [])
            cursor.execute("ANALYZE cases_clock")
        for table in ("cases_case", "cases_casestep"):
            cursor.execute(f"ANALYZE {table}")


def measure(username: str) -> None:
    """Print the table."""
    from django.core.cache import cache
    from django.test import Client

    from accounts.models import User
    from assets.models import Asset
    from cases.models import OPEN_STATES, Case

    user = User.objects.get(username=username)
    cases = Case.objects.visible_to(user)
    open_ones = cases.filter(state__in=OPEN_STATES).count()
    assets = Asset.objects.visible_to(user).count()
    points = [(point.x, point.y) for point in cases.values_list("point", flat=True)[:2000]]
    busiest = sorted(points)[len(points) // 2]
    print(
        f"{cases.count():,} cases, {open_ones:,} of them open; {assets:,} assets;"
        f" load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n"
    )
    client = Client()
    client.force_login(user)

    def answer(address: str) -> Callable[[], bytes]:
        def ask() -> bytes:
            cache.clear()
            return bytes(client.get(address).content)

        return ask

    def tile(kind: str, zoom: int) -> str:
        z, x, y = tile_of(zoom, *busiest)
        return f"/tiles/{kind}/{z}/{x}/{y}.mvt"

    print("| | times | p50 | p95 | size p50 | largest |\n|---|--:|--:|--:|--:|--:|")
    for name, address in (
        ("desk: list of open cases", "/cases/"),
        ("desk: list of all", "/cases/?state=all"),
        ("assets: first page of the list", "/api/assets?page_size=50"),
        ("map of cases: legend and list, open", "/cases/map/"),
        ("map of cases: legend and list, all", "/cases/map/?state=all"),
        ("assets: legend", "/api/legend"),
        *(
            (f"tile of {what}, zoom {zoom}", tile(kind, zoom) + query)
            for zoom in (9, 12, 14, 16)
            for what, kind, query in (
                ("open cases", "cases", ""),
                ("all cases", "cases", "?state=all"),
                ("assets", "assets", ""),
            )
        ),
    ):
        client.get(address)
        print(row(name, [timed(answer(address)) for _ in range(10)]))


def main() -> None:
    """Parse, write, measure, take back."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--user", default="publicity")
    options = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        os.environ |= {"DJANGO_ENV": "demo", "DATABASE_ROLE": "owner"}
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", PYTHON, *sys.argv])
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("STATIC_FROM_SOURCE", "1")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction

    from cases.models import CaseCategory

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    with transaction.atomic():
        if not CaseCategory.objects.exists():
            call_command("load_case_lists", verbosity=0)
        write_cases(options.cases)
        measure(options.user)
        transaction.set_rollback(True)


if __name__ == "__main__":
    main()
