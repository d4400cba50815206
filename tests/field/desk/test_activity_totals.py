"""/fieldwork/activity/ and its files: what crews' records come to by person, street and kind."""

import csv
import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import User
from assets.models import Asset
from field.desk.tallying import Counts, tally
from field.models import Operation
from mapping.models import Export
from tests.factories import make_asset
from tests.field.conftest import UNISSUED, Phone, jpeg, named

pytestmark = pytest.mark.django_db

SignedIn = Callable[[User | None], Client]
COLUMNS = ("records", "inspections", "jobs", "creations", "edits", "photos", "waiting", "refused")


@pytest.fixture
def east_board(board: Asset) -> Asset:
    """One in the east street."""
    return make_asset(Point(117.01, 36.68, srid=4326), type=board.type, code=UNISSUED % 1, name="东街宣传栏")


@pytest.fixture
def worked(phone: Phone, editors_phone: Phone, board: Asset, east_board: Asset) -> None:
    """Two people's day in two streets: something of everything, and one record of nowhere."""
    data = jpeg()
    phone.send(
        phone.inspect(board, "damaged", photos=[named(data)]),
        phone.inspect(board),
        phone.inspect(east_board),
        phone.inspect(board, "nonsense"),
        phone.inspect(str(uuid.uuid4())),
        phone.edit(board, {"wording": "新的"}),
    )
    phone.put_photo(data)
    editors_phone.send(editors_phone.edit(board, {"remarks": "核实"}), editors_phone.create(name="新展板"))


def numbers(counts: Counts) -> tuple[int, ...]:
    return tuple(getattr(counts, name) for name in COLUMNS)


def test_days_streets_and_kinds_come_to_the_same_total(worked: None) -> None:
    told = tally(Operation.objects.all())
    assert told.people == 2
    assert told.total.records == Operation.objects.count() == 8
    for part in (told.days, told.streets, told.kinds):
        assert tuple(map(sum, zip(*map(numbers, part), strict=True))) == numbers(told.total)
    assert {street.name: street.inspections for street in told.streets if street.code != "none"} == {
        "无影山街道": 2,
        "天桥东街街道": 1,
    }
    assert [street.records for street in told.streets if street.code == "none"] == [1]
    inspections = next(kind for kind in told.kinds if kind.code == "inspect")
    assert (inspections.applied, inspections.waiting, inspections.refused) == (3, 1, 1)
    assert told.total.photos == 1


def test_the_page_shows_them(signed_in: SignedIn, worked: None, publicity: User) -> None:
    page = signed_in(publicity).get("/fieldwork/activity/").content.decode()
    for words in ("By person and day", "By street", "By kind of record", "天桥东街街道", "2 people"):
        assert words in page


def test_it_takes_no_more_queries_for_more_records(
    signed_in: SignedIn,
    worked: None,
    phone: Phone,
    east_board: Asset,
    publicity: User,
    django_assert_max_num_queries: Callable,
) -> None:
    client = signed_in(publicity)
    client.get("/fieldwork/activity/")
    phone.send(*(phone.inspect(east_board) for _n in range(20)))
    with django_assert_max_num_queries(14):
        client.get("/fieldwork/activity/")
    with django_assert_max_num_queries(16):
        client.get("/fieldwork/activity.xlsx")


def test_each_sees_what_lies_in_their_own_areas(
    signed_in: SignedIn, worked: None, owner: User, colleague: User, stranger: User, publicity: User
) -> None:
    def records(user: User) -> int:
        return signed_in(user).get("/fieldwork/activity/").context["tally"].total.records

    assert records(colleague) == 1
    assert records(stranger) == 0
    assert 1 < records(owner) < records(publicity)


def test_the_files_are_for_supervisors(
    signed_in: SignedIn, worked: None, crew: User, planner: User, viewer: User, stranger: User
) -> None:
    for ending in ("csv", "xlsx"):
        address = f"/fieldwork/activity.{ending}"
        for user in (crew, planner, viewer):
            assert signed_in(user).get(address).status_code == 403
        assert signed_in(None).get(address).status_code == 302
    assert not Export.objects.exists()
    rows = _rows(signed_in(stranger).get("/fieldwork/activity.csv"))
    assert [row[0] for row in rows[1:]] == ["Total"]


def _rows(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_csv_has_a_row_for_each_day_and_the_total(
    signed_in: SignedIn, worked: None, publicity: User
) -> None:
    heading, *days, total = _rows(signed_in(publicity).get("/fieldwork/activity.csv"))
    assert heading[:5] == ["Day", "Who", "User name", "Records", "Inspections"]
    assert {row[2] for row in days} == {"crew", "owner"}
    assert {row[0] for row in days} == {str(timezone.localdate())}
    assert total[0] == "Total"
    assert total[3:11] == ["8", "3", "0", "1", "1", "1", "2", "1"]


def test_a_name_is_never_a_formula(signed_in: SignedIn, worked: None, crew: User, publicity: User) -> None:
    crew.display_name = '=HYPERLINK("http://example.org")'
    crew.save(update_fields=["display_name"])
    rows = _rows(signed_in(publicity).get("/fieldwork/activity.csv"))
    assert any(row[1] == f"'{crew.display_name}" for row in rows)
    book = load_workbook(io.BytesIO(signed_in(publicity).get("/fieldwork/activity.xlsx").content))
    cell = next(cell for row in book.worksheets[0] for cell in row if cell.value == crew.display_name)
    assert cell.data_type == "s"  # text, whatever it begins with


def test_the_workbook_has_a_sheet_for_each_table(signed_in: SignedIn, worked: None, publicity: User) -> None:
    book = load_workbook(io.BytesIO(signed_in(publicity).get("/fieldwork/activity.xlsx").content))
    assert book.sheetnames == ["By person and day", "By street", "By kind of record", "About this file"]
    assert book.worksheets[0]["A2"].value.date() == timezone.localdate()
    for sheet in book.worksheets[:3]:
        last = [cell.value for cell in sheet[sheet.max_row]]
        assert last[0] == "Total"
        assert 8 in last


def test_a_file_leaves_its_line_among_the_exports(signed_in: SignedIn, worked: None, publicity: User) -> None:
    signed_in(publicity).get("/fieldwork/activity.xlsx?from=2026-01-01&to=2026-01-31")
    line = Export.objects.get()
    assert (line.user, line.layer, line.format, line.outcome) == (
        publicity,
        "crew_activity",
        "xlsx",
        "complete",
    )
    assert line.filter == "from=2026-01-01&to=2026-01-31"


@pytest.mark.parametrize(
    "query", ["from=x&to=y", "from=9999-12-31&to=9999-12-31", "from=2026-02-02&to=2026-02-01"]
)
def test_senseless_days_make_no_file(signed_in: SignedIn, publicity: User, query: str) -> None:
    assert signed_in(publicity).get(f"/fieldwork/activity.csv?{query}").status_code == 400


def test_there_are_no_other_files(signed_in: SignedIn, publicity: User) -> None:
    assert signed_in(publicity).get("/fieldwork/activity.pdf").status_code == 404


def test_where_nothing_was_recorded_it_says_when_last(
    signed_in: SignedIn, worked: None, publicity: User
) -> None:
    page = signed_in(publicity).get("/fieldwork/activity/?from=2024-01-01&to=2024-01-07").content.decode()
    assert "No records in these days" in page
    assert f"to={timezone.localdate()}" in page
