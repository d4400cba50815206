"""The same page in one hand: the map fills the screen, everything else comes up from below."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import row, wait_for_map

SMALLEST_TARGET = 44


@pytest.fixture
def page(open_page, viewer):
    page = open_page("/map/", viewer, phone=True)
    wait_for_map(page)
    return page


def sheet(page, name):
    page.locator(f'[data-sheet-open="{name}"]').click()


def test_the_sheets_come_when_asked_for_and_everything_in_them_is_large_enough(page):
    expect(page.locator("#legend")).to_be_hidden()
    expect(page.locator("#results")).to_be_hidden()
    for name in ("legend", "results"):
        sheet(page, name)
        expect(page.locator(f"#{name}")).to_be_visible()
        small = page.locator(
            f"#{name} button:visible, #{name} a:visible, .thumb-bar button:visible, .map-button:visible"
        ).evaluate_all(
            """(nodes, least) => nodes.map((node) => [node.id || node.className, node.getBoundingClientRect()])
               .filter(([, box]) => box.width > 0 && (box.height < least || box.width < least))
               .map(([name, box]) => `${name} ${box.width}x${box.height}`)""",
            SMALLEST_TARGET,
        )
        assert small == []
    sheet(page, "none")
    expect(page.locator("#legend")).to_be_hidden()
    expect(page.locator("#results")).to_be_hidden()
    # Nothing stands out of the screen sideways.
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_window_of_a_few_lines_has_its_map_too(open_page, viewer):
    page = open_page("/map/", viewer, phone=True)
    page.set_viewport_size({"width": 390, "height": 190})
    page.goto("/map/")
    wait_for_map(page)
    expect(page.locator("#problem")).to_be_hidden()


def test_filters_show_how_many_are_left_the_list_follows_and_an_asset_opens_in_a_sheet(page, scene):
    sheet(page, "results")
    page.locator(f'.result[data-code="{scene.alone.code}"]').click()
    expect(page.locator("#detail-body .asset-code code")).to_have_text(scene.alone.code)
    page.locator("#detail-back").click()
    expect(page.locator("#detail")).to_be_hidden()

    sheet(page, "legend")
    row(page, "condition", "damaged").click()
    expect(page.locator("#show-results")).to_have_text("Show 4")
    expect(page.locator("#filter-count")).to_have_text("1")
    page.locator("#show-results").click()
    sheet(page, "results")
    expect(page.locator(".result[data-code]")).to_have_count(4)
