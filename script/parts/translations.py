"""Keeps the Chinese message catalogues complete; the messages themselves are English.

The sources are gathered in a copy of the clone, so that a check changes nothing and an update is written only when
it differs in more than its date.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parts.clone import CLONE, Trouble
from parts.virtual_environment import PYTHON

LOCALE = "zh_Hans"
FOLDER = Path("locale") / LOCALE / "LC_MESSAGES"
# Templates and Python, and the scripts of the browser: what Django calls domains.
DOMAINS = {"django": ["html", "txt", "py"], "djangojs": ["js", "mjs"]}
# For a new catalogue. What makemessages would write instead is all placeholders and marked as doubtful.
_HEADER = """msgid ""
msgstr ""
"Project-Id-Version: tianqiao-publicity-map\\n"
"POT-Creation-Date: \\n"
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""
_NOT_OURS = shutil.ignore_patterns(".git", ".venv", "node_modules", "var", "tests", "__pycache__", ".*_cache")


def incomplete() -> list[str]:
    """One line for each message that the catalogues lack, leave empty or mark as doubtful; [] when complete."""
    problems: list[str] = []
    with _gathered() as gathered:
        for domain in DOMAINS:
            catalogue = gathered / f"{domain}.po"
            for flag, what in (("--untranslated", "not translated"), ("--only-fuzzy", "doubtful (fuzzy)")):
                problems += [f"{domain}: {what}: {message}" for message in _messages(catalogue, flag)]
    return problems


def update() -> list[Path]:
    """Add new messages to the catalogues and set aside those no longer used. Returns what changed."""
    changed = []
    with _gathered() as gathered:
        for domain in DOMAINS:
            new, old = gathered / f"{domain}.po", CLONE / FOLDER / f"{domain}.po"
            if not new.exists() or (old.exists() and _undated(old) == _undated(new)):
                continue
            old.parent.mkdir(parents=True, exist_ok=True)
            old.write_text(new.read_text(encoding="utf-8"), encoding="utf-8")
            changed.append(old)
    return changed


@contextmanager
def _gathered() -> Iterator[Path]:
    """A folder of catalogues into which the messages of today's sources are merged."""
    with tempfile.TemporaryDirectory(prefix="translations-") as folder:
        copy = Path(folder) / "clone"
        shutil.copytree(CLONE, copy, ignore=_NOT_OURS, symlinks=True)
        (copy / FOLDER).mkdir(parents=True, exist_ok=True)
        for domain, extensions in DOMAINS.items():
            catalogue = copy / FOLDER / f"{domain}.po"
            if not catalogue.exists():
                catalogue.write_text(_HEADER, encoding="utf-8")
            _make_messages(copy, domain, extensions)
        yield copy / FOLDER


def _make_messages(copy: Path, domain: str, extensions: list[str]) -> None:
    command = [str(PYTHON), "manage.py", "makemessages", "--locale", LOCALE, "--domain", domain]
    command += ["--no-wrap", "--add-location", "file"]
    for extension in extensions:
        command += ["--extension", extension]
    # The database's address is only read, never used.
    environment = {**os.environ, "DJANGO_ENV": "test", "DATABASE_URL": "postgresql:///none"}
    result = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Trouble(f"makemessages failed:\n{result.stdout}{result.stderr}")


def _messages(catalogue: Path, flag: str) -> list[str]:
    """The English texts of those entries of a catalogue that `msgattrib FLAG` selects."""
    if not catalogue.exists():
        return []
    command = ["msgattrib", flag, "--no-obsolete", "--no-wrap", str(catalogue)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Trouble(f"{catalogue.name} cannot be read:\n{result.stderr}")
    entries = re.findall(r'^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)', result.stdout, re.MULTILINE)
    texts = ["".join(re.findall(r'"((?:[^"\\]|\\.)*)"', entry)) for entry in entries]
    return [text for text in texts if text]  # the header's text is empty


def _undated(catalogue: Path) -> str:
    text = catalogue.read_text(encoding="utf-8")
    return re.sub(r'^"POT-Creation-Date:.*\n', "", text, flags=re.MULTILINE)
