#!/usr/bin/env python3
"""How long changing every asset takes, and undoing that: `benchmarks/bulk_edit.py`.

On the demonstration, as somebody of the publicity department, by the actions that the pages and the worker call, each
in one transaction: the preview, the change of three fields, the preview of undoing it, the undoing, and the same for a
removal of everything. It counts that every asset has its history row with actor and batch. Beside it a bare UPDATE of
one column of the same rows, rolled back. Seconds are of the clock, and of the processor in the database's session,
which a busy machine leaves as they are. What it changed it has put back in the end; history and batches stay.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PYTHON = str(ROOT / ".venv" / "bin" / "python")


def processor_seconds() -> float:
    """What the database's session has had of a processor (Linux, a database on this machine)."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(name: str, act: Callable[[], Any]) -> Any:
    """Do it, and print a line of the table."""
    started, worked = time.perf_counter(), processor_seconds()
    answer = act()
    clock, processor = time.perf_counter() - started, processor_seconds() - worked
    print(f"| {name} | {clock:.1f} | {processor:.1f} |", flush=True)
    return answer


def bare_update() -> None:
    """One column of the same rows without the table's triggers, rolled back."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE assets_asset DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE assets_asset SET version = version + 1 WHERE lifecycle IN ('in_use', 'suspended')"
        )
        transaction.set_rollback(True)


def measure(username: str) -> None:
    """Print the table."""
    from django.db import connection

    from accounts.models import User
    from assets.actions.revert_batch import preview_revert, revert_batch
    from assets.filters import read_filter
    from assets.history import Actor
    from assets.models import Batch, Origin
    from assets.sets.edits import BulkEdit, Step
    from work.actions.edit_assets import edit_assets, preview_edit

    user = User.objects.get(username=username)
    actor = Actor(user, Origin.WEB)

    def history_of(batch: Batch) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT pgh_obj_id) FROM assets_assetevent e JOIN pghistory_context c"
                " ON c.id = e.pgh_context_id WHERE c.metadata @> jsonb_build_object('batch', %s, 'user', %s)",
                [batch.pk, user.pk],
            )
            return int(cursor.fetchone()[0])

    fields = {"material": "铝型材", "remarks": f"{time.time()}", "illuminated": True}
    for name, edit in {
        "three fields": BulkEdit(values=fields),
        "remove": BulkEdit(step=Step.REMOVE, removal_reason="benchmark"),
    }.items():
        assets = read_filter("").assets(user)
        told = timed(f"{name}: preview", lambda edit=edit, assets=assets: preview_edit(actor, assets, edit))
        done = timed(
            f"{name}: change",
            lambda edit=edit, assets=assets: edit_assets(actor, assets, edit, title="benchmark"),
        )
        kept = history_of(done.batch)
        timed(f"{name}: preview of undoing", lambda done=done: preview_revert(actor, done.batch))
        undone = timed(f"{name}: undo", lambda done=done: revert_batch(actor, done.batch))
        print(
            f"\n{told.written} of {told.asked} assets, {kept} with history of the batch;"
            f" {undone.writes} undone, left: {undone.left}\n"
        )


def main() -> None:
    """Measure, on the clone's own database unless the environment names another."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--user", default="publicity", help="who changes, and so how much")
    arguments = parser.parse_args()
    if "DATABASE_URL" not in os.environ:
        # The yardstick leaves the triggers out, which the owner of the tables may.
        os.environ |= {"DJANGO_ENV": "demo", "DATABASE_ROLE": "owner"}
        cluster = ROOT / "script" / "cluster"
        os.execv(cluster, [str(cluster), "run", "--", PYTHON, *sys.argv])
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    print(f"load {os.getloadavg()[0]:.1f}\n\n| | seconds | of the processor |\n|---|--:|--:|")
    timed("bare UPDATE without triggers", bare_update)
    measure(arguments.user)
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
