"""The camera before a plate: live pictures of a code that `/labels/` has drawn, read by the package, to the report."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from assets.models import Condition, Inspection
from tests.browser.conftest import Manners, Scene
from tests.browser.field_phone import FieldPhone

WEST = "370105001"
WIDTH, HEIGHT = 640, 480
FRAMES = 4


def test_a_plate_before_the_camera_leads_to_its_report(
    browser, live_server, open_page, publicity, tmp_path: Path, crew, scene: Scene, manners: Manners
) -> None:
    sheet = open_page(f"/labels/?q={scene.west[5].code}&layout=roll-60x40", publicity)
    film = tmp_path / "plate.y4m"
    film.write_bytes(filmed(sheet.locator("svg.qr").first.screenshot()))
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    phone = FieldPhone.kept(
        browser,
        live_server.url,
        manners,
        tmp_path / "profile",
        [*camera, f"--use-file-for-fake-video-capture={film}"],
    )
    phone.begin(crew, WEST)
    phone.tab("scan")
    form = phone.page.locator(".sheet-form")
    expect(form).to_contain_text("西街 5 号宣传栏")
    assert read_by_the_package(phone)
    form.locator('[data-condition="good"]').click()
    form.locator(".button.primary").click()
    expect(form).to_be_hidden()
    # The plate is still before the camera, and is not taken again by itself.
    seen = phone.page.evaluate("document.querySelector('video').currentTime")
    phone.until(f"document.querySelector('video').currentTime > {seen + 2}")
    expect(form).to_be_hidden()
    phone.expect_outbox()
    phone.put_away()
    inspection = Inspection.objects.get()
    assert (inspection.asset, inspection.condition) == (scene.west[5], Condition.GOOD)


def read_by_the_package(phone: FieldPhone) -> bool:
    """Whether the browser has no detector of its own, and the package was fetched instead."""
    return phone.page.evaluate(
        """async () => !(await globalThis.BarcodeDetector?.getSupportedFormats())?.includes('qr_code')
            && performance.getEntriesByType('resource').some(({ name }) => name.includes('vendor/qr/decode'))"""
    )


def filmed(plate: bytes) -> bytes:
    """A plate held a little aslant before a grey wall, as a film that Chromium takes for a camera's (4:2:0)."""
    code = Image.open(io.BytesIO(plate)).convert("L").resize((260, 260))
    wall = Image.new("L", (WIDTH, HEIGHT), 150)
    aslant = code.rotate(7, expand=True, fillcolor=150)
    wall.paste(aslant, ((WIDTH - aslant.width) // 2, (HEIGHT - aslant.height) // 2))
    colourless = bytes([128]) * (WIDTH * HEIGHT // 2)
    frame = b"FRAME\n" + wall.tobytes() + colourless
    return b"YUV4MPEG2 W%d H%d F15:1 Ip A1:1 C420jpeg\n" % (WIDTH, HEIGHT) + frame * FRAMES
