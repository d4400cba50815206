"""From a filter on the map to a change of all that it leaves, and back."""

import re

from playwright.sync_api import expect

from accounts.models import User
from assets.models import Asset
from tests.browser.conftest import row, wait_for_map


def test_what_the_map_shows_is_changed_alike_and_put_back(open_page, scene, owner: User):
    page = open_page("/map/?street=370105001", owner)
    wait_for_map(page)
    row(page, "condition", "damaged").click()
    expect(page.locator("#edit-all")).to_have_text("Edit all 4")
    page.locator("#edit-all").click()
    material = page.locator('[data-field="material-new"]')
    expect(material.locator("input").last).to_be_hidden()
    material.get_by_label("Material", exact=True).select_option("set")
    expect(material.locator('[name="material-old"]')).to_be_hidden()
    material.get_by_label("Material afterwards").fill("不锈钢")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-written]")).to_have_attribute("data-written", "4")
    page.get_by_role("button", name="Back to the form").click()
    expect(page.locator('[name="material-new"]')).to_have_value("不锈钢")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Change 4 assets").click()
    expect(page).to_have_url(re.compile(r"/edit/batches/\d+/"))
    assert Asset.objects.filter(material="不锈钢").count() == 4
    page.get_by_role("link", name="Undo…").click()
    page.get_by_role("button", name="Undo on 4 assets").click()
    expect(page.get_by_text("4 assets are as they were before.")).to_be_visible()
    assert not Asset.objects.filter(material="不锈钢").exists()
