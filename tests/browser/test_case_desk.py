"""Cases in a browser: the inbox by keys, a unit's link on a telephone, before and after under the slider."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from cases.actions.link_unit import issue_link
from cases.models import Case, State
from tests.cases.conftest import Scene, by, calendar, scene
from tests.mapping.pictures import jpeg

__all__ = ["calendar", "scene"]

pytestmark = pytest.mark.browser
PHOTO = {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}


def state(case: Case) -> str:
    return str(Case.objects.values_list("state", flat=True).get(pk=case.pk))


def test_a_case_is_filed_and_dispatched_by_keys_and_none_decides_while_one_types(
    open_page, scene: Scene
) -> None:
    case, following = scene.report(at="2026-03-02 09:00"), scene.report(at="2026-03-03 09:00")
    page: Page = open_page("/cases/inbox/", scene.desk)
    page.keyboard.press("r")
    expect(page.get_by_label("Why")).to_be_focused()
    page.keyboard.type("fdm")
    assert state(case) == State.REPORTED
    page.get_by_label("Keys decide").focus()
    page.keyboard.press("f")
    expect(page.get_by_role("button", name="Dispatch")).to_be_visible()
    page.keyboard.press("d")
    expect(page.get_by_role("heading", name=following.code)).to_be_visible()
    assert state(case) == State.DISPATCHED
    page.get_by_label("Keys decide").uncheck()
    page.keyboard.press("f")
    page.reload()
    page.keyboard.press("f")
    expect(page.get_by_label("Keys decide")).not_to_be_checked()
    assert state(following) == State.REPORTED


def test_the_map_of_cases_opens_one_from_its_list_and_goes_back_by_keys(open_page, scene: Scene) -> None:
    case = scene.report(at="2026-03-02 09:00")
    page: Page = open_page("/cases/map/", scene.desk)
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")
    page.locator(".case-card").click()
    expect(page.locator("#detail")).to_contain_text(case.code)
    expect(page).to_have_url(re.compile(rf"/cases/map/{case.code}/\S*#1[5-9]"))
    page.locator('[data-show="both"]').click()
    expect(page).to_have_url(re.compile(r"&both$"))
    expect(page.locator("#map")).to_have_attribute("aria-busy", "false")
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).to_be_hidden()
    expect(page.locator("#problem")).to_be_hidden()
    page.go_back()
    expect(page.locator("#detail")).to_contain_text(case.code)


def test_a_link_opens_on_a_telephone_and_sends_a_photo(
    open_page, scene: Scene, settings: Settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    case = scene.accept()
    _link, secret = issue_link(by(scene.desk), case)
    page: Page = open_page(f"/answer/#{secret}", phone=True)
    expect(page.get_by_text(case.code).first).to_be_visible()
    assert secret not in page.url
    page.get_by_label("Photos afterwards").set_input_files(PHOTO)
    page.get_by_role("button", name="Report as put right").click()
    expect(page.get_by_text("Somebody will look")).to_be_visible()
    assert state(case) == State.FIXED


def test_the_slider_moves_by_keys(open_page, scene: Scene, settings: Settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path
    case = scene.fix()
    page: Page = open_page(f"/cases/{case.code}/", scene.desk)
    slider = page.get_by_role("slider")
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "before: 51%")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "before: 0%")
