"""Statements that change many rows go through the kernel, which has the triggers' statements planned anew."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from assets.actions.reassign_areas import reassign_areas
from assets.actions.revert_batch import revert_batch
from assets.history import Actor
from assets.models import Asset, Origin
from assets.sets.edits import BulkEdit, Step
from tests.factories import make_asset
from work.actions.edit_assets import edit_assets

ROOT = Path(__file__).resolve().parents[3]
ROOMS = (
    "accounts",
    "assets",
    "cases",
    "evaluation",
    "field",
    "importing",
    "mapping",
    "places",
    "portal",
    "reports",
)
ROOMS += ("web", "work")
WRITES_MANY = re.compile(
    r"\b(UPDATE|INSERT INTO)\s+assets_(asset|inspection|maintenance|posting|support|batchitem)\b"
)


def _sources() -> Iterator[Path]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            # The demonstration fills empty tables and does so itself, a chunk at a time.
            if not {"migrations", "demonstration"} & set(path.parts):
                yield path


def _executed(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of every statement that is given to a cursor's own `execute`."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "execute"
        ):
            texts = (
                part.value
                for argument in node.args[:1]
                for part in ast.walk(argument)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            )
            yield node.lineno, "".join(texts)


def test_no_statement_that_changes_many_rows_goes_past_the_kernel() -> None:
    past = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in _sources()
        for line, statement in _executed(ast.parse(path.read_text(encoding="utf-8")))
        if WRITES_MANY.search(statement)
    ]
    assert past == [], "use assets.sets.writing.write_many"


def test_the_watch_sees_a_statement_that_goes_past() -> None:
    tree = ast.parse('cursor.execute(f"UPDATE assets_asset SET {x} = 1")')
    assert [bool(WRITES_MANY.search(statement)) for _line, statement in _executed(tree)] == [True]


def test_plans_are_discarded_and_no_trigger_ignored_before_every_statement_that_changes_assets(
    publicity: User, administrator: User
) -> None:
    actor = Actor(publicity, Origin.WEB)
    make_asset()
    statements: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        done = edit_assets(
            actor, Asset.objects.all(), BulkEdit(step=Step.REMOVE, removal_reason="x"), title="t"
        )
        assert done.batch is not None
        revert_batch(actor, done.batch)
        reassign_areas(Actor(None, Origin.COMMAND))
    writing = [place for place, sql in enumerate(statements) if re.search(r'\bUPDATE "?assets_asset"? ', sql)]
    assert len(writing) == 3
    assert all(statements[place - 1] == "DISCARD PLANS" for place in writing)
    assert all(statements[place - 2] == "SET LOCAL pgtrigger.ignore = '{}'" for place in writing)


@pytest.mark.parametrize("rows, discards", [(None, 1), (101, 1), (100, 0)])
def test_a_few_rows_keep_their_plans(publicity: User, rows: int | None, discards: int) -> None:
    from assets.sets.writing import write_many

    statements: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen), connection.cursor() as cursor:
        assert write_many(cursor, "UPDATE assets_asset SET remarks = 'x'", at_most=rows) == 0
    assert statements.count("DISCARD PLANS") == discards
