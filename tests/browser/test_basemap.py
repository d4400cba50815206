"""The base map of one's own on the map page: roads that one sees, a choice that is remembered, a build that changes."""

import io
import re
from pathlib import Path

import pytest
import shapely
from PIL import Image
from playwright.sync_api import Page, expect

from mapping.basemap.building import Built
from tests.browser.conftest import wait_for_map
from tests.mapping.basemap.conftest import geojson, made_of

FAR = "#11.30/36.68500/117.00000"
TILES = re.compile(r"/basemap/([0-9a-f]{16})/\d+/\d+/\d+\.mvt$")


def roads(path: Path, kind: str, lat: float) -> Path:
    line = shapely.LineString([(116.8, lat), (117.2, lat)])
    return geojson(path, [({"highway": kind, "name": "北园大街"}, line)])


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """One long road, south of all assets."""
    return made_of(roads(tmp_path / "a.geojson", "motorway", 36.662))


def asked(page: Page) -> set[str]:
    """The builds whose tiles the page has asked for from now on."""
    builds: set[str] = set()
    page.on("request", lambda request: builds.update(TILES.findall(request.url)))
    return builds


def road_pixels(page: Page) -> int:
    """How much of the map has exactly the colour of a road seen from afar."""
    wait_for_map(page)
    declared = page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--map-road-far').trim()"
    )
    wanted = tuple(bytes.fromhex(declared[1:]))
    picture = Image.open(io.BytesIO(page.locator("#map").screenshot())).convert("RGB")
    return sum(count for count, colour in picture.getcolors(1 << 24) or [] if colour == wanted)


def choose(page: Page, label: str) -> None:
    page.locator("#basemap-menu > summary").click()
    page.get_by_label(label).check()
    page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_roads_are_drawn_and_their_makers_named(open_page, viewer, built: Built, scheme: str) -> None:
    page = open_page(f"/map/{FAR}", viewer, color_scheme=scheme)
    assert road_pixels(page) > 200
    expect(page.locator("#map-credit")).to_have_text("© Test · 2020-11")


def test_the_choice_and_its_strength_are_remembered(open_page, viewer, built: Built) -> None:
    page = open_page(f"/map/{FAR}", viewer)
    drawn = road_pixels(page)
    choose(page, "None: areas and roads only")
    assert road_pixels(page) == 0
    expect(page.locator("#map-credit > *")).to_be_hidden()
    page.reload()
    assert road_pixels(page) == 0
    choose(page, "Built-in streets")
    assert road_pixels(page) == drawn
    page.locator("#basemap-menu > summary").click()
    page.get_by_label("Strength").fill("0.4")
    page.keyboard.press("Escape")
    assert road_pixels(page) == 0  # fainter than the road's own colour
    page.reload()
    assert road_pixels(page) == 0
    expect(page.get_by_label("Strength")).to_have_value("0.4")


def test_another_build_takes_over_in_an_open_page(open_page, viewer, built: Built, tmp_path: Path) -> None:
    page = open_page(f"/map/{FAR}", viewer)
    wait_for_map(page)
    builds = asked(page)
    other = made_of(roads(tmp_path / "b.geojson", "motorway", 36.664))
    page.locator("#zoom-in").click()
    page.locator("#zoom-in").click()
    page.wait_for_function(
        "() => performance.getEntriesByName(location.origin + '/basemap/current.json').length"
    )
    wait_for_map(page)
    assert builds == {built.build, other.build}
    expect(page.locator("#problem")).to_be_hidden()


def test_without_one_there_is_nothing_to_choose(open_page, viewer) -> None:
    page = open_page("/map/", viewer)
    wait_for_map(page)
    expect(page.locator("#basemap-menu")).to_be_hidden()


def test_the_office_s_own_choice_of_a_map_service_is_what_one_sees_first(
    open_page, viewer, built: Built, settings, live_server
) -> None:
    settings.BASEMAP_TILES = live_server.url + "/static/web/emblem.svg?{z}/{x}/{y}"
    settings.BASEMAP_ATTRIBUTION = "天地图"
    page = open_page("/map/", viewer)
    wait_for_map(page)
    page.locator("#basemap-menu > summary").click()
    expect(page.get_by_label("From a map service")).to_be_checked()
    expect(page.locator("#map-credit")).to_contain_text("天地图")
    page.get_by_label("Built-in streets").check()
    expect(page.locator("#map-credit")).to_contain_text("© Test")
