#!/usr/bin/env python3
"""How quick the pages of evaluation are: `benchmarks/evaluation.py [--sites 2000] [--items 30] [--rounds 12]`.

Takes the database (the demonstration, unless DATABASE_NAME or DATABASE_URL names another), writes sites, rounds, visits
and observations in a transaction that is taken back at the end, and has list, round and results answered in this
process. Wanted: 300 ms a page at the usual size; on a machine that does other things at once see the processor's time.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from serving import PYTHON, ROOT, database_seconds

_SITES = """
    INSERT INTO places_site (code, name, kind_id, area_id, point, approximate, address)
    SELECT 'bench-' || n, 'bench ' || n, kind.id, area.id,
           ST_SetSRID(ST_MakePoint(116.9 + n %% 100 * 0.002, 36.66 + n / 100 * 0.003), 4326), false, ''
    FROM generate_series(1, %s) n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many FROM places_sitekind) kind
         ON kind.place = n %% kind.many
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many FROM places_area
          WHERE level = 2) area ON area.place = n %% area.many
"""
_STOPS = """
    INSERT INTO evaluation_roundsite (round_id, site_id, kind_id, street_id, place, evaluator_id)
    SELECT round.id, site.id, site.kind_id, site.area_id, row_number() OVER (ORDER BY site.id), %s
    FROM evaluation_round round, places_site site WHERE round.name LIKE 'bench%%' AND site.code LIKE 'bench-%%'
"""
_VISITS = """
    INSERT INTO evaluation_visit (uid, round_id, site_id, kind_id, street_id, evaluator_id, began_at, ended_at, origin,
                                  note, conforming, partly, failing, critical, void_reason)
    SELECT gen_random_uuid(), round_id, site_id, kind_id, street_id, evaluator_id, now() - interval '1 hour', now(),
           'phone', '', %(items)s - id %% 7, 0, id %% 7, 0, ''
    FROM evaluation_roundsite WHERE evaluator_id = %(who)s
"""
_OBSERVATIONS = """
    INSERT INTO evaluation_observation (visit_id, item_id, answer, photo_names, note)
    SELECT visit.id, item.id, CASE WHEN item.place < visit.failing THEN 'no' ELSE 'yes' END, '{}', ''
    FROM evaluation_visit visit
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM evaluation_evaluationitem
          WHERE edition_id = %s) item ON true
    WHERE visit.evaluator_id = %s
"""


def main() -> int:
    """Read the command line; run under the clone's Python with its database."""
    parser = argparse.ArgumentParser(description="Times the pages of evaluation.")
    parser.add_argument("--sites", type=int, default=2_000)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=12)
    arguments = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        command = [str(ROOT / "script" / "cluster"), "run", "--", str(PYTHON), *sys.argv]
        os.execv(command[0], command)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DJANGO_ENV", "demo")
    os.environ.setdefault("STATIC_FROM_SOURCE", "1")
    import django

    django.setup()
    from django.db import transaction

    with transaction.atomic():
        pages = _write(arguments.sites, arguments.items, arguments.rounds)
        slowest = _ask(*pages)
        transaction.set_rollback(True)
    print(f"slowest page: {slowest:.0f} ms of a processor, here and in the database")
    return 0


def _write(sites: int, items: int, rounds: int):
    from datetime import date

    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from evaluation.models import EvaluationItem, Round, StandardEdition
    from places.models import Area

    who = User.objects.create(username="bench", is_superuser=True)
    edition = StandardEdition.objects.create(code="bench", name="bench")
    EvaluationItem.objects.bulk_create(
        EvaluationItem(edition=edition, code=str(n), order=n, text_zh=f"bench {n}") for n in range(items)
    )
    district = Area.objects.filter(level=1).order_by("code").first()
    made = [
        Round.objects.create(
            name=f"bench {n}",
            edition=edition,
            area=district,
            starts_on=date(2025, 1 + n % 12, 1),
            ends_on=date(2025, 1 + n % 12, 28),
            announced=True,
        )
        for n in range(rounds)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SITES, [sites])
        cursor.execute(_STOPS, [who.pk])
        cursor.execute(_VISITS, {"items": items, "who": who.pk})
        cursor.execute(_OBSERVATIONS, [edition.pk, who.pk])
        print(f"{cursor.rowcount:,} observations")
        for table in ("visit", "observation", "roundsite"):
            cursor.execute(f"ANALYZE evaluation_{table}")
    Round.objects.filter(edition=edition).update(opened_at=timezone.now())
    return who, made[-1]


def _ask(who, round_) -> float:
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.force_login(who)
    results = f"/evaluation/results/?round={round_.uid}&by="
    pages = ["/evaluation/", f"/evaluation/rounds/{round_.uid}/"]
    pages += [results + by for by in ("street", "kind", "view", "site", "item", "theme", "evaluator")]
    slowest = 0.0
    for page in pages:
        taken = []
        for _turn in range(4):
            start, worked, database = time.perf_counter(), time.process_time(), database_seconds()
            status = client.get(page).status_code
            busy = time.process_time() - worked + database_seconds() - database
            taken.append(((time.perf_counter() - start) * 1000, busy * 1000))
            if status != 200:
                raise SystemExit(f"{page}: {status}")
        best, busy = min(taken[1:])
        slowest = max(slowest, busy)
        print(f"{best:7.0f} ms, {busy:5.0f} of a processor  {page.replace(str(round_.uid), '…')}")
    return slowest


if __name__ == "__main__":
    sys.exit(main())
