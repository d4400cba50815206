"""The list beside the map, which is the map for those who do not see it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import wait_for_map


@pytest.fixture
def page(open_page, viewer):
    page = open_page("/map/", viewer)
    wait_for_map(page)
    return page


def test_the_list_holds_every_asset_of_the_map_counts_them_and_can_take_its_place(page, scene):
    expect(page.locator(".result[data-code]")).to_have_count(scene.count)
    expect(page.get_by_role("status")).to_have_text(f"{scene.count} assets shown")
    page.get_by_role("link", name="List", exact=True).click()
    expect(page.locator("#map")).to_be_hidden()
    expect(page.locator("#results-columns")).to_be_visible()
    expect(page).to_have_url(re.compile(r"&list$"))
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator("#map")).to_be_visible()
    # The worst come first when asked for.
    page.locator("#order").select_option("-condition")
    expect(page.locator(".result-name").first).to_contain_text(scene.alone.name)


def test_n_and_p_step_through_the_rows_enter_opens_and_escape_returns(page):
    rows = page.locator(".result[data-code]")
    rows.nth(0).focus()
    page.keyboard.press("n")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("p")
    expect(rows.nth(0)).to_be_focused()
    code = rows.nth(0).get_attribute("data-code")
    page.keyboard.press("Enter")
    expect(page.locator(f'#detail-body article[data-code="{code}"]')).to_be_visible()
    page.keyboard.press("n")
    following = rows.nth(1).get_attribute("data-code")
    expect(page.locator(f'#detail-body article[data-code="{following}"]')).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    expect(rows.nth(1)).to_be_focused()


def test_nothing_found_is_said_in_words(open_page, viewer):
    page = open_page("/map/?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E4%B8%AA", viewer)
    wait_for_map(page)
    expect(page.get_by_text("Nothing matches these filters")).to_be_visible()


def test_exports_carry_the_filter_and_say_how_many_rows(open_page, planner):
    page = open_page("/map/", planner)
    wait_for_map(page)
    page.locator('#condition-key [data-code="minor"]').click()
    expect(page.locator("#results-count b")).to_have_text("6")
    page.locator("summary", has_text="Export").click()
    expect(page.locator("#export-menu")).to_contain_text("6 assets")
    expect(page.get_by_role("link", name="GeoJSON")).to_have_attribute(
        "href", "/export/assets.geojson?condition=minor"
    )
