"""Lists a page at a time: whatever the rows, each is shown once and in order, and no foreign cursor is taken."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from assets.filter_parameters import FilterError
from assets.models import Artwork
from assets.paging import Key, Keyset, no_parameter, read, written


@dataclass(frozen=True)
class Row:
    """Something to sort."""

    day: date
    at: datetime
    name: str
    number: int


MOMENTS = [datetime(2026, 1, 1, 8, 0, 0, microseconds, tzinfo=UTC) for microseconds in (0, 1, 999_999)]
ROWS = st.lists(
    st.builds(
        Row,
        st.dates(date(2026, 1, 1), date(2026, 1, 3)),
        st.sampled_from(MOMENTS),
        st.sampled_from(["甲", "乙", "a", ""]),
        st.integers(0, 50),
    ),
    unique_by=lambda row: row.number,
    max_size=20,
)
KINDS = {"day": date, "at": datetime, "name": str}


@given(
    rows=ROWS,
    by=st.sampled_from(sorted(KINDS)),
    down=st.booleans(),
    last_down=st.booleans(),
    size=st.integers(1, 7),
)
def test_every_row_is_shown_once_and_in_order(
    rows: list[Row], by: str, down: bool, last_down: bool, size: int
) -> None:
    order = Keyset("some", (Key(by, KINDS[by], down), Key("number", int, last_down)))
    expected = sorted(rows, key=lambda row: row.number, reverse=last_down)
    expected.sort(key=lambda row: getattr(row, by), reverse=down)
    seen: list[Row] = []
    cursor: str | None = None
    while True:
        page = order.page_in(expected, cursor, size)
        assert len(page.rows) <= size
        seen += page.rows
        cursor = page.next
        if cursor is None:
            break
    assert seen == expected


@pytest.mark.django_db
def test_the_database_pages_as_memory_does() -> None:
    for number, (code, day) in enumerate([("A", 3), ("B", 1), ("C", 3), ("D", 2), ("E", 1)]):
        Artwork.objects.create(code=code, title=f"画面 {number}", valid_from=date(2026, 1, day))
    order = Keyset("days", (Key("valid_from", date, descending=True), Key("code", str)))
    codes: list[str] = []
    cursor: str | None = None
    while True:
        page = order.page_of(Artwork.objects.filter(code__in="ABCDE"), cursor, 2)
        codes += [artwork.code for artwork in page.rows]
        cursor = page.next
        if cursor is None:
            break
    assert codes == ["A", "C", "D", "B", "E"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "",
        "é",
        "\0",
        written(["other", "1"]),
        written(["new", "-1"]),
        written(["new", str(2**63)]),
        written(["new", "9" * 5000]),
        written(["new", 1]),
        written(["new", None]),
        written(["new", "1", "2"]),
        written(["new", "١"]),
        written([]),
        "W" * 20_000,
    ],
)
def test_a_cursor_of_something_else_is_refused(cursor: str, viewer: User) -> None:
    order = Keyset("new", (Key("pk", int, descending=True),))
    with pytest.raises(FilterError) as refusal:
        order.page_of(User.objects.all(), cursor, 5)
    assert refusal.value.parameter == "cursor"


@given(content=st.lists(st.text(max_size=5) | st.none() | st.integers(0, 9), max_size=4))
def test_what_was_written_is_read_again(content: list) -> None:
    assert read(written(content), len(content)) == content


def test_who_uses_a_former_name_is_told_the_one_of_now() -> None:
    assert "cursor" in no_parameter("after", ["cursor"]).sentence
    assert "cursor" not in no_parameter("after", []).sentence
    assert "cursor" not in no_parameter("something", ["cursor"]).sentence
