"""Editions: what the words of a file mean, what is not understood, what a wrong file is told."""

import csv
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from evaluation.actions.keep_edition import copy_edition, edit_item, import_edition
from evaluation.editions.reading import BadItems
from evaluation.editions.scoring import rule_of
from evaluation.models import AnswerKind, Direction, StandardEdition
from tests.evaluation.conftest import COMMAND, YES, Stage, by
from tests.factories import make_site

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "scoring, how, answer, threshold",
    [
        ("count ≥ 3", "walk 500 m and count by theme", "count", 3),
        ("count ≥ 1 per 200 m", "walk and count", "count", 1),
        ("符合/不符合 not stated in source; treat as binary", "look", "conform", None),
        ("符合/不符合 (tick box printed on the form); count ≥ 2", "count", "count", 2),
        ("one finding fails the item", "read every piece", "conform", None),
        ("share ≥ 1/3", "count by theme", "share", Decimal("33.33")),
        ("1 in 3", "count", "share", Decimal("33.33")),
        ("share ≥ 40 %", "measure", "share", 40),
        ("rate, target 100 %", "ask residents", "ask", 10),
        ("time limit 2 h", "look", "minutes", 120),
        ("≤ 15 min", "time a queue", "minutes", 15),
        ("counted over 5 minutes", "observe", "count", None),
        ("7 parts", "look and read", "count", 7),
        ("不少于3处", "步行500米，按主题计数", "count", 3),
        ("每 200 米不少于 1 处。", "", "count", 1),
        ("2块及以上", "", "count", 2),
        ("占比不低于30%", "", "share", 30),
        ("不少于三分之一", "", "share", Decimal("33.33")),
        ("知晓率≥90%", "询问居民", "ask", 9),
        ("15分钟内", "", "minutes", 15),
        ("不超过 2 小时", "", "minutes", 120),
        ("发现一处即不符合", "", "conform", None),
        ("是/否", "", "conform", None),
    ],
)
def test_what_the_words_of_a_file_mean(scoring: str, how: str, answer: str, threshold: object) -> None:
    rule = rule_of(scoring, how)
    assert (rule.answer, rule.threshold, rule.understood) == (answer, threshold, True)


def test_windows_come_from_how_it_is_checked() -> None:
    assert rule_of("count ≥ 3", "walk 500 m and count by theme").metres == 500
    assert rule_of("count ≥ 1 per 200 m").metres == 200
    assert rule_of("每200米不少于1处").metres == 200
    assert rule_of("不少于3处", "步行 500 米，按主题计数").metres == 500
    assert rule_of("符合/不符合", "观察；5分钟计数").minutes == 5
    assert rule_of("符合/不符合", "observe; count in 5 minutes").minutes == 5
    assert rule_of("≤ 15 min").direction == Direction.AT_MOST


@pytest.mark.parametrize(
    "scoring",
    ["", "counting rule", "2 points off for each one missing", "counted", "酌情扣分", "每缺1处扣2分"],
)
def test_what_is_not_understood_is_left_to_the_evaluator_and_said(scoring: str) -> None:
    rule = rule_of(scoring)
    assert not rule.understood
    assert rule.threshold is None


ROWS = [
    ["site_kind", "item", "scoring", "concerns_publicity", "confidence"],
    ["station", "核心价值观不少于2处", "count ≥ 2", "yes", "high"],
    ["通用", "无错别字", "one finding fails the item", "yes", "medium"],
    ["车站名", "没有", "counting rule", "no", "low"],
]


def written(folder: Path, rows: list[list[str]], ending: str = "csv") -> Path:
    path = folder / f"items.{ending}"
    if ending == "csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    return path


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_file_becomes_an_edition_with_a_report(tmp_path: Path, ending: str) -> None:
    station = make_site().kind
    station.name_zh = "车站名"
    station.save()
    edition, read = import_edition(
        COMMAND, written(tmp_path, ROWS, ending), f"items.{ending}", "city_2026", "某市手册"
    )
    items = list(edition.items.all())
    assert [(item.kind, item.code, item.answer) for item in items] == [
        (station, f"{station.code}-01", AnswerKind.COUNT),
        (None, "all-01", AnswerKind.CONFORM),
        (station, f"{station.code}-02", AnswerKind.CONFORM),
    ]
    assert [row.scoring for row in read.not_understood] == ["counting rule"]
    assert edition.draft


@pytest.mark.parametrize(
    "rows, told",
    [
        ([["item"], ["x"]], "“site_kind” is missing"),
        ([[*ROWS[0], "colour"], [*ROWS[2], "red"]], "no column “colour”"),
        ([ROWS[0], ["nowhere", "x", "", "", ""]], "Row 2, site_kind “nowhere”"),
        ([ROWS[0], ["通用", "x", "", "maybe", ""]], "Row 2, concerns_publicity “maybe”: Say yes or no."),
        ([ROWS[0], ["通用", "x", "", "", "sure"]], "Row 2, confidence “sure”"),
    ],
)
def test_a_wrong_file_is_told_row_and_column(tmp_path: Path, rows: list[list[str]], told: str) -> None:
    with pytest.raises(BadItems) as refused:
        import_edition(COMMAND, written(tmp_path, rows), "items.csv", "city_2026", "某市手册")
    assert told in str(refused.value)
    assert not StandardEdition.objects.exists()


def test_a_new_edition_leaves_old_rounds_as_they_were(stage: Stage) -> None:
    round_ = stage.open(raises_cases=False)
    stage.visit(round_, 0, YES, 2, YES)
    answered = stage.edition.items.get(code="station-1")
    with pytest.raises(ValidationError, match="Copy the edition"):
        edit_item(by(stage.desk), answered, threshold=Decimal(5))
    assert edit_item(by(stage.desk), answered, active=False).active is False
    copied = copy_edition(by(stage.desk), stage.edition, "test_2027", "新版")
    changed = edit_item(by(stage.desk), copied.items.get(code="station-1"), threshold=Decimal(5))
    answered.refresh_from_db()
    assert (answered.threshold, changed.threshold) == (2, 5)
    round_.refresh_from_db()
    assert round_.edition == stage.edition


def test_only_who_keeps_lists_keeps_editions(stage: Stage, tmp_path: Path) -> None:
    for somebody in (stage.evaluator, stage.street):
        with pytest.raises(PermissionDenied):
            import_edition(by(somebody), written(tmp_path, ROWS), "items.csv", "x", "x")
        with pytest.raises(PermissionDenied):
            copy_edition(by(somebody), stage.edition, "x", "x")
        with pytest.raises(PermissionDenied):
            edit_item(by(somebody), stage.edition.items.first(), active=False)
