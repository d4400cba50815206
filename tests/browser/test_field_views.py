"""What a crew does on the phone page: find, scan, do a job, register; and that it is easy for everybody."""

import io
import struct
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
import segno
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from assets.models import Asset, Condition, Inspection, Maintenance, Photo
from tests.browser.conftest import Scene
from tests.browser.field_phone import FieldPhone, picture
from tests.factories import make_theme, make_unit

WEST = "370105001"
AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SMALLEST_TARGET = 44
KEYBOARD = 336  # pixels, of a large phone


@pytest.fixture
def job(scene: Scene, crew: User) -> Maintenance:
    """A job of the crew's unit, two days late."""
    unit = make_unit("养护一队")
    crew.units.add(unit)
    due = timezone.localdate() - timedelta(days=2)
    return Maintenance.objects.create(
        asset=scene.west[1], kind="repair", state="assigned", crew=unit, due_on=due, description="左下角松动"
    )


def test_near_me_follows_the_position_digits_find_an_asset_and_the_back_key_leads_back(
    phone: FieldPhone, crew, scene: Scene
) -> None:
    phone.begin(crew, WEST)
    first = phone.page.locator(".card").first
    expect(first).to_contain_text("西街 0 号宣传栏")
    expect(first.locator(".card-far")).to_contain_text("m")
    phone.context.set_geolocation({"longitude": 116.99, "latitude": 36.6899, "accuracy": 9})
    expect(first).to_contain_text("孤立宣传栏")
    expect(phone.page.locator("#pill")).to_contain_text("±9 m")

    # The back key closes what is on top, and leads to near me.
    phone.tab("tasks")
    phone.tab("outbox")
    phone.go("settings")
    phone.page.go_back()
    expect(phone.page.locator(".outbox-view")).to_be_visible()
    expect(phone.page.locator("#overlay")).to_have_count(0)
    phone.page.go_back()
    expect(phone.page.locator(".near-view")).to_be_visible()
    phone.page.locator(".card").first.click()
    expect(phone.page.locator(".sheet-form")).to_be_visible()
    phone.page.go_back()
    expect(phone.page.locator(".sheet-form")).to_be_hidden()
    expect(phone.page.locator(".near-view")).to_be_visible()

    # The last digits find an asset.
    phone.page.locator(".search-field input").fill(scene.west[7].code[-6:])
    expect(phone.page.locator(".card")).to_have_count(1)
    phone.tab("scan")
    phone.page.locator("#digits").fill(scene.west[4].code[-6:])
    phone.page.locator(".card").click()
    expect(phone.page.locator(".sheet-form")).to_contain_text("西街 4 号宣传栏")


def test_before_anything_is_downloaded_near_me_asks_the_network_and_tasks_show_the_way_to_an_area(
    phone: FieldPhone, crew, scene: Scene
) -> None:
    phone.sign_in(crew)
    phone.open("tasks")
    phone.page.locator('.empty a[href="#/area"]').click()
    expect(phone.page.locator(".area-page")).to_be_visible()
    phone.page.go_back()
    phone.tab("near")
    first = phone.page.locator(".card").first
    expect(first).to_contain_text("西街 0 号宣传栏")
    expect(phone.page.locator(".borrowed")).to_contain_text("Download my area")
    first.click()
    expect(phone.page.locator("main, .sheet-form").first).to_contain_text("西街 0 号宣传栏")


def test_from_afar_the_map_shows_dots_and_a_touch_leads_closer(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    phone.go("map")
    page = phone.page
    expect(page.locator(".map-box")).to_have_attribute("aria-busy", "false")
    box = page.locator(".map-box canvas").bounding_box()
    assert box is not None
    # The crew stands by an asset, and the map begins where it stands.
    centre = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _level in range(4):
        page.locator(".map-box canvas").press("-")
    card = page.locator(".map-shown .card")
    touches = 0
    while not card.count():
        page.mouse.click(*centre)
        touches += 1
        assert touches < 20
        page.evaluate("new Promise((drawn) => setTimeout(drawn, 200))")
    expect(card).to_contain_text("西街 0 号宣传栏")
    assert touches > 1


def test_a_plate_s_code_is_read_from_a_picture_by_the_package_too(
    phone: FieldPhone, crew, scene: Scene
) -> None:
    phone.begin(crew, WEST)
    for text, number in (("{code}", 5), ("https://map.example.cn/a/{code}", 6)):
        plate = io.BytesIO()
        segno.make(text.format(code=scene.west[number].code), micro=False).save(plate, kind="png", scale=6)
        phone.tab("scan")
        phone.page.locator(".scan-form input[type=file]").set_input_files(
            {"name": "plate.png", "mimeType": "image/png", "buffer": plate.getvalue()}
        )
        expect(phone.page.locator(".sheet-form")).to_contain_text(f"西街 {number} 号宣传栏")
        phone.page.go_back()
        expect(phone.page.locator(".sheet-form")).to_be_hidden()

    # The package reads what no detector of the browser does.
    address = f"https://map.example.cn/a/{scene.alone.code}"
    png = segno.make(address).png_data_uri(scale=5).split(",")[1]
    read = """async (png) => {
        const { readByPackage, codeIn } = await import('field/inputs/decode');
        const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
        const image = await createImageBitmap(new Blob([bytes]));
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [640, 480];
        const pen = canvas.getContext('2d');
        pen.fillStyle = '#ddd';
        pen.fillRect(0, 0, 640, 480);
        pen.rotate(0.2);
        pen.drawImage(image, 200, 60);
        return codeIn(await readByPackage(canvas));
    }"""
    assert phone.page.evaluate(read, png) == scene.alone.code


def test_a_photo_is_shrunk_and_upright(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, WEST)
    with phone.without_network():
        photo = picture(size=(4000, 3000), rotated=True)
        phone.reported(scene.alone, "damaged", photo=photo)
        head = phone.page.evaluate(
            """() => import('field/phone/store').then(s => s.all('photos')).then(([photo]) => {
                const bytes = new Uint8Array(photo.bytes);
                for (let at = 2; at < bytes.length; ) {
                    if (bytes[at + 1] >= 0xc0 && bytes[at + 1] <= 0xc2) return [...bytes.slice(at + 5, at + 9)];
                    at += 2 + bytes[at + 2] * 256 + bytes[at + 3];
                }
            })"""
        )
    assert struct.unpack(">HH", bytes(head)) == (2048, 1536)


def test_a_job_is_started_and_done_with_cost_and_photos(phone: FieldPhone, crew, job: Maintenance) -> None:
    phone.begin(crew, WEST)
    phone.tab("tasks")
    card = phone.page.locator(f'[data-job="{job.pk}"]')
    expect(card).to_contain_text("2 days overdue")
    card.click()
    phone.page.locator("#job-start").click()
    expect(phone.page.locator("#job-pause")).to_be_visible()
    before, after = phone.page.locator(".page-scroll input[type=file]").all()
    before.set_input_files(picture("#a00"))
    expect(phone.page.locator(".shot img")).to_have_count(1)
    after.set_input_files(picture("#0a0"))
    expect(phone.page.locator(".shot img")).to_have_count(2)
    phone.page.locator("#job-cost").fill("十元")
    phone.page.locator("#job-done").click()
    expect(phone.page.locator(".area-foot .problem")).to_contain_text("120.50")
    phone.page.locator("#job-cost").fill("120.5")
    phone.page.locator("#job-done").click()
    phone.expect_outbox()
    job.refresh_from_db()
    assert (job.state, float(job.cost)) == ("done", 120.5)
    assert set(Photo.objects.values_list("stage", flat=True)) == {"before", "after"}
    job.asset.refresh_from_db()
    assert job.asset.condition == Condition.GOOD


def test_who_does_no_maintenance_reads_a_job_and_no_word_too_many(
    phone: FieldPhone, crew, job: Maintenance
) -> None:
    phone.begin(crew, WEST)
    phone.page.evaluate(
        """import('field/phone/session').then((session) =>
            session.learn({ user: session.person(), can: { do_maintenance: false }, roles: [], units: [] }))"""
    )
    phone.go(f"job/{job.pk}")
    expect(phone.page.locator(".job-page .page-scroll")).to_be_visible()
    expect(phone.page.locator("#job-done")).to_have_count(0)
    expect(phone.page.locator(".job-page")).not_to_contain_text("false")


def test_a_job_to_inspect_is_done_by_reporting_the_condition(
    phone: FieldPhone, crew, scene: Scene, job: Maintenance
) -> None:
    Maintenance.objects.filter(pk=job.pk).update(kind="inspect", description="夜间是否亮灯")
    phone.begin(crew, WEST)
    phone.tab("tasks")
    card = phone.page.locator(f'[data-job="{job.pk}"]')
    with phone.without_network():
        card.click()
        expect(phone.page.locator(".sheet-job")).to_contain_text("夜间是否亮灯")
        phone.page.locator('[data-condition="minor"]').click()
        phone.page.locator(".sheet-form .button.primary").click()
        expect(card).to_have_count(0)
    phone.expect_outbox()
    phone.tab("tasks")
    expect(card).to_have_count(0)
    job.refresh_from_db()
    assert (job.state, job.resulting_condition) == ("done", Condition.MINOR)
    assert Inspection.objects.get().condition == Condition.MINOR


def test_what_was_removed_is_asked_for_no_condition(
    phone: FieldPhone, crew, scene: Scene, job: Maintenance
) -> None:
    Maintenance.objects.filter(pk=job.pk).update(kind="remove")
    phone.begin(crew, WEST)
    phone.go(f"job/{job.pk}")
    expect(phone.page.locator("#job-cost")).to_be_visible()
    expect(phone.page.locator("[role=radio]")).to_have_count(0)
    phone.page.locator("#job-done").click()
    phone.expect_outbox()
    job.refresh_from_db()
    assert job.state == "done"


def test_a_new_asset_shows_what_is_there_already_and_is_registered(
    phone: FieldPhone, crew, scene: Scene
) -> None:
    make_theme("civility", name_zh="讲文明树新风", name_en="Civility")
    phone.begin(crew, WEST)
    phone.page.locator('.float-bar a[href="#/new"]').click()
    expect(phone.page.locator(".duplicates .card").first).to_contain_text("西街 0 号宣传栏")
    phone.page.locator('.type[data-code="lamp_banner"]').click()
    expect(phone.page.locator(".duplicates")).to_be_hidden()
    phone.page.locator('[data-code="civility"]').click()
    phone.page.locator('.page-scroll [data-code="minor"]').click()
    phone.page.locator("#new-name").fill("新发现的道旗")
    phone.page.locator(".page-scroll input[type=file]").set_input_files(picture())
    expect(phone.page.locator(".shot img")).to_have_count(1)
    with phone.without_network():
        phone.page.locator("#save-new").click()
        expect(phone.page.locator(".card", has_text="新发现的道旗")).to_contain_text("waiting to be sent")
    phone.expect_outbox()
    made = Asset.objects.get(name="新发现的道旗")
    assert (made.themes, made.condition, made.photos.count()) == (["civility"], Condition.MINOR, 1)


def test_the_other_faces_of_a_pole_are_reported_along(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, "370105002")
    phone.go(f"report/{scene.faces[0].uid}")
    phone.page.get_by_role("switch").click()
    phone.page.locator('[data-condition="good"]').click()
    phone.page.locator(".sheet-form .button.primary").click()
    phone.expect_outbox()
    assert Inspection.objects.filter(asset__in=scene.faces, condition=Condition.GOOD).count() == 3


def test_a_keyboard_over_the_page_leaves_the_button_in_reach(
    phone: FieldPhone, crew, scene: Scene, job: Maintenance
) -> None:
    phone.begin(crew, WEST)
    above = 844 - KEYBOARD
    for path, name in (
        (f"report/{scene.alone.uid}", ".sheet-form .button.primary"),
        (f"job/{job.pk}", "#job-done"),
    ):
        set_keyboard(phone, 0)
        phone.go(path)
        button = phone.page.locator(name)
        expect(button).to_be_visible()
        assert button.bounding_box()["y"] > above
        set_keyboard(phone, KEYBOARD)
        box = button.bounding_box()
        assert box["y"] + box["height"] <= above


def set_keyboard(phone: FieldPhone, height: int) -> None:
    """Have the keyboard take so many pixels of the screen."""
    phone.page.evaluate(
        """(height) => {
            const value = innerHeight - height;
            Object.defineProperty(visualViewport, 'height', { value, configurable: true });
            visualViewport.dispatchEvent(new Event('resize'));
        }""",
        height,
    )


def test_a_view_that_does_not_arrive_says_so_and_leads_on(phone: FieldPhone, crew) -> None:
    # Before the service worker has everything: then no view needs the network.
    phone.page.add_init_script("delete Object.getPrototypeOf(navigator).serviceWorker")
    phone.sign_in(crew)
    phone.open()
    for view in ("scan", "map"):
        phone.page.route(f"**/views/{view}*.js", lambda route: route.abort())
        phone.go(view)
        words = phone.page.get_by_text("has not arrived")
        expect(words).to_be_visible()
        phone.page.unroute(f"**/views/{view}*.js")
        phone.page.get_by_role("button", name="Try again").click()
        expect(phone.page.locator(f".{view}-page, .{view}-view").first).to_be_visible()
        expect(words).to_have_count(0)


TABS = ("near", "tasks", "scan", "outbox")
VIEWS = (
    *TABS,
    "settings",
    "area",
    "map",
    "new",
    "report",
    "asset",
    "edit",
    "job",
)


def test_every_view_is_for_everybody(phone: FieldPhone, crew, scene: Scene, job: Maintenance) -> None:
    phone.begin(crew, WEST)
    with phone.without_network():
        phone.reported(scene.west[2], "severe", photo=picture())
        paths = {"report": f"report/{scene.alone.uid}", "asset": f"asset/{scene.alone.uid}"}
        paths |= {"edit": f"edit/{scene.alone.uid}", "job": f"job/{job.pk}"}
        phone.page.evaluate(AXE.read_text())
        for sunny, view in product((False, True), VIEWS):
            phone.page.evaluate(
                "sunny => import('field/shell/light').then(light => light.choose(sunny))", sunny
            )
            phone.go(paths.get(view, view))
            expect(phone.page.locator(f".{view}-view, .{view}-page")).to_be_visible()
            if view not in TABS:
                expect(phone.page.locator("#overlay-title")).to_be_visible()
            serious = phone.page.evaluate(
                """async () => (await axe.run({ exclude: ['canvas'] })).violations
                    .filter((fault) => ['serious', 'critical'].includes(fault.impact))
                    .map((fault) => `${fault.id}: ${fault.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)"""
            )
            assert serious == [], (view, sunny)
            assert small_targets(phone) == [], (view, sunny)
            assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390, (view, sunny)


def small_targets(phone: FieldPhone) -> list[str]:
    """What can be touched and is smaller than a finger."""
    return phone.page.evaluate(
        """(least) => [...document.querySelectorAll('a, button, input, textarea, [role=switch]')]
            .filter((node) => node.checkVisibility() && !node.closest('[inert], .maplibregl-ctrl, .shade'))
            .filter((node) => node.type !== 'file' || node.closest('.file').getBoundingClientRect().height < least)
            .map((node) => [node, node.getBoundingClientRect()])
            .filter(([, box]) => box.width && (box.height < least - 0.5 || box.width < least - 0.5))
            .map(([node, box]) => `${node.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)""",
        SMALLEST_TARGET,
    )


AT_ONCE = """() => {
    document.querySelector(".sheet-form .button.primary").click();
    document.querySelector('[data-tab="outbox"]').click();
}"""


def test_who_touches_a_tab_while_a_record_is_saved_stays_there(phone: FieldPhone, crew, scene: Scene) -> None:
    phone.begin(crew, "370105002")
    phone.go(f"report/{scene.faces[0].uid}")
    phone.page.locator('[data-condition="good"]').click()
    phone.page.evaluate(AT_ONCE)
    expect(phone.page.locator("#toasts")).not_to_be_empty()
    phone.page.wait_for_timeout(500)
    expect(phone.page.locator("#overlay")).to_have_count(0)
    assert phone.page.evaluate("location.hash") == "#/outbox"
    phone.expect_outbox()


def test_held_across_photo_and_save_stay_in_sight_and_can_be_touched(
    phone: FieldPhone, crew, scene: Scene
) -> None:
    phone.begin(crew, "370105002")
    phone.page.set_viewport_size({"width": 844, "height": 390})
    phone.go(f"report/{scene.faces[0].uid}")
    phone.page.locator('[data-condition="severe"]').click()
    save = phone.page.locator(".sheet-form .button.primary")
    for button in (save, phone.page.locator(".sheet-form .pair .button").first):
        expect(button).to_be_in_viewport(ratio=1)
        assert button.evaluate(
            "it => { const box = it.getBoundingClientRect();"
            " return it.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }"
        )
    save.click()
    phone.expect_outbox()


def test_a_portrait_picture_stays_in_its_frame_sun_mode_is_larger_and_going_back_comes_first(
    phone: FieldPhone, crew
) -> None:
    phone.begin(crew, "370105002")
    heights = phone.page.evaluate(
        """async () => {
            const frame = document.querySelector(".card .thumb");
            const picture = new Image();
            picture.src = URL.createObjectURL(await new Promise((done) => {
                const canvas = Object.assign(document.createElement("canvas"), { width: 90, height: 400 });
                canvas.getContext("2d").fillRect(0, 0, 90, 400);
                canvas.toBlob(done);
            }));
            await picture.decode();
            frame.replaceChildren(picture);
            return [picture.getBoundingClientRect().height, frame.getBoundingClientRect().height];
        }"""
    )
    assert heights[0] <= heights[1]

    button = phone.page.get_by_role("button", name="Sun mode")
    size = "it => parseFloat(getComputedStyle(it).fontSize)"
    parts = [phone.page.locator(".bar a").first, phone.page.locator(".pill > span")]
    before = [part.evaluate(size) for part in parts]
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert all(part.evaluate(size) > small for part, small in zip(parts, before, strict=True))
    assert phone.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")

    # What is asked for while the browser goes back is done after that.
    phone.go("map")
    phone.page.evaluate(
        "import('field/shell/router').then((router) => { router.back(); router.tab('tasks'); })"
    )
    phone.page.wait_for_function("location.hash === '#/tasks'")
    phone.page.go_back()
    phone.page.wait_for_function("location.hash === '#/near'")
