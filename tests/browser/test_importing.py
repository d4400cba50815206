"""Importing in a browser: a small ledger that was made for it, and the two real ones where they are at hand."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.core.management import call_command
from playwright.sync_api import Page, expect

from accounts.models import Role
from assets.codes import never_issue
from assets.models import Asset, Condition, Ledger
from places.models import Area
from tests.factories import make_user
from tests.importing.written_ledgers import BEYOND, row, write_ledger

DATA = Path(__file__).parents[3] / "shared" / "data"
LEDGER = DATA / "ledger_jinan_charging_stations_gcj02.csv"
LIGHTS = DATA / "montpellier_street_lights_epsg2154.zip"
OUTLINE = DATA / "outline_370105.geojson"

real = pytest.mark.skipif(not LEDGER.exists(), reason="the real ledgers are not here")


@pytest.fixture(autouse=True)
def _stage(settings, tmp_path, scene):
    """Uploads stay in the test's own folder, and the scene's assets have ids that are not given out again."""
    settings.VAR_DIR = tmp_path / "var"
    never_issue(list(Asset.objects.values_list("code", flat=True)))


def work() -> None:
    """What the worker does meanwhile."""
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)


def send(page: Page, file: Path) -> None:
    """Upload a file and wait for its columns."""
    page.locator("#upload-file").set_input_files(file)
    page.locator("#upload-send").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(page.locator("#columns")).to_be_visible()


def check(page: Page, crs: str) -> None:
    """Say which coordinate system it is, and wait for the differences."""
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")
    page.locator(f'input[name="crs"][value="{crs}"]').check()
    page.locator("#position .primary").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(page.locator("#counts")).to_be_visible()


def count(page: Page, show: str):
    """The number that stands over one of the outcomes."""
    return page.locator(f'#counts [data-show="{show}"] b')


def test_a_small_ledger_goes_in_is_reported_and_undone(open_page, owner, scene, tmp_path):
    asset = scene.west[0]
    Asset.objects.filter(pk=asset.pk).update(source="台账", source_id="9")
    file = write_ledger(
        tmp_path,
        row(source_id="1", name="新的一号", type="宣传栏"),
        row(source_id="2", name="新的二号", type="宣传廊"),
        {**row(source_id="9", name="改过的名字"), "lon": asset.point.x, "lat": asset.point.y},
        {**row(source_id="4", name="区外"), "lon": BEYOND[0], "lat": BEYOND[1]},
        name="台账.csv",
    )
    page = open_page("/import/", owner)
    expect(page.locator(".empty")).to_contain_text("Nothing has been imported yet")
    send(page, file)
    expect(page.locator('select[name="column-1"]')).to_have_value("name")
    page.locator("#columns .primary").click()
    expect(page.locator("[data-reading]:checked")).to_have_count(0)
    check(page, "wgs84")
    for show, times in {"all": 4, "created": 1, "updated": 1, "refused": 2}.items():
        expect(count(page, show)).to_have_text(str(times))

    page.locator("[data-meaning]").select_option("notice_board")
    page.locator("#unknown .button").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(count(page, "created")).to_have_text("2")

    count(page, "updated").click()
    expect(page.locator(".ledger-row")).to_have_count(1)
    expect(page.locator(".changes")).to_contain_text("改过的名字")
    expect(page).to_have_url(re.compile(r"\?show=updated"))
    page.locator(".show-on-map").click()
    expect(page.locator(".row-marker")).to_be_visible()

    page.locator('[name="skip_bad"]').check()
    page.locator("#commit .primary").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(page.locator(".decision")).to_contain_text("Imported: 2 new, 1 changed")
    asset.refresh_from_db()
    assert asset.name == "改过的名字"
    report = page.url

    page.get_by_role("link", name="Undo the import …").click()
    expect(page.locator("main")).to_contain_text("2 assets that it registered are removed")
    page.locator("#undo .primary").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(page.locator(".decision")).to_contain_text("Imported, and undone")
    asset.refresh_from_db()
    assert asset.name != "改过的名字"
    assert Asset.objects.filter(name__startswith="新的", lifecycle="removed").count() == 2
    page.goto("/import/")
    assert page.locator(".table a").first.get_attribute("href") in report


def test_errors_appear_while_the_check_still_runs(open_page, owner, scene, tmp_path):
    """The run's row as it stands in the middle of a check, which is what the page asks for."""
    file = write_ledger(tmp_path, row(source_id="1"))
    page = open_page("/import/", owner)
    send(page, file)
    page.locator("#columns .primary").click()
    page.locator('input[value="wgs84"]').check()
    page.locator("#position .primary").click()
    expect(page.locator("#progress")).to_be_visible()
    ledger = Ledger.objects.get()
    first = {"row": 17, "code": "not_a_date", "column": "安装日期", "value": "不详", "params": {}}
    ledger.run.state, ledger.run.done, ledger.run.total = "done", 20_000, 51_000
    ledger.run.result = {"stage": "parsing", "codes": {"not_a_date": 510}, "first": [first]}
    ledger.run.save()
    expect(page.locator("#so-far-codes")).to_contain_text("510")
    expect(page.locator("#so-far-first")).to_contain_text("安装日期 不详")


def test_on_a_phone_every_target_is_large_and_nothing_is_wider_than_the_screen(
    open_page, owner, scene, tmp_path
):
    page = open_page("/import/", owner, phone=True, language="zh-hans")
    send(page, write_ledger(tmp_path, row(source_id="1", name="一号"), row(source_id="2", type="宣传廊")))
    page.locator("#columns .primary").click()
    check(page, "wgs84")
    for address in ("/import/", page.url, f"{page.url}columns", f"{page.url}position"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        small = page.evaluate(
            """[...document.querySelectorAll("main .button, main select, main input:not([type])")]
               .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 44)
               .map((one) => one.outerHTML)"""
        )
        assert small == [], address


def test_two_columns_with_one_meaning_are_pointed_at_before_sending(open_page, owner, scene, tmp_path):
    page = open_page("/import/", owner)
    send(page, write_ledger(tmp_path, row(source_id="1")))
    page.locator('select[name="column-0"]').select_option("name")
    expect(page.locator("tr.twice")).to_have_count(2)
    page.locator("#columns .primary").click()
    expect(page.locator("#columns")).to_be_visible()


def test_an_unreadable_file_says_why(open_page, owner, scene, tmp_path):
    path = tmp_path / "照片.csv"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    page = open_page("/import/", owner)
    page.locator("#upload-file").set_input_files(path)
    page.locator("#upload-send").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(page.locator('main [role="alert"]')).to_contain_text("a picture, not a table")
    path = tmp_path / "程序.exe"
    path.write_bytes(b"MZ")
    page.goto("/import/")
    page.locator("#upload-file").set_input_files(path)
    page.locator("#upload-send").click()
    expect(page.locator("#upload-problem")).to_contain_text("cannot be read")


def test_who_may_import_finds_the_way_from_the_map(open_page, owner, viewer, scene):
    page = open_page("/map/", owner)
    page.locator(".rooms summary").click()
    page.locator('.rooms a[href="/import/"]').click()
    expect(page.locator("#upload")).to_be_visible()
    expect(page.locator('.rooms a[href="/import/"]')).to_have_attribute("aria-current", "page")
    expect(open_page("/map/", viewer).locator('.rooms a[href="/import/"]')).to_have_count(0)


# --- The real ones ----------------------------------------------------------------------------------------------------


@pytest.fixture
def tianqiao(scene):
    """The scene's district in its real outline, and its publicity department."""
    (feature,) = json.loads(OUTLINE.read_text(encoding="utf-8"))["features"]
    shape = GEOSGeometry(json.dumps(feature["geometry"]))
    Area.objects.filter(code="370105").update(boundary=MultiPolygon(shape, srid=4326))
    Area.objects.filter(code__startswith="370105", level__gt=1).update(boundary=None, boundary_status="none")
    return make_user(Role.PUBLICITY, Area.objects.get(code="370105"), username="department")


@real
def test_the_charging_stations_of_jinan_84_rows_in(open_page, scene, tianqiao):
    before = Asset.objects.count()
    page = open_page("/import/", tianqiao)
    send(page, LEDGER)
    for place, field in enumerate(("source_id", "name", "address", "lon", "lat")):
        expect(page.locator(f'select[name="column-{place}"]')).to_have_value(field)
    page.locator('[name="default_type"]').select_option("notice_board")
    page.locator("#columns .primary").click()
    check(page, "gcj02")
    for show, times in {"all": "992", "created": "84", "refused": "908"}.items():
        expect(count(page, show)).to_have_text(times)
    page.locator('[data-code="coordinates_swapped"]').click()
    expect(page.locator(".ledger-row")).to_have_count(4)
    page.locator('[name="skip_bad"]').check()
    page.locator("#commit .primary").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(page.locator(".decision")).to_contain_text("Imported: 84 new, 0 changed")
    assert Asset.objects.count() == before + 84


@real
def test_the_street_lights_of_montpellier_come_in_with_the_option_for_outside(open_page, scene, tianqiao):
    before = Asset.objects.count()
    page = open_page("/import/", tianqiao)
    send(page, LIGHTS)
    page.locator('[name="default_type"]').select_option("notice_board")
    page.locator('[name="allow_outside"]').check()
    page.locator("#columns .primary").click()
    expect(page.locator("[data-reading]:checked")).to_have_value("EPSG:2154")
    check(page, "EPSG:2154")
    for show, times in {"all": "29,969", "created": "29,969", "doubtful": "124", "refused": "0"}.items():
        expect(count(page, show)).to_have_text(times)
    page.locator("#commit .primary").click()
    expect(page.locator("#progress")).to_be_visible()
    work()
    expect(page.locator(".decision")).to_contain_text("Imported: 29,969 new, 0 changed")
    assert Asset.objects.count() == before + 29_969
    assert Asset.objects.filter(condition=Condition.UNKNOWN, area=None).count() >= 29_969


def test_a_city_s_own_system_is_given_by_its_definition_and_seen_on_the_map(
    open_page, owner, scene, tmp_path
):
    from places.coordinates import from_wgs84, parse_crs

    own = "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=50000 +y_0=-4000000 +ellps=GRS80 +units=m +no_defs"
    rows = [row(source_id=str(number)) for number in range(3)]
    for cells in rows:
        x, y = from_wgs84([cells["lon"]], [cells["lat"]], parse_crs(own))
        cells["lon"], cells["lat"] = round(x[0], 3), round(y[0], 3)
    page = open_page("/import/", owner)
    send(page, write_ledger(tmp_path, *rows, name="测绘.csv"))
    page.locator("#columns .primary").click()
    # Nothing known fits: it says so, and what can be done about it is open.
    expect(page.locator("#position")).to_contain_text(
        "No system known here brings the numbers near the district"
    )
    expect(page.locator("[data-reading]")).to_have_count(0)
    page.locator('textarea[name="also"]').fill(own)
    page.get_by_role("button", name="Show it").click()
    expect(page.locator("#position")).to_contain_text("3 of 3 rows lie in the district")
    check(page, page.locator("[data-reading]").first.get_attribute("value").replace('"', '\\"'))
    expect(count(page, "created")).to_have_text("3")
