"""The snapshot opened from a folder, in a browser that has no network: it asks for nothing and everything works."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shapely
from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect

from assets.models import Asset
from tests.browser.conftest import DESKTOP, PATIENCE, PHONE, Scene
from tests.factories import make_asset, make_type
from tests.mapping.basemap.conftest import geojson, made_of

pytestmark = pytest.mark.browser

BROWSER = Path(settings.BASE_DIR) / "mapping" / "snapshot" / "browser"


@pytest.fixture
def open_file(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """`open_file(filter="…", phone=True)`: a snapshot of what is in the database, opened from disk with no network."""
    contexts = []
    faults: list[str] = []
    asked: list[str] = []

    def open_one(*, phone: bool = False, language: str = "en", filter: str = "", **options) -> Page:
        path = tmp_path / f"快照 {len(contexts)}.html"
        call_command("snapshot", output=path, language=language, filter=filter, verbosity=0)
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP, has_touch=phone, is_mobile=phone, offline=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        asked.remove(path.as_uri())
        expect(page.locator("html.running")).to_be_attached()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []
    # data: addresses are in the file itself.
    assert [address for address in asked if not address.startswith("data:")] == []


def switch(page: Page, layer: str):
    return page.locator(f'input[data-layer="{layer}"]')


# folium calls the map by a random name.
MAP = 'window[Object.keys(window).find((name) => name.startsWith("map_"))]'


def look_at(page: Page, position: Point, zoom: int = 18) -> tuple[float, float]:
    """Brings a position (WGS84) into the middle of the map; where that is on the screen."""
    page.evaluate(f"{MAP}.setView([{position.y}, {position.x}], {zoom}, {{ animate: false }})")
    box = page.locator(".folium-map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def crowd(scene: Scene, size: int) -> None:
    """So many assets around the lonely one that they are shown as cells when zoomed out."""
    Asset.objects.bulk_create(
        Asset(
            code=f"37010503008{700_000 + n}",
            type=scene.alone.type,
            name=f"人群 {n}",
            point=Point(116.985 + 0.0001 * (n % 100), 36.688 + 0.0002 * (n // 100), srid=4326),
            area=scene.alone.area,
            district=scene.alone.district,
            street=scene.alone.street,
        )
        for n in range(size)
    )


def ink(page: Page) -> int:
    """How many pixels of the asset tiles are painted."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".leaflet-assets-pane canvas")].reduce((sum, tile) => {
            const { data } = tile.getContext("2d").getImageData(0, 0, tile.width, tile.height);
            for (let i = 3; i < data.length; i += 4) if (data[i]) sum++;
            return sum;
        }, 0)"""
    )


# --- Opening --------------------------------------------------------------------------------------------------------


def test_it_opens_without_a_network_and_shows_how_many(scene: Scene, open_file):
    page = open_file()
    expect(page.locator("#shown")).to_have_text(f"Shown: {scene.count} / {scene.count}")
    expect(page.locator(".matched")).to_have_text(f"{scene.count} of {scene.count} assets")
    assert ink(page) > 0


def test_it_says_that_the_boundaries_are_approximate(scene: Scene, open_file):
    page = open_file()
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("Approximate boundaries")
    switch(page, "background:streets").uncheck()
    expect(page.locator(".leaflet-control-attribution")).not_to_contain_text("Approximate boundaries")


def test_chinese_is_chinese(scene: Scene, open_file):
    page = open_file(language="zh")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator("#layers")).to_contain_text("宣传栏")


def test_nothing_found_is_said_on_a_map_that_works(scene: Scene, open_file):
    page = open_file(filter="condition=missing")
    expect(page.locator(".matched")).to_have_text(f"0 of {scene.count} assets")
    expect(page.locator(".street-name").first).to_be_attached()


def test_the_base_map_is_in_the_file_with_its_makers_and_can_be_switched_off(
    scene: Scene, open_file, tmp_path: Path
):
    # Not level: a path without height counts as hidden.
    shape = shapely.LineString([(116.95, 36.684), (117.05, 36.686)])
    made_of(geojson(tmp_path / "roads.geojson", [({"highway": "primary", "name": "北园大街"}, shape)]))
    page = open_file(color_scheme="dark")
    credit = page.locator(".leaflet-control-attribution")
    expect(credit).to_contain_text("© Test · 2020-11")
    road = page.locator("path.ground-line.primary").last
    look_at(page, Point(117.0, 36.685, srid=4326), 15)
    expect(road).to_be_visible()
    written = """() => document.querySelector(".leaflet-line-names-pane canvas")
        .getContext("2d").getImageData(0, 0, 4000, 4000).data.some(Boolean)"""
    assert page.evaluate(written)
    switch(page, "background:ground").uncheck()
    expect(road).to_have_count(0)
    expect(credit).not_to_contain_text("© Test")
    switch(page, "background:names").uncheck()
    expect(page.locator(".leaflet-line-names-pane canvas")).to_have_count(0)


# --- Layers ---------------------------------------------------------------------------------------------------------


def test_a_street_can_be_switched_off_and_on(scene: Scene, open_file):
    page = open_file()
    painted = ink(page)
    switch(page, "street:370105001").uncheck()
    expect(page.locator("#shown")).to_have_text(f"Shown: {scene.count - 13} / {scene.count}")
    assert 0 < ink(page) < painted
    switch(page, "street:370105001").check()
    expect(page.locator("#shown")).to_have_text(f"Shown: {scene.count} / {scene.count}")
    assert ink(page) == painted


def test_a_types_count_follows_the_streets_and_not_the_other_types(scene: Scene, open_file):
    page = open_file()
    flags = page.locator("li.type", has=switch(page, "type:lamp_banner"))
    panels = page.locator("li.type", has=switch(page, "type:notice_board"))
    expect(flags.locator(".n")).to_have_text("9")
    switch(page, "type:lamp_banner").uncheck()
    expect(flags.locator(".n")).to_have_text("9")
    expect(panels.locator(".n")).to_have_text("13")
    expect(page.locator("#shown")).to_have_text(f"Shown: 13 / {scene.count}")
    switch(page, "street:370105001").uncheck()
    expect(panels.locator(".n")).to_have_text("0")
    expect(page.locator("#nothing")).to_be_visible()
    page.get_by_role("button", name="Show everything").click()
    expect(page.locator("#shown")).to_have_text(f"Shown: {scene.count} / {scene.count}")


def test_only_one_street_is_shown_and_filled_into_the_map(scene: Scene, open_file):
    page = open_file()
    page.get_by_role("button", name="Only 天桥东街街道").click()
    expect(page.locator("#shown")).to_have_text(f"Shown: 9 / {scene.count}")
    expect(switch(page, "street:370105001")).not_to_be_checked()
    page.locator(".group", has_text="Street").get_by_role("button", name="All", exact=True).first.click()
    expect(page.locator("#shown")).to_have_text(f"Shown: {scene.count} / {scene.count}")


def test_the_legend_of_conditions_switches_them_too(scene: Scene, open_file):
    page = open_file()
    page.locator("#legend").get_by_text("Damaged", exact=True).click()
    expect(page.locator("#shown")).to_have_text(f"Shown: {scene.count - 4} / {scene.count}")
    street = page.locator("li.street", has=switch(page, "street:370105001"))
    expect(street.locator(".n")).to_have_text("9")


def test_streets_and_types_can_be_switched_with_the_keyboard(scene: Scene, open_file):
    page = open_file()
    switch(page, "street:370105002").focus()
    page.keyboard.press("Space")
    expect(page.locator("#shown")).to_have_text(f"Shown: 13 / {scene.count}")


# --- One asset ------------------------------------------------------------------------------------------------------


def test_a_click_on_an_asset_tells_its_facts(scene: Scene, open_file):
    page = open_file()
    page.mouse.click(*look_at(page, scene.alone.point))
    facts = page.locator(".leaflet-popup .facts")
    expect(facts.locator("h3")).to_have_text("孤立宣传栏")
    expect(facts.locator(".code")).to_have_text(scene.alone.code)
    expect(facts).to_contain_text("Severe damage")
    expect(facts).to_contain_text("Inspection overdue")
    expect(facts).to_contain_text("讲文明树新风")
    expect(facts).to_contain_text(scene.alone.next_inspection_due.isoformat())


def test_the_faces_of_one_support_are_leafed_through(scene: Scene, open_file):
    page = open_file()
    page.mouse.click(*look_at(page, scene.faces[0].point))
    facts = page.locator(".leaflet-popup .facts")
    expect(facts).to_contain_text("3 at this place")
    names = set()
    for _face in scene.faces:
        names.add(facts.locator("h3").inner_text())
        facts.get_by_role("button", name="Next").click()
    assert names == {face.name for face in scene.faces}


def test_a_click_beside_everything_tells_nothing(scene: Scene, open_file):
    page = open_file()
    x, y = look_at(page, scene.alone.point)
    page.mouse.click(x + 150, y + 150)
    expect(page.locator(".leaflet-popup")).to_have_count(0)


def test_a_hidden_asset_cannot_be_clicked(scene: Scene, open_file):
    page = open_file()
    switch(page, "street:370105001").uncheck()
    page.mouse.click(*look_at(page, scene.alone.point))
    expect(page.locator(".leaflet-popup")).to_have_count(0)


def test_a_click_on_a_ring_brings_its_assets_nearer(scene: Scene, open_file):
    crowd(scene, 1600)
    page = open_file()
    # Rings stand in the middle of cells 64 pixels wide.
    position = scene.alone.point.clone()
    size = 256 * 2**12
    position.transform(3857)
    half = 20_037_508.342789244
    column, row = (
        int((half + sign * value) / (2 * half) * size // 64)
        for sign, value in ((1, position.x), (-1, position.y))
    )
    middle = Point(
        (column + 0.5) * 64 / size * 2 * half - half, half - (row + 0.5) * 64 / size * 2 * half, srid=3857
    )
    middle.transform(4326)
    here = look_at(page, middle, 12)
    scale = page.locator(".leaflet-control-scale-line")
    before = scale.inner_text()
    page.mouse.click(*here)
    expect(scale).not_to_have_text(before)
    expect(page.locator(".leaflet-popup")).to_have_count(0)


def test_search_finds_by_name_code_and_wording_and_leads_there(scene: Scene, open_file):
    page = open_file()
    for words in ("孤立", scene.alone.code, scene.alone.code[-6:], "讲文明 孤立"):
        page.locator("#find").fill(words)
        expect(page.locator("#found-note")).to_have_text("1 found")
        expect(page.locator("#found li")).to_have_count(1)
    page.locator("#found button").click()
    expect(page.locator(".leaflet-popup h3")).to_have_text("孤立宣传栏")
    page.locator("#find").fill("nowhere")
    expect(page.locator("#found-note")).to_have_text("Nothing shown matches.")


def test_a_long_list_says_that_it_is_not_whole(scene: Scene, open_file):
    for n in range(105):
        make_asset(name=f"长列表 {n}")
    page = open_file()
    page.locator("#find").fill("长列表")
    expect(page.locator("#found li")).to_have_count(100)
    expect(page.locator("#found-note")).to_contain_text("First 100 of 105")


# --- Safety ---------------------------------------------------------------------------------------------------------


def test_what_people_wrote_is_shown_and_never_run(scene: Scene, open_file):
    hostile = "</script><img src=x onerror=alert(1)><svg/onload=alert(2)>{{ 7*7 }}"
    asset = make_asset(
        name=hostile, wording=hostile, address=hostile, type=make_type("odd", name_en=hostile[:60])
    )
    page = open_file()
    page.locator("#find").fill("onerror")
    expect(page.locator("#found b")).to_have_text(hostile)
    page.locator("#found button").click()
    expect(page.locator(".leaflet-popup h3")).to_have_text(hostile)
    expect(page.locator("#layers")).to_contain_text(hostile[:60])
    assert page.locator("img[src=x]").count() == 0
    assert asset.code in page.locator(".leaflet-popup").inner_text()


def test_the_files_own_policy_stops_a_foreign_script_and_a_foreign_picture(
    scene: Scene, browser: Browser, tmp_path
):
    path = tmp_path / "tampered.html"
    call_command("snapshot", output=path, verbosity=0)
    foreign = '<script>window.foreign = 1</script><img src="https://example.org/x.png">'
    path.write_text(path.read_text("utf-8").replace("</main>", f"{foreign}</main>"), "utf-8")
    context = browser.new_context()
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    expect(page.locator("html.running")).to_be_attached()
    assert page.evaluate("window.foreign") is None
    assert len([text for text in refused if "Content Security Policy" in text]) == 2
    context.close()


def test_shown_by_the_server_it_works_in_its_sandbox(scene: Scene, open_page, planner):
    page = open_page("/snapshot/assets.html?street=370105002", planner)
    expect(page.locator("#shown")).to_have_text("Shown: 9 / 9")
    assert page.evaluate("window.origin") == "null"


# --- Widths and everybody's access ----------------------------------------------------------------------------------


def test_on_a_phone_the_panel_comes_and_goes(scene: Scene, open_file):
    page = open_file(phone=True)
    panel = page.locator("#panel")
    expect(panel).not_to_be_in_viewport()
    page.get_by_role("button", name="Layers").tap()
    expect(panel).to_be_in_viewport()
    page.get_by_role("button", name="Only 天桥东街街道").tap()
    expect(panel).not_to_be_in_viewport()
    expect(page.locator("#shown")).to_have_text(f"Shown: 9 / {scene.count}")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_a_thumb_has_to_hit_is_large_enough(scene: Scene, open_file):
    page = open_file(phone=True)
    page.get_by_role("button", name="Layers").tap()
    for target in page.locator(
        "#layers label, #close-panel, #open-panel, #legend label, .leaflet-bar a"
    ).all():
        box = target.bounding_box()
        assert box["height"] >= 43.5, target.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(scheme, scene: Scene, open_file):
    page = open_file(color_scheme=scheme)
    page.mouse.click(*look_at(page, scene.faces[0].point))
    expect(page.locator(".leaflet-popup h3")).to_be_visible()
    page.evaluate((Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    serious = [
        (problem["id"], [node["target"] for node in problem["nodes"]])
        for problem in found
        if problem["impact"] in ("serious", "critical")
    ]
    assert serious == []
