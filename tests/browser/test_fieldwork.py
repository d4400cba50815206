"""The office's pages about field work in a browser: deciding with the keyboard, the day's map, no finding of axe."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from field.models import ReviewItem
from tests.factories import make_unit
from tests.field.conftest import phone_of

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def sent(scene, crew):
    """A proposal, a record from far away and a refused one, of one crew member's day."""
    crew.units.add(make_unit("养护一班", is_crew=True))
    phone = phone_of(crew)
    place = {"lon": scene.alone.point.x, "lat": scene.alone.point.y, "accuracy": 6}
    phone.send(
        phone.inspect(scene.west[0], "good", position={**place, "lon": 116.9831, "lat": 36.676}),
        phone.inspect(scene.alone, "severe", position={**place, "lat": 36.699}),
        phone.inspect(scene.alone, "splendid"),
        phone.edit(scene.alone, {"wording": "讲文明 树新风", "address": "北园大街 1 号"}),
    )
    return phone


def test_on_a_phone_the_row_of_rooms_begins_at_the_open_one(open_page, owner):
    page = open_page("/fieldwork/review/", owner, phone=True)
    expect(page.locator(".rooms > [aria-current]")).to_be_in_viewport(ratio=1)


def findings(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (finding["id"], finding["nodes"][0]["html"][:200], finding["nodes"][0]["failureSummary"])
        for finding in result["violations"]
        if finding["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("phone", [False, True])
def test_the_pages_are_accessible(open_page, sent, publicity, phone):
    page = open_page("/fieldwork/review/", publicity, phone=phone, bypass_csp=True)
    for address in ("review/", "activity/", f"activity/crew/{timezone.localdate()}/", "devices/", "rescue/"):
        page.goto(f"/fieldwork/{address}")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert findings(page) == [], (address, scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_a_proposal_is_taken_in_part_with_the_keyboard(open_page, sent, scene, publicity):
    page = open_page("/fieldwork/review/?kind=proposal", publicity)
    page.get_by_role("checkbox", name="Take the phone's value of address").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Take the ticked values").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("in the catalogue")
    scene.alone.refresh_from_db()
    assert (scene.alone.wording, scene.alone.address) == ("讲文明 树新风", "")


def test_a_refused_record_is_dismissed_with_a_reason(open_page, sent, publicity):
    page = open_page("/fieldwork/review/?kind=rejected", publicity)
    page.get_by_role("textbox", name="Reason").fill("重复")
    page.get_by_role("button", name="Dismiss").click()
    expect(page.get_by_role("status")).to_contain_text("dismissed")
    assert ReviewItem.objects.get(kind="rejected").reason == "重复"


def test_a_day_is_on_the_map(open_page, sent, publicity):
    page = open_page("/fieldwork/activity/", publicity)
    page.get_by_role("link", name=str(timezone.localdate())).click()
    expect(page.locator(".track-stop")).to_have_count(2)
    expect(page.locator(".records li")).to_have_count(4)
