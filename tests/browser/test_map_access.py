"""No serious finding of axe on any page of the product, in either language and scheme."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from tests.browser.conftest import wait_for_map

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"


def findings(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (finding["id"], finding["nodes"][0]["html"][:200], finding["nodes"][0]["failureSummary"])
        for finding in result["violations"]
        if finding["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_map_page_is_accessible(open_page, publicity, language):
    page = open_page("/map/", publicity, language=language, color_scheme="light", bypass_csp=True)
    wait_for_map(page)
    assert findings(page) == []
    page.emulate_media(color_scheme="dark")
    assert findings(page) == []


def test_the_list_and_an_open_asset_are_accessible(open_page, publicity, scene):
    page = open_page(f"/assets/{scene.alone.code}/#list", publicity, bypass_csp=True)
    expect(page.get_by_role("heading", name=scene.alone.name)).to_be_visible()
    expect(page.locator("#results-list")).to_have_attribute("aria-busy", "false")
    assert findings(page) == []


def test_the_phone_s_map_its_sheets_and_an_asset_are_accessible(open_page, publicity, scene):
    page = open_page("/map/", publicity, phone=True, bypass_csp=True)
    wait_for_map(page)
    assert findings(page) == []
    for name in ("legend", "results"):
        page.locator(f'[data-sheet-open="{name}"]').click()
        expect(page.locator(f"#{name}")).to_be_visible()
        assert findings(page) == []
    page.locator(f'.result[data-code="{scene.alone.code}"]').click()
    expect(page.locator("#detail-body .asset-code code")).to_have_text(scene.alone.code)
    assert findings(page) == []


def test_a_problem_page_is_accessible(open_page, viewer):
    page = open_page("/assets/00000000000000000/", viewer, bypass_csp=True)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert findings(page) == []
