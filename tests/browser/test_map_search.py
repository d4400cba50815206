"""The search box: suggestions while typing, by keyboard and by pointer."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import row, wait_for_map


def test_a_suggested_asset_opens(open_page, viewer, scene):
    page = open_page("/map/", viewer)
    wait_for_map(page)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name=re.compile("Search"))).to_be_focused()
    page.keyboard.type("孤立")
    expect(page.get_by_role("option", name=re.compile(scene.alone.name)).first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#detail-body .asset-code code")).to_have_text(scene.alone.code)


def test_a_suggested_street_becomes_the_filter_and_enter_searches_for_the_words_themselves(open_page, viewer):
    page = open_page("/map/", viewer)
    wait_for_map(page)
    page.locator("#search-input").fill("天桥东街")
    page.get_by_role("option", name=re.compile("天桥东街街道")).first.click()
    expect(page).to_have_url(re.compile("street=370105002"))
    row(page, "street", "370105002").click()
    expect(page).to_have_url(re.compile(r"/map/#"))

    page.locator("#search-input").fill("文明")
    page.locator("#search-input").press("Enter")
    expect(page.locator("#results-count b")).to_have_text("1")
    expect(page.locator(".chip").first).to_contain_text("文明")
