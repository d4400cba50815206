"""The export dialogue: what it offers, what comes, by hand, by keyboard and on a phone."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from assets.models import BackgroundRun
from mapping.exports import formats
from mapping.tasks import run_export
from tests.browser.conftest import Scene, wait_for_map


def open_dialog(page: Page) -> None:
    """As a reader does: the menu, then more formats."""
    page.locator("#results summary", has_text=re.compile("Export|导出")).click()
    page.locator("#export-menu button", has_text=re.compile("More formats|更多格式")).click()
    expect(page.locator("#export-dialog .export-foot")).to_be_visible()


def radio(page: Page, group: str, value: str) -> Locator:
    """One choice of the dialogue."""
    return page.locator(f'#export-dialog input[name="{group}"][value="{value}"]')


@pytest.fixture
def page(open_page: Callable[..., Page], planner: User) -> Page:
    page = open_page("/map/?condition=minor", planner)
    wait_for_map(page)
    return page


def test_an_excel_file_in_words_is_two_clicks_away(page: Page, scene: Scene, tmp_path: Path) -> None:
    open_dialog(page)
    expect(page.locator(".export-status")).to_contain_text(f"6 of {scene.count} rows")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    download.value.save_as(tmp_path / "assets.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "assets.xlsx").worksheets[0]
    assert sheet.max_row == 7
    assert "Condition" in [cell.value for cell in sheet[1]]


def test_format_system_headings_and_columns_are_what_comes(page: Page) -> None:
    open_dialog(page)
    radio(page, "format", "csv").check()
    page.locator('select[name="crs"]').select_option("gcj02")
    expect(page.locator("#export-dialog")).to_contain_text("No register lists this system")
    page.locator('select[name="headings"]').select_option("keys")
    page.locator("#export-dialog summary").click()
    page.locator("#export-dialog").get_by_role("button", name="None", exact=True).click()
    expect(page.locator(".export-status")).to_contain_text("Choose at least one column")
    expect(page.get_by_role("button", name="Download")).to_be_disabled()
    for name in ("code", "name", "position"):
        page.locator(f'.export-column input[value="{name}"]').check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["code", "name", "lon_gcj02", "lat_gcj02"]
    assert len(rows) == 7


def test_each_choice_says_what_follows_and_the_address_can_be_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_dialog(page)
    # Formats that are always WGS84 say so.
    page.locator('select[name="crs"]').select_option("epsg4548")
    radio(page, "format", "kml").check()
    expect(page.locator('select[name="crs"]')).to_be_disabled()
    expect(page.locator('select[name="crs"]')).to_have_value("wgs84")
    radio(page, "format", "gpkg").check()
    expect(page.locator('select[name="crs"]')).to_have_value("epsg4548")
    page.locator('select[name="crs"]').select_option("wgs84")

    radio(page, "format", "shp").check()
    page.get_by_role("button", name="Copy address").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    address = urlsplit(page.evaluate("navigator.clipboard.readText()"))
    assert address.path == "/export/assets.shp.zip"
    assert parse_qs(address.query) == {"condition": ["minor"], "lang": ["en"]}

    # Other contents have their own counts and formats.
    radio(page, "format", "gpkg").check()
    radio(page, "layer", "maintenance").check()
    expect(radio(page, "format", "gpkg")).to_have_count(0)
    expect(page.locator(".export-status")).to_contain_text("0 of 0 rows")


def test_the_keyboard_is_enough(page: Page) -> None:
    summary = page.locator("#results summary", has_text="Export")
    summary.focus()
    page.keyboard.press("Enter")
    page.locator("#export-menu button", has_text="More formats").focus()
    page.keyboard.press("Enter")
    expect(radio(page, "layer", "assets")).to_be_focused()
    page.keyboard.press("Tab")
    expect(radio(page, "format", "xlsx")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(radio(page, "format", "csv")).to_be_focused()
    expect(radio(page, "format", "csv")).to_be_checked()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")
    page.keyboard.press("Escape")
    expect(page.locator("#export-dialog")).to_be_hidden()
    expect(summary).to_be_focused()


def test_escape_closes_the_dialogue_and_not_the_open_asset(
    open_page: Callable[..., Page], planner: User, scene: Scene
) -> None:
    page = open_page(f"/assets/{scene.alone.code}/", planner)
    wait_for_map(page)
    page.evaluate("import('mapping/export_dialog').then((dialog) => dialog.openExportDialog(document.body))")
    expect(page.locator("#export-dialog .export-foot")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#export-dialog")).to_be_hidden()
    expect(page.locator("#detail-body article")).to_be_visible()


def test_what_is_large_is_prepared_and_then_there(
    page: Page, monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path
) -> None:
    from dataclasses import replace

    settings.VAR_DIR = tmp_path
    monkeypatch.setitem(formats.FORMATS, "xlsx", replace(formats.FORMATS["xlsx"], direct_rows=2))
    open_dialog(page)
    expect(page.locator(".export-status")).to_contain_text("prepared in the background")
    page.get_by_role("button", name="Prepare file").click()
    expect(page.locator(".export-status")).to_contain_text("Waiting for its turn")
    run_export.call(BackgroundRun.objects.get().pk)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download file").click()
    download.value.save_as(tmp_path / "got.xlsx")
    assert openpyxl.load_workbook(tmp_path / "got.xlsx").worksheets[0].max_row == 7
    # Enter in the form fetches it too, and prepares no second one.
    radio(page, "format", "xlsx").focus()
    with page.expect_download():
        page.keyboard.press("Enter")
    assert BackgroundRun.objects.count() == 1
    # Once something else is chosen, that file is no answer any more.
    page.locator(".export-columns summary").click()
    page.locator(".export-column input").first.uncheck()
    expect(page.get_by_role("link", name="Download file")).to_be_hidden()
    expect(page.get_by_role("button", name="Prepare file")).to_be_enabled()
    DBTaskResult.objects.all().delete()
    page.keyboard.press("Escape")
    open_dialog(page)
    expect(page.get_by_role("region", name="Prepared files")).to_contain_text("assets.xlsx")


def test_a_phone_shows_it_whole(open_page: Callable[..., Page], planner: User, scene: Scene) -> None:
    page = open_page("/map/", planner, phone=True, language="zh-hans")
    expect(page.locator("#legend-groups")).to_have_attribute("aria-busy", "false")
    page.locator('[data-sheet-open="results"]').click()
    open_dialog(page)
    box = page.locator("#export-dialog").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator("#export-dialog .export-buttons .button, .export-choice").all():
        assert button.bounding_box()["height"] >= 44
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    assert "公益广告与牌匾" in download.value.suggested_filename


def test_who_may_not_export_is_offered_the_link_alone(open_page: Callable[..., Page], viewer: User) -> None:
    page = open_page("/map/", viewer)
    wait_for_map(page)
    page.locator("#results summary", has_text="Share").click()
    expect(page.locator("#export-menu .menu-item")).to_have_text(re.compile("^Copy link"))
    expect(page.locator("#export-menu")).not_to_contain_text("GeoJSON")
