"""Compares a staged ledger with the catalogue, set by set, in SQL: which asset each row means, what is wrong with it,
and what it would change. Fills `import_plan` and `import_change` and adds to `import_verdict`.

Reads the catalogue and writes temporary tables only, so it can be run for a preview and again, under the locks of
`importing.actions.apply_import`, right before the ledger is applied.

Identity: the unique id in an export of ours, else the component id, else the one of 2013, else source and own number.
A row without any number has one derived from what identifies it (`identity`), kept under the same source. A number
alone is not believed: when it leads to an asset of which the row says everything otherwise, the row is held until a
person has looked at it. Spreadsheets round ids of 17 digits, and offices number each sheet anew.
"""

from __future__ import annotations

from django.db import connection
from django.db.backends.utils import CursorWrapper

from assets.history import Actor
from importing.checking.comparing import UNITS, find_changes, let_stand, match
from importing.checking.identity import check_identity, check_numbers
from importing.checking.permission import check_permission
from importing.checking.rows import check_areas, check_known, check_new
from importing.options import ImportOptions
from importing.verdicts import refusing

__all__ = ["UNITS", "check"]


def check(actor: Actor, options: ImportOptions, *, lock: bool = False) -> None:
    """Work out for every staged row what is to happen to it.

    With `lock`, the assets that differ are locked until the transaction ends, so that what is checked here is
    still true when it is applied.
    """
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE import_plan, import_change")
        cursor.execute("DELETE FROM import_verdict WHERE phase = 'check'")
        match(cursor)
        let_stand(cursor)
        if lock:
            _lock_differing(cursor)
        check_numbers(cursor)
        check_identity(cursor)
        check_new(cursor, options)
        check_known(cursor)
        check_areas(cursor)
        _refuse(cursor, options)
        check_permission(cursor, actor)
        _refuse(cursor, options)
        find_changes(cursor)


def _lock_differing(cursor: CursorWrapper) -> None:
    cursor.execute(
        "SELECT count(*) FROM (SELECT FROM assets_asset WHERE id IN "
        "(SELECT asset_id FROM import_plan WHERE outcome = 'updated') ORDER BY id FOR NO KEY UPDATE) AS locked"
    )


def _refuse(cursor: CursorWrapper, options: ImportOptions) -> None:
    """Mark the rows that do not come in."""
    cursor.execute(
        "UPDATE import_plan SET refused = true WHERE NOT refused AND row_no IN "
        "(SELECT row_no FROM import_verdict WHERE code = ANY(%s))",
        [sorted(refusing(options.confirmed, strict=options.strict))],
    )
