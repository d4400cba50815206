"""A patrol on the phone with no network from beginning to end; everything arrives once when there is one again."""

from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role
from assets.history import Actor
from assets.models import Origin
from cases.actions.plan_patrol import plan_patrol
from cases.actions.report_problem import report_problem
from cases.models import Case, CaseCategory, CasePhoto, DeadlineRule, Patrol, PatrolState, Source, Team
from tests.browser.conftest import Scene
from tests.browser.field_phone import HERE, FieldPhone, picture
from tests.conftest import District
from tests.factories import make_site, make_user

COMMAND = Actor(None, Origin.COMMAND)


@pytest.fixture
def patrol(district: District, scene: Scene) -> Patrol:
    """An outing to two sites near the phone, of a team of one; a problem is open at the first board already."""
    rule = DeadlineRule.objects.create(
        code="r",
        edition="test",
        handle_limit=2,
        handle_unit="working_days",
        check_limit=1,
        check_unit="working_days",
    )
    for code, name in (("soiled", "Soiled"), ("unlit", "Unlit")):
        CaseCategory.objects.create(code=code, name_zh=name, name_en=name, rule=rule)
    soiled = CaseCategory.objects.get(code="soiled")
    report_problem(COMMAND, soiled, Source.HOTLINE, asset=scene.west[0], description="mud")
    team = Team.objects.create(name="Team One", kind="volunteers", area=district.district)
    team.members.add(make_user(Role.PATROL, district.district, username="walker"))
    sites = [
        make_site(
            f"Site {number}",
            "market",
            Point(HERE["longitude"] + number / 500, HERE["latitude"], srid=4326),
            area=district.southwest,
            code=f"B{number}",
        )
        for number in (1, 2)
    ]
    return plan_patrol(COMMAND, team, timezone.now() + timedelta(minutes=5), sites=sites, announced=False)


def test_when_every_site_has_been_visited_no_word_too_many_stands_there(
    phone: FieldPhone, patrol: Patrol
) -> None:
    phone.begin(patrol.team.members.get(), "370105001")
    phone.until("(await import('field/down/patrols')).every().length === 1")
    page = phone.page
    with phone.without_network():
        phone.go(f"patrol/{patrol.uid}")
        page.locator("#patrol-start").click()
        for code in ("B1", "B2"):
            page.locator(f'[data-visit="{code}"]').click()
            expect(page.locator(f'[data-site="{code}"]')).to_have_attribute("data-state", "visited")
        expect(page.locator(".patrol-page")).not_to_contain_text("false")
        page.go_back()
    phone.expect_outbox()


def test_a_patrol_is_walked_without_a_network_and_arrives_once(phone: FieldPhone, patrol: Patrol) -> None:
    member = patrol.team.members.get()
    phone.begin(member, "370105001")
    phone.until("(await import('field/down/patrols')).every().length === 1")
    page = phone.page
    with phone.without_network():
        page.reload()
        phone.tab("tasks")
        page.locator(f'[data-patrol="{patrol.uid}"]').click()
        expect(page.locator(".patrol-page")).to_contain_text("Unannounced")
        page.locator("#patrol-people").fill("6")
        page.locator("#patrol-start").click()
        # Nothing wrong at the nearest site: one tap, twice by mistake.
        expect(page.locator("[data-site]").first).to_have_attribute("data-site", "B1")
        page.locator('[data-visit="B1"]').click()
        expect(page.locator('[data-site="B1"]')).to_have_attribute("data-state", "visited")
        # A problem where one stands: category, photo, save.
        page.locator("#patrol-problem").click()
        page.locator('[data-category="unlit"]').click()
        page.locator(".area-foot input[type=file]").set_input_files(picture())
        # Touched while the photo is still being made small: it waits for it.
        page.locator("#save-problem").click()
        expect(page.locator(".problem-page")).to_be_hidden()
        # One that is open already stands first; a half-filled form is found again after the page was thrown away.
        page.locator("#patrol-problem").click()
        expect(page.locator(".chip[data-category]").first).to_have_attribute("data-category", "unlit")
        case = Case.objects.get()
        page.locator(f'[data-case="{case.code}"] button').click()
        page.locator(".area-foot input[type=file]").set_input_files(picture("#3a3"))
        expect(page.locator(".shot img")).to_have_count(1)
        page.reload()
        expect(page.locator(".shot img")).to_have_count(1)
        expect(page.locator("#save-problem")).to_have_text("Add to the case")
        page.locator("#save-problem").click()
        expect(page.locator(".problem-page")).to_be_hidden()
        page.locator("#patrol-end").click()
        expect(page.locator("dialog")).to_contain_text("1 site has not been visited")
        page.locator("dialog .primary").click()
        expect(page.locator(".patrol-page")).to_be_hidden()
        assert len(phone.stored("records")) == 5
    assert not patrol.records.exists()
    phone.expect_outbox()
    assert phone.stored("photos") == []
    patrol.refresh_from_db()
    assert (patrol.state, patrol.people) == (PatrolState.ENDED, 6)
    assert sorted(patrol.records.values_list("kind", flat=True)) == [
        "addition",
        "end",
        "problem",
        "start",
        "visit",
    ]
    made = Case.objects.exclude(pk=case.pk).get()
    assert (made.category.code, made.source, made.reported_by) == ("unlit", "patrol", member)
    assert CasePhoto.objects.count() == 2
    assert set(CasePhoto.objects.values_list("case", flat=True)) == {case.pk, made.pk}
