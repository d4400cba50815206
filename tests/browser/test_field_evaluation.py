"""A site compared with the handbook on a phone without a network: the form survives the page, and arrives once."""

import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.gis.geos import Point
from playwright.sync_api import expect

from accounts.models import Role
from assets.history import Actor
from assets.models import Origin
from cases.models import Case, CaseCategory, DeadlineRule
from evaluation.actions.choose_sites import draw_sites
from evaluation.actions.plan_round import plan_round
from evaluation.actions.run_round import assign, open_round
from evaluation.models import EvaluationItem, FoundPiece, ObservationPhoto, Round, StandardEdition, Visit
from tests.browser.conftest import Scene
from tests.browser.field_phone import HERE, FieldPhone, picture
from tests.conftest import District
from tests.factories import make_asset, make_site, make_theme, make_user

COMMAND = Actor(None, Origin.COMMAND)


@pytest.fixture
def round_(district: District, scene: Scene) -> Round:
    """A round of one market, with one piece there; four items, one of which is counted."""
    rule = DeadlineRule.objects.create(
        code="r",
        edition="test",
        handle_limit=2,
        handle_unit="working_days",
        check_limit=1,
        check_unit="working_days",
    )
    category = CaseCategory.objects.create(code="soiled", name_zh="污损", name_en="Soiled", rule=rule)
    edition = StandardEdition.objects.create(code="test", name="Test edition", category=category)
    place = Point(HERE["longitude"] + 0.002, HERE["latitude"], srid=4326)
    site = make_site("Market", "market", place, area=district.southwest, code="B1")
    theme = make_theme("core_values")
    make_asset(place, site=site, themes=["core_values"], name="Board of the market")
    rows = [
        {
            "code": "a",
            "text_zh": "核心价值观不少于2处",
            "answer": "count",
            "threshold": Decimal(2),
            "metres": 500,
        },
        {"code": "b", "text_zh": "无错别字", "critical": True},
        {"code": "c", "text_zh": "地面整洁", "publicity": False},
        {"code": "d", "text_zh": "不随意横穿道路", "publicity": False, "minutes": 5},
    ]
    for order, row in enumerate(rows):
        values = {"publicity": True, "order": order, "kind": site.kind, **row}
        EvaluationItem.objects.create(
            edition=edition, theme=theme if row["code"] == "a" else None, text_en="", **values
        )
    person = make_user(Role.EVALUATOR, district.district, username="evaluator")
    made = plan_round(COMMAND, "November", edition, district.district, date(2026, 11, 1), date(2026, 11, 30))
    draw_sites(COMMAND, made, 1, seed=1)
    assign(COMMAND, made, list(made.stops.all()), person)
    return open_round(COMMAND, made)


def _look(phone: FieldPhone, name: str) -> None:
    """Keep a picture of the page where somebody asked for one."""
    if folder := os.environ.get("EVALUATION_PICTURES"):
        phone.page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_a_site_is_evaluated_without_a_network_and_arrives_once(phone: FieldPhone, round_: Round) -> None:
    person = round_.stops.get().evaluator
    assert person is not None
    phone.begin(person, "370105001")
    phone.until("(await import('field/down/evaluations')).sites().length === 1")
    page = phone.page
    with phone.without_network():
        page.reload()
        phone.tab("tasks")
        page.locator('[data-kind="evaluations"]').click()
        _look(phone, "phone-tasks")
        page.locator('[data-site="B1"]').click()
        # The count comes from the catalogue: one, where two are wanted.
        counted = page.locator('[data-item="a"]')
        expect(counted).to_have_attribute("data-answer", "no")
        expect(counted.locator(".eval-count input").first).to_have_value("1")
        counted.locator("summary").click()
        expect(counted.locator(".eval-piece")).to_contain_text("Board of the market")
        _look(phone, "phone-form")
        counted.locator("input[type=file]").set_input_files(picture())
        expect(counted.locator(".shot img")).to_have_count(1)
        page.locator('[data-all="yes"]').first.click()
        expect(page.locator('[data-item="b"]')).to_have_attribute("data-answer", "yes")
        # The page is thrown away, once the last tap is written down: answers and picture are found again.
        draft = f"evaluation {round_.uid} B1"
        phone.until(f"(await (await import('field/up/drafts')).find('{draft}'))?.entries.b.answer === 'yes'")
        page.reload()
        expect(page.locator('[data-item="b"]')).to_have_attribute("data-answer", "yes")
        expect(page.locator('[data-item="a"] .shot img')).to_have_count(1)
        # Two taps register what the catalogue does not know; the form is as it was, and names it.
        page.locator("#found-piece").click()
        page.locator('.type-grid [data-code="notice_board"]').click()
        page.locator("#save-new").click()
        expect(page.locator("#found-pieces")).to_contain_text("Notice board")
        expect(page.locator('[data-item="b"]')).to_have_attribute("data-answer", "yes")
        page.locator("#send-visit").click()
        page.locator("dialog .primary").click()
        expect(page.locator(".area-foot .problem")).to_contain_text("2 items have no answer yet")
        page.locator('[data-item="c"] [data-answer="yes"]').click()
        page.locator('[data-all="na"]').last.click()
        _look(phone, "phone-foot")
        page.locator("#send-visit").click()
        page.locator("dialog .primary").click()
        expect(page.locator("#send-visit")).to_be_hidden()
        assert len(phone.stored("records")) == 2
    assert not Visit.objects.exists()
    phone.expect_outbox()
    visit = Visit.objects.get()
    assert (visit.conforming, visit.failing, visit.evaluator) == (1, 1, person)
    assert visit.observations.get(item__code="a").catalogued == 1
    assert ObservationPhoto.objects.get().observation.item.code == "a"
    assert Case.objects.get().photos.count() == 1
    assert FoundPiece.of_visit(visit).count() == 1
