"""The dashboard's charts in a browser, by keys and for axe; a wall that loses its network, and is ended."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from assets.history import Actor
from assets.models import Origin
from reports.actions.make_wall import end_wall, make_wall
from reports.models import AssetFigure, Night
from tests.browser.test_accessibility import problems

pytestmark = pytest.mark.browser


def test_charts_are_drawn_from_tables_and_gone_through_by_keys(open_page, scene, publicity) -> None:
    for back in (1, 2, 3):
        night = Night.objects.create(day=timezone.localdate() - timedelta(days=back))
        AssetFigure.objects.create(night=night, place="370105001", type="notice_board", good=10 * back)
    # axe is put into the page, which its policy forbids to everybody else.
    page: Page = open_page("/healthz", publicity, bypass_csp=True, color_scheme="dark")
    page.goto("/dashboard/", wait_until="commit", timeout=60_000)
    chart = page.get_by_role("application", name="Condition by street: arrow keys go through it")
    expect(chart.locator("canvas")).to_be_visible(timeout=60_000)
    assert problems(page) == []
    table = page.get_by_role("region", name="Condition by street")
    expect(table).to_be_hidden()
    chart.focus()
    page.keyboard.press("ArrowRight")
    alternative = page.locator("figure", has=page.get_by_role("heading", name="Condition by street")).locator(
        ".said"
    )
    expect(alternative).to_contain_text(
        "无影山街道: Not inspected 0, Good 8, Minor damage 0, Damaged 4, Severe damage 1"
    )
    page.locator("figure", has=page.get_by_role("heading", name="Condition by street")).locator(
        "summary"
    ).click()
    expect(table).to_be_visible()
    chart.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_url("**/map/?street=370105001#list")


def test_a_wall_goes_on_without_a_network_and_goes_dark_when_it_is_ended(
    open_page, district, scene, publicity
) -> None:
    actor = Actor(publicity, Origin.WEB)
    wall, secret = make_wall(actor, district.district, "Lobby")
    page: Page = open_page("/healthz")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    page.goto(f"/wall/{secret}/")
    expect(page.locator("svg path")).to_have_count(2)
    expect(page.locator("#when")).to_contain_text("Last refreshed")
    sizes = page.evaluate(
        """[...document.querySelectorAll('th, td, h1, h2, p, text')]
            .map((each) => parseFloat(getComputedStyle(each).fontSize))"""
    )
    assert min(sizes) >= 24
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    page.clock.fast_forward(20_000)
    expect(page.locator(".numbers li")).to_have_count(8)

    page.context.set_offline(True)
    page.clock.fast_forward(45_000)
    expect(page.locator("#when")).to_contain_text("No connection; last refreshed")
    expect(page.locator("#scene h2")).to_be_visible()

    page.context.set_offline(False)
    end_wall(actor, wall)
    page.clock.fast_forward(121_000)
    expect(page.locator("#scene")).to_contain_text("This wall was ended")
