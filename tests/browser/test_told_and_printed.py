"""What is told by colour is told otherwise too; sheets scroll by keyboard; the map and the costs come out on paper."""

import io
from datetime import timedelta

import numpy as np
import pytest
import shapely
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from assets.models import Maintenance, MaintenanceKind
from tests.browser.conftest import wait_for_map
from tests.mapping.basemap.conftest import geojson, made_of

# Links in running text and in tables, as a reader sees them: neither buttons nor entries of a menu.
TOLD_BY_COLOUR_ALONE = """() => [...document.querySelectorAll("main a[href]")]
  .filter((link) => link.checkVisibility() && link.closest("p, td, li, dd, small") && !link.closest("nav"))
  .filter((link) => {
    const style = getComputedStyle(link);
    const around = getComputedStyle(link.parentElement);
    const alike = ["fontWeight", "backgroundColor", "borderTopWidth", "borderBottomWidth", "display"]
      .every((name) => style[name] === around[name] || (name === "display" && style.display === "inline"));
    return style.textDecorationLine === "none" && style.color !== around.color && alike
      && link.textContent.trim();
  })
  .map((link) => link.outerHTML.slice(0, 120))"""


def painted(page, locator) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(locator.screenshot())).convert("RGB")).astype(int)


def test_links_are_told_by_more_than_colour(open_page, publicity, scene):
    Maintenance.objects.create(asset=scene.west[0], kind=MaintenanceKind.CLEAN, state="planned")
    page = open_page("/jobs/list/", publicity)
    found = {}
    for address in ("/jobs/list/", "/import/", "/due/", "/artworks/", "/campaigns/", "/connect/", "/labels/"):
        page.goto(address)
        found[address] = page.evaluate(TOLD_BY_COLOUR_ALONE)
    assert {address: links for address, links in found.items() if links} == {}


def test_conditions_keep_their_dots_where_the_system_chooses_the_colours(open_page, viewer, scene):
    page = open_page("/map/#list", viewer, forced_colors="active")
    wait_for_map(page)
    # Shown apart, whatever the page around them looks like.
    colours = {
        code: page.locator(f".dot.{code}").first.evaluate(
            "dot => getComputedStyle(dot).backgroundColor + getComputedStyle(dot).forcedColorAdjust"
        )
        for code in ("good", "minor", "damaged", "severe")
    }
    assert len(set(colours.values())) == 4
    assert all("none" in colour for colour in colours.values())
    dot = page.locator(".dot.severe").locator("visible=true").first
    assert np.ptp(painted(page, dot), axis=(0, 1)).max() > 40


@pytest.mark.parametrize("layout", ["a4-3x8", "a4-2x5"])
def test_sheets_of_plates_scroll_by_keyboard(open_page, publicity, scene, layout):
    page = open_page(f"/labels/?layout={layout}", publicity, phone=True)
    sheets = page.locator(".sheets")
    sheets.focus()
    expect(sheets).to_be_focused()
    left = "sheets => sheets.scrollLeft"
    before = sheets.evaluate(left)
    # A key that comes before the sheets are laid out scrolls nothing: a person presses it again.
    for _press in range(30):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(200)
        if sheets.evaluate(left) > before:
            break
    assert sheets.evaluate(left) > before


def pages_of(page) -> bytes:
    return page.pdf(prefer_css_page_size=True, print_background=True)


def test_the_map_comes_out_on_paper(open_page, viewer, scene, tmp_path):
    shape = shapely.LineString([(116.95, 36.684), (117.05, 36.686)])
    made_of(geojson(tmp_path / "roads.geojson", [({"highway": "primary", "name": "北园大街"}, shape)]))
    page = open_page("/map/?condition=damaged,severe", viewer)
    wait_for_map(page)
    scale = page.locator("#map-scale .maplibregl-ctrl-scale")
    share = scale.bounding_box()["width"] / page.locator("#map canvas").bounding_box()["width"]
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    picture = page.locator(".map-picture")
    colours = picture.evaluate(
        """async (image) => {
            await image.decode();
            const canvas = new OffscreenCanvas(200, 120);
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0, 200, 120);
            const { data } = context.getImageData(0, 0, 200, 120);
            return new Set(new Uint32Array(data.buffer)).size;
        }"""
    )
    assert colours > 20, "the picture of the map is blank"
    page.emulate_media(media="print")
    expect(picture).to_be_visible()
    expect(page.locator("#chips")).to_contain_text("Severe")
    expect(page.locator("#results-count")).to_be_visible()
    expect(page.locator("#updated")).to_be_visible()
    expect(page.locator("#condition-key")).to_be_visible()
    expect(page.locator("#map-credit")).to_be_visible()
    expect(page.locator("#map-credit")).to_contain_text("© Test")
    on_paper = scale.bounding_box()["width"] / picture.bounding_box()["width"]
    assert on_paper == pytest.approx(share, rel=0.03), (
        "the bar of the scale is as much of the map as on the screen"
    )
    for hidden in (".top", "#legend", ".map-controls", "#results-list"):
        expect(page.locator(hidden)).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    expect(picture).to_have_count(0)
    assert pages_of(page).count(b"/Type /Page\n") <= 2


def test_the_costs_come_out_on_paper(open_page, publicity, scene):
    now = timezone.now()
    for months in range(12):
        Maintenance.objects.create(
            asset=scene.west[0],
            kind=MaintenanceKind.CLEAN,
            state="done",
            started_at=now,
            completed_at=now - timedelta(days=30 * months),
            cost=1_234_567.89,
        )
    page = open_page("/jobs/costs/", publicity)
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print")
    # The width of A4 across, without its margins.
    page.set_viewport_size({"width": 1047, "height": 718})
    for hidden in (".top", ".tabs", "form.filters", "main .button"):
        expect(page.locator(hidden).first).to_be_hidden()
    table = page.locator("table.money")
    expect(table).to_be_visible()
    assert table.evaluate("table => table.getBoundingClientRect().right <= innerWidth + 1")
