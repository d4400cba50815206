"""The administration's boxes that search while one types say which field they are, wherever Django draws one."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Membership, Role, User
from assets.models import Maintenance, MaintenanceKind
from places.models import Area, Road
from tests.browser.conftest import Scene
from tests.browser.test_accessibility import problems
from tests.factories import make_site, make_unit

# A box whose name is what it shows, and a field without any, are what a screen reader cannot tell apart.
NAMES = """() => [...document.querySelectorAll(".select2-selection, .select2-search__field")]
  .map((box) => box.getAttribute("aria-label") ?? `(none) ${box.outerHTML.slice(0, 120)}`)"""


def added(*models: str) -> list[str]:
    return [reverse(f"admin:{model}_add") for model in models]


@pytest.fixture
def rows(scene: Scene, publicity: User) -> list[str]:
    """The pages of one row of every model that has such boxes and that may be changed."""
    crew = make_unit("养护一班", is_crew=True)
    site = make_site()
    job = Maintenance.objects.create(asset=scene.alone, kind=MaintenanceKind.CLEAN, crew=crew)
    return [
        reverse(f"admin:{model}_change", args=[row.pk])
        for model, row in (
            ("assets_asset", scene.alone),
            ("assets_maintenance", job),
            ("places_area", Area.objects.filter(parent__isnull=False).first()),
            ("places_road", Road.objects.first()),
            ("places_site", site),
            ("places_unit", crew),
        )
        if row
    ]


def faults_of(page: Page, addresses: list[str]) -> tuple[dict[str, list[str]], set[str]]:
    """What axe-core says of each page, and the names of all boxes."""
    found, names = {}, set()
    for address in addresses:
        page.goto(address)
        if faults := problems(page):
            found[address] = faults
        names |= set(page.evaluate(NAMES))
    return found, names


def test_every_page_with_such_boxes_as_the_publicity_department(
    open_page: Callable[..., Page], publicity: User, rows: list[str]
) -> None:
    page = open_page(reverse("admin:index"), publicity)
    pages = [
        *rows,
        *added("assets_asset", "assets_inspection", "assets_maintenance", "places_area"),
        *added("places_road", "places_site", "places_unit"),
        f"{reverse('admin:places_unit_add')}?_to_field=id&_popup=1",
        f"{reverse('admin:places_unit_changelist')}?is_crew__exact=1",
    ]
    found, names = faults_of(page, pages)
    assert found == {}
    assert {"Asset", "Crew", "Road", "Site", "District", "Area"} <= names
    assert [name for name in names if name.startswith("(none)")] == []


def test_an_account_with_its_roles_as_the_administrator(
    open_page: Callable[..., Page], administrator: User, publicity: User, scene: Scene
) -> None:
    Membership.objects.create(user=publicity, role=Role.VIEWER, area=scene.west[0].area)
    page = open_page(reverse("admin:index"), administrator)
    account = reverse("admin:accounts_user_change", args=[publicity.pk])
    found, names = faults_of(page, [*added("accounts_user"), account])
    assert found == {}
    assert {"Units", "Area: role 1", "Area: role 2"} <= names
    page.locator("#memberships-group .add-row a").click()
    added_row = page.locator(".dynamic-memberships").last.get_by_role("combobox", name="new role")
    expect(added_row.first).to_be_visible()
    assert problems(page) == []


def test_the_list_of_a_box_and_the_field_above_it(
    open_page: Callable[..., Page], publicity: User, rows: list[str]
) -> None:
    page = open_page(reverse("admin:assets_inspection_add"), publicity)
    page.get_by_role("combobox", name="Asset").click()
    expect(page.get_by_role("searchbox", name="Asset")).to_be_focused()
    expect(page.get_by_role("listbox", name="Asset").get_by_role("option").first).to_be_visible()
    assert problems(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox", name="Asset")).to_contain_text(re.compile("道旗|宣传栏|第 . 面"))
    assert problems(page) == []
