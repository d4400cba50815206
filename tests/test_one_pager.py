"""One way through every long list: the cursor of `assets/paging.py`. No page is numbered, in no room."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
NUMBERED = re.compile(r"\bPaginator\b|\bget_page\(|\bpage_number\b|_page_number\b|\bpaginator\.|[?&;}]page=")


def test_no_view_and_no_template_numbers_its_pages() -> None:
    rooms = [path.parent for path in ROOT.glob("*/apps.py")]
    sources = [path for room in rooms for kind in ("*.py", "*.html", "*.js") for path in room.rglob(kind)]
    assert len(sources) > 500
    found = [str(path.relative_to(ROOT)) for path in sources if NUMBERED.search(path.read_text())]
    assert found == [], "These number their pages; lists continue by cursor (assets/paging.py)."
