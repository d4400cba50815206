"""Lines of templates, styles and scripts can be read beside one another: none is longer than 160 characters."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST = 160
ROOMS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))
KINDS = ("*.html", "*.css", "*.js", "*.mjs")


@pytest.mark.parametrize("room", ROOMS)
def test_no_line_is_longer_than_it_can_be_read(room: str) -> None:
    sources = [path for kind in KINDS for path in (ROOT / room).rglob(kind)]
    long = [
        f"{path.relative_to(ROOT)}:{number} ({len(line)})"
        for path in sources
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if len(line) > LONGEST
    ]
    assert long == [], "Break between attributes, or beside block elements: there blanks change nothing."
