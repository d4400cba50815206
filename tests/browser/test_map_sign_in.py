"""Coming in and going out."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import wait_for_map


def test_signing_in_leads_to_where_one_was_going(open_page, viewer):
    page = open_page("/map/?condition=damaged")
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.get_by_label("User name").fill("viewer")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/map/\?condition=damaged"))
    wait_for_map(page)
    expect(page.locator("#results-count b")).to_have_text("4")


def test_a_wrong_password_is_said_on_the_page(open_page, viewer):
    page = open_page("/sign-in/")
    page.get_by_label("User name").fill("viewer")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()


def test_signing_out_ends_the_session(open_page, viewer):
    page = open_page("/map/", viewer)
    wait_for_map(page)
    page.locator(".account summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in/"))
    page.goto("/map/")
    expect(page).to_have_url(re.compile("/sign-in/"))
