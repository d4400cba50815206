"""Artworks on the office's own pages: a dropped picture, a refusal that loses nothing, two people at one field."""

import re

import pytest
from playwright.sync_api import Route, expect

from accounts.models import User
from assets.actions.edit_artwork import edit_artwork
from assets.history import Actor
from assets.models import Artwork, Origin
from tests.browser.test_accessibility import problems
from tests.factories import make_artwork, make_theme

DROPPED = """async () => {
  const picture = await new Promise((done) => document.createElement("canvas").toBlob(done));
  const carried = new DataTransfer();
  carried.items.add(new File([picture], "poster.png", { type: "image/png" }));
  return carried;
}"""


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_an_artwork_is_entered_with_a_dropped_picture_and_posted(open_page, scene, publicity: User):
    make_theme("waste", name_en="Waste sorting")
    page = open_page("/artworks/", publicity)
    page.get_by_role("link", name="New artwork").click()
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Wording").fill("垃圾分一分")
    page.get_by_text("Waste sorting").click()
    page.locator(".desk-drop").dispatch_event("drop", {"dataTransfer": page.evaluate_handle(DROPPED)})
    expect(page.locator(".desk-drop img")).to_be_visible()
    page.get_by_role("button", name="Enter as a draft").click()
    expect(page.locator("[data-field=title] .field-problem")).to_be_visible()
    expect(page.get_by_label("Title")).to_be_focused()
    assert problems(page) == []
    page.get_by_label("Title").fill("垃圾分类")
    page.get_by_label("Title").press("Enter")
    expect(page.locator(".message")).to_contain_text("entered as a draft")
    page.get_by_role("link", name="Approve").click()
    page.get_by_label("Approved by").fill("王部长")
    assert problems(page) == []
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".message")).to_contain_text("approved")
    late: list[Route] = []
    page.route("**/desk/chooser*", lambda route: late.append(route))
    with page.expect_request("**/desk/chooser*"):
        page.get_by_role("link", name="Post on").click()
    asset = page.get_by_label("Asset", exact=True)
    asset.fill(scene.alone.code)
    late[0].continue_()  # what is typed before its module has come counts as well
    page.get_by_role("option").first.click()
    assert problems(page) == []
    page.get_by_role("button", name="Post", exact=True).click()
    expect(page.locator(".message")).to_contain_text(scene.alone.code)
    scene.alone.refresh_from_db()
    assert scene.alone.artwork == Artwork.objects.get(title="垃圾分类")


def test_two_people_at_one_artwork_choose_what_stays(open_page, scene, publicity: User, administrator: User):
    artwork = make_artwork("poster", approval="draft", title="旧")
    page = open_page("/artworks/poster/edit/", publicity, phone=True)
    page.get_by_label("Title").fill("我的")
    edit_artwork(Actor(administrator, Origin.WEB), artwork, {"title": "他人的"})
    page.get_by_role("button", name="Save").click()
    conflict = page.get_by_role("radiogroup", name="Title")
    expect(conflict).to_contain_text("他人的")
    conflict.get_by_label("Theirs: 他人的").check()
    expect(page.locator("#desk-title")).to_have_value("他人的")
    conflict.get_by_label("Mine: 我的").check()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile("/artworks/poster/$"))
    expect(page.locator("h1")).to_have_text("我的")
