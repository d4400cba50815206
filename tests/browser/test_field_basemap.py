"""The base map on the phone: kept where the office allows it and counted honestly; a shifted one shifts everything."""

import io
import math
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.contrib.gis.geos import Point
from PIL import Image
from playwright.sync_api import expect

from places.coordinates import GCJ02, from_wgs84, to_wgs84
from places.distance import metres_between
from tests.browser.conftest import Manners
from tests.browser.field_phone import HERE, FieldPhone

WEST, EAST = "370105001", "370105002"
FINEST = 15
RED = (200, 30, 40)


class TileServer:
    """A tile server of its own origin: red squares, and a memory of what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.fails_on = lambda tile: False
        tiles = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tile = self.path.removeprefix("/").removesuffix(".png")
                tiles.asked.append(tile)
                failing = tiles.fails_on(tile)
                self.send_response(503 if failing else 200)
                self.send_header("Content-Type", "text/html" if failing else "image/png")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(b"busy" if failing else _red_square())

            def log_message(self, *_arguments) -> None:
                """Quietly."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _red_square() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (256, 256), RED).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def tiles(settings, manners: Manners) -> Iterator[TileServer]:
    """A base map that may be kept."""
    server = TileServer()
    manners.allowed.add(server.host)
    origin = f"http://{server.host}"
    policy = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {**policy, "connect-src": [*policy["connect-src"], origin]}
    }
    settings.BASEMAP_TILES = origin + "/{z}/{x}/{y}.png"
    settings.BASEMAP_ATTRIBUTION = "天地图"
    settings.BASEMAP_OFFLINE = True
    settings.BASEMAP_OFFLINE_ZOOM = FINEST
    yield server
    server.stop()


@pytest.fixture
def phone(tiles: TileServer, phone: FieldPhone) -> FieldPhone:
    """A phone that comes to the page when the base map is configured."""
    return phone


def tiles_over(area, finest: int = FINEST) -> set[str]:
    """What covers an area's box, by the formula of every tile server."""
    west, south, east, north = area.boundary.extent
    return {
        f"{zoom}/{x}/{y}"
        for zoom in range(10, finest + 1)
        for x in range(_column(west, zoom), _column(east, zoom) + 1)
        for y in range(_row(north, zoom), _row(south, zoom) + 1)
    }


def _column(lon: float, zoom: int) -> int:
    return math.floor((lon + 180) / 360 * 2**zoom)


def _row(lat: float, zoom: int) -> int:
    return math.floor((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)


def apart(place: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two (lon, lat)."""
    return metres_between(Point(*map(float, place), srid=4326), Point(*map(float, other), srid=4326))


def kept(phone: FieldPhone) -> set[str]:
    return {row["key"] for row in phone.stored("tiles")}


def basemap_colour(phone: FieldPhone, tile: str) -> list[int]:
    """The middle of what the map is given for a tile."""
    return phone.page.evaluate(
        """async (tile) => {
            const { loadTile } = await import('field/down/basemap');
            const { data } = await loadTile({ url: `kept://${tile}` }, new AbortController());
            const image = data instanceof ArrayBuffer ? await createImageBitmap(new Blob([data])) : data;
            const pen = new OffscreenCanvas(256, 256).getContext('2d');
            pen.drawImage(image, 0, 0);
            return [...pen.getImageData(128, 128, 1, 1).data].slice(0, 3);
        }""",
        tile,
    )


def test_the_base_map_comes_along_and_is_there_without_a_network(
    phone: FieldPhone, crew, district, tiles: TileServer
) -> None:
    wanted = tiles_over(district.west)
    phone.sign_in(crew)
    phone.open()
    phone.has_token()
    phone.go("area")
    phone.page.locator(f'[data-area="{WEST}"] [role="switch"]').click()
    expect(phone.page.locator("#basemap")).to_contain_text(f"{len(wanted)} pictures")
    phone.page.locator("#download").click()
    expect(phone.page.locator("#readiness .readiness")).to_have_text("Ready for offline")
    expect(phone.page.locator("#basemap-state")).to_have_text(f"Base map: complete, {len(wanted)} pictures")
    assert kept(phone) == wanted == set(tiles.asked)
    tiles.asked.clear()
    with phone.without_network():
        phone.page.reload()
        phone.go("map")
        expect(phone.page.locator(".map-box")).to_have_attribute("aria-busy", "false")
        expect(phone.page.locator(".maplibregl-ctrl-attrib")).to_contain_text("天地图")
        finest = max(wanted, key=lambda tile: int(tile.split("/")[0]))
        zoom, x, y = map(int, finest.split("/"))
        assert basemap_colour(phone, finest) == list(RED)
        assert basemap_colour(phone, f"{zoom + 3}/{x * 8 + 5}/{y * 8 + 2}") == list(RED)
    assert tiles.asked == []


def test_only_what_is_missing_is_fetched_and_what_is_not_wanted_goes(
    phone: FieldPhone, crew, district, tiles: TileServer
) -> None:
    phone.begin(crew, WEST)
    tiles.asked.clear()
    both = tiles_over(district.west) | tiles_over(district.east)
    phone.go("area")
    choose_and_fetch(phone, EAST, len(both))
    assert sorted(tiles.asked) == sorted(both - tiles_over(district.west))
    assert kept(phone) == both
    choose_and_fetch(phone, WEST, len(tiles_over(district.east)))  # Off again.
    assert kept(phone) == tiles_over(district.east)


def choose_and_fetch(phone: FieldPhone, code: str, tiles: int) -> None:
    """Change the choice on the open page, and wait until so many tiles are there."""
    phone.page.locator(f'[data-area="{code}"] [role="switch"]').first.click()
    phone.page.locator("#download").click()
    expect(phone.page.locator("#basemap-state")).to_have_text(f"Base map: complete, {tiles} pictures")


def test_a_tile_that_cannot_be_had_spoils_nothing_and_is_said(
    phone: FieldPhone, crew, district, tiles: TileServer
) -> None:
    wanted = tiles_over(district.west)
    missing = sorted(wanted)[-1]
    tiles.fails_on = lambda tile: tile == missing
    phone.begin(crew, WEST)
    phone.go("area")
    expect(phone.page.locator("#readiness .readiness")).to_have_text(
        "Ready for offline, the base map not complete"
    )
    state = phone.page.locator("#basemap-state")
    expect(state).to_contain_text(f"{len(wanted) - 1} of {len(wanted)} pictures")
    tiles.fails_on = lambda tile: False
    tiles.asked.clear()
    phone.page.locator("#download").click()
    expect(state).to_contain_text("complete")
    assert tiles.asked == [missing]


def test_a_tile_server_that_is_away_is_left_alone(phone: FieldPhone, crew, tiles: TileServer) -> None:
    tiles.fails_on = lambda tile: True
    phone.begin(crew, WEST, EAST)
    phone.go("area")
    expect(phone.page.locator("#basemap-state")).to_contain_text("does not answer")
    assert len(tiles.asked) < 14
    expect(phone.page.locator("#readiness")).to_contain_text("Ready for offline")


def test_a_full_phone_says_so_and_keeps_the_assets(phone: FieldPhone, crew, tiles: TileServer) -> None:
    phone.sign_in(crew)
    phone.open()
    phone.has_token()
    phone.page.evaluate(
        """() => {
            const put = IDBObjectStore.prototype.put;
            IDBObjectStore.prototype.put = function (...row) {
                if (this.name !== 'tiles') return put.apply(this, row);
                throw new DOMException('no room', 'QuotaExceededError');
            };
        }"""
    )
    phone.go("area")
    phone.page.locator(f'[data-area="{WEST}"] [role="switch"]').click()
    phone.page.locator("#download").click()
    expect(phone.page.locator(".toast.bad")).to_contain_text("storage is full")
    expect(phone.page.locator("#readiness")).to_contain_text("the base map not complete")
    assert phone.stored("assets")
    assert not phone.stored("tiles")


def test_fetching_the_pack_anew_by_itself_leaves_the_base_map_alone(
    phone: FieldPhone, crew, district, tiles: TileServer
) -> None:
    gone = sorted(tiles_over(district.west))[0]
    phone.begin(crew, WEST)
    tiles.asked.clear()
    phone.page.evaluate(
        """async (gone) => {
            const store = await import('field/phone/store');
            await store.setFact('cursor', 'of another database');
            await store.remove('tiles', gone);
            await (await import('field/down/pack')).refresh();
        }""",
        gone,
    )
    phone.until("(await (await import('field/phone/store')).fact('cursor')) !== 'of another database'")
    phone.until("(await (await import('field/phone/store')).fact('readiness'))?.basemap.has > 0")
    assert tiles.asked == []


def test_it_is_the_person_s_choice(phone: FieldPhone, crew, tiles: TileServer) -> None:
    phone.begin(crew, WEST)
    tiles.asked.clear()
    phone.go("area")
    phone.page.locator("#basemap").click()
    phone.page.locator("#download").click()
    expect(phone.page.locator("#basemap-state")).to_be_hidden()
    assert not phone.stored("tiles")
    assert not tiles.asked


def test_what_may_not_be_kept_any_more_leaves_the_phone(
    phone: FieldPhone, crew, settings, tiles: TileServer
) -> None:
    phone.begin(crew, WEST)
    assert phone.stored("tiles")
    settings.BASEMAP_OFFLINE = False
    phone.page.evaluate("navigator.serviceWorker.getRegistration('/field/').then((one) => one.unregister())")
    phone.page.reload()
    phone.until("!(await import('field/down/basemap')).mayKeep")
    phone.until("(await (await import('field/phone/store')).count('tiles')) === 0")


def test_under_a_shifted_base_map_the_pin_says_what_python_says(
    phone: FieldPhone, crew, district, settings, tiles: TileServer
) -> None:
    settings.BASEMAP_CRS = "gcj02"
    phone.begin(crew, WEST)
    assert kept(phone) == shifted_tiles_over(district.west)
    phone.page.locator('.float-bar a[href="#/new"]').click()
    box = phone.page.locator(".place-map")
    expect(box).to_have_attribute("aria-busy", "false")
    marker = phone.page.locator(".maplibregl-marker")
    expect(marker).to_have_count(1)
    phone.page.locator('.type[data-code="lamp_banner"]').click()
    frame = box.bounding_box()
    east, south = 60, 45
    box.click(position={"x": frame["width"] / 2 + east, "y": frame["height"] / 2 + south})
    expect(phone.page.get_by_text("Set by hand on the map")).to_be_visible()
    phone.until("(await (await import('field/up/drafts')).find('new'))?.position?.accuracy === 5")
    (draft,) = phone.stored("drafts")
    position = draft["values"]["position"]
    shown = _moved(from_wgs84(HERE["longitude"], HERE["latitude"], GCJ02), east, south, zoom=18.5)
    lon, lat = (float(value) for value in to_wgs84(*shown, GCJ02))
    assert apart((position["lon"], position["lat"]), (lon, lat)) < 0.5
    # And the shift is there at all: without it the pin would be elsewhere by half a kilometre.
    assert apart((position["lon"], position["lat"]), shown) > 300


def shifted_tiles_over(area) -> set[str]:
    west, south, east, north = area.boundary.extent
    (left, right), (top, bottom) = from_wgs84([west, east], [north, south], GCJ02)
    return {
        f"{zoom}/{x}/{y}"
        for zoom in range(10, FINEST + 1)
        for x in range(_column(left, zoom), _column(right, zoom) + 1)
        for y in range(_row(top, zoom), _row(bottom, zoom) + 1)
    }


def _moved(place, east: float, south: float, *, zoom: float) -> tuple[float, float]:
    """A place so many pixels away on a map of this zoom (512 pixels round the world at zoom 0)."""
    lon, lat = (float(value) for value in place)
    world = 512 * 2**zoom
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 + south / world
    return lon + 360 * east / world, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down))))
