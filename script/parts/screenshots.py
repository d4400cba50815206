"""The pictures of the documentation, taken with Playwright; script/screenshots starts it in the virtual environment.

python -m parts.screenshots URL FOLDER [NAME…]
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect, sync_playwright

from parts import console

# Nothing is written, so that any demonstration will do; the accounts are public (demonstration/accounts.py).
USER, PASSWORD = "planner", "tianqiao-demo"
OFFICE = "publicity"  # sees what only those see who plan jobs
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
DESKTOP, PHONE = (1440, 900), (390, 844)
LANGUAGES = {"zh": "zh-hans", "en": "en"}
PATIENCE = 60_000  # ms: the map is drawn in software
BEIYUAN = "370105014"
# A clone brings every picture along, and every earlier one.
MOST_BYTES = 150_000
QUALITIES = (84, 74, 60, 45)


def open_first_result(page: Page) -> None:
    """Open the first asset of the list that has a photo, or else the first."""
    with_photo = page.locator(".result:has(img)")
    (with_photo if with_photo.count() else page.locator(".result")).first.click()
    expect(page.locator("#detail-body article")).to_be_visible()


def open_sheet(name: str) -> Callable[[Page], None]:
    """What opens one of the phone's sheets."""
    return lambda page: page.locator(f'[data-sheet-open="{name}"]').click()


def open_first_in_sheet(page: Page) -> None:
    """The phone's way to an asset: the list, then its first row."""
    open_sheet("results")(page)
    open_first_result(page)


def edit_the_first_result(page: Page) -> None:
    """All groups of an asset's fields, as whoever may edit it finds them."""
    open_first_result(page)
    page.locator('#detail-body [data-desk$="/edit"]').click()
    expect(page.locator(".desk-form")).to_be_visible()


def record_a_condition(page: Page) -> None:
    """The form for a condition, with something chosen."""
    open_first_in_sheet(page)
    page.locator('#detail-body [data-desk$="/inspect"]').click()
    page.locator('.desk-condition[data-condition="3"]').click()


def move_the_first_result(page: Page) -> None:
    """The pin some metres from where an asset stands."""
    open_first_result(page)
    page.locator('#detail-body [data-desk$="/move"]').first.click()
    pin = page.locator(".map-pin")
    for _step in range(4):
        pin.press("Shift+ArrowRight")
    page.wait_for_timeout(1_500)


def begin_a_new_asset(page: Page) -> None:
    """A place pressed on the map and a type chosen."""
    page.locator("#new-asset").click()
    expect(page.locator(".desk-form")).to_be_visible()
    box = page.locator("#map").bounding_box() or {"x": 0, "y": 0, "width": 0, "height": 0}
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_timeout(1_500)
    page.locator(".desk-type").first.click()
    page.wait_for_timeout(1_500)


def fill_in_an_artwork(page: Page) -> None:
    """A new artwork with the picture of an invented poster, not sent."""
    page.locator("#desk-title").fill("垃圾分类 从我做起")
    page.locator("#desk-wording").fill("垃圾分一分 环境美十分")
    page.locator("[data-picture-input] input").set_input_files(
        {"name": "poster.png", "mimeType": "image/png", "buffer": _poster()}
    )


def _poster() -> bytes:
    """Green hills under a sun."""
    image = Image.new("RGB", (800, 600), "#e9f5ec")
    draw = ImageDraw.Draw(image)
    draw.ellipse((560, 80, 680, 200), fill="#f2b33d")
    draw.polygon([(0, 600), (260, 240), (520, 600)], fill="#2b8a6e")
    draw.polygon([(300, 600), (600, 320), (800, 560), (800, 600)], fill="#55a58d")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def open_export_dialog(page: Page) -> None:
    """The export dialogue, as a reader opens it."""
    page.locator("#results summary").click()
    page.locator('#export-menu [aria-haspopup="dialog"]').click()
    expect(page.locator("#export-dialog .export-foot")).to_be_visible()


def open_the_first_case(page: Page) -> None:
    """The page of a case: the first of the list that has a photo from afterwards."""
    page.locator("[data-case]:has(.pair-small img + *) a").first.click()
    page.wait_for_load_state("networkidle")


def open_first(rows: str) -> Callable[[Page], None]:
    """What opens the first link of a list."""

    def follow(page: Page) -> None:
        page.locator(rows).first.click()
        page.wait_for_load_state("networkidle")

    return follow


def evaluate_the_first_site(page: Page) -> None:
    """The phone's form of a site, as its evaluator finds it: counted items are answered from the catalogue."""
    page.locator('[data-kind="evaluations"]').click()
    page.locator("[data-site]").first.click()
    expect(page.locator("[data-item]").first).to_be_visible()


@dataclass(frozen=True)
class Picture:
    """One picture: its name, where it is taken, and what is done first."""

    name: str
    path: str
    size: tuple[int, int] = DESKTOP
    prepare: Callable[[Page], None] | None = None
    scheme: Literal["light", "dark"] = "light"
    signed_in: bool = True
    user: str = USER


PICTURES = (
    Picture("map-desktop", "/map/"),
    Picture("street-desktop", f"/map/?street={BEIYUAN}&condition=damaged,severe"),
    Picture("asset-desktop", "/map/?condition=damaged,severe", prepare=open_first_result),
    Picture("list-desktop", "/map/?condition=severe,missing#list"),
    Picture("connect-desktop", "/connect/"),
    Picture("dark-desktop", "/map/#14.60/36.67300/116.99000", scheme="dark"),
    Picture("export-desktop", f"/map/?street={BEIYUAN}", prepare=open_export_dialog),
    Picture("sign-in-desktop", "/sign-in/", signed_in=False),
    Picture("map-phone", "/map/", PHONE),
    Picture("filters-phone", "/map/", PHONE, open_sheet("legend")),
    Picture("asset-phone", "/map/?condition=damaged,severe", PHONE, open_first_in_sheet),
    Picture("jobs-map-desktop", f"/map/?street={BEIYUAN}&type=notice_board&condition=damaged", user=OFFICE),
    Picture(
        "jobs-plan-desktop", f"/jobs/new/?street={BEIYUAN}&type=notice_board&condition=damaged", user=OFFICE
    ),
    Picture("jobs-board-desktop", f"/jobs/?street={BEIYUAN}", user=OFFICE),
    Picture("jobs-costs-desktop", "/jobs/costs/", user=OFFICE),
    Picture(
        "edit-desktop",
        f"/map/?street={BEIYUAN}&type=notice_board",
        DESKTOP,
        edit_the_first_result,
        user=OFFICE,
    ),
    Picture("new-asset-desktop", "/map/#17.50/36.68800/116.99000", DESKTOP, begin_a_new_asset, user=OFFICE),
    Picture(
        "move-desktop",
        f"/map/?street={BEIYUAN}&type=notice_board",
        DESKTOP,
        move_the_first_result,
        user=OFFICE,
    ),
    Picture(
        "condition-phone", f"/map/?street={BEIYUAN}&type=notice_board", PHONE, record_a_condition, user=OFFICE
    ),
    Picture("artworks-desktop", "/artworks/", user=OFFICE),
    Picture("artwork-new-desktop", "/artworks/new/", DESKTOP, fill_in_an_artwork, user=OFFICE),
    Picture("replace-desktop", "/artworks/civil-2025/", user=OFFICE),
    Picture("due-desktop", f"/due/?street={BEIYUAN}", user=OFFICE),
    Picture("plates-desktop", f"/labels/?street={BEIYUAN}&type=notice_board", user=OFFICE),
    Picture("jobs-phone", f"/jobs/?street={BEIYUAN}", PHONE, user=OFFICE),
    Picture("case-inbox-desktop", "/cases/inbox/", user=OFFICE),
    Picture("cases-map-desktop", "/cases/map/", user=OFFICE),
    Picture("case-desktop", "/cases/?state=closed&order=new", DESKTOP, open_the_first_case, user=OFFICE),
    Picture("start-desktop", "/start/", user=OFFICE),
    Picture("start-phone", "/start/", PHONE, user="beiyuan"),
    Picture("dashboard-desktop", "/dashboard/?days=365", user=OFFICE),
    Picture("monthly-desktop", "/reports/month/", user=OFFICE),
    Picture("case-unit-phone", "/cases/unit/", PHONE, user="liaison"),
    Picture("responsibility-desktop", "/responsibility/", user=OFFICE),
    Picture("gaps-desktop", "/responsibility/gaps/", user=OFFICE),
    Picture(
        "evaluation-round-desktop",
        "/evaluation/",
        DESKTOP,
        open_first('main a[href^="/evaluation/rounds/"]'),
        user=OFFICE,
    ),
    Picture("evaluation-results-desktop", "/evaluation/results/", user=OFFICE),
    Picture("evaluation-phone", "/field/#/tasks", PHONE, evaluate_the_first_site, user="evaluator"),
    Picture("coverage-desktop", "/coverage/", user=OFFICE),
    Picture("assessment-desktop", "/assessment/", user=OFFICE),
    Picture(
        "campaign-desktop",
        "/campaigns/actions/",
        DESKTOP,
        open_first('tbody a[href^="/campaigns/actions/"]'),
        user=OFFICE,
    ),
    Picture("media-desktop", "/cases/media/", user=OFFICE),
    Picture("residents-desktop", "/residents/", user=OFFICE),
)


def main(url: str, folder: Path, names: Collection[str] = ()) -> None:
    """Take every picture, or those named; `map-desktop` in every language, `map-desktop-en` in one."""
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE)
    taken = [
        (picture, suffix)
        for suffix in LANGUAGES
        for picture in PICTURES
        if not names or not {picture.name, f"{picture.name}-{suffix}"}.isdisjoint(names)
    ]
    with sync_playwright() as playwright:
        executable = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        sessions = {user: _sign_in(browser, url, user) for user in {picture.user for picture, _ in taken}}
        for picture, suffix in taken:
            file = folder / f"{picture.name}-{suffix}.webp"
            file.write_bytes(
                _smaller(_take(browser, url, picture, LANGUAGES[suffix], sessions[picture.user]))
            )
            console.say(f"{file.name}: {file.stat().st_size // 1024} kB")
        if not names or "import" in names:
            _take_importing(browser, url, folder)
        browser.close()


def _sign_in(browser: Browser, url: str, user: str) -> list:
    """The cookies of a signed-in session."""
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/sign-in/")
    page.locator("#id_username").fill(user)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#sign-in-form .button").click()
    page.wait_for_url("**/start/**")
    cookies = context.cookies()
    context.close()
    return cookies


def _take_importing(browser: Browser, url: str, folder: Path) -> None:
    """The steps of an import, up to where it would be written; the ledger is invented, and discarded afterwards."""
    session = _sign_in(browser, url, OFFICE)
    for suffix, language in LANGUAGES.items():
        context = browser.new_context(
            base_url=url,
            viewport={"width": DESKTOP[0], "height": DESKTOP[1]},
            color_scheme="light",
            reduced_motion="reduce",
        )
        context.add_cookies(session)
        context.add_cookies([{"name": "django_language", "value": language, "url": url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)

        def keep(name: str, page: Page = page, suffix: str = suffix) -> None:
            _settle(page)
            page.wait_for_timeout(1_000)  # the map's last flight
            file = folder / f"{name}-{suffix}.webp"
            file.write_bytes(_smaller(page.screenshot()))
            console.say(f"{file.name}: {file.stat().st_size // 1024} kB")

        page.goto("/import/")
        assets = page.request.get("/api/assets?street=370105014").json()
        ledger = _invented_ledger(assets)
        page.locator("#upload-file").set_input_files(
            {"name": "北园街道公益广告台账.csv", "mimeType": "text/csv", "buffer": ledger.encode()}
        )
        page.locator("#upload-send").click()
        page.locator("#columns").wait_for()
        keep("import-columns")
        page.locator("#columns .primary").click()
        page.locator("#position").wait_for()
        _settle(page)
        page.locator('input[value="gcj02"]').check()
        page.locator("#next-place").click()
        keep("import-position")
        page.locator("#position .primary").click()
        page.locator("#counts").wait_for()
        page.locator("#counts").scroll_into_view_if_needed()
        keep("import-preview")
        page.locator('#counts [data-show="updated"]').click()
        page.locator(".changes").first.wait_for()
        page.locator("#counts").evaluate("(counts) => scrollTo(0, counts.offsetTop - 16)")
        keep("import-changes")
        page.locator(".discard button").click()
        page.wait_for_url("**/import/")
        context.close()


def _invented_ledger(assets: dict) -> str:
    """A CSV ledger: new rows along a road (as a map of AMap's would give them), changed ones, and some mistakes."""
    lines = ["管理部件标识码,名称,类型,主题,画面内容,经度,纬度,完好情况,安装日期"]
    for number in range(1, 41):
        kind = "宣传廊" if number % 13 == 0 else ("宣传栏", "灯杆道旗", "标语牌")[number % 3]
        day = "昨天" if number % 17 == 0 else f"2024-0{number % 9 + 1}-15"
        east, north = 116.995 + number * 0.0011, 36.6935 + (number % 5) * 0.0006
        lines.append(
            f",北园大街 {number * 12} 号{kind},{kind},讲文明树新风,讲文明 树新风,{east:.6f},{north:.6f},完好,{day}"
        )
    for asset in assets["results"][:6]:
        lines.append(f"{asset['code']},{asset['name']}（东面）,,,垃圾分一分 环境美十分,,,破损,")
    return "\n".join(lines) + "\n"


def _take(browser: Browser, url: str, picture: Picture, language: str, session: list) -> bytes:
    width, height = picture.size
    phone = picture.size == PHONE
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        device_scale_factor=2 if phone else 1,
        has_touch=phone,
        is_mobile=phone,
        color_scheme=picture.scheme,
        reduced_motion="reduce",
    )
    context.add_cookies(session if picture.signed_in else [])
    context.add_cookies([{"name": "django_language", "value": language, "url": url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(picture.path)
    _settle(page)
    if picture.prepare:
        picture.prepare(page)
        _settle(page)
    taken = page.screenshot()
    context.close()
    return taken


def _settle(page: Page) -> None:
    """Until nothing is on its way any more: requests, photos, the map's drawing."""
    page.wait_for_load_state("networkidle")
    if page.locator("#map").is_visible():
        expect(page.locator("#map")).to_have_attribute("aria-busy", "false", timeout=PATIENCE)
    # Asked from outside: the page's own policy lets nobody evaluate a text in it again and again.
    loaded = "[...document.images].every((image) => image.complete || image.loading === 'lazy')"
    while not page.evaluate(loaded):
        page.wait_for_timeout(100)


def _smaller(png: bytes) -> bytes:
    """The same picture as WebP, as good as fits into what a picture of the documentation may take."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in QUALITIES:
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= MOST_BYTES:
            break
    return out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
