"""Nightly figures: a night recomputed says what was written that night; each is written once; missed ones come back."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from assets.actions.record_inspection import record_inspection
from assets.actions.remove_asset import remove_asset
from assets.models import Condition, Lifecycle
from cases.actions.fix_case import fix_case, verify_fix
from cases.actions.hold_case import ask_hold, hold_case, resume_case
from cases.filters import read_case_filter
from cases.queries import count_by_lamp
from reports.figures import keeping
from reports.figures.keeping import keep_day, keep_what_is_missing, missing_days
from reports.figures.standing import Told, assets_standing, cases_standing, end_of
from reports.models import AssetFigure, CaseFigure, Night
from tests.cases.conftest import COMMAND, Scene, by, moment, photo
from tests.factories import make_asset, make_type

pytestmark = pytest.mark.django_db


def in_condition(condition: Condition, **values: object):
    asset = make_asset(**values)
    record_inspection(COMMAND, asset, condition, observed_at=timezone.now())
    asset.refresh_from_db()
    return asset


def test_what_history_says_of_now_is_what_the_lists_say(scene: Scene) -> None:
    in_condition(Condition.GOOD)
    in_condition(Condition.SEVERE, next_inspection_due=date(2020, 1, 1))
    make_asset(lifecycle=Lifecycle.PLANNED)
    late = make_asset(next_inspection_due=date(2020, 1, 1))
    gone = make_asset()
    remove_asset(COMMAND, gone, reason="fell down")
    scene.report()
    scene.accept(asset=scene.another())
    now, today = timezone.now(), timezone.localdate()
    rows = assets_standing(today, now)
    # The scene's own asset, another, and the late one were never looked at.
    assert [sum(numbers) for numbers in zip(*(row.conditions for row in rows), strict=True)] == [
        3,
        1,
        0,
        0,
        1,
        0,
    ]
    assert sum(row.overdue for row in rows) == 1
    assert {row.place for row in rows} == {"370105001"}
    lamps = count_by_lamp(read_case_filter("", scene.desk), scene.desk)
    found = cases_standing(now)
    assert {lamp: sum(getattr(row, lamp) for row in found) for lamp in lamps} == lamps
    assert sum(lamps.values()) == 2
    assert late.next_inspection_due < today


@pytest.mark.django_db(transaction=True)
def test_a_night_recomputed_says_what_was_written_that_night(scene: Scene) -> None:
    asset = in_condition(Condition.GOOD)
    gone = in_condition(Condition.MINOR, type=make_type("mural"))
    open_case, fixed = scene.report(), scene.fix(asset=scene.another())
    held = scene.accept(asset=scene.another())
    ask_hold(by(scene.liaison), held, "rain", moment("2026-03-10 10:00"), at=moment("2026-03-02 11:00"))
    hold_case(by(scene.desk), held, at=moment("2026-03-02 12:00"))
    night, today = timezone.now(), timezone.localdate()
    written = assets_standing(today, night), cases_standing(night)

    record_inspection(COMMAND, asset, Condition.MISSING, observed_at=timezone.now())
    remove_asset(COMMAND, gone, reason="fell down")
    make_asset()
    # Told the next morning, though it happened before: no night goes back on what it said.
    verify_fix(by(scene.patrol), fixed, seen=True, at=moment("2026-03-03 11:00"))
    resume_case(by(scene.liaison), held, at=moment("2026-03-04 10:00"))
    scene.report(asset=scene.another())

    assert (assets_standing(today, night), cases_standing(night)) == written
    assert (assets_standing(today, timezone.now()), cases_standing(timezone.now())) != written
    assert open_case.code


@pytest.mark.parametrize(
    "at, lamp",
    [
        ("2026-03-02 08:59", None),
        ("2026-03-02 09:10", "green"),
        ("2026-03-02 09:40", "none"),  # filed: no time runs until somebody has it
        ("2026-03-02 12:00", "green"),
        ("2026-03-04 17:00", "amber"),
        ("2026-03-05 09:00", "red"),
        ("2026-03-05 10:30", "green"),  # put right, late: now whoever checks has time
        ("2026-03-05 11:30", None),
    ],
)
def test_a_case_shows_the_lamp_that_it_showed_then(scene: Scene, at: str, lamp: str | None) -> None:
    case = fix_case(by(scene.liaison), scene.accept(), [photo(2)], at=moment("2026-03-05 10:00"))
    verify_fix(by(scene.patrol), case, seen=True, at=moment("2026-03-05 11:00"))
    rows = cases_standing(moment(at), Told.HAPPENED)
    lit = {name for row in rows for name in ("green", "amber", "red", "held", "none") if getattr(row, name)}
    assert lit == ({lamp} if lamp else set())


def test_a_day_is_kept_once_and_only_when_it_is_over(scene: Scene) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    scene.report()
    assert keep_day(yesterday, Told.HAPPENED)
    kept = list(AssetFigure.objects.values()), list(CaseFigure.objects.values())
    assert kept[1]
    make_asset()
    scene.report(asset=scene.another())
    assert not keep_day(yesterday, Told.HAPPENED)
    assert (list(AssetFigure.objects.values()), list(CaseFigure.objects.values())) == kept
    with pytest.raises(ValueError, match="not over"):
        keep_day(timezone.localdate())


def test_days_that_nobody_kept_are_kept_afterwards_some_at_a_time(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert missing_days(timezone.localdate()) == []  # history began today
    ahead = timezone.localdate() + timedelta(days=5)
    days = [ahead - timedelta(days=back) for back in range(1, 6)]
    assert missing_days(ahead) == days
    Night.objects.create(day=days[1])
    assert missing_days(ahead) == [days[0], *days[2:]]
    kept: list[date] = []
    monkeypatch.setattr(keeping, "missing_days", lambda _today: days)
    monkeypatch.setattr(keeping, "keep_day", lambda day: kept.append(day) or True)
    monkeypatch.setattr(keeping, "MOST_AT_ONCE", 3)
    assert keep_what_is_missing() == 3
    assert kept == days[:3]


def test_a_night_that_fails_leaves_nothing_behind(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(keeping, "cases_standing", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        keep_day(timezone.localdate() - timedelta(days=1))
    assert not Night.objects.exists()
    assert end_of(date(2026, 3, 2)) == moment("2026-03-03 00:00")
