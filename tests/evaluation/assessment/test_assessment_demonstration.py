"""The demonstration's sheets, made from what is there; and the list of places for who answered for a street."""

import pytest
from django.core.management import call_command

from accounts.models import Role
from evaluation.assessment import measuring
from evaluation.assessment.demonstration import make_sheets
from evaluation.assessment.sheets import work_out
from evaluation.models import ScoreScheme, ScoreSheet, StreetList
from tests.conftest import District
from tests.evaluation.assessment.conftest import AFTER, MARCH, Office
from tests.factories import make_user


def test_months_that_have_ended_are_published_once(month: Office) -> None:
    district = month.scene.district.district
    ScoreScheme.objects.update(active=False)
    assert make_sheets(district, AFTER, months=2) == 2
    assert make_sheets(district, AFTER, months=2) == 2
    sheets = list(ScoreSheet.objects.order_by("month"))
    assert [f"{sheet.month:%Y-%m}" for sheet in sheets] == ["2026-02", "2026-03"]
    assert sheets[1].told["scheme"]["draft"] is True
    # The last list of concern waits for a second person.
    waiting = StreetList.objects.filter(decision=None)
    assert {appeal.kind for appeal in waiting} <= {"concern"}


def test_the_street_of_the_demonstration_appeals(month: Office) -> None:
    make_user(Role.STREET_EDITOR, month.scene.district.west, username="beiyuan")
    make_sheets(month.scene.district.district, AFTER, months=2)
    sheets = ScoreSheet.objects.order_by("month")
    assert [sheet.appeals.filter(answer=None).count() for sheet in sheets] == [0, 1]


def test_without_a_demonstration_nothing_is_made(
    district: District, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("demo_assessment")
    assert not ScoreSheet.objects.exists()


def test_a_sheet_says_who_answered_for_the_street_at_the_time(
    month: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def holders(streets: object, day: object) -> dict[str, str]:
        asked.append(day)
        return {"370105001": "王某（副区长）"}

    monkeypatch.setattr(measuring, "_holders", [holders])
    rows = {row["code"]: row for row in work_out(month.scheme, MARCH, AFTER).told["streets"]}
    assert rows["370105001"]["holder"] == "王某（副区长）"
    assert str(asked[0]) == "2026-03-31"
