"""In Chromium, with 2,000 assets in the real streets: the way from signing in to a file that GDAL opens."""

import re
from itertools import chain

import pyogrio
import pytest
from django.core.management import call_command
from django.utils.translation import trans_real
from django.views.i18n import JavaScriptCatalog
from playwright.sync_api import Page, expect

from accounts.models import User
from demonstration.accounts import PASSWORD, make_accounts
from tests.browser.conftest import row, wait_for_map

BEIYUAN = "370105014"
VISIBLE_WORDS = """() => {
  const attributes = [...document.querySelectorAll("[title],[aria-label],[placeholder]")].flatMap((one) =>
    ["title", "aria-label", "placeholder"].map((name) => one.getAttribute(name) ?? ""));
  return document.body.innerText.split("\\n").concat(attributes).map((text) => text.trim()).filter(Boolean);
}"""

pytestmark = pytest.mark.browser


@pytest.fixture
def scene(transactional_db: None, settings, tmp_path) -> None:
    """In place of the small district: a demonstration, with the six accounts."""
    settings.MEDIA_ROOT = tmp_path
    call_command("load_fixtures", verbosity=0)
    call_command("load_demo", assets=2000, photos=3, verbosity=0)
    make_accounts()


def account(name: str) -> User:
    """One of the demonstration's accounts."""
    return User.objects.get(username=name)


def figure(text: str | None) -> int:
    """The first number in a text, without its thousands separators."""
    found = re.search(r"\d[\d,]*", text or "")
    assert found, text
    return int(found[0].replace(",", ""))


def english_messages() -> set[str]:
    """Every message of templates, code and scripts that says something else in Chinese."""
    scripts = JavaScriptCatalog()
    scripts.translation = trans_real.DjangoTranslation("zh-hans", domain="djangojs")
    catalogs = (trans_real.translation("zh-hans")._catalog.items(), scripts.translation._catalog.items())
    return {
        key
        for key, value in chain.from_iterable(catalogs)
        if isinstance(key, str) and re.search("[A-Za-z]{2}", key) and key != value
    }


def assert_all_chinese(page: Page, english: set[str]) -> None:
    """Nothing that is seen or read out is an English message."""
    words = page.evaluate(VISIBLE_WORDS)
    assert [word for word in words if word in english] == []
    assert any(re.search("[一-鿿]", word) for word in words)


def test_from_signing_in_to_a_file_with_exactly_what_was_shown(open_page, scene, tmp_path):
    page = open_page("/map/")
    page.locator("#id_username").fill("planner")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#sign-in-form .button").click()
    page.wait_for_url("**/map/**")
    wait_for_map(page)
    expect(page.locator("#count-chip")).to_contain_text("2,000")

    row(page, "street", BEIYUAN).click()
    row(page, "type", "notice_board").click()
    expect(page).to_have_url(
        re.compile(rf"street={BEIYUAN}&type=notice_board|type=notice_board&street={BEIYUAN}")
    )
    wait_for_map(page)
    expect(page.locator("#count-chip")).to_contain_text("of 2,000")
    count = figure(page.locator("#count-chip").text_content())
    assert 0 < count < 2000
    assert figure(page.locator("#results-count b").text_content()) == count
    assert figure(row(page, "street", BEIYUAN).locator(".n").text_content()) == count
    assert figure(row(page, "type", "notice_board").locator(".n").text_content()) == count

    page.locator("#results summary").click()
    with page.expect_download() as download:
        page.locator("#export-menu a", has_text="GeoJSON").click()
    file = tmp_path / "assets.geojson"
    download.value.save_as(file)
    assert pyogrio.read_info(file)["features"] == count

    page.locator(".result").first.click()
    expect(page.locator("#detail-body .asset-code code")).to_be_visible()
    code = page.locator("#detail-body .asset-code code").text_content()
    expect(page).to_have_url(re.compile(rf"/assets/{code}/\?"))
    page.go_back()
    expect(page.locator("#detail")).to_be_hidden()
    assert figure(page.locator("#results-count b").text_content()) == count


def test_chinese_pages_are_chinese_and_a_switch_makes_them_english(open_page, scene):
    english = english_messages()
    page = open_page(f"/map/?street={BEIYUAN}", account("publicity"), language="zh-hans")
    wait_for_map(page)
    assert_all_chinese(page, english)
    page.locator(".result").first.click()
    expect(page.locator("#detail-body .asset-code code")).to_be_visible()
    assert_all_chinese(page, english)
    page.goto("/map/?streeet=1")
    expect(page.locator("body")).to_contain_text("streeet")
    expect(page.get_by_role("heading", level=1)).to_have_text("无法识别该地址")
    assert_all_chinese(page, english)

    page.goto("/map/")
    page.get_by_role("button", name="EN").locator("visible=true").first.click()
    wait_for_map(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#count-chip")).to_contain_text("All 2,000")


def test_a_viewer_sees_no_writing_action_while_an_editor_does(open_page, scene):
    """Both look at once, in one street; what one filters, the other does not see."""
    address = f"/map/?street={BEIYUAN}"
    viewer = open_page(address, account("viewer"))
    editor = open_page(address, account("beiyuan"))
    for page in (viewer, editor):
        wait_for_map(page)
        page.locator(".result").first.click()
        expect(page.locator("#detail-body .asset-code code")).to_be_visible()
    expect(viewer.locator('a[href^="/admin/"]')).to_have_count(0)
    expect(viewer.locator("#detail-body form, #detail-body [data-desk]")).to_have_count(0)
    edit = editor.locator("#detail-body .actions .primary")
    expect(edit).to_have_attribute("data-desk", re.compile("^/desk/"))

    before = figure(viewer.locator("#results-count b").text_content())
    row(editor, "type", "notice_board").click()
    wait_for_map(editor)
    assert figure(editor.locator("#results-count b").text_content()) < before
    assert figure(viewer.locator("#results-count b").text_content()) == before
    assert "type=" not in viewer.url
