"""A month from cases, assets and answers to a sheet, and that a published one stays as it was."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from assets.models import Condition
from cases.actions.dispatch_case import dispatch_case
from cases.actions.fix_case import reject_fix, verify_fix
from cases.actions.hold_case import ask_hold, hold_case
from cases.actions.void_case import ask_void, void_case
from cases.models import Case
from evaluation.assessment.actions.appeal_score import answer_appeal, appeal_score
from evaluation.assessment.actions.give_bonus import give_bonus
from evaluation.assessment.actions.keep_scheme import keep_scheme
from evaluation.assessment.bulletin import bulletin_of
from evaluation.assessment.document import docx_of
from evaluation.assessment.measuring import Period
from evaluation.assessment.of_assets import measure_upkeep
from evaluation.assessment.of_cases import facts_of, measure_cases
from evaluation.assessment.scheme import usual_scheme
from evaluation.assessment.sheets import digest, work_out
from evaluation.models import ScoreSheet, SheetEvidence, StreetList
from tests.cases.conftest import Scene, by, moment
from tests.evaluation.assessment.conftest import AFTER, APRIL, MARCH, Office
from tests.factories import make_asset, make_user

WEST, EAST = "370105001", "370105002"


def _march(scene: Scene, now: str = "2026-04-02 09:00") -> Period:
    return Period.of(scene.district.district, MARCH, moment(now))


def _outcomes(scene: Scene, **values: str) -> dict[str, str]:
    found = measure_cases(_march(scene, **values), usual_scheme())["in_time"].get(WEST)
    return {row.code: row.outcome for row in found.behind} if found else {}


def test_cases_come_to_what_they_were_at_the_end_of_the_month(month: Office) -> None:
    assert list(_outcomes(month.scene).values()) == ["in_time", "late", "late"]


def test_what_happens_after_the_month_belongs_to_the_next(month: Office) -> None:
    before = _outcomes(month.scene)
    scene = month.scene
    fixed = Case.objects.get(code=next(code for code, came_to in before.items() if came_to == "in_time"))
    reject_fix(by(scene.patrol), fixed, "still dirty", seen=True, at=moment("2026-04-01 09:00"))
    assert _outcomes(scene) == before


def test_the_check_does_not_change_whether_it_was_in_time(month: Office) -> None:
    before = _outcomes(month.scene)
    for case in Case.objects.filter(state="fixed"):
        verify_fix(by(month.scene.patrol), case, seen=True, at=moment("2026-03-20 09:00"))
    assert _outcomes(month.scene) == before


def test_a_case_on_hold_is_not_counted(office: Office) -> None:
    scene = office.scene
    case = scene.accept()
    ask_hold(by(scene.liaison), case, "parts", moment("2026-03-20 10:00"), at=moment("2026-03-03 09:00"))
    hold_case(by(scene.desk), case, at=moment("2026-03-03 10:00"))
    assert list(_outcomes(scene).values()) == ["held"]


def test_what_a_check_sent_back_to_the_same_unit_is_rework(office: Office) -> None:
    scene = office.scene
    case = reject_fix(by(scene.patrol), scene.fix(), "still dirty", seen=True, at=moment("2026-03-03 14:00"))
    assert [fact.sent_back for fact in facts_of(_march(scene))[WEST]] == [1]
    # Another unit gets it: that was a wrong dispatch, and no rework of the first one.
    dispatch_case(by(scene.desk), case, scene.other_unit, "it is theirs", at=moment("2026-03-03 15:00"))
    assert [fact.sent_back for fact in facts_of(_march(scene))[WEST]] == [0]


def test_a_voided_case_counts_nowhere(office: Office) -> None:
    scene = office.scene
    case = scene.accept()
    ask_void(by(scene.desk), case, "reported by mistake", at=moment("2026-03-05 09:00"))
    void_case(by(scene.second), case, at=moment("2026-03-05 10:00"))
    assert _outcomes(scene) == {}


def test_own_people_are_those_of_the_street(office: Office) -> None:
    scene = office.scene
    editor = make_user(Role.STREET_EDITOR, scene.district.west)
    scene.accept()
    scene.patrol = editor
    scene.accept(asset=scene.another())
    assert [fact.own for fact in facts_of(_march(scene))[WEST]] == [False, True]


def test_upkeep_is_read_as_it_stood(office: Office) -> None:
    scene = office.scene
    asset = make_asset(installed_on=date(2026, 1, 1))
    for at, condition in (("2026-03-10 09:00", Condition.GOOD), ("2026-04-05 09:00", Condition.DAMAGED)):
        asset.inspections.create(
            condition=condition, observed_at=moment(at), received_at=moment(at), origin="web"
        )
    march = measure_upkeep(_march(scene), usual_scheme())["condition"][WEST]
    april = measure_upkeep(
        Period.of(scene.district.district, APRIL, moment("2026-05-02 09:00")), usual_scheme()
    )["condition"][WEST]
    assert (march.rate.top, march.rate.n, march.behind) == (1, 1, ())
    assert (april.rate.top, [row.outcome for row in april.behind]) == (0, ["damaged"])


def test_a_dry_run_writes_nothing_and_is_the_same_each_time(month: Office) -> None:
    first, second = (work_out(month.scheme, MARCH, AFTER) for _n in range(2))
    assert first == second
    assert not ScoreSheet.objects.exists()
    rows = {row["code"]: row for row in first.told["streets"]}
    assert rows[WEST]["score"] is not None
    assert rows[EAST]["place"] is None


def test_the_scored_figures_are_those_worked_out_by_hand(month: Office) -> None:
    """In time 1 ÷ 3, right the first time 3 ÷ 3: rectification = (33.33×70 + 100×30) ÷ 100 = 53.33."""
    row = next(row for row in work_out(month.scheme, MARCH, AFTER).told["streets"] if row["code"] == WEST)
    part = next(part for part in row["parts"] if part["code"] == "rectification")
    assert [(figure["top"], figure["bottom"], figure["rate"]) for figure in part["figures"]] == [
        ("1", "3", "33.33"),
        ("3", "3", "100.00"),
    ]
    assert part["value"] == "53.33"


def test_a_published_sheet_is_equal_to_the_byte_after_everything_was_changed(month: Office) -> None:
    sheet = month.publish(now=AFTER, requests=[{"street": "无影山街道", "text": "整改", "by": "2026-04-30"}])
    frozen = (sheet.content, dict(_evidence(sheet)))
    document = docx_of(bulletin_of(sheet), pictures=False)
    scene = month.scene
    desk = by(scene.desk)
    for case in Case.objects.filter(state="fixed"):
        verify_fix(by(scene.patrol), case, seen=True, at=moment("2026-04-03 09:00"))
    scene.category.name_zh = "别的"
    scene.category.save()
    scene.district.west.name = "改名街道"
    scene.district.west.save()
    keep_scheme(
        desk,
        scene.district.district,
        usual_scheme(),
        {"edition": "2026", "name": "别的办法", "active": True},
        kept=month.scheme,
    )
    scene.asset.inspections.create(
        condition=Condition.MISSING,
        observed_at=moment("2026-03-30 09:00"),
        received_at=moment("2026-03-30 09:00"),
        origin="web",
    )
    read = ScoreSheet.objects.get(pk=sheet.pk)
    assert (read.content, dict(_evidence(read))) == frozen
    assert digest(read.content, _evidence(read)) == read.sha256 == sheet.sha256
    assert _text_of(docx_of(bulletin_of(read), pictures=False)) == _text_of(document)
    assert work_out(month.scheme, MARCH, AFTER).content != read.content


def _evidence(sheet: ScoreSheet) -> dict[tuple[str, str], str]:
    return {(row.street_code, row.figure): row.rows for row in sheet.evidence.all()}


def _text_of(data: bytes) -> bytes:
    from io import BytesIO
    from zipfile import ZipFile

    return ZipFile(BytesIO(data)).read("word/document.xml")


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("model", [ScoreSheet, SheetEvidence, StreetList])
def test_the_database_changes_no_published_row(month: Office, model: type, statement: str) -> None:
    month.publish(now=AFTER)
    table = connection.ops.quote_name(model._meta.db_table)
    if not model.objects.exists():
        pytest.skip("nothing of it")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_every_figure_of_a_sheet_has_what_is_behind_it(month: Office) -> None:
    sheet = month.publish(now=AFTER)
    evidence = _evidence(sheet)
    for row in sheet.told["streets"]:
        for figure in (figure for part in row["parts"] for figure in part["figures"] if figure["n"]):
            rows = json.loads(evidence[row["code"], figure["code"]])
            if figure["code"] == "in_time":
                assert sum(row["outcome"] == "in_time" for row in rows) == int(figure["top"])
                assert sum(row["outcome"] != "held" for row in rows) == figure["n"]


def test_a_month_is_published_once_and_when_it_is_over(month: Office) -> None:
    with pytest.raises(ValidationError) as refused:
        month.publish(now=moment("2026-03-31 23:59"))
    assert "month" in refused.value.message_dict
    month.publish(now=AFTER)
    with pytest.raises(ValidationError) as refused:
        month.publish(now=AFTER)
    assert "month" in refused.value.message_dict


def test_nothing_is_published_that_was_not_looked_at(month: Office) -> None:
    seen = work_out(month.scheme, MARCH, AFTER).sha256
    give_bonus(by(month.desk), month.scene.district.west, MARCH, "media", Decimal(1), "报道")
    with pytest.raises(ValidationError) as refused:
        month.publish(now=AFTER, seen=seen)
    assert "seen" in refused.value.message_dict
    month.publish(now=AFTER, seen=work_out(month.scheme, MARCH, AFTER).sha256)


def test_the_change_is_that_from_the_month_before(month: Office) -> None:
    first = month.publish(now=AFTER)
    month.scene.fix(at="2026-04-09 16:00", asset=month.scene.another())
    second = month.publish(APRIL, now=moment("2026-05-02 09:00"))
    rows = [{row["code"]: row for row in sheet.told["streets"]}[WEST] for sheet in (first, second)]
    if rows[1]["place"] and rows[0]["place"]:
        assert Decimal(rows[1]["change"]) == Decimal(rows[1]["score"]) - Decimal(rows[0]["score"])
    totals = {row["code"]: row for row in second.told["totals"]}
    assert totals["in_time"]["change"] is None or totals["in_time"]["change"][0] in "+-"


def test_only_the_desk_of_the_district_publishes(month: Office, owner: object, stranger: object) -> None:
    from evaluation.assessment.actions.publish_sheet import publish_sheet

    for user in (owner, stranger, month.leader):
        with pytest.raises(PermissionDenied):
            publish_sheet(by(user), month.scheme, MARCH, now=AFTER)  # type: ignore[arg-type]


def test_an_appeal_that_is_upheld_counts_on_the_next_sheet(month: Office, owner: object) -> None:
    sheet = month.publish(now=AFTER)
    appeal = appeal_score(by(owner), sheet, month.scene.district.west, "不是我们的", figure="in_time")  # type: ignore[arg-type]
    answered = answer_appeal(by(month.desk), appeal, "属实", upheld=True, points=Decimal("1.5"))
    assert answered.bonus is not None
    assert answered.bonus.month == APRIL
    assert ScoreSheet.objects.get(pk=sheet.pk).content == sheet.content
    row = {row["code"]: row for row in work_out(month.scheme, APRIL, AFTER).told["streets"]}[WEST]
    assert row["bonus"] == "1.50"
    with pytest.raises(ValidationError):
        answer_appeal(by(month.desk), appeal, "再答", upheld=False)


def test_nobody_appeals_for_another_street(month: Office, owner: object, colleague: object) -> None:
    sheet = month.publish(now=AFTER)
    with pytest.raises(PermissionDenied):
        appeal_score(by(colleague), sheet, month.scene.district.west, "x")  # type: ignore[arg-type]


def test_a_second_editor_who_saves_an_older_version_is_told(office: Office) -> None:
    desk, district = by(office.desk), office.scene.district.district
    told = {"edition": "2026", "name": "甲", "active": True}
    keep_scheme(desk, district, usual_scheme(), told, kept=office.scheme, version=1)
    with pytest.raises(ValidationError) as refused:
        keep_scheme(desk, district, usual_scheme(), told | {"name": "乙"}, kept=office.scheme, version=1)
    assert "version" in refused.value.message_dict
    office.scheme.refresh_from_db()
    assert (office.scheme.name, office.scheme.version) == ("甲", 2)


def test_working_out_a_month_takes_as_many_queries_for_many_cases_as_for_few(month: Office) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            work_out(month.scheme, MARCH, AFTER)
        return len(seen)

    few = queries()
    for _n in range(4):
        month.scene.fix(asset=month.scene.another())
    assert queries() == few
