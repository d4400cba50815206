"""Writing on the map's own panel: editing, two people at one field, condition with photos, moving, registering."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from assets.actions.edit_asset import edit_asset
from assets.history import Actor
from assets.models import Asset, Defect, Origin
from tests.browser.conftest import wait_for_map
from tests.browser.test_accessibility import problems
from tests.browser.test_map_panel import middle_of_the_map
from tests.mapping.pictures import jpeg


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def at_the_panel(open_page, scene, owner: User):
    """The panel of the lone notice board, on a map close enough to see it."""

    def at(**options) -> Page:
        there = scene.alone.point
        page = open_page(f"/assets/{scene.alone.code}/#18/{there.y}/{there.x}", owner, **options)
        wait_for_map(page)
        return page

    return at


def notice(page: Page):
    return page.locator(".desk-said")


def form(page: Page):
    return page.locator(".desk-form")


def test_a_field_is_edited_where_it_stands(at_the_panel, scene):
    page = at_the_panel()
    page.get_by_role("button", name="Edit: Wording").click()
    wording = form(page).get_by_label("Wording")
    expect(wording).to_be_focused()
    wording.fill("垃圾分类")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#detail-body .facts")).to_contain_text("垃圾分类")
    expect(notice(page)).to_have_text("Saved.")
    expect(page).to_have_url(re.compile(f"/assets/{scene.alone.code}/"))
    expect(page.locator(".asset-name")).to_be_focused()


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(at_the_panel, scene):
    page = at_the_panel()
    page.get_by_role("button", name="Edit", exact=True).click()
    form(page).get_by_text("What it is made of").click()
    form(page).get_by_label("Facing (°)").fill("400")
    form(page).get_by_label("Material").fill("铝板")
    page.get_by_role("button", name="Save").click()
    expect(form(page).get_by_label("Facing (°)")).to_be_focused()
    expect(page.locator("[data-field=facing] .field-problem")).to_be_visible()
    expect(form(page).get_by_label("Material")).to_have_value("铝板")
    assert problems(page) == []
    # What is left waits; looking at the asset loses nothing.
    page.get_by_role("button", name="Back to the list").click()
    expect(page.locator("#detail-body .asset-name")).to_be_visible()
    page.get_by_role("button", name="Edit", exact=True).click()
    expect(form(page).get_by_label("Material")).to_have_value("铝板")
    form(page).get_by_label("Facing (°)").fill("90")
    page.get_by_role("button", name="Save").click()
    expect(notice(page)).to_have_text("Saved.")
    scene.alone.refresh_from_db()
    assert (scene.alone.material, scene.alone.facing) == ("铝板", 90)
    # The group that somebody works in is unfolded again; Ctrl with Enter saves.
    page.keyboard.press("e")
    expect(form(page).get_by_label("Material")).to_be_focused()
    page.keyboard.insert_text("不锈钢")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#detail-body .facts")).to_contain_text("不锈钢")


def test_two_people_at_one_field_see_both_values(at_the_panel, scene, publicity: User):
    page = at_the_panel()
    page.get_by_role("button", name="Edit: Wording").click()
    form(page).get_by_label("Wording").fill("我的")
    edit_asset(Actor(publicity, Origin.WEB), scene.alone, {"wording": "他人的"})
    page.get_by_role("button", name="Save").click()
    conflict = page.get_by_role("radiogroup", name="Wording")
    expect(conflict).to_contain_text("publicity")
    expect(conflict).to_contain_text("我的")
    conflict.get_by_label("Theirs: 他人的").check()
    expect(page.locator("#desk-wording")).to_have_value("他人的")
    conflict.get_by_label("Mine: 我的").check()
    page.get_by_role("button", name="Save").click()
    expect(notice(page)).to_have_text("Saved.")
    scene.alone.refresh_from_db()
    assert scene.alone.wording == "我的"


def test_a_condition_with_photos_survives_a_refusal(at_the_panel, scene):
    Defect.objects.create(code="faded", name_zh="褪色", name_en="Faded")
    page = at_the_panel(phone=True)
    page.get_by_role("button", name="Record condition").click()
    page.locator(".desk-drop input").set_input_files(
        [{"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}]
    )
    expect(page.locator(".desk-shots li")).to_have_count(1)
    dropped = page.evaluate_handle(
        """async () => {
          const picture = await new Promise((done) => document.createElement("canvas").toBlob(done));
          const carried = new DataTransfer();
          carried.items.add(new File([picture], "dropped.png", { type: "image/png" }));
          return carried;
        }"""
    )
    page.locator(".desk-drop").dispatch_event("drop", {"dataTransfer": dropped})
    expect(page.locator(".desk-shots li")).to_have_count(2)
    page.get_by_role("button", name="Leave out dropped.png").click()
    page.get_by_role("button", name="Save condition").click()
    expect(page.locator("[data-field=condition] .field-problem")).to_have_text("Say which condition you saw.")
    expect(page.locator(".desk-shots li")).to_have_count(1)
    form(page).get_by_text("Damaged", exact=True).click()
    form(page).get_by_text("Faded").click()
    # A box to tick has no use for Escape: it closes the form, which keeps what was chosen.
    page.keyboard.press("Escape")
    expect(form(page)).not_to_be_visible()
    page.get_by_role("button", name="Record condition").click()
    expect(page.locator(".desk-shots li")).to_have_count(1)
    assert problems(page) == []
    page.get_by_role("button", name="Save condition").click()
    expect(notice(page)).to_have_text("Recorded: Damaged")
    expect(page.locator("#detail-body .badge.damaged")).to_be_visible()
    assert scene.alone.photos.count() == 1


def test_a_pin_is_dragged_and_the_asset_follows(at_the_panel, scene):
    page = at_the_panel()
    before = scene.alone.point
    page.get_by_role("button", name="Move", exact=True).click()
    pin = page.locator(".map-pin")
    expect(page.locator(".desk-place")).to_contain_text("It has not been moved yet.")
    box = pin.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] - 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    expect(page.locator(".desk-place")).to_contain_text(re.compile(r"\d+ m from where it stands"))
    assert problems(page) == []
    page.get_by_role("button", name="Move here").click()
    expect(notice(page)).to_have_text(re.compile(r"Moved by \d+ m\."))
    expect(pin).to_have_count(0)
    scene.alone.refresh_from_db()
    assert scene.alone.point.x > before.x


def test_it_is_moved_by_coordinates_and_by_keys_too(at_the_panel, scene):
    page = at_the_panel()
    page.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(page.locator(".desk-place")).to_contain_text("It has not been moved yet.")
    typed = form(page).get_by_label("Coordinates or an address")
    typed.fill("116.991, 36.691")
    typed.press("Enter")
    expect(page.locator(".desk-place")).to_contain_text("143 m")
    page.locator(".map-pin").press("Shift+ArrowLeft")
    expect(page.locator(".desk-place")).not_to_contain_text("143 m")
    page.get_by_role("button", name="Move here").press("Enter")
    expect(notice(page)).to_have_text(re.compile("Moved"))


def test_new_assets_one_after_the_other(open_page, scene, owner: User):
    page = open_page("/map/#18/36.6861/116.9881", owner)
    wait_for_map(page)
    count = Asset.objects.count()
    page.get_by_role("button", name="New asset here").click()
    expect(form(page)).to_be_visible()
    x, y = middle_of_the_map(page)
    page.mouse.click(x, y)
    form(page).get_by_text("Notice board").click()
    form(page).get_by_label("Name", exact=True).fill("一号")
    form(page).get_by_label("Name", exact=True).press("Enter")
    expect(page.locator(".desk-lead")).to_contain_text("1 registered.")
    # The type is kept: a press on the map, a name, Enter.
    page.mouse.click(x - 60, y)
    name = form(page).get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    expect(page.locator(".desk-alike")).to_contain_text("一号")
    # Of the types only the chosen one is in sight, until another is wanted.
    expect(form(page).locator(".desk-type:visible")).to_have_count(1)
    form(page).get_by_role("button", name="Another type").click()
    expect(form(page).get_by_label("Notice board")).to_be_focused()
    name.fill("二号")
    assert problems(page) == []
    page.get_by_role("button", name="Save and open").click()
    expect(page.locator("#detail-body .asset-name")).to_have_text("二号")
    assert Asset.objects.count() == count + 2
    expect(page.locator(".map-pin")).to_have_count(0)


def test_whoever_is_quicker_than_the_server_registers_the_next_one_too(open_page, scene, owner: User):
    page = open_page("/map/#18/36.6861/116.9881", owner)
    wait_for_map(page)
    count = Asset.objects.count()
    page.get_by_role("button", name="New asset here").click()
    expect(form(page)).to_be_visible()
    held: list[Route] = []
    page.route(
        form(page).get_attribute("action"),
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    x, y = middle_of_the_map(page)
    name = form(page).get_by_label("Name", exact=True)
    page.mouse.click(x, y)
    form(page).get_by_text("Notice board").click()
    name.fill("一号")
    name.press("Enter")
    expect(form(page)).to_have_attribute("aria-busy", "true")
    page.mouse.click(x - 60, y)
    name.fill("二号")
    name.press("Enter")
    for number in (1, 2):
        page.wait_for_function("count => document.querySelector('.desk-form[aria-busy=true]')", arg=number)
        held.pop().continue_()
        expect(page.locator(".desk-lead")).to_contain_text(f"{number} registered.")
    first, second = Asset.objects.order_by("pk")[count:]
    assert [first.name, second.name] == ["一号", "二号"]
    assert first.point.x > second.point.x
    # A double press has nothing in it.
    expect(form(page)).not_to_have_attribute("aria-busy", "true")
    assert held == []


def test_a_viewers_map_has_no_button_to_write(open_page, scene, viewer: User):
    page = open_page(f"/assets/{scene.alone.code}/", viewer)
    wait_for_map(page)
    expect(page.locator("[data-desk], #new-asset")).to_have_count(0)
