"""Files of others are parsed in a process of their own: nobody but its readers imports what parses them."""

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
PARSERS = {"python_calamine", "xlrd", "pyogrio", "xml.etree.ElementTree", "xml.parsers.expat", "pillow_heif"}
# What runs in the child process, or reads what the product itself made.
READERS = (
    "importing/reading/",
    "places/boundary_files.py",
    "assets/photo_process.py",
    "mapping/basemap/",
    "mapping/exports/",  # writes
    "mapping/snapshot/",  # its own base map and icons
    "demonstration/",
)


def imported(path: Path) -> set[str]:
    """The modules that a file names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def sources() -> dict[str, set[str]]:
    rooms = sorted(path.parent for path in ROOT.glob("*/apps.py"))
    return {
        str(path.relative_to(ROOT)): imported(path)
        for room in rooms
        for path in room.rglob("*.py")
        if "migrations" not in path.parts
    }


def test_only_readers_import_parsers() -> None:
    found = {name: modules & PARSERS for name, modules in sources().items() if not name.startswith(READERS)}
    assert {name: modules for name, modules in found.items() if modules} == {}


def test_tables_are_read_apart_by_everybody() -> None:
    """`read_table` parses where it is called: only the child process calls it."""
    direct = {name for name, modules in sources().items() if "importing.reading.read_table" in modules}
    assert direct == {"importing/apart.py"}
