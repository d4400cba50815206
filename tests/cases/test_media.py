"""Media pieces: list and counts, entering, a file in with refusals and undo, and out again unchanged."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from assets.history import Actor
from assets.models import Origin
from cases.actions.keep_media import Piece, keep_media_piece
from cases.models import MediaColumn, MediaImport, MediaPiece
from tests.conftest import District
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db
HEADINGS = ["日期", "标题", "媒体", "栏目", "链接", "街道", "专项行动"]
GOOD = [
    "2026-03-05",
    "志愿者走上街头",
    "天桥融媒（演示）",
    "志愿风采",
    "https://example.org/1",
    "无影山街道",
    "",
]


@pytest.fixture(autouse=True)
def columns(db: None) -> dict[str, MediaColumn]:
    names = {"volunteers": "志愿风采", "streets": "街巷新貌"}
    made = [MediaColumn.objects.create(code=code, name_zh=name, name_en=code) for code, name in names.items()]
    return {column.code: column for column in made}


@pytest.fixture
def office(client: Client, publicity: User) -> Client:
    client.force_login(publicity)
    client.cookies["django_language"] = "en"
    return client


def workbook(*rows: list[Any], headings: list[str] = HEADINGS) -> bytes:
    book = openpyxl.Workbook()
    for row in (headings, *rows):
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: Client, content: bytes, name: str = "media.xlsx") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post("/cases/media/imports/", {"area": "370105", "file": file})


def enter(publicity: User, district: District, columns: dict[str, MediaColumn], **values: Any) -> MediaPiece:
    given = {
        "title": "一篇",
        "outlet": "日报",
        "column": columns["streets"],
        "published_on": date(2026, 3, 1),
        **values,
    }
    return keep_media_piece(Actor(publicity, Origin.WEB), None, Piece(**given), area=district.district)


def test_a_file_is_looked_at_taken_over_and_undone(office: Client, district: District) -> None:
    campaign = make_campaign(district.district, "spring")
    rows = [
        GOOD,
        [date(2026, 3, 6), "第二篇", "天桥融媒（演示）", "街巷新貌", "", "370105002", "spring"],
        ["soon", "第三篇", "日报", "街巷新貌", "", "", ""],
        ["2026-03-07", "", "日报", "街巷新貌", "", "", ""],
        ["2026-03-07", "第五篇", "日报", "体育", "javascript:alert(1)", "火星街道", "autumn"],
        [timezone.localdate() + timedelta(days=2), "第六篇", "日报", "街巷新貌", "", "", ""],
        GOOD,
    ]
    answer = send(office, workbook(*rows))
    assert answer.status_code == 302
    brought = MediaImport.objects.get()
    assert not MediaPiece.objects.exists()
    assert [row["outcome"] for row in brought.rows] == ["new", "new"]
    assert {line["row"]: len(line["why"]) for line in brought.refused} == {4: 1, 5: 1, 6: 4, 7: 1, 8: 1}
    body = office.get(answer["Location"]).content.decode()
    assert "2 new · 0 changed · 0 as they are · 5 refused" in body
    assert "“体育” does not exist." in body
    assert office.post(f"{answer['Location']}apply").status_code == 302
    assert office.post(f"{answer['Location']}apply").status_code == 302  # once only
    assert {piece.campaign for piece in MediaPiece.objects.all()} == {campaign, None}
    assert MediaPiece.objects.there().count() == 2
    MediaPiece.objects.filter(title="第二篇").update(link="https://example.org/changed")
    office.post(f"{answer['Location']}undo")
    assert [piece.title for piece in MediaPiece.objects.there()] == ["第二篇"]
    office.post(f"{answer['Location']}undo")
    assert MediaPiece.objects.there().count() == 1


def test_what_goes_out_comes_in_unchanged_and_changed_rows_change(
    office: Client, publicity: User, district: District, columns: dict[str, MediaColumn]
) -> None:
    first = enter(publicity, district, columns, street=district.west, link="https://example.org/a")
    enter(publicity, district, columns, title="=1+1", campaign=make_campaign(district.district))
    for ending in ("xlsx", "csv"):
        answer = send(office, office.get(f"/cases/media/pieces.{ending}").content, f"media.{ending}")
        assert answer.status_code == 302
        brought = MediaImport.objects.first()
        assert not brought.refused, ending
        if ending == "xlsx":
            assert [row["outcome"] for row in brought.rows] == ["same", "same"]
    book = openpyxl.load_workbook(BytesIO(office.get("/cases/media/pieces.xlsx?q=一篇").content))
    sheet = book.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "日报":
                cell.value = "晚报"
    out = BytesIO()
    book.save(out)
    answer = send(office, out.getvalue())
    office.post(f"{answer['Location']}apply")
    first.refresh_from_db()
    assert first.outlet == "晚报"
    office.post(f"{answer['Location']}undo")
    first.refresh_from_db()
    assert first.outlet == "日报"


@pytest.mark.parametrize(
    "content, name",
    [(b"", "a.xlsx"), (b"PK\x03\x04 no", "a.xlsx"), (b"%PDF-1.4", "a.csv"), (b"x", "a.exe")],
)
def test_what_is_no_table_is_refused_in_a_sentence(content: bytes, name: str, office: Client) -> None:
    answer = send(office, content, name)
    assert answer.status_code == 422
    assert "field-problem" in answer.content.decode()


def test_a_file_without_a_needed_column_says_which(office: Client) -> None:
    answer = send(office, workbook(["2026-03-01", "一篇"], headings=["日期", "标题"]))
    assert answer.status_code == 422
    assert "The column “Outlet” is missing." in answer.content.decode()


def test_counts_by_column_and_street_add_up(
    office: Client, publicity: User, district: District, columns: dict[str, MediaColumn]
) -> None:
    enter(publicity, district, columns, street=district.west)
    enter(publicity, district, columns, title="二", street=district.west, column=columns["volunteers"])
    enter(publicity, district, columns, title="三")
    page = office.get("/cases/media/")
    assert [column["count"] for column in page.context["columns"]] == [3, 2, 1]
    assert {street["code"]: street["count"] for street in page.context["streets"]} == {
        "370105001": 2,
        "370105002": 0,
        "none": 1,
        **{street["code"]: 0 for street in page.context["streets"] if street["code"] == "370999001"},
    }
    only = office.get("/cases/media/?column=volunteers")
    assert only.context["matched"] == 1
    assert [column["count"] for column in only.context["columns"]] == [3, 2, 1]
    assert office.get("/cases/media/?street=none&q=三").context["matched"] == 1
    for wrong in ("column=sport", "street=1", "from=soon", "campaign=x", "colour=red"):
        assert office.get(f"/cases/media/?{wrong}").status_code == 400


def test_pages_by_role(
    client: Client,
    district: District,
    owner: User,
    stranger: User,
    publicity: User,
    columns: dict[str, MediaColumn],
) -> None:
    piece = enter(publicity, district, columns, title="秘密的一篇")
    assert client.get("/cases/media/").status_code == 302
    client.force_login(owner)
    assert "秘密的一篇" in client.get("/cases/media/").content.decode()
    for address in ("new", "imports/", f"{piece.pk}/"):
        assert client.get(f"/cases/media/{address}").status_code == 403
    assert client.post(f"/cases/media/{piece.pk}/remove").status_code == 403
    client.force_login(stranger)
    assert "秘密的一篇" not in client.get("/cases/media/").content.decode()
    assert "秘密的一篇".encode() not in client.get("/cases/media/pieces.csv").content
    assert client.get(f"/cases/media/{piece.pk}/").status_code == 404
    assert client.post(f"/cases/media/{piece.pk}/remove").status_code == 404
    assert send(client, workbook(GOOD)).status_code == 422  # the district is none of theirs
    client.force_login(publicity)
    sent = {"title": "改过", "outlet": "日报", "column": "streets", "published_on": "2026-03-01"}
    assert client.post(f"/cases/media/{piece.pk}/", sent).status_code == 302
    assert client.post("/cases/media/new", {**sent, "area": "370105"}).status_code == 422  # entered already
    assert client.post("/cases/media/new", {**sent, "area": "370105", "title": "新"}).status_code == 302
    assert client.post("/cases/media/new", {**sent, "area": "370105", "link": "ftp://x"}).status_code == 422
    assert client.post(f"/cases/media/{piece.pk}/remove").status_code == 302
    assert client.get(f"/cases/media/{piece.pk}/").status_code == 404


def test_an_import_of_another_district_is_not_there(office: Client, stranger: User, client: Client) -> None:
    address = send(office, workbook(GOOD))["Location"]
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    assert client.post(f"{address}apply").status_code == 404
    assert not MediaPiece.objects.exists()


def test_the_list_costs_the_same_for_many(
    office: Client, publicity: User, district: District, columns: dict[str, MediaColumn]
) -> None:
    def queries() -> int:
        office.get("/cases/media/")
        with CaptureQueriesContext(connection) as seen:
            assert office.get("/cases/media/").status_code == 200
        return len(seen)

    enter(publicity, district, columns)
    few = queries()
    for number in range(12):
        enter(publicity, district, columns, title=f"篇{number}", street=district.east)
    assert queries() == few
