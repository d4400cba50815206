"""Refuses the rows that would write where the actor may not."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.backends.utils import CursorWrapper

from accounts.permissions import EDIT, IMPORT, INSPECT, MOVE, REGISTER, REMOVE, scope_of
from assets.history import Actor
from assets.models import Origin
from importing.checking.saying import say


def check_permission(cursor: CursorWrapper, actor: Actor) -> None:
    """Refuse each row that would write where the actor may not; both ends of a move count."""
    if actor.user is None and actor.origin is Origin.COMMAND:
        return
    outside: list[str] = []
    params: list[Any] = [settings.MANAGING_DISTRICT]
    needs = {
        REGISTER: ["p.outcome = 'created' AND {new}"],
        EDIT: ["p.outcome = 'updated' AND p.differs AND {old}"],
        MOVE: ["p.moved AND {old}", "p.moved AND {new}"],
        REMOVE: ["(p.reopened OR p.removing) AND {old}"],
        INSPECT: [
            "p.inspects AND p.outcome = 'created' AND {new}",
            "p.inspects AND p.outcome = 'updated' AND {old}",
        ],
        IMPORT: ["p.outcome = 'created' AND {new}", "p.outcome = 'updated' AND {old}"],
    }
    for verb, conditions in needs.items():
        scope = scope_of(actor.user, verb) if actor.user else None
        if scope is not None and scope.is_everywhere:
            continue
        prefixes = sorted(scope.prefixes) if scope else []
        for condition in conditions:
            outside.append(condition.format(new="NOT new_scope ^@ ANY(%s)", old="NOT old_scope ^@ ANY(%s)"))
            params.append(prefixes)
    if not outside:
        return
    say(
        cursor,
        "not_your_area",
        "",
        f"""
        SELECT p.row_no, '', '{{}}'::jsonb
        FROM (
            SELECT p.*, coalesce(r.scope_code, %s) AS new_scope, coalesce(area.code, left(a.code, 6)) AS old_scope
            FROM import_plan p JOIN import_row r USING (row_no)
            LEFT JOIN assets_asset a ON a.id = p.asset_id LEFT JOIN places_area area ON area.id = a.area_id
            WHERE NOT p.refused AND p.outcome <> 'unchanged') AS p
        WHERE {" OR ".join(f"({condition})" for condition in outside)}
        """,  # noqa: S608 (conditions of this function)
        params,
    )
