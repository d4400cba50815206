"""What the documents name is there: links, files and folders."""

import re
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*CLONE.glob("*.md"), *CLONE.glob("docs/**/*.md"), *CLONE.glob("*/README.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
# A path in back quotes: it has a folder and an ending, or ends with a slash.
PATH = re.compile(
    r"`([A-Za-z0-9_.-]+/(?:[A-Za-z0-9_./-]+\.(?:py|js|html|css|md|toml|txt|in)|[A-Za-z0-9_/-]*/)?)`"
)
# Named as what does not lie in the repository.
ELSEWHERE = ("node_modules/", "var/")


def named(document: Path, pattern: re.Pattern[str]) -> set[str]:
    return set(pattern.findall(document.read_text()))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(CLONE).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    ours = {link.split("#")[0] for link in named(document, LINK) if not re.match(r"[a-z]+:|#", link)}
    assert {link for link in ours if not (document.parent / link).exists()} == set()


@pytest.mark.parametrize("document", ["docs/design.md", "CONTRIBUTING.md", "README.md"])
def test_every_file_that_a_newcomer_is_led_to_is_there(document: str) -> None:
    paths = {path for path in named(CLONE / document, PATH) if not path.startswith(ELSEWHERE)}
    assert paths
    assert {path for path in paths if not (CLONE / path).exists()} == set()
