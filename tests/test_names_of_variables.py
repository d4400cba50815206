"""A variable is named for what it is (`asset_filter`, `row`, `verdict`), so that a line can be read by itself.

Five words that fit everything, and so say nothing, name no variable, no parameter, no field, no function and no class,
with or without an underscore before them. Scripts and templates of the browser: test_names_in_scripts.py.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = [
    *sorted(path.parent for path in ROOT.glob("*/apps.py")),
    *(ROOT / folder for folder in ("benchmarks", "config", "script", "tests")),
]
SAYING_NOTHING = frozenset({"chosen", "each", "known", "one", "said"})
# Where such a name may stand, and why.
ALLOWED = {"assets/models/ledger.py": "`said` is a column of the database"}


def names_given(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of whatever is assigned to, looped over, passed in, caught, imported as, or defined."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name) | ast.alias(asname=str(name)):
                yield node.lineno, name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                yield node.lineno, name


def saying_nothing(source: str) -> list[tuple[int, str]]:
    """Line and name of what is called by one of those words in a source text."""
    return sorted(
        (line, name)
        for line, name in names_given(ast.parse(source))
        if name.strip("_").lower() in SAYING_NOTHING
    )


def is_python(path: Path) -> bool:
    """Whether a file is Python: by its ending, or a command by its first line."""
    if path.suffix or not path.is_file():
        return path.suffix == ".py"
    with path.open("rb") as file:
        return b"python" in file.readline(80)


def in_room(room: Path) -> Iterator[tuple[str, str]]:
    """File, and line with name, of every such name in a room; migrations stay as they were written."""
    for path in sorted(path for path in room.rglob("*") if is_python(path)):
        if "migrations" in path.parts:
            continue
        for line, name in saying_nothing(path.read_text(encoding="utf-8")):
            yield path.relative_to(ROOT).as_posix(), f"{line}: {name}"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_what_is_held_can_be_read_off_its_name(room: Path) -> None:
    found = [(file, where) for file, where in in_room(room) if file not in ALLOWED]
    assert found == [], "name it for what it is: asset_filter, row, verdict"


def test_every_exception_is_needed() -> None:
    assert set(ALLOWED) <= {file for room in ROOMS for file, _where in in_room(room)}


@pytest.mark.parametrize(
    "source",
    [
        "said = 1",
        "said: int = 1",
        "(first, said) = pair",
        "for said in rows: pass",
        "[said for said in rows]",
        "with opened() as said: pass",
        "lambda said: 1",
        "def told(first, /, second, *, said): pass",
        "def told(*said): pass",
        "def told(**said): pass",
        "def said(): pass",
        "async def said(): pass",
        "class Remark:\n    said: str",
        "if said := told(): pass",
        "import words as said",
        "try: pass\nexcept ValueError as said: pass",
        "match row:\n    case [said, *_]: pass",
        "match row:\n    case [*said]: pass",
        "_SAID = {}",
        "def _said(): pass",
        "class Said: pass",
    ],
)
def test_however_a_name_is_given_it_is_seen(source: str) -> None:
    assert [name.strip("_").lower() for _line, name in saying_nothing(source)] == ["said"]


@pytest.mark.parametrize(
    "source", ["print(said)", "row.said", "told(said=1)", "unsaid = 1", "'said'", "{'said': 1}"]
)
def test_what_others_have_named_is_no_name_given(source: str) -> None:
    assert saying_nothing(source) == []
