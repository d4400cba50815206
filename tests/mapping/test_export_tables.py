"""/export/assets.csv and .xlsx, read back by csv, openpyxl and calamine."""

import csv
import io
import shutil
import subprocess
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone
from openpyxl.utils.escape import unescape
from PIL import Image

from accounts.models import User
from assets.actions.attach_photo import attach_photo
from assets.history import Actor
from assets.models import Asset, Origin
from importing.reading.delimited import read_delimited
from tests.factories import make_asset
from tests.mapping.conftest import Town
from tests.mapping.exports import taken

pytestmark = pytest.mark.django_db


@pytest.fixture
def exporter(client: Client, planner: User) -> Client:
    client.force_login(planner)
    return client


def rows_of_csv(body: bytes) -> list[dict[str, str]]:
    assert body.startswith(b"\xef\xbb\xbf"), "Excel takes anything else for GBK"
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def test_csv_holds_the_filtered_rows_with_chinese_intact(town: Town, exporter: Client) -> None:
    response = exporter.get("/export/assets.csv?street=370105001")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    body = response.getvalue()
    assert int(response["Content-Length"]) == len(body)
    rows = {row["code"]: row for row in rows_of_csv(body)}
    assert set(rows) == {town.board.code, town.mural.code}
    row = rows[town.board.code]
    assert (row["name"], row["themes"], row["large"]) == ("北园大街 419 号宣传栏", "core_values", "false")
    assert (float(row["lon_wgs84"]), float(row["lat_wgs84"])) == (116.9851, 36.6753)
    assert row["inspected_at"].endswith("+08:00")
    assert rows[town.mural.code]["themes"] == "core_values、waste_sorting"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@a", "＝A1", "\tx", "'=1", "a=b", "'x", ""])
def test_no_cell_of_a_csv_runs(text: str, town: Town, exporter: Client) -> None:
    asset = make_asset(Point(116.99, 36.68, srid=4326), type=town.board.type, wording=text)
    [row] = rows_of_csv(exporter.get(f"/export/assets.csv?q={asset.code}").getvalue())
    told = row["wording"]
    assert told[:1] not in tuple("=+-@＝＋－＠\t\r\n") or told == ""
    dangerous = text.lstrip("'")[:1] in tuple("=+-@＝＋－＠\t") and text != ""
    assert told == (f"'{text}" if dangerous else text)


def test_columns_come_in_the_order_asked_for(town: Town, exporter: Client) -> None:
    body = exporter.get("/export/assets.csv?columns=name,code,condition&type=mural").getvalue()
    assert body.decode("utf-8-sig").splitlines()[0] == '"name","code","condition"'
    body = exporter.get("/export/assets.csv?columns=code,position&type=mural&crs=gcj02").getvalue()
    assert body.decode("utf-8-sig").splitlines()[0] == '"code","lon_gcj02","lat_gcj02"'


def test_titles_and_words_are_chinese_or_english(town: Town, exporter: Client) -> None:
    [row] = rows_of_csv(
        exporter.get("/export/assets.csv?titles=words&lang=zh&type=mural&crs=EPSG:4548").getvalue()
    )
    assert (row["状况"], row["大型"], row["生命周期"]) == ("破损", "是", "在用")
    assert "东坐标（EPSG:4548）" in row
    assert "宽（m）" in row
    [row] = rows_of_csv(exporter.get("/export/assets.csv?titles=words&lang=en&type=mural").getvalue())
    assert (row["Condition"], row["Large"], row["Longitude (WGS84)"]) == ("Damaged", "yes", "116.9912")


def test_nothing_left_is_a_heading_alone(town: Town, exporter: Client) -> None:
    assert rows_of_csv(exporter.get("/export/assets.csv?condition=minor").getvalue()) == []
    book = openpyxl.load_workbook(io.BytesIO(exporter.get("/export/assets.xlsx?condition=minor").getvalue()))
    assert book.worksheets[0].max_row == 1


# --- XLSX -----------------------------------------------------------------------------------------------------------


def test_cells_of_a_workbook_are_typed(town: Town, exporter: Client, tmp_path: Path) -> None:
    Asset.objects.filter(pk=town.board.pk).update(
        width="2.40", installed_on="2020-06-01", illuminated=True, remarks="=1+1", wording="甲\n乙\x0b_x0041_"
    )
    file = taken(exporter, f"/export/assets.xlsx?q={town.board.code}", tmp_path)
    sheet = openpyxl.load_workbook(file).worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    row = dict(zip(headings, sheet[2], strict=True))
    assert row["code"].value == town.board.code, "17 digits stay text"
    assert row["width"].value == 2.4
    assert row["installed_on"].value == datetime(2020, 6, 1)  # noqa: DTZ001 -- a cell knows no zone
    assert row["installed_on"].number_format == r"yyyy\-mm\-dd"
    assert row["illuminated"].value is True
    assert (row["remarks"].value, row["remarks"].data_type) == ("=1+1", "s"), "text, and no formula"
    assert unescape(row["wording"].value) == "甲\n乙\x0b_x0041_", (
        "as a spreadsheet writes what XML cannot hold"
    )
    seen = timezone.localtime(town.board.condition_at).replace(tzinfo=None)
    assert abs((row["inspected_at"].value - seen).total_seconds()) < 1.5
    assert abs(row["lon_wgs84"].value - 116.9851) < 1e-7
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")


def test_the_second_sheet_explains_the_codes_and_the_third_the_file(
    town: Town, exporter: Client, tmp_path: Path
) -> None:
    file = taken(exporter, "/export/assets.xlsx?condition=damaged&crs=gcj02", tmp_path)
    book = openpyxl.load_workbook(file)
    codes = [[cell.value for cell in row] for row in book.worksheets[1].iter_rows()]
    assert ["condition", "damaged", "破损", "Damaged"] in codes
    assert ["type", "mural", "墙体彩绘", "Mural"] in codes
    about = {row[0].value: row[1].value for row in book.worksheets[2].iter_rows()}
    assert "GCJ-02" in about["坐标系"]
    assert "破损" in about["筛选条件"]
    assert about["行数"] == "1"


def test_photos_can_be_followed(
    town: Town, exporter: Client, publicity: User, tmp_path: Path, settings: object
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(picture, "JPEG")
    photo = attach_photo(Actor(publicity, Origin.WEB), town.board, picture.getvalue())
    file = taken(exporter, "/export/assets.xlsx?columns=photos,code", tmp_path)
    sheet = openpyxl.load_workbook(file).worksheets[0]
    linked = [row[0] for row in sheet.iter_rows(min_row=2) if row[0].value]
    assert [cell.hyperlink.target for cell in linked] == [f"http://testserver/photos/{photo.uid}/original"]


def test_calamine_reads_the_same(town: Town, exporter: Client, tmp_path: Path) -> None:
    file = taken(exporter, "/export/assets.xlsx", tmp_path)
    rows = python_calamine.CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + len(town.shown)
    assert {row[rows[0].index("code")] for row in rows[1:]} == {asset.code for asset in town.shown}


def test_a_workbook_is_well_formed_package(town: Town, exporter: Client, tmp_path: Path) -> None:
    from xml.etree import ElementTree

    with zipfile.ZipFile(taken(exporter, "/export/assets.xlsx?titles=words&lang=zh", tmp_path)) as package:
        for name in package.namelist():
            ElementTree.fromstring(package.read(name))
        assert {"[Content_Types].xml", "xl/workbook.xml", "xl/styles.xml"} <= set(package.namelist())


# --- Other layers ---------------------------------------------------------------------------------------------------


def test_maintenance_is_exported_under_the_same_filter(town: Town, exporter: Client) -> None:
    [row] = rows_of_csv(exporter.get("/export/maintenance.csv?type=mural").getvalue())
    assert (row["asset"], row["kind"], row["overdue"]) == (town.mural.code, "repaint", "true")
    assert rows_of_csv(exporter.get("/export/maintenance.csv?type=notice_board").getvalue()) == []


def test_the_artwork_list_says_where_each_hangs(town: Town, exporter: Client) -> None:
    [row] = rows_of_csv(exporter.get("/export/artworks.csv").getvalue())
    assert (row["artwork"], row["artwork_title"], row["expired"]) == ("poster-2025", "我们的节日", "true")
    assert (row["asset"], row["site_name"]) == (town.mural.code, "济南站")
    book = openpyxl.load_workbook(io.BytesIO(exporter.get("/export/artworks.xlsx").getvalue()))
    assert book.worksheets[0].max_row == 2


# --- What a spreadsheet makes of texts ------------------------------------------------------------------------------

MISREAD = [
    "37010503008000001",
    "0012",
    "3-1",
    "1E5",
    "12:30",
    "50%",
    "(5)",
    "1/2",
    "2026年1月",
    "TRUE",
    "+86 531",
    "-2",
]


@pytest.mark.parametrize("text", [*MISREAD, "甲3", "=1+1", '="1"', "'12", '1"2', "12\n", "9" * 80, ""])
def test_the_csv_for_spreadsheets_comes_back_without_loss(
    text: str, town: Town, exporter: Client, tmp_path: Path
) -> None:
    asset = make_asset(Point(116.99, 36.68, srid=4326), type=town.board.type, source_id="0012", wording=text)
    file = taken(exporter, f"/export/assets.spreadsheet.csv?q={asset.code}", tmp_path)
    [row] = rows_of_csv(file.read_bytes())
    assert (row["code"], row["source_id"]) == (f'="{asset.code}"', '="0012"')
    assert (row["wording"] == f'="{text}"') == (text in MISREAD)
    assert not row["wording"].startswith(("+", "-", "@", "\t"))
    table = read_delimited(file)
    read = {name: column[0] or "" for name, column in zip(table.names, table.columns, strict=True)}
    assert (read["code"], read["source_id"], read["wording"]) == (asset.code, "0012", text)


def test_a_spreadsheet_keeps_all_digits_of_it(town: Town, exporter: Client, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian's package libreoffice-calc-nogui)")
    asset = make_asset(Point(116.99, 36.68, srid=4326), type=town.board.type, source_id="0012", wording="3-1")
    file = taken(exporter, f"/export/assets.spreadsheet.csv?q={asset.code}", tmp_path)
    saved = tmp_path / "saved"
    # The separator, the quotation mark and UTF-8, as its own dialogue proposes; saved as a CSV and as a workbook.
    for kind in ("csv:Text - txt - csv (StarCalc):44,34,76", "xlsx"):
        command = [
            office,
            "--headless",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to",
            kind,
        ]
        command += ["--infilter=CSV:44,34,76,1", "--outdir", str(saved), str(file)]
        subprocess.run(command, check=True, capture_output=True)
    [row] = rows_of_csv(
        b"\xef\xbb\xbf" + (saved / "assets.spreadsheet.csv").read_bytes().removeprefix(b"\xef\xbb\xbf")
    )
    assert (row["code"], row["source_id"], row["wording"]) == (asset.code, "0012", "3-1")
    headings, cells = openpyxl.load_workbook(
        saved / "assets.spreadsheet.xlsx", data_only=True
    ).active.iter_rows(values_only=True)
    kept = dict(zip(headings, cells, strict=True))
    assert (kept["code"], kept["source_id"], kept["wording"]) == (asset.code, "0012", "3-1")


def test_the_dialogue_offers_the_workbook_first_and_says_what_a_csv_loses(
    town: Town, exporter: Client
) -> None:
    formats = exporter.get("/export/options.json", headers={"Accept-Language": "zh-hans"}).json()["formats"]
    assert [format_["name"] for format_ in formats[:3]] == ["xlsx", "csv", "spreadsheet_csv"]
    assert "丢失" in formats[1]["words"]
    assert "直接打开" not in formats[1]["words"].replace("用 Excel 直接打开时", "")


def test_texts_of_a_workbook_stay_texts_when_they_are_edited(
    town: Town, exporter: Client, tmp_path: Path
) -> None:
    asset = make_asset(
        Point(116.99, 36.68, srid=4326), type=town.board.type, source_id="0012", wording="长" * 300
    )
    file = taken(exporter, f"/export/assets.xlsx?q={asset.code}", tmp_path)
    sheet = openpyxl.load_workbook(file).worksheets[0]
    row = {heading.value: cell for heading, cell in zip(sheet[1], sheet[2], strict=True)}
    for name, text in (
        ("code", asset.code),
        ("source_id", "0012"),
        ("uid", str(asset.uid)),
        ("material", None),
    ):
        assert (row[name].value, row[name].number_format) == (text, "@"), name
        assert row[name].data_type == ("s" if text else "n"), name  # an empty cell has no other type
        assert sheet.column_dimensions[row[name].column_letter].number_format == "@", name
    assert row["wording"].number_format == "General", "older spreadsheets show such a text as ####"
