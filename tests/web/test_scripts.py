"""What templates and scripts ask for by name is there: styles, pictures, modules. A file that moved is noticed."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from field.pages import import_map as phone_import_map
from web.scripts import import_map

ROOT = Path(__file__).parent.parent.parent
ROOMS = sorted(path.parent for path in ROOT.glob("*/apps.py"))
STATIC = re.compile(r"""\{% static ['"]([^'"]+)['"] %\}""")
# A module by room and name, as scripts and inline modules import it.
MODULE = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([a-z_]+/[\w/]+)["']""")
# As JSDoc speaks of one in types.
COMMENT = re.compile(r"\s*(?:\*|/\*|//)")


def named(room: Path, pattern: re.Pattern[str], *endings: str) -> set[tuple[str, str]]:
    """Every file of a room's templates and scripts, with what it names."""
    return {
        (path.relative_to(ROOT).as_posix(), name)
        for path in room.rglob("*")
        if path.suffix in endings
        for line in path.read_text(encoding="utf-8").splitlines()
        if not COMMENT.match(line)
        for name in pattern.findall(line)
    }


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_file_that_a_template_names_is_there(room: Path) -> None:
    found = named(room, STATIC, ".html", ".webmanifest")
    assert [(file, name) for file, name in sorted(found) if finders.find(name) is None] == []


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_module_that_a_script_imports_is_in_its_page_s_map(room: Path) -> None:
    mapped = {*import_map(), *json.loads(phone_import_map())["imports"]}
    found = named(room, MODULE, ".html", ".js")
    assert [(file, name) for file, name in sorted(found) if name not in mapped] == []
