"""Addresses are asked for by name (`reverse`, `{% url %}`), so that a page can move: none is written by hand."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mapping.addresses import patterns

ROOT = Path(__file__).parent.parent
ROOMS = [*sorted(path.parent for path in ROOT.glob("*/apps.py")), ROOT / "config"]
# Where an address may stand by hand, and why.
ALLOWED = {
    # Rules about whole trees of addresses, known before any address is looked up.
    "web/access.py": "below these a token opens something",
    "web/patience.py": "below these a statement may take its time, or less of it",
    "web/problems.py": "below these programs ask, who are answered in JSON",
    # Declarations: what stands there is what everybody else asks for by name.
    "field/apps.py": "a router's place in the API",
    "field/up/api.py": "routes of the API",
    "mapping/api/catalogue.py": "routes of the API",
    "cases/api.py": "routes of the API",
    "work/campaigns/api.py": "routes of the API",
    "mapping/ogc/openapi.py": "paths of the OGC API's own description, relative to its root",
    # The phone page works from its cache, at addresses that phones out there have kept (docs/field-sync.md).
    "field/static/field/js/down/basemap.js": "asks what its service worker answers",
    "field/static/field/js/shell/boot.js": "the words, kept under this address",
    "field/static/field/js/map/field_map.js": "MapLibre's worker, kept under this address",
    "field/static/field/js/phone/server.js": "the protocol of phones",
    "field/static/field/js/phone/session.js": "signs in where a session of any age can",
    "field/static/field/js/views/code.js": "a plate's asset, from a page that knows no other",
    "field/static/field/js/shell/worker.js": "the service worker and its scope",
    # The map page, whose own address is its state: these read it and write it.
    "mapping/static/mapping/js/state.js": "reads and writes the map page's address",
    "mapping/static/mapping/js/asset_panel.js": "follows that state",
    "mapping/static/mapping/js/page.js": "comes back to that state after signing in",
    "mapping/static/mapping/js/results.js": "leads to that state",
    "web/static/web/js/server.js": "sees that it was led to the sign-in page",
    "mapping/static/mapping/js/export_choice.js": "an export's address, which people copy",
}


def first_parts() -> str:
    """What stands first in an address of the product, for a regular expression."""
    parts = {re.split(r"[/.?<]", pattern)[0] for pattern in patterns()}
    return "|".join(sorted(re.escape(part) for part in parts if part))


FIRST = first_parts()
WHOLE = re.compile(rf"/(?:{FIRST})(?:[/?#.]|$)")
WITHIN = re.compile(rf"""["'`=(}}]/(?:{FIRST})(?=[/?#."'`]|$)""")
COMMENT = re.compile(r"\s*(?:\*|/\*|//)")


def in_python(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of what looks like an address, in strings that are no docstrings."""
    tree = ast.parse(source)
    documenting = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in documenting:
            continue
        if WHOLE.match(node.value) or WITHIN.search(node.value):
            yield node.lineno, node.value


def in_text(source: str) -> Iterator[tuple[int, str]]:
    """The same of a template or a script."""
    for number, line in enumerate(source.splitlines(), 1):
        if WITHIN.search(line) and not COMMENT.match(line):
            yield number, line.strip()


def written_by_hand(room: Path) -> Iterator[tuple[str, str]]:
    """File, and line with text, of every address in a room."""
    for path in sorted(room.rglob("*")):
        if path.suffix not in (".py", ".html", ".js", ".mjs", ".webmanifest") or "migrations" in path.parts:
            continue
        source = path.read_text(encoding="utf-8")
        for line, text in in_python(source) if path.suffix == ".py" else in_text(source):
            yield path.relative_to(ROOT).as_posix(), f"{line}: {text[:100]}"


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_no_address_is_written_by_hand(room: Path) -> None:
    found = [(file, where) for file, where in written_by_hand(room) if file not in ALLOWED]
    assert not found, "ask for it by name: reverse(), {% url %}, or the page's configuration"


def test_every_exception_is_needed() -> None:
    there = {file for room in ROOMS for file, _where in written_by_hand(room)}
    assert set(ALLOWED) <= there


@pytest.mark.parametrize(
    "line", ['<a href="/map/?type=mural">', "fetch(`/api/runs/${uid}`)", "location = '/import/'"]
)
def test_an_address_in_a_template_or_script_is_seen(line: str) -> None:
    assert list(in_text(line))


def test_an_address_in_python_is_seen_and_a_docstring_is_none() -> None:
    assert [text for _line, text in in_python('"""/map/"""\nA = "/map/"\nB = "<a href=\'/jobs/\'>"')] == [
        "/map/",
        "<a href='/jobs/'>",
    ]
