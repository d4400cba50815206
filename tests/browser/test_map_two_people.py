"""An open map while somebody else works: what they move, remove and register is seen without loading the page again."""

import re

import pytest
from django.contrib.gis.geos import Point
from playwright.sync_api import TimeoutError, expect

from assets.models import Asset, Condition, Lifecycle
from tests.browser.conftest import wait_for_map
from tests.factories import make_asset, make_type

SPOT = Point(116.995, 36.683, srid=4326)


def look_again(page):
    """Half a minute later, without waiting for it."""
    for _attempt in range(5):
        try:
            # A page that is busy drawing may set its timer only after the clock was put forward.
            with page.expect_response(re.compile("/api/now"), timeout=5_000):
                page.clock.fast_forward(31_000)
        except TimeoutError:
            continue
        return
    pytest.fail("The page does not ask.")


@pytest.fixture
def opened(open_page, viewer):
    """A page whose clock the test turns."""

    def opened(path):
        page = open_page("/healthz", viewer)
        page.clock.install()
        with page.expect_response(re.compile("/api/now")):
            page.goto(path)
        wait_for_map(page)
        return page

    return opened


def test_what_others_move_and_remove_is_seen_on_an_open_map(opened, scene, viewer):
    page = opened(f"/map/#17/{scene.alone.point.y}/{scene.alone.point.x}")
    expect(page.locator("#results-count")).to_contain_text(str(scene.count))
    asked = []
    page.on("request", lambda request: asked.append(request.url))

    Asset.objects.filter(pk=scene.west[0].pk).update(
        lifecycle=Lifecycle.REMOVED, removed_on="2026-01-01", removal_reason="旧"
    )
    Asset.objects.filter(pk=scene.alone.pk).update(point=SPOT, name="搬走的宣传栏")
    look_again(page)

    expect(page.locator("#results-count")).to_contain_text(str(scene.count - 1))
    expect(page.locator(f'.result[data-code="{scene.west[0].code}"]')).to_have_count(0)
    expect(page.locator(f'.result[data-code="{scene.alone.code}"]')).to_contain_text("搬走的宣传栏")
    wait_for_map(page)
    assert any("/tiles/assets/" in url for url in asked)


def test_the_panel_of_an_asset_follows_what_others_write(opened, scene):
    page = opened(f"/assets/{scene.alone.code}/")
    Asset.objects.filter(pk=scene.alone.pk).update(condition=Condition.GOOD, name="修好的宣传栏")
    look_again(page)
    expect(page.locator("#detail-body .asset-name")).to_contain_text("修好的宣传栏")
    expect(page.locator("#detail-body .badge.good")).to_be_visible()


def test_nothing_is_asked_for_again_while_nothing_changes(opened):
    page = opened("/map/")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    look_again(page)
    page.evaluate(
        "() => fetch('/healthz')"
    )  # what the page makes of the answer is done when this one has come
    look_again(page)
    asked = [url for url in asked if "/healthz" not in url]
    assert {re.sub(r".*(/api/\w+).*", r"\1", url) for url in asked} == {"/api/now"}
    assert len(asked) >= 2


def test_a_list_sorted_by_what_changes_neither_skips_nor_repeats(opened, district):
    panel = make_type()
    made = [
        make_asset(
            Point(116.981 + n * 0.0003, 36.6955, srid=4326),
            type=panel,
            name=f"第 {n} 号",
            condition=Condition.MINOR,
        )
        for n in range(70)
    ]
    page = opened("/map/?q=号&condition=minor,good,severe#list&order=-condition")
    expect(page.locator("#results-count b")).to_have_text(re.compile(r"^\d+"))
    first = page.locator(".result").first.get_attribute("data-code")
    # The first row sinks below what has been read, and one from below rises above it.
    Asset.objects.filter(code=first).update(condition=Condition.GOOD)
    Asset.objects.filter(pk=made[-1].pk).update(condition=Condition.SEVERE)
    page.locator("#results-scroll").evaluate("element => element.scrollTo(0, element.scrollHeight)")
    page.wait_for_function("() => document.querySelectorAll('.result[data-code]').length >= 70")
    while page.locator("#results-foot button").count():
        page.locator("#results-foot button").click()
        expect(page.locator("#results-list")).to_have_attribute("aria-busy", "false")
    codes = [row.get_attribute("data-code") for row in page.locator(".result[data-code]").all()]
    assert len(codes) == len(set(codes))
    assert {asset.code for asset in made} <= set(codes)
    assert codes[0] == made[-1].code


def test_of_five_assets_on_a_spot_a_click_lists_all(opened, scene):
    kinds = [make_type(), make_type("lamp_banner", "03006")]
    five = [make_asset(SPOT, type=kinds[n % 2], name=f"同点 {n}") for n in range(5)]
    page = opened(f"/map/#18/{SPOT.y}/{SPOT.x}")
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#detail-body .face")).to_have_count(5)
    expect(page.get_by_role("heading", name="5 assets stand here")).to_be_visible()
    # The address leads back to the choice, and the choice to the asset.
    expect(page).to_have_url(re.compile(r"spot=\d{17}"))
    page.locator("#detail-body .face", has_text="同点 3").click()
    expect(page.locator("#detail-body .asset-code code")).to_have_text(five[3].code)
    page.go_back()
    expect(page.locator("#detail-body .face")).to_have_count(5)
    page.reload()
    expect(page.locator("#detail-body .face")).to_have_count(5)


def test_a_broken_address_gets_a_sentence_and_the_usual_map(open_page, viewer):
    page = open_page("/map/#12/north/117", viewer)
    wait_for_map(page)
    expect(page.locator("#problem")).to_contain_text("cannot be read")
    page.locator("#problem").get_by_role("button", name="Close").click()
    expect(page.locator("#problem")).to_be_hidden()
    expect(page.locator(".result").first).to_be_visible()


def test_an_address_too_long_gets_a_sentence_and_a_way_on(open_page, viewer, scene):
    long = ",".join(str(37010503008000000 + n) for n in range(500))
    page = open_page(f"/map/?asset={long}", viewer)
    expect(page.get_by_role("heading", name="The address is too long")).to_be_visible()
    expect(page.get_by_text("draw a rectangle")).to_be_visible()
    assert page.locator('a[href="/map/"]').count()


def test_choosing_more_than_an_address_holds_is_said_and_changes_nothing(open_page, viewer, scene):
    page = open_page("/map/", viewer)
    wait_for_map(page)
    before = page.url
    page.evaluate(
        """async () => {
            const { state } = await import("mapping/state");
            const codes = Array.from({ length: 400 }, (_, n) => String(37010503008000000n + BigInt(n)));
            state.update({ filter: state.filter.with("asset", codes) });
        }"""
    )
    expect(page.locator("#problem")).to_contain_text("do not fit into an address")
    assert page.url.partition("#")[0] == before.partition("#")[0]


def test_lost_graphics_get_a_sentence_and_a_way_on(open_page, viewer):
    page = open_page("/map/", viewer)
    wait_for_map(page)
    lose = """() => {
        const canvas = document.querySelector("#map canvas");
        const gl = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
        window.loss = gl.getExtension("WEBGL_lose_context");
        window.loss.loseContext();
    }"""
    page.evaluate(lose)
    expect(page.locator("#problem")).to_contain_text("lost the graphics")
    expect(page.locator("#problem").get_by_role("button", name="Load the page again")).to_be_visible()
    page.evaluate("() => window.loss.restoreContext()")
    expect(page.locator("#problem")).to_be_hidden()


def test_without_webgl_the_list_is_there_and_a_sentence_says_why(open_page, viewer, scene, browser):
    page = open_page("/healthz", viewer)
    page.add_init_script(
        "const usual = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return /webgl/.test(kind) ? null : usual.call(this, kind, ...rest); };"
    )
    page.goto("/map/")
    expect(page.locator("#problem")).to_contain_text("no WebGL")
    expect(page.locator(".result").first).to_be_visible()
    page.locator(".result").first.click()
    expect(page.locator("#detail-body .asset-code code")).to_be_visible()
