"""Residents' pages and the desk's in a browser: axe finds nothing serious; boxes are drawn by mouse and keys."""

import json

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from assets.photos import store_photo
from cases.actions.dispatch_case import accept_case, dispatch_case
from cases.actions.file_case import file_case
from cases.actions.fix_case import fix_case, verify_fix
from cases.models import Case
from portal.actions.publish_pair import publish_pair, redact_photo
from portal.actions.report_as_resident import report_as_resident
from portal.actions.say import Place, answer_card, remark
from portal.models import Redaction, RemarkKind, ResidentReport, Satisfied
from tests.browser.test_accessibility import problems
from tests.cases.conftest import Scene, by, calendar, scene
from tests.factories import make_site
from tests.mapping.pictures import jpeg

__all__ = ["calendar", "scene"]

pytestmark = pytest.mark.browser
PHOTO = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}


@pytest.fixture
def told(scene: Scene, settings: Settings, tmp_path) -> Case:
    """Something of everything; the closed case."""
    settings.PUBLIC_REPORTS = True
    settings.MEDIA_ROOT = tmp_path
    place = Place(asset=scene.asset)
    for answer in Satisfied:
        answer_card(place, answer)
    remark(place, RemarkKind.PRAISE, "很好看")
    report_as_resident(scene.category, asset=scene.another(), description="脏了")
    make_site("济南站", code="370105S001", area=scene.district.southwest)
    case = scene.report(photos=[store_photo(jpeg("white"))])
    case = dispatch_case(by(scene.desk), file_case(by(scene.desk), case), scene.unit, "theirs")
    case = fix_case(by(scene.liaison), accept_case(by(scene.liaison), case), [store_photo(jpeg("blue"))])
    case = verify_fix(by(scene.patrol), case, seen=True)
    before, after = case.photos.order_by("id")
    copies = [redact_photo(by(scene.desk), photo, []) for photo in (before, after)]
    publish_pair(by(scene.desk), case, *copies, "擦干净了", looked_at=True)
    return case


def test_public_pages_have_nothing_serious_wrong_and_fit_a_telephone(
    open_page, scene: Scene, told: Case
) -> None:
    page: Page = open_page(f"/a/{scene.asset.code}", phone=True, language="zh-hans")
    found = {}
    for address in (
        f"/a/{scene.asset.code}",
        "/s/370105S001",
        f"/a/{scene.asset.code}/remark",
        "/report/",
        "/report/place?longitude=116.99&latitude=36.68&nearness=2",
        "/progress/",
        "/before-after/",
    ):
        page.goto(address)
        found[address] = problems(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert {address: violations for address, violations in found.items() if violations} == {}


def test_the_desks_pages_have_nothing_serious_wrong(open_page, scene: Scene, told: Case) -> None:
    page: Page = open_page("/residents/", scene.desk)
    found = {}
    for address in (
        "/residents/?days=all",
        "/residents/remarks/",
        "/residents/reports/",
        "/residents/pairs/",
        f"/residents/publish/{told.code}/",
        f"/residents/redact/{told.photos.order_by('id')[0].uid}/",
    ):
        page.goto(address)
        found[address] = problems(page)
    assert {address: violations for address, violations in found.items() if violations} == {}


def test_a_telephone_without_scripts_answers_reports_and_follows(open_page, scene: Scene, told: Case) -> None:
    page: Page = open_page(f"/a/{scene.asset.code}", phone=True, java_script_enabled=False)
    page.get_by_role("button", name="Not satisfied").click()
    expect(page.get_by_text("Your answer counts")).to_be_visible()
    page.get_by_role("link", name="report it").click()
    expect(page.get_by_label("Number on the plate")).to_have_value(scene.asset.code)
    page.get_by_label("What is wrong").select_option("soiled")
    page.get_by_label("Photos, three at most").set_input_files(PHOTO)
    page.get_by_role("button", name="Send").click()
    code = page.locator(".tracking-code").inner_text()
    page.get_by_role("link", name="Follow a report").first.click()
    page.get_by_label("Tracking code").fill(code)
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("We have your report")).to_be_visible()
    assert ResidentReport.objects.count() == 2


def test_the_place_is_found_by_pressing_the_plain_map(open_page, scene: Scene, told: Case) -> None:
    page: Page = open_page("/report/place", phone=True, java_script_enabled=False)
    for _ in range(3):
        page.locator('input[type="image"]').click(position={"x": 160, "y": 160})
    page.get_by_role("link", name="It is here").click()
    expect(page.get_by_text("The place is set.")).to_be_visible()
    assert abs(float(page.locator('[name="longitude"]').input_value()) - 117.0) < 0.01


def test_boxes_are_drawn_moved_by_keys_and_burnt_in(open_page, scene: Scene, told: Case) -> None:
    photo = told.photos.order_by("id")[0]
    page: Page = open_page(f"/residents/redact/{photo.uid}/", scene.desk)
    frame = page.locator("[data-frame]")
    edge = frame.bounding_box()
    assert edge
    page.mouse.move(edge["x"] + 1, edge["y"] + 1)
    page.mouse.down()
    page.mouse.move(edge["x"] + edge["width"] / 2, edge["y"] + edge["height"] / 2)
    page.mouse.up()
    expect(page.locator(".redact-box")).to_have_count(1)
    page.get_by_role("button", name="Add a box").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    boxes = json.loads(page.locator('[name="boxes"]').input_value())
    assert boxes[1] == [0.41, 0.4, 0.61, 0.61]
    page.keyboard.press("Delete")
    expect(page.locator(".redact-box")).to_have_count(1)
    page.get_by_role("button", name="Burn in").click()
    expect(page.get_by_text("The copy is made")).to_be_visible()
    (left, top, right, bottom) = Redaction.objects.latest("id").boxes[0]
    assert (left, top) < (0.2, 0.2)
    assert 0.3 < right < 0.7
    assert 0.3 < bottom < 0.7


def test_the_slider_works_for_everybody(open_page, told: Case) -> None:
    page: Page = open_page("/before-after/", phone=True)
    slider = page.get_by_role("slider")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "before: 0%")
