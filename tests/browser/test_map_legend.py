"""The legend is the filter."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import row, wait_for_map

WEST, EAST = "370105001", "370105002"


@pytest.fixture
def page(open_page, viewer):
    page = open_page("/map/", viewer)
    wait_for_map(page)
    return page


def test_every_street_and_type_has_its_count_and_a_click_filters_and_a_second_one_undoes_it(page, scene):
    in_the_east, everything = str(len(scene.east) + len(scene.faces)), str(scene.count)
    expect(row(page, "street", WEST).locator(".n")).to_have_text(str(len(scene.west) + 1))
    expect(row(page, "street", EAST).locator(".n")).to_have_text(in_the_east)
    expect(row(page, "type", "lamp_banner").locator(".n")).to_have_text(in_the_east)
    before = page.url

    row(page, "street", EAST).click()
    wait_for_map(page)
    expect(row(page, "street", EAST)).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(rf"/map/\?street={EAST}"))
    expect(page.locator("#results-count b")).to_have_text(in_the_east)
    expect(row(page, "type", "notice_board").locator(".n")).to_have_text("0")
    expect(row(page, "street", WEST).locator(".n")).to_have_text(str(len(scene.west) + 1))
    # A chosen street zooms to itself.
    expect(page).not_to_have_url(re.compile(re.escape(before.split("#")[1]) + "$"))
    longitude = float(page.evaluate("location.hash").split("&")[0].split("/")[2])
    assert 117.00 < longitude < 117.02

    row(page, "street", EAST).click()
    expect(row(page, "street", EAST)).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#results-count b")).to_have_text(everything)


def test_declared_fields_are_asked_for_under_more(page, scene):
    more = page.locator('[data-group="more"]')
    expect(row(page, "fixed", "true")).to_be_hidden()
    more.locator("> h2 button").click()
    row(page, "fixed", "true").click()
    expect(page).to_have_url(re.compile(r"/map/\?fixed=true"))
    expect(page.locator("#results-count b")).to_have_text(str(scene.count))
    expect(more.locator("> h2 .chosen")).to_have_text("1")
    page.reload()
    expect(row(page, "fixed", "true")).to_have_attribute("aria-pressed", "true")


def test_values_are_added_left_alone_named_on_chips_and_taken_away(page, scene):
    row(page, "condition", "damaged").click()
    row(page, "condition", "severe").click()
    expect(page.locator("#results-count b")).to_have_text("5")
    row(page, "condition", "minor").click(modifiers=["Alt"])
    expect(page).to_have_url(re.compile(r"\?condition=minor#"))
    expect(page.locator("#results-count b")).to_have_text(str(len(scene.east)))
    row(page, "condition", "minor").click()
    expect(page).to_have_url(re.compile(r"/map/#"))

    row(page, "type", "lamp_banner").click()
    row(page, "condition", "good").click()
    expect(page.locator(".chip").first).to_contain_text("Lamp banner")
    expect(page.locator("#count-chip")).to_contain_text(f"{len(scene.faces)} of {scene.count}")
    page.get_by_role("button", name="Clear all").first.click()
    expect(page.locator("#count-chip")).to_contain_text(str(scene.count))
    expect(page).to_have_url(re.compile(r"/map/#"))


def test_the_key_at_the_foot_of_the_map_filters_too_and_so_does_what_is_overdue(page, scene):
    page.locator('#condition-key [data-code="severe"]').click()
    expect(page.locator("#results-count b")).to_have_text("1")
    expect(row(page, "condition", "severe")).to_have_attribute("aria-pressed", "true")
    page.locator('#condition-key [data-code="severe"]').click()
    expect(page.locator("#results-count b")).to_have_text(str(scene.count))

    row(page, "overdue", "inspection").click()
    expect(page.locator("#results-count b")).to_have_text("1")
    expect(page.locator(".result-name").first).to_contain_text(scene.alone.name)
