"""The page that connects programs: a token is made, its recipes copied, and it is revoked; on a phone too."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import AccessToken, User
from tests.browser.conftest import PHONE

OpenPage = Callable[..., Page]


def test_a_planner_makes_copies_and_revokes_a_token(open_page: OpenPage, planner: User) -> None:
    page = open_page("/map/", user=planner)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Connect").click()
    page.get_by_label("For which program?").fill("QGIS")
    page.get_by_role("button", name="Make a token").click()
    secret = page.locator("#secret").inner_text()
    assert secret.startswith("tqd_")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    recipe = page.locator("#gdal")
    recipe.get_by_role("button", name="Copy").click()
    expect(recipe.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#recipe-gdal").inner_text()
    assert f"{planner.username}:{secret}" in copied
    # What is copied from the page is shown once: the same address, loaded anew, has forgotten it.
    page.goto("/connect/")
    expect(page.locator("#secret")).to_have_count(0)
    page.get_by_role("button", name="Revoke QGIS").click()
    expect(page.locator(".token.over")).to_have_count(1)
    assert not AccessToken.objects.get().is_live


def test_it_fits_a_phone(open_page: OpenPage, planner: User) -> None:
    page = open_page("/map/", user=planner, phone=True)
    page.locator(".account summary").click()
    page.get_by_role("link", name="Connect").click()
    expect(page.locator("h1")).to_have_text("Connect a program")
    for path in (
        "/connect/",
        "/ogc/",
        "/ogc/collections/assets/items?f=html",
        "/ogc/api?f=html",
        "/api/docs?f=html",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    page.goto("/connect/")
    for button in page.locator("main .button:visible").all():
        assert button.bounding_box()["height"] >= 44


def test_the_pages_of_the_services_are_walked_through(open_page: OpenPage, planner: User) -> None:
    page = open_page("/ogc/", user=planner)
    page.get_by_role("link", name="Collections").click()
    page.get_by_role("link", name="Assets", exact=True).click()
    page.get_by_role("link", name="As a table").click()
    page.get_by_label("Filter (CQL2)").fill("condition = 'severe'")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody th a").click()
    expect(page.locator("main")).to_contain_text("孤立宣传栏")
    page.get_by_role("link", name="Show on the map").click()
    expect(page.locator("#detail-body article")).to_be_visible()
