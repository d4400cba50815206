#!/usr/bin/env python3
"""How long changing every asset takes, and undoing that: `benchmarks/bulk_edit.py`.

On the demonstration, as somebody of the publicity department, by the actions that the pages and the worker call, each
in one transaction: the preview, the change of three fields, the preview of undoing it, the undoing, and the same for a
removal of everything. It counts that every asset has its history row with actor and batch. Beside it a bare UPDATE of
one column of the same rows, rolled back. Seconds are of the clock, and of the processor in the database's session,
which a busy machine leaves as they are. What it changed it has put back in the end; history and batches stay.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def timed(name: str, act: Callable[[], Any]) -> Any:
    """Do it, and say how long it took."""
    started = time.perf_counter()
    answer = act()
    print(f"{name:42} {time.perf_counter() - started:6.1f} s", flush=True)
    return answer


def main() -> None:
    """Measure."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.db import connection

    from accounts.models import User
    from assets.actions.edit_assets import edit_assets, preview_edit
    from assets.actions.revert_batch import preview_revert, revert_batch
    from assets.filters import read_filter
    from assets.history import Actor
    from assets.models import Asset, Batch, Origin
    from assets.sets.edits import BulkEdit, Step

    user = User.objects.get(username="publicity")
    actor = Actor(user, Origin.WEB)

    def history_of(batch: Batch) -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(DISTINCT pgh_obj_id) FROM assets_assetevent e JOIN pghistory_context c"
                " ON c.id = e.pgh_context_id WHERE c.metadata @> jsonb_build_object('batch', %s, 'user', %s)",
                [batch.pk, user.pk],
            )
            return int(cursor.fetchone()[0])

    edits = {
        "three fields": BulkEdit(
            values={"material": "铝型材", "remarks": f"{time.time()}", "illuminated": True}
        ),
        "remove": BulkEdit(step=Step.REMOVE, removal_reason="benchmark"),
    }
    print(f"load {os.getloadavg()[0]:.1f}")
    for name, edit in edits.items():

        def chosen() -> Any:
            return read_filter("").assets(user)

        told = timed(f"{name}: preview", lambda edit=edit: preview_edit(actor, chosen(), edit))
        print(f"  {told.written} of {told.asked}")
        done = timed(
            f"{name}: change", lambda edit=edit: edit_assets(actor, chosen(), edit, title="benchmark")
        )
        print(f"  {history_of(done.batch)} assets with history of the batch")
        told = timed(f"{name}: preview of undoing", lambda done=done: preview_revert(actor, done.batch))
        undone = timed(f"{name}: undo", lambda done=done: revert_batch(actor, done.batch))
        print(f"  {undone.writes} undone, left {undone.left}; {Asset.objects.count()} assets")
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
