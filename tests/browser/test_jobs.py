"""From the map to the work: jobs for a filter or a selection, the board, a campaign in three clicks, plates."""

import re

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import expect

from accounts.models import User
from assets.models import Asset, Batch, Maintenance, MaintenanceKind
from tests.browser.conftest import row, wait_for_map
from tests.factories import make_artwork, make_unit
from work.actions import order_jobs


@pytest.fixture
def team(db):
    return make_unit("养护一班", is_crew=True)


def test_a_filter_on_the_map_becomes_jobs(open_page, scene, owner: User, team):
    page = open_page("/map/?street=370105001", owner)
    wait_for_map(page)
    row(page, "condition", "damaged").click()
    expect(page.locator("#plan-jobs")).to_have_text("Plan jobs (4)")
    page.locator("#plan-jobs").click()
    expect(page.locator("[data-planned]")).to_have_attribute("data-planned", "4")
    Maintenance.objects.create(asset=scene.west[0], kind=MaintenanceKind.REPAIR)
    expect(page.locator('[data-field="artwork"]')).to_be_hidden()
    page.get_by_label("Kind of job").select_option("clean")
    page.get_by_label("Kind of job").select_option("repair")
    expect(page.locator("[data-planned]")).to_have_attribute("data-planned", "3")
    page.locator("#id_crew").select_option(label="养护一班")
    page.get_by_role("button", name="Plan jobs").click()
    expect(page.get_by_text("3 of 4 jobs planned.")).to_be_visible()
    batch = Batch.objects.get()
    assert set(batch.jobs.values_list("asset", "crew", "state")) == {
        (asset.pk, team.pk, "assigned")
        for asset in scene.west
        if asset.condition == 3 and asset != scene.west[0]
    }
    page.get_by_role("link", name="Follow on the map").click()
    wait_for_map(page)
    expect(page.locator("#results-count b")).to_have_text("3")


@pytest.mark.django_db(transaction=True)
def test_many_jobs_are_followed_until_their_campaign_is_there(
    open_page, scene, owner: User, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(order_jobs, "MOST_AT_ONCE", 0)
    page = open_page("/jobs/new/?street=370105001", owner)
    page.get_by_label("Kind of job").select_option("clean")
    page.get_by_role("button", name="Plan jobs").dblclick()
    expect(page.get_by_role("heading", name="Planning jobs for")).to_be_visible()
    expect(page.get_by_text("Waiting for the worker")).to_be_visible()
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)
    expect(page).to_have_url(re.compile(r"/campaigns/\d+/"))
    assert Maintenance.objects.filter(kind="clean").count() == Batch.objects.get().report["planned"]
    DBTaskResult.objects.all().delete()


def test_a_rectangle_drawn_on_the_map_is_a_filter(open_page, scene, owner: User):
    page = open_page("/map/#15.00/36.67600/116.98850", owner)
    wait_for_map(page)
    page.get_by_label("Choose on the map").click()
    page.get_by_role("button", name="Rectangle").click()
    box = page.locator("#map").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 150, steps=6)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"bbox=116\.9"))
    wait_for_map(page)
    expect(page.locator("#plan-jobs")).to_be_visible()
    count = page.locator("#results-count b").inner_text()
    assert 0 < int(count) < scene.count
    expect(page.locator("#plan-jobs")).to_have_text(f"Plan jobs ({count})")


def test_a_polygon_is_ended_by_a_double_press_and_left_by_escape(open_page, scene, owner: User):
    page = open_page("/map/#15.00/36.67600/116.98850", owner)
    wait_for_map(page)
    box = page.locator("#map").bounding_box()
    corners = [(60, 150), (400, 150), (400, box["height"] - 160)]

    def begin():
        page.get_by_label("Choose on the map").click()
        page.get_by_role("button", name="Polygon").click()
        expect(page.locator("#selection-hint")).to_be_visible()

    begin()
    page.keyboard.press("Escape")
    expect(page.locator("#selection-hint")).to_be_hidden()
    begin()
    for x, y in corners:
        page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page.locator("#selection-done")).to_be_enabled()
    page.mouse.dblclick(box["x"] + 60, box["y"] + box["height"] - 160)
    expect(page).to_have_url(re.compile(r"within=116\.9"))
    expect(page.locator(".chip", has_text="a polygon")).to_be_visible()


def test_assets_are_picked_one_by_one_from_the_list(open_page, scene, publicity: User):
    page = open_page("/map/#15.00/36.67600/116.98850", publicity)
    wait_for_map(page)
    page.get_by_label("Choose on the map").click()
    page.get_by_role("button", name="One by one").click()
    for number in (0, 1, 2, 1):
        page.locator(".result[data-code]").nth(number).click()
    expect(page.locator("#selection-words")).to_have_text("2 picked")
    page.locator("#selection-done").click()
    expect(page.locator("#results-count b")).to_have_text("2")
    expect(page.locator(".chip", has_text="2 assets picked by hand")).to_be_visible()
    page.locator("#plan-jobs").click()
    expect(page.locator("[data-planned]")).to_have_attribute("data-planned", "2")


def test_who_plans_nothing_is_offered_nothing(open_page, scene, viewer: User):
    page = open_page("/map/", viewer)
    wait_for_map(page)
    expect(page.locator("#deeds")).to_be_hidden()


def test_a_card_goes_from_column_to_column(open_page, scene, owner: User, team):
    job = Maintenance.objects.create(asset=scene.alone, kind=MaintenanceKind.REPAIR)
    page = open_page("/jobs/", owner)

    def column(state):
        return page.locator(".column", has=page.locator(f"#column-{state}"))

    card = column("planned").locator(f'[data-job="{job.pk}"]')
    card.get_by_text("Assign…").click()
    card.get_by_role("button", name="养护一班").click()
    card = column("assigned").locator(f'[data-job="{job.pk}"]')
    expect(card).to_contain_text("养护一班")
    card.get_by_role("button", name="Start").click()
    card = column("in_progress").locator(f'[data-job="{job.pk}"]')
    card.get_by_role("link", name="Done…").click()
    page.get_by_label("Condition afterwards").select_option("1")
    page.get_by_label("Cost in yuan").fill("120.5")
    page.get_by_role("button", name="The job is done").click()
    expect(page.locator('.track [aria-current="step"]')).to_have_text("Done")
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.locator('.track [aria-current="step"]')).to_have_text("Verified")
    scene.alone.refresh_from_db()
    assert scene.alone.condition == 1


def test_several_jobs_are_chosen_and_assigned(open_page, scene, owner: User, team):
    for asset in scene.west[:3]:
        Maintenance.objects.create(asset=asset, kind=MaintenanceKind.CLEAN)
    page = open_page("/jobs/list/?state=open", owner)
    expect(page.locator("#several")).to_be_hidden()
    page.locator("[data-all]").check()
    expect(page.locator("[data-several-count]")).to_have_text("3 jobs chosen")
    page.locator('[data-job] input[name="job"]').first.uncheck()
    expect(page.locator("[data-several-count]")).to_have_text("2 jobs chosen")
    page.locator("#several select").select_option(label="养护一班")
    page.locator("#several").get_by_role("button", name="Assign").click()
    expect(page.get_by_text("2 jobs: Assigned")).to_be_visible()
    assert Maintenance.objects.filter(state="assigned", crew=team).count() == 2


def test_an_artwork_is_replaced_everywhere_in_three_clicks(open_page, scene, publicity: User, team):
    yesterday = timezone.localdate() - timezone.timedelta(days=1)
    old = make_artwork("core-2025", title="核心价值观 2025 版", valid_to=yesterday)
    make_artwork("core-2026", title="核心价值观 2026 版")
    Asset.objects.filter(pk__in=[scene.west[0].pk, scene.west[1].pk, scene.east[0].pk]).update(artwork=old)
    page = open_page("/artworks/", publicity)
    page.get_by_role("link", name="Replace everywhere").click()
    expect(page.locator("#id_artwork")).to_have_value("core-2026")
    page.get_by_role("button", name="Plan 3 replacements").click()
    expect(page.get_by_text("0 of 3 finished").first).to_be_visible()
    page.get_by_role("link", name="Follow on the map").click()
    wait_for_map(page)
    expect(page.locator("#results-count b")).to_have_text("3")
    assert set(Batch.objects.get().jobs.values_list("artwork__code", flat=True)) == {"core-2026"}


def test_plates_are_exact_in_millimetres(open_page, scene, owner: User):
    page = open_page("/labels/?street=370105001&layout=a4-3x8", owner)
    page.emulate_media(media="print")
    expect(page.locator(".top")).to_be_hidden()
    expect(page.locator(".plate")).to_have_count(13)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll(".sheet, .plate")].map((node) => {
             const { width, height } = node.getBoundingClientRect();
             return [width / 96 * 25.4, height / 96 * 25.4].map((mm) => Math.round(mm * 10) / 10).join();
           })"""
    )
    assert sizes == ["210,297"] + ["70,37"] * 13
    page.get_by_role("link", name="Roll, 60 × 40 mm")
    page.goto("/labels/?street=370105001&layout=roll-60x40")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 13
