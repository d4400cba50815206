"""An asset's side panel: from the list, from the map, from its own address; and several faces on one support."""

import io
import re

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import wait_for_map


def middle_of_the_map(page):
    box = page.locator("#map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_symbol_has_the_colour_of_its_condition_and_a_click_opens_its_asset(open_page, viewer, scene):
    page = open_page(f"/map/#18/{scene.alone.point.y}/{scene.alone.point.x}", viewer)
    wait_for_map(page)
    x, y = middle_of_the_map(page)
    picture = page.screenshot(clip={"x": x - 20, "y": y - 20, "width": 40, "height": 40})
    assert share_of(picture, (199, 41, 30)) > 0.05
    page.mouse.click(x, y)
    expect(page.locator("#detail-body .asset-code code")).to_have_text(scene.alone.code)
    expect(page).to_have_url(re.compile(rf"/assets/{scene.alone.code}/"))
    expect(page.locator("#detail-body .badge.severe")).to_be_visible()


def test_a_click_on_a_support_lists_its_faces(open_page, viewer, scene):
    page = open_page(f"/map/#18/{scene.pole.point.y}/{scene.pole.point.x}", viewer)
    wait_for_map(page)
    page.mouse.click(*middle_of_the_map(page))
    expect(page.locator("#detail-body .face")).to_have_count(3)
    page.locator("#detail-body .face").first.click()
    expect(page.locator("#detail-body .asset-code code")).to_have_text(
        re.compile("|".join(face.code for face in scene.faces))
    )


def test_an_asset_has_its_own_address(open_page, viewer, scene):
    page = open_page(f"/assets/{scene.alone.code}/", viewer)
    expect(page.get_by_role("heading", name=scene.alone.name)).to_be_visible()
    wait_for_map(page)
    zoom, latitude, longitude = map(
        float, page.evaluate("location.hash").lstrip("#").split("&")[0].split("/")
    )
    assert zoom > 15
    assert abs(latitude - scene.alone.point.y) < 0.01
    assert abs(longitude - scene.alone.point.x) < 0.01


def test_the_filter_stays_while_an_asset_is_open_and_back_closes_it(open_page, viewer, scene):
    page = open_page("/map/?condition=severe", viewer)
    wait_for_map(page)
    page.locator(".result").first.click()
    expect(page).to_have_url(re.compile(rf"/assets/{scene.alone.code}/\?condition=severe"))
    page.go_back()
    expect(page.locator("#detail")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/map/\?condition=severe"))


def test_an_asset_reached_by_its_address_is_marked_on_the_map(open_page, viewer, scene):
    page = open_page(f"/assets/{scene.alone.code}/#18/{scene.alone.point.y}/{scene.alone.point.x}", viewer)
    wait_for_map(page)
    x, y = middle_of_the_map(page)
    picture = page.screenshot(clip={"x": x - 24, "y": y - 24, "width": 48, "height": 48})
    assert share_of(picture, (31, 95, 168)) > 0.05


def share_of(picture: bytes, colour: tuple[int, int, int]) -> float:
    """The share of a PNG's pixels that are nearly of a colour."""
    pixels = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), dtype=int)
    return float((abs(pixels - colour) < 25).all(axis=2).mean())
