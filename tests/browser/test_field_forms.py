"""Forms of the phone page: what is saved is what was chosen, where it stands, and by whom."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import Error, expect

from accounts.models import Role, User
from assets.models import Asset, Inspection, Maintenance, Photo
from field.models import Operation
from tests.browser.conftest import Scene
from tests.browser.field_phone import FieldPhone, picture
from tests.browser.test_field_sending import Server, server
from tests.factories import make_unit, make_user

pytestmark = pytest.mark.django_db(transaction=True)

__all__ = ["server"]

WEST = "370105001"
# A decoder as slow as that of a cheap phone with eight megabytes.
SLOW = """
    const quick = globalThis.createImageBitmap;
    globalThis.createImageBitmap = async (...all) => {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return quick(...all);
    };
"""
BROKEN = {"name": "camera.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"}


@pytest.fixture
def slow_phone(phone: FieldPhone, crew) -> FieldPhone:
    """A phone that takes its time over pictures."""
    phone.context.add_init_script(SLOW)
    return phone.begin(crew, WEST)


@pytest.fixture
def job(scene: Scene, crew: User) -> Maintenance:
    """Something to repair, for the crew."""
    unit = make_unit()
    crew.units.add(unit)
    return Maintenance.objects.create(
        asset=scene.alone, kind="repair", state="assigned", crew=unit, description="换玻璃"
    )


def settle(phone: FieldPhone) -> None:
    """Everything is with the server."""
    phone.expect_outbox()


# --- Photos ---------------------------------------------------------------------------------------------------------


def test_a_report_saved_while_its_photo_is_worked_on_has_the_photo(
    slow_phone: FieldPhone, scene: Scene
) -> None:
    page = slow_phone.page
    slow_phone.go(f"report/{scene.alone.uid}")
    page.locator('[data-condition="damaged"]').click()
    page.locator(".sheet-form input[type=file]").set_input_files(picture())
    page.locator(".sheet-form .button.primary").click()
    expect(page.locator(".sheet-form .button.primary")).to_have_attribute("aria-busy", "true")
    expect(page.locator(".sheet-form")).to_be_hidden()
    settle(slow_phone)
    assert Photo.objects.get().inspection == Inspection.objects.get()
    assert slow_phone.stored("drafts") == []


def test_a_new_asset_saved_while_its_photo_is_worked_on_has_the_photo_and_no_twin(
    slow_phone: FieldPhone, scene: Scene
) -> None:
    page = slow_phone.page
    before = Asset.objects.count()
    slow_phone.go("new")
    page.locator(".type-grid button").first.click()
    page.locator("#overlay input[type=file]").set_input_files(picture("#3c3"))
    # Touched twice, as people do when nothing seems to happen.
    page.evaluate("for (const _ of [1, 2]) document.getElementById('save-new').click()")
    expect(page.locator("#overlay")).to_be_hidden()
    settle(slow_phone)
    assert Asset.objects.count() == before + 1
    assert Photo.objects.get().asset == Asset.objects.latest("pk")
    # Nothing of it comes back.
    assert slow_phone.stored("drafts") == []
    slow_phone.go("new")
    expect(page.locator('.type-grid [aria-checked="true"]')).to_have_count(0)


def test_a_job_done_while_its_photo_is_worked_on_has_the_photo(
    slow_phone: FieldPhone, scene: Scene, job: Maintenance
) -> None:
    slow_phone.page.evaluate("import('field/down/pack').then(pack => pack.refresh())")
    slow_phone.until(f"(await import('field/down/catalogue')).jobs.has({job.pk})")
    slow_phone.go(f"job/{job.pk}")
    slow_phone.page.locator("#overlay input[type=file]").last.set_input_files(picture("#33c"))
    slow_phone.page.locator("#job-done").click()
    expect(slow_phone.page.locator("#overlay")).to_be_hidden()
    settle(slow_phone)
    assert Photo.objects.get().maintenance == job


def test_a_photo_that_cannot_be_read_keeps_the_record_from_being_called_saved(
    slow_phone: FieldPhone, scene: Scene
) -> None:
    page = slow_phone.page
    slow_phone.go(f"report/{scene.alone.uid}")
    page.locator('[data-condition="minor"]').click()
    page.locator(".sheet-form input[type=file]").set_input_files(BROKEN)
    page.locator(".sheet-form .button.primary").click()
    expect(page.locator(".sheet-form .problem")).to_contain_text("not a picture")
    assert slow_phone.stored("records") == []
    page.locator(".sheet-form .button.primary").click()
    expect(page.locator(".sheet-form")).to_be_hidden()
    assert len(slow_phone.stored("records")) == 1


# --- Places ---------------------------------------------------------------------------------------------------------


def stand(phone: FieldPhone, lon: float, lat: float, accuracy: float) -> None:
    """Be somewhere else, and wait until the page knows."""
    phone.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": accuracy})
    phone.until(f"(await import('field/phone/position')).here()?.accuracy === {accuracy}")


def test_a_form_opened_again_elsewhere_takes_where_one_stands_now(
    phone: FieldPhone, crew, scene: Scene
) -> None:
    phone.begin(crew, WEST)
    stand(phone, 116.9831, 36.6761, 6)
    phone.go("new")
    phone.page.locator(".type-grid button").first.click()
    expect(phone.page.locator(".place-row .hint")).to_contain_text("Where you stand")
    phone.page.go_back()
    stand(phone, 116.9862, 36.6761, 7)
    phone.go("new")
    # What was chosen is still there; where one happened to be is not.
    expect(phone.page.locator('.type-grid [aria-checked="true"]')).to_have_count(1)
    phone.page.locator("#save-new").click()
    expect(phone.page.locator("#overlay")).to_be_hidden()
    (record,) = phone.stored("records")
    place = record["op"]["fields"]["position"]
    assert (place["lon"], place["accuracy"]) == (pytest.approx(116.9862), 7)


def test_a_place_set_by_hand_is_found_again_and_says_how_far_it_is(
    phone: FieldPhone, crew, scene: Scene
) -> None:
    phone.begin(crew, WEST)
    stand(phone, 116.9831, 36.6761, 6)
    phone.page.evaluate(
        """import('field/up/drafts').then(drafts => drafts.keep('new', {
            position: {lon: 116.9870, lat: 36.6761, accuracy: 5}, placed: true, type: null, themes: [], name: '',
            wording: '', address: '', condition: null, photos: []}))"""
    )
    phone.go("new")
    expect(phone.page.locator(".place-row .hint")).to_have_text(
        re.compile(r"Set before, 3\d\d m from where you are now")
    )


def test_a_place_that_may_be_anywhere_is_asked_about(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    stand(phone, 116.9831, 36.6761, 1500)
    phone.go("new")
    phone.page.locator(".type-grid button").first.click()
    phone.page.locator("#save-new").click()
    expect(phone.page.locator("#overlay .problem")).to_contain_text("no surer than")
    assert phone.stored("records") == []
    # A surer position takes its place by itself.
    stand(phone, 116.9832, 36.6761, 8)
    expect(phone.page.locator(".place-row .hint")).to_contain_text("±8")
    phone.page.locator("#save-new").click()
    expect(phone.page.locator("#overlay")).to_be_hidden()
    (record,) = phone.stored("records")
    assert record["op"]["fields"]["position"]["accuracy"] == 8


def test_whoever_insists_keeps_the_unsure_place(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    stand(phone, 116.9831, 36.6761, 1500)
    phone.go("new")
    phone.page.locator(".type-grid button").first.click()
    phone.page.locator("#save-new").click()
    expect(phone.page.locator("#overlay .problem")).to_be_visible()
    phone.page.locator("#save-new").click()
    expect(phone.page.locator("#overlay")).to_be_hidden()
    assert len(phone.stored("records")) == 1


# --- Persons --------------------------------------------------------------------------------------------------------


@pytest.fixture
def other(district):
    """Somebody else of the crews."""
    return make_user(Role.CREW, district.district, username="other")


def person_cookie(phone: FieldPhone, user) -> None:
    """What signing in on the ordinary page leaves beside the session."""
    phone.context.add_cookies([{"name": "person", "value": str(user.pk), "url": phone.url}])


def belongs_to(phone: FieldPhone, user: User) -> None:
    """Wait until the page is somebody's, however often it loads itself meanwhile."""
    for _try in range(200):
        try:
            if phone.page.evaluate("import('field/phone/session').then(s => s.person()?.id)") == user.pk:
                return
        except Error:
            continue
        finally:
            phone.page.wait_for_timeout(100)
    raise AssertionError(user)


@pytest.mark.parametrize("by_cookie", [True, False], ids=["told by the cookie", "told by the server"])
def test_the_page_belongs_to_whoever_is_signed_in(
    phone: FieldPhone, crew, other, scene: Scene, server: Server, by_cookie: bool
) -> None:
    phone.begin(crew, WEST)
    server.fails_on(lambda ops: True)
    phone.reported(scene.alone, "minor")
    phone.expect_outbox(waiting=1)
    server.recovers()
    phone.sign_in(other)
    if by_cookie:
        person_cookie(phone, other)
    phone.page.reload()
    belongs_to(phone, other)
    phone.has_token()
    phone.open("outbox")
    expect(phone.page.locator("#locked")).to_contain_text("1 record of")
    assert phone.stored("assets") == phone.stored("jobs") == []

    phone.download(WEST)
    phone.reported(scene.alone, "damaged")
    phone.expect_outbox()
    assert Inspection.objects.get().inspector == other
    assert not Operation.objects.filter(user=crew).exists()


def test_a_tab_left_open_records_nothing_as_the_one_before(
    phone: FieldPhone, crew, other, scene: Scene
) -> None:
    phone.begin(crew, WEST)
    phone.go(f"report/{scene.alone.uid}")
    phone.page.locator('[data-condition="severe"]').click()
    person_cookie(phone, other)
    phone.page.locator(".sheet-form .button.primary").click()
    expect(phone.page.locator(".sheet-form .problem")).to_contain_text("Somebody else has signed in")
    assert phone.stored("records") == []


def test_signing_in_says_who_and_signing_out_says_nobody(phone: FieldPhone, crew) -> None:
    crew.set_password("correct horse")
    crew.save()
    page = phone.page
    page.goto("/sign-in/?next=/field/")
    page.locator("input[name=username]").fill(crew.username)
    page.locator("input[name=password]").fill("correct horse")
    page.locator("form button[type=submit], form .button.primary").first.click()
    phone.has_token()
    # What comes after the first view has come.
    phone.until("await Promise.all([import('field/down/pack'), import('field/down/basemap')])")
    cookies = {cookie["name"]: cookie for cookie in phone.context.cookies()}
    assert cookies["person"]["value"] == str(crew.pk)
    assert cookies["person"]["httpOnly"] is False
    assert cookies[settings.SESSION_COOKIE_NAME]["httpOnly"] is True
