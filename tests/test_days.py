"""Nothing reads the clock when it is imported: neither the product, which runs for months, nor the tests of one night.

Of what is done on import: a module's own lines, those of its classes, decorators (with the cases of a test) and what
parameters are when nobody gives them.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOREIGN = {"node_modules", ".venv", "var", "migrations"}
# What answers what time it is, and whose it must be when others use the word too.
CLOCKS = {
    "localdate": None,
    "localtime": None,
    "utcnow": None,
    "now": None,
    "today": None,
    "monotonic": None,
    "perf_counter": None,
    "time": "time",  # time.time(), not the datetime.time(17, 30) of a timetable
}


def done_on_import(tree: ast.AST) -> Iterator[ast.AST]:
    """What is worked out when the file is read: all but the insides of functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from done_on_import(ast.Module([ast.Expr(part) for part in node.decorator_list], []))
            yield from done_on_import(node.args)
        elif isinstance(node, ast.Lambda):
            yield from done_on_import(node.args)
        else:
            yield node
            yield from done_on_import(node)


def readings(source: str) -> list[str]:
    """Line and text of each reading of the clock on import."""
    return [
        f"{node.lineno}: {ast.unparse(node)}"
        for node in done_on_import(ast.parse(source))
        if isinstance(node, ast.Call) and asks_a_clock(node.func)
    ]


def asks_a_clock(function: ast.expr) -> bool:
    """Whether a call of this says what time it is."""
    match function:
        case ast.Name(id=name):
            return name in CLOCKS and CLOCKS[name] is None
        case ast.Attribute(attr=name, value=owner):
            return name in CLOCKS and CLOCKS[name] in (None, ast.unparse(owner))
    return False


def test_no_file_reads_the_clock_when_it_is_imported() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted(ROOT.rglob("*.py"))
        if not FOREIGN & set(path.relative_to(ROOT).parts)
        if (lines := readings(path.read_text(encoding="utf-8")))
    }
    assert found == {}, "read it when the test runs: tests/days.py"


@pytest.mark.parametrize(
    "source",
    [
        "TODAY = timezone.localdate()",
        "DUE = date.today() + DAY",
        "class Case:\n    begun = now()",
        "def due(day=today()): pass",
        "def due(*, day=today()): pass",
        "due = lambda day=today(): day",
        "@cases([today()])\ndef test(day): pass",
        "class Case:\n    @cases([time.time()])\n    def test(self): pass",
        "for day in [today()]: pass",
    ],
)
def test_a_reading_on_import_is_seen(source: str) -> None:
    assert len(readings(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def due():\n    return today()",
        "due = lambda: today()",
        "class Case:\n    def due(self):\n        return today()",
        "created = DateTimeField(default=timezone.now)",
        "OPENS = time(8, 30)",
        "OPENS = datetime.time(8, 30)",
    ],
)
def test_what_reads_it_later_or_reads_no_clock_is_left_alone(source: str) -> None:
    assert readings(source) == []
