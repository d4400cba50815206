"""The built-in base map on the phone: kept with the area, drawn without a network, and there after a new build too."""

import io
import time
from pathlib import Path

import pytest
import shapely
from PIL import Image
from playwright.sync_api import expect

from mapping.basemap.archive import Archive, location
from mapping.basemap.building import Built
from tests.browser.conftest import PATIENCE
from tests.browser.field_phone import FieldPhone
from tests.mapping.basemap.conftest import geojson, made_of
from tests.mapping.conftest import tiles_around

WEST = "370105001"
NARROWEST = 8  # pixels of a motorway on the phone's map


def built_at(path: Path, lat: float) -> Built:
    line = shapely.LineString([(116.9, lat), (117.1, lat)])
    return made_of(geojson(path / f"{lat}.geojson", [({"highway": "motorway", "name": "北园大街"}, line)]))


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """A road across the west street."""
    return built_at(tmp_path, 36.6765)


@pytest.fixture
def phone(built: Built, phone: FieldPhone) -> FieldPhone:
    """A phone that comes to the page when the base map is there."""
    return phone


def wanted_over(area) -> set[str]:
    lowest, finest = Archive(location()).about.zooms
    box = area.boundary.extent
    return {
        "/".join(map(str, tile)) for zoom in range(lowest, finest + 1) for tile in tiles_around(zoom, *box)
    }


def road_width(phone: FieldPhone) -> int:
    """How many pixels of a line from top to bottom, at the map's western edge, are road; as many as there ever will be.

    The map is idle for a moment before it goes to where the phone is: the road is waited for as its words are.
    """
    width, until = 0, time.monotonic() + PATIENCE / 1000
    while width <= NARROWEST and time.monotonic() < until:
        expect(phone.page.locator(".map-box")).to_have_attribute("aria-busy", "false")
        picture = Image.open(io.BytesIO(phone.page.locator(".map-box").screenshot())).convert("RGB")
        width = sum(picture.getpixel((8, y)) == (255, 255, 255) for y in range(picture.height))
    return width


def test_it_comes_with_the_area_and_is_drawn_without_a_network(phone: FieldPhone, crew, district) -> None:
    wanted = wanted_over(district.west)
    phone.begin(crew, WEST)
    assert {row["key"] for row in phone.stored("tiles")} == wanted
    with phone.without_network():
        phone.page.reload()
        phone.go("map")
        expect(phone.page.locator(".maplibregl-ctrl-attrib")).to_contain_text("© Test · 2020-11")
        assert NARROWEST < road_width(phone) < 60


def test_an_earlier_build_shows_the_way_until_the_next_download(
    phone: FieldPhone, crew, district, tmp_path: Path
) -> None:
    phone.begin(crew, WEST)
    before = len(phone.stored("tiles"))
    built_at(tmp_path, 36.69)
    phone.page.evaluate("navigator.serviceWorker.getRegistration('/field/').then((one) => one.unregister())")
    phone.page.reload()
    phone.until(
        "(await import('field/down/basemap')).own.tiles !== await (await import('field/phone/store')).fact('basemap')"
    )
    assert len(phone.stored("tiles")) == before
    phone.go("area")
    phone.page.locator("#download").click()
    phone.until(
        "(await import('field/down/basemap')).own.tiles === await (await import('field/phone/store')).fact('basemap')"
    )
    expect(phone.page.locator("#basemap-state")).to_contain_text("complete")


def test_without_a_base_map_nothing_is_offered(phone: FieldPhone, crew) -> None:
    location().unlink()
    phone.sign_in(crew)
    phone.open()
    phone.has_token()
    phone.go("area")
    phone.page.locator(f'[data-area="{WEST}"] [role="switch"]').click()
    expect(phone.page.locator("#download")).to_be_enabled()
    expect(phone.page.locator("#basemap")).to_have_count(0)
