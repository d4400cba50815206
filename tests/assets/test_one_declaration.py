"""A field is declared once: one more in `assets/fields.py`, and whatever shows, writes or carries fields has it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

# The script connects to the same test database, which is made only for tests that say so.
pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
COLUMN = '    throw_away = models.BooleanField("throw-away", null=True, blank=True)\n'
DECLARED = """    _field(
        "throw_away",
        _("Throw-away"),
        Kind.BOOLEAN,
        filter="throw_away",
        by_hand=ByHand("make", phone=True),
        ledger=InLedger("随手一填", "随手一填", "是"),
    ),
"""


def copy_with_one_field_more(folder: Path) -> None:
    """The product, with a column in the model and one declaration: what whoever adds a field writes."""
    for entry in ROOT.iterdir():
        if entry.name != "assets" and not entry.name.startswith("."):
            (folder / entry.name).symlink_to(entry)
    shutil.copytree(ROOT / "assets", folder / "assets", ignore=shutil.ignore_patterns("__pycache__"))
    insert(folder / "assets/models/asset.py", COLUMN, before="    facing = models.PositiveSmallIntegerField(")
    insert(folder / "assets/fields.py", DECLARED, before='    _field("thumbnail"')


def insert(path: Path, text: str, *, before: str) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count(before) == 1, before
    path.write_text(source.replace(before, text + before), encoding="utf-8")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> dict:
    """Where the field was found (`throw_away_field.py`, in a process of its own: models are made once)."""
    folder = tmp_path_factory.mktemp("one_field_more")
    copy_with_one_field_more(folder)
    script = shutil.copy(Path(__file__).with_name("throw_away_field.py"), folder)
    done = subprocess.run(
        [sys.executable, script, str(connection.settings_dict["NAME"])],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "where, what",
    [
        ("editing form", ["Throw-away", True]),
        ("panel", ["Yes"]),
        ("timeline", ["Throw-away: — → yes"]),
        ("told to readers", True),
        ("administration", True),
        ("bulk edit's form", 1),
        ("bulk edit's plan", 1),
        ("phone's pack", [True]),
        ("phone's form", [["boolean", "Throw-away"]]),
        ("phone's records", [{"throw_away": False}, "Throw-away"]),
        ("files", True),
        ("rows of files", [True]),
        ("OGC queryables", True),
        ("filters of the APIs", 1),
        ("the one filter", [1, [["Throw-away", ["Yes"]]], 0]),
        ("legend", {"true": 1, "false": 0, "none": 0}),
        ("ledgers' headings", {"throw_away": "随手一填", "source_id": "编号"}),
        ("choice of columns", ["What it is like", "Throw-away"]),
        ("template", 2),
        ("import", [1, 0, False]),
    ],
)
def test_a_field_declared_once_is_found_in(where: str, what: object, found: dict) -> None:
    assert found[where] == what
