"""The phone page with no network: it starts, it works, and nothing recorded is ever lost."""

import json

import pytest
from playwright.sync_api import expect

from assets.models import Condition, Inspection, Photo
from field import pages
from field.api import fetching
from field.down.pack import pack
from tests.browser.conftest import Manners, Scene
from tests.browser.field_phone import FieldPhone, picture

WEST = "370105001"
OLDER = "the edition before"
COLOURS = ("#a33", "#3a3", "#33a", "#aa3", "#3aa")


def test_it_starts_from_the_cache_and_every_view_opens_in_either_language(
    phone: FieldPhone, crew, scene: Scene
) -> None:
    phone.begin(crew, WEST)
    with phone.without_network():
        phone.page.close()
        phone.page = phone._page()
        phone.open()
        expect(phone.page.locator("#pill")).to_contain_text("Offline")
        expect(phone.page.locator(".card").first).to_contain_text("西街 0 号宣传栏")
        phone.page.reload()
        expect(phone.page.locator(".card").first).to_contain_text("西街 0 号宣传栏")
        for view in ("tasks", "outbox", "scan"):
            phone.tab(view)
            expect(phone.page.locator(f".{view}-view")).to_be_visible()
        phone.go("map")
        expect(phone.page.locator(".map-box")).to_have_attribute("aria-busy", "false")
        phone.page.go_back()
        phone.go(f"asset/{scene.alone.uid}")
        expect(phone.page.locator(".asset-page h2")).to_have_text("孤立宣传栏")
        phone.go("settings")
        phone.page.locator("#language").click()
        expect(phone.page.locator('[data-tab="near"]')).to_have_text("附近")
        expect(phone.page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_a_plate_s_address_opens_the_asset_without_a_network(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    phone.until("(await navigator.serviceWorker.getRegistration('/a/'))?.active")
    with phone.without_network():
        phone.page.goto(f"/a/{scene.west[3].code}")
        expect(phone.page.locator(".sheet-form")).to_contain_text("西街 3 号宣传栏")


@pytest.mark.parametrize("many", [6, pytest.param(20, marks=pytest.mark.slow)])
def test_inspections_survive_reloading_and_being_killed(
    browser, live_server, tmp_path, crew, scene: Scene, manners: Manners, many: int
) -> None:
    """Six of them in every run: in the middle the page is loaded again. A whole morning's are the slow one's."""
    everything = [*scene.west, scene.alone, *scene.east, *scene.faces]
    phone = FieldPhone.kept(browser, live_server.url, manners, tmp_path)
    phone.begin(crew, WEST, "370105002")
    phone.context.set_offline(True)
    for number in range(many):
        photo = picture(COLOURS[number % 5], (400 + number, 300))
        phone.reported(everything[number], "damaged", photo=photo)
        if number == many // 2:
            phone.page.reload()
            expect(phone.page.locator(".card").first).to_be_visible()
    phone.expect_outbox(waiting=many)
    phone.context.close()
    assert not Inspection.objects.exists()

    again = FieldPhone.kept(browser, live_server.url, manners, tmp_path)
    again.open("outbox")
    expect(again.page.locator(".record[data-state=done]")).to_have_count(many, timeout=60_000)
    again.expect_outbox()
    assert again.stored("photos") == []
    again.context.close()
    reported = Inspection.objects.values_list("asset__uid", flat=True)
    assert sorted(reported) == sorted(asset.uid for asset in everything[:many])
    assert Photo.objects.filter(inspection__isnull=False).count() == many


def test_a_half_filled_form_is_found_again(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    phone.go(f"report/{scene.alone.uid}")
    phone.page.locator('[data-condition="severe"]').click()
    phone.page.locator(".sheet-form input[type=file]").set_input_files(picture())
    expect(phone.page.locator(".shot img")).to_have_count(1)
    phone.page.reload()
    expect(phone.page.locator('[data-condition="severe"]')).to_have_attribute("aria-checked", "true")
    expect(phone.page.locator(".shot img")).to_have_count(1)


def test_an_older_edition_changes_to_this_one_and_keeps_what_is_unsent(
    phone: FieldPhone, crew, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = pages.shell_document().replace("</body>", f"<!-- {OLDER} --></body>")
    with monkeypatch.context() as older:
        # It kept files that are kept no longer.
        older.setattr(pages, "_NOT_NEEDED_OFFLINE", pages._OF_THE_DESK)
        older.setattr(pages, "shell_document", lambda: shell)
        phone.begin(crew, WEST)
        assert OLDER in phone.page.content()
        with phone.without_network():
            phone.reported(scene.west[0], "damaged")
    phone.page.evaluate(
        "navigator.serviceWorker.getRegistration('/field/').then((worker) => worker.update())"
    )
    with phone.page.expect_event("load"):
        phone.page.locator("#banners").get_by_role("button", name="Use it").click()
    expect(phone.page.locator(".card").first).to_be_visible()
    phone.until("(await caches.keys()).length === 1")
    with phone.without_network():
        phone.page.reload()
        expect(phone.page.locator(".card").first).to_contain_text("西街 0 号宣传栏")
        assert OLDER not in phone.page.content()
    phone.expect_outbox()
    assert [(seen.asset, seen.condition) for seen in Inspection.objects.all()] == [
        (scene.west[0], Condition.DAMAGED)
    ]


@pytest.mark.parametrize("what", ["assets", "jobs"])
def test_ready_is_not_said_when_something_is_missing(
    phone: FieldPhone, crew, scene, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_less(*arguments) -> bytes:
        sent = json.loads(pack(*arguments))
        sent["counts"][what] += 1
        return json.dumps(sent).encode()

    monkeypatch.setattr(fetching, "pack_of", one_less)
    phone.sign_in(crew)
    phone.open()
    phone.has_token()
    phone.go("area")
    phone.page.locator(f'[data-area="{WEST}"] [role="switch"]').click()
    phone.page.locator("#download").click()
    expect(phone.page.locator(".toast.bad")).to_contain_text("Not complete")
    expect(phone.page.locator("#readiness")).to_contain_text("Not complete")
