"""Every regular expression of the importing code, found by itself, takes time with the length of a cell and no more.

A cell may hold a hundred thousand characters, and whoever wrote them chose them. So each pattern is tried, in the way
it is used, on long repetitive texts made from the pattern itself, in a process that may use a few seconds of a
processor. A pattern that needs time with the square of the length does not come to an end in them.
"""

import ast
import importlib
import re
import re._constants as sre
import re._parser as sre_parser
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from importing.values.coordinates import LONGEST_CELL
from importing.values.parsed import LONGEST_FIGURE
from places.apart import GaveUp, Limits, run_apart

ROOT = Path(__file__).parents[2]
SOURCES = [
    *sorted((ROOT / "importing").rglob("*.py")),
    *sorted((ROOT / "places" / "tables").rglob("*.py")),
    ROOT / "places" / "coordinates.py",
    ROOT / "places" / "boundary_files.py",
]
LENGTH = 60_000
SECONDS = 6
# Patterns that see no more than this, because whoever calls them refuses what is longer before.
BOUNDED = {
    "importing.values.coordinates:_COORDINATE": LONGEST_CELL,
    "importing.values.coordinates:_PLAIN_PAIR": LONGEST_CELL,
    "importing.values.coordinates:_COMMA_PAIR": LONGEST_CELL,
    "importing.values.dates:_YEAR_FIRST": LONGEST_FIGURE,
    "importing.values.dates:_INCOMPLETE": LONGEST_FIGURE,
    "importing.values.numbers:_PART": LONGEST_FIGURE,
}
METHODS = {"match", "fullmatch", "search", "sub", "split", "findall", "finditer"}


class Found(NamedTuple):
    """A pattern, where it stands, and how it is used."""

    where: str
    pattern: str | bytes
    flags: int
    methods: tuple[str, ...]


def patterns() -> Iterator[Found]:
    """Every pattern in the sources."""
    for source in SOURCES:
        name = ".".join(source.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield from patterns_of(name, ast.parse(source.read_text()))


def patterns_of(name: str, tree: ast.AST) -> Iterator[Found]:
    module = importlib.import_module(name)
    used = defaultdict(set)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in METHODS:
            used[ast.unparse(node.value)].add(node.attr)
    made = {ast.unparse(node.value): node for node in ast.walk(tree) if isinstance(node, ast.Assign)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.")):
            continue
        method = ast.unparse(node.func).removeprefix("re.")
        if method != "compile" and method not in METHODS:
            continue
        try:
            compiled = eval(
                ast.unparse(ast.Call(ast.Name("_compile"), node.args[:1] + flags_of(node, method), [])),
                {**vars(module), "_compile": re.compile},
            )
        except NameError:
            # Made by a function from what it is given; what it made stands in the module and is found there.
            assert any(patterns_in(vars(module))), (name, ast.unparse(node))
            continue
        methods, called = {method}, str(node.lineno)
        if method == "compile" and (target := made.get(ast.unparse(node))):
            called = ast.unparse(target.targets[0])
            methods = used[called]
        yield Found(
            f"{name}:{called}", compiled.pattern, compiled.flags, tuple(sorted(methods or {"search"}))
        )
    for key, value in vars(module).items():
        if isinstance(value, dict):
            methods = tuple(sorted(used.get(key, ()))) or ("match",)
            for pattern in patterns_in(value):
                yield Found(f"{name}:{key}", pattern.pattern, pattern.flags, methods)


def flags_of(node: ast.Call, method: str) -> list[ast.expr]:
    place = {"compile": 1, "sub": 4, "split": 3}.get(method, 2)
    flags = [keyword.value for keyword in node.keywords if keyword.arg == "flags"]
    return flags or node.args[place : place + 1]


def patterns_in(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            if isinstance(inner, re.Pattern):
                yield inner


# --- Long texts that a pattern finds hard -----------------------------------------------------------------------------

SAMPLES = {
    sre.CATEGORY_SPACE: " ", sre.CATEGORY_DIGIT: "1", sre.CATEGORY_WORD: "a", sre.CATEGORY_NOT_SPACE: "a",
    sre.CATEGORY_NOT_DIGIT: "a", sre.CATEGORY_NOT_WORD: "-",
}  # fmt: skip


def spelled(tree: Any, boosted: Any, length: int) -> tuple[str, bool]:
    """A short text for a parsed pattern, one repeat of which is done as often as fits; and whether that was reached."""
    text = ""
    for operation, argument in tree:
        if operation is sre.LITERAL:
            text += chr(argument)
        elif operation in (sre.NOT_LITERAL, sre.ANY):
            text += "a"
        elif operation is sre.IN:
            text += member(argument)
        elif operation is sre.BRANCH:
            choices = [spelled(choice, boosted, length) for choice in argument[1]]
            branch = next((choice for choice in choices if choice[1]), choices[0])
            text += branch[0]
            if branch[1]:
                return text, True
        elif operation in (sre.SUBPATTERN, sre.ATOMIC_GROUP):
            inner, reached = spelled(
                argument[-1] if operation is sre.SUBPATTERN else argument, boosted, length
            )
            text += inner
            if reached:
                return text, True
        elif operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            least, most, body = argument
            if body is boosted:
                inner = spelled(body, None, length)[0] or "a"
                return text + inner * min(int(most), length // len(inner)), True
            inner, reached = spelled(body, boosted, length)
            if reached:
                return text + inner, True
            text += inner * int(least)
    return text, False


def member(members: Any) -> str:
    for operation, argument in members:
        if operation is sre.LITERAL:
            return chr(argument)
        if operation is sre.RANGE:
            return chr(argument[0])
        if operation is sre.CATEGORY:
            return SAMPLES.get(argument, "a")
    return "a"


def repeats(tree: Any) -> Iterator[Any]:
    """The body of every repeat in a parsed pattern."""
    for operation, argument in tree:
        if operation in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            yield argument[2]
            yield from repeats(argument[2])
        elif operation is sre.BRANCH:
            for choice in argument[1]:
                yield from repeats(choice)
        elif operation is sre.SUBPATTERN:
            yield from repeats(argument[-1])
        elif operation in (sre.ASSERT, sre.ASSERT_NOT):
            yield from repeats(argument[1])


def hard_texts(pattern: str | bytes, flags: int, length: int) -> Iterator[str]:
    source = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    flags &= ~(re.UNICODE | re.LOCALE)
    tree = sre_parser.parse(source, flags)
    pieces = {" ", "1", "a", "-", "(", "1.", "1,", " 1", "a1"}
    for body in repeats(tree):
        hard, _reached = spelled(tree, body, length)
        pieces.add(spelled(body, None, length)[0] or "a")
        for end in ("", "\x01", "a", " ", "1"):
            yield hard + end
    for piece in sorted(pieces):
        for end in ("", "\x01"):
            yield (piece * length)[:length] + end
    # The whole pattern again and again, and as much of it as does not match yet.
    whole = spelled(tree, None, length)[0] or "a"
    for part in {whole, whole[:-1] or "a"}:
        yield (part * length)[:length]


def use(pattern: str | bytes, flags: int, methods: tuple[str, ...], length: int) -> int:
    """Tries the pattern as it is used; returns how many texts it has come through."""
    compiled: Any = re.compile(pattern, flags)
    tried = 0
    for text in hard_texts(pattern, flags, length):
        given: Any = text.encode("latin-1", "replace") if isinstance(pattern, bytes) else text
        for method in methods:
            if method == "compile":
                continue
            if method == "sub":
                compiled.sub(given[:0], given)
            elif method == "finditer":
                list(compiled.finditer(given))
            else:
                getattr(compiled, method)(given)
        tried += 1
    return tried


ALL = sorted(set(patterns()))


def test_the_patterns_are_found():
    """A change of how patterns are written must not leave this test with nothing to look at."""
    assert len(ALL) > 40
    places = {found.where.partition(":")[0] for found in ALL}
    assert {"importing.reading.vector", "importing.values.coordinates"} <= places


@pytest.mark.parametrize("found", ALL, ids=lambda found: f"{found.where} {found.pattern!r:.30}")
def test_a_pattern_takes_time_with_the_length_of_the_text_and_no_more(found):
    length = BOUNDED.get(found.where, LENGTH)
    try:
        tried = run_apart(
            use, found.pattern, found.flags, found.methods, length, limits=Limits(processor_seconds=SECONDS)
        )
    except GaveUp:
        pytest.fail(f"{found.where}: {found.pattern!r} does not come to an end ({', '.join(found.methods)})")
    assert tried > 10


@pytest.mark.parametrize(
    "pattern, method", [(r"(a+)+b", "match"), (r"\s*x$", "search"), (r"(?:<!--.*?-->\s*)*<k", "match")]
)
def test_a_pattern_that_is_known_to_be_slow_is_found_out(pattern, method):
    with pytest.raises(GaveUp):
        run_apart(use, pattern, re.S, (method,), LENGTH, limits=Limits(processor_seconds=SECONDS))
