"""The address says what is shown: filters in the query string, the view in the hash."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import row, wait_for_map


def test_filters_and_view_come_back_from_the_address(open_page, viewer):
    page = open_page("/map/?condition=damaged&type=notice_board#15.50/36.67600/116.98900", viewer)
    wait_for_map(page)
    expect(row(page, "condition", "damaged")).to_have_attribute("aria-pressed", "true")
    expect(row(page, "type", "notice_board")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#results-count b")).to_have_text("4")
    assert page.evaluate("location.hash").startswith("#15.50/36.67600/116.98900")


def test_without_a_view_in_the_address_the_map_shows_the_street_it_is_filtered_by(
    open_page, viewer, district
):
    page = open_page(f"/map/?street={district.west.code}", viewer)
    wait_for_map(page)
    page.wait_for_function("location.hash.includes('/')")
    _zoom, lat, lon = map(float, page.evaluate("location.hash").lstrip("#").split("/"))
    west, south, east, north = district.west.boundary.extent
    assert west < lon < east
    assert south < lat < north
    # The button still leads to the whole of it.
    page.get_by_role("button", name="Whole district").click()
    page.wait_for_function("lon => Math.abs(location.hash.split('/')[2] - lon) < 0.002", arg=east)


def test_back_and_forward_walk_through_the_filters(open_page, viewer, scene):
    page = open_page("/map/", viewer)
    wait_for_map(page)
    row(page, "condition", "damaged").click()
    expect(page.locator("#results-count b")).to_have_text("4")
    page.go_back()
    expect(page.locator("#results-count b")).to_have_text(str(scene.count))
    expect(row(page, "condition", "damaged")).to_have_attribute("aria-pressed", "false")
    page.go_forward()
    expect(page.locator("#results-count b")).to_have_text("4")


def test_the_language_switch_keeps_filter_and_view(open_page, viewer):
    page = open_page("/map/?condition=damaged#15.50/36.67600/116.98900", viewer)
    wait_for_map(page)
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    wait_for_map(page)
    expect(page).to_have_url(re.compile(r"/map/\?condition=damaged#15\.50/36\.67600/116\.98900"))


def test_an_unknown_parameter_is_named_not_ignored(open_page, viewer):
    page = open_page("/map/?streeet=370105001", viewer)
    expect(page.get_by_text("streeet").first).to_be_visible()


def test_a_lost_connection_is_said_and_mends_itself(open_page, viewer):
    page = open_page("/map/", viewer)
    wait_for_map(page)
    page.context.set_offline(True)
    row(page, "condition", "damaged").click()
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    page.context.set_offline(False)
    expect(page.locator("#results-count b")).to_have_text("4")
    expect(page.locator("#problem")).to_be_hidden()
