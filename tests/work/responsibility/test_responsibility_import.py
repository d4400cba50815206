"""The workbook of responsibilities: its own export comes back as it is, what is wrong is said, and it can be undone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

from accounts.models import User
from places.models import BatchState, Responsibility, ResponsibilityBatch
from tests.work.responsibility.conftest import JUNE, MARCH, Offices, by
from work.responsibility.actions.checking import Named
from work.responsibility.actions.import_responsibilities import (
    apply_batch,
    judge,
    receive_lines,
    undo_batch,
)
from work.responsibility.workbook import Line, day_named

As = Callable[[User | None], Client]
pytestmark = pytest.mark.django_db
ADDRESS = "/responsibility/import/"


def book(*rows: list[Any], headings: list[str] | None = None) -> SimpleUploadedFile:
    """A workbook of these rows."""
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(
        headings
        or ["种类", "编码", "名称", "楼栋楼道", "责任单位", "职务", "责任人", "电话", "起始日", "截止日"]
    )
    for row in rows:
        sheet.append(row)
    file = BytesIO()
    workbook.save(file)
    return SimpleUploadedFile("表.xlsx", file.getvalue())


def line(**values: str) -> Line:
    """A line that can be taken: a unit for the southwest."""
    given = {"kind": "unit", "code": "370105001008", "unit": "宣传单位", "begins_on": "2026-03-01"}
    return Line(2, **{**given, **values})


def sentence(user: User, **values: str) -> str:
    """What is said of a line."""
    (judged,) = judge(by(user), [line(**values)])
    return judged.sentence


def test_a_workbook_is_read_shown_entered_and_undone(as_user: As, offices: Offices, publicity: User) -> None:
    former = offices.appointed("leader", MARCH)
    client = as_user(publicity)
    file = book(
        ["社区包挂单位", 370105001008, "", "", "宣传单位", "", "", "", date(2026, 3, 1), None],
        [
            "街道包挂领导",
            "",
            offices.district.west.name,
            "",
            "",
            "副区长",
            "李四",
            "13900004321",
            "2026年6月1日",
            "",
        ],
        ["路长", "", "无此路", "", "宣传单位", "", "", "", "2026-03-01", ""],
    )
    answer = client.post(ADDRESS, {"file": file})
    assert answer.status_code == 302
    shown = client.get(answer["Location"]).content.decode()
    assert "无此路" in shown
    assert "李四" in shown
    assert Responsibility.objects.count() == 1
    assert client.post(answer["Location"], {"order": "apply"}).status_code == 302
    assert Responsibility.objects.standing().count() == 3
    former.refresh_from_db()
    assert former.ends_on == JUNE - timedelta(days=1)
    assert ResponsibilityBatch.objects.get().rows == []
    client.post(answer["Location"], {"order": "undo"})
    former.refresh_from_db()
    assert former.ends_on is None
    assert list(Responsibility.objects.standing()) == [former]


def test_its_own_export_changes_nothing(as_user: As, offices: Offices, publicity: User) -> None:
    for kind in ("leader", "unit", "head", "chief", "keeper", "stairwell"):
        offices.appointed(kind)
    client = as_user(publicity)
    data = client.get("/responsibility/responsibilities.xlsx").content
    assert load_workbook(BytesIO(data)).worksheets
    answer = client.post(ADDRESS, {"file": SimpleUploadedFile("出.xlsx", data)})
    assert answer.status_code == 302, answer.content.decode()
    batch = ResponsibilityBatch.objects.get()
    assert len(batch.rows) == 6
    verdicts = [judgement.verdict for judgement in judge(by(publicity), [Line(**row) for row in batch.rows])]
    assert verdicts == ["same"] * 6


def test_the_template_is_taken_but_for_its_examples_units(
    as_user: As, offices: Offices, publicity: User
) -> None:
    client = as_user(publicity)
    data = client.get("/responsibility/template.xlsx").content
    assert client.post(ADDRESS, {"file": SimpleUploadedFile("t.xlsx", data)}).status_code == 302


@pytest.mark.parametrize(
    "values, part",
    [
        ({"kind": "王"}, "王"),
        ({"code": "370105001099"}, "370105001099"),
        ({"unit": "无此单位"}, "无此单位"),
        ({"begins_on": "春天"}, "春天"),
        ({"begins_on": "2026-03-01", "ends_on": "2026-02-01"}, "ends before"),
        ({"kind": "keeper", "code": "", "place": "济南站", "unit": ""}, "person"),
        ({"unit": "", "name": "张三"}, "post"),
        ({"building": "3"}, "stairwell"),
        ({"kind": "stairwell"}, "building"),
    ],
)
def test_what_cannot_be_taken_is_said(
    offices: Offices, publicity: User, values: dict[str, str], part: str
) -> None:
    with override("en"):
        assert part in sentence(publicity, **values)


def test_the_verdict_tells_what_would_come_of_it(offices: Offices, owner: User, colleague: User) -> None:
    def verdict(user: User, **values: str) -> str:
        (judged,) = judge(by(user), [line(**values)])
        return judged.verdict

    assert verdict(owner) == "new"
    assert verdict(colleague) == "wrong"
    offices.appointed("unit", named=Named("", "", offices.unit))
    assert verdict(owner) == "same"
    assert verdict(owner, unit="接任单位") == "new"
    assert verdict(owner, begins_on="2026-04-01") == "beside"
    offices.appointed("keeper", MARCH)
    site = offices.site.code
    assert verdict(owner, kind="keeper", code=site, begins_on="2026-06-01", unit="接任单位") == "follows"
    assert verdict(owner, kind="keeper", code=site, begins_on="2026-01-01", unit="接任单位") == "beside"
    twice = judge(by(owner), [line(unit="接任单位"), line(unit="接任单位")])
    assert [judgement.verdict for judgement in twice] == ["new", "wrong"]


def test_nobody_elses_file_is_applied_or_seen(
    as_user: As, offices: Offices, owner: User, colleague: User, publicity: User
) -> None:
    batch = receive_lines(by(owner), "表.xlsx", [line()])
    for user in (colleague, publicity):
        with pytest.raises(PermissionDenied):
            apply_batch(by(user), batch)
        assert as_user(user).get(f"{ADDRESS}{batch.uid}/").status_code == 404
    apply_batch(by(owner), batch)
    with pytest.raises(ValidationError):
        apply_batch(by(owner), batch)
    undo_batch(by(owner), batch)
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE


def test_readers_and_strangers_import_nothing(
    as_user: As, offices: Offices, viewer: User, stranger: User
) -> None:
    assert as_user(viewer).get(ADDRESS).status_code == 403
    assert as_user(None).get(ADDRESS).status_code == 302
    (judged,) = judge(by(stranger), [line()])
    assert judged.verdict == "wrong"
    assert judged.thing is None


@pytest.mark.parametrize(
    "file",
    [
        SimpleUploadedFile("x.xlsx", b"PK\x03\x04 no workbook"),
        SimpleUploadedFile("x.exe", b"MZ"),
        SimpleUploadedFile("x.xlsx", b""),
    ],
    ids=["damaged", "no table", "empty"],
)
def test_a_file_that_is_none_is_refused_in_words(
    as_user: As, offices: Offices, publicity: User, file: SimpleUploadedFile
) -> None:
    answer = as_user(publicity).post(ADDRESS, {"file": file})
    assert answer.status_code == 422
    assert not ResponsibilityBatch.objects.exists()


def test_a_file_without_its_columns_is_refused(as_user: As, offices: Offices, publicity: User) -> None:
    answer = as_user(publicity).post(ADDRESS, {"file": book(["a", "b"], ["c", "d"], headings=["甲", "乙"])})
    assert answer.status_code == 422


@pytest.mark.parametrize("text", ["2026-03-01", "2026/3/1", "2026.3.1", "2026年3月1日"])
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert day_named(text) == MARCH


def test_two_telephones_of_one_name_are_not_both_taken(offices: Offices, publicity: User) -> None:
    street = {
        "kind": "leader",
        "code": offices.district.west.code,
        "unit": "",
        "name": "李四",
        "post": "书记",
    }
    lines = [
        line(**street, telephone="139"),
        line(**{**street, "code": offices.district.east.code}, telephone="138"),
    ]
    lines[1] = replace(lines[1], number=3)
    with override("en"):
        judged = judge(by(publicity), lines)
    assert [found.verdict for found in judged] == ["new", "wrong"]
    assert "Row 2 gives 李四 another telephone" in judged[1].sentence
    batch = receive_lines(by(publicity), "表.xlsx", lines)
    assert apply_batch(by(publicity), batch)["wrong"] == 1
    assert Responsibility.objects.get().holder.telephone == "139"


def test_a_telephone_that_an_import_gives_is_said_before_and_given_back_after(
    offices: Offices, publicity: User
) -> None:
    row = offices.appointed("leader", named=Named("李四", "书记", telephone="138"))
    given = line(
        kind="leader", code=offices.district.west.code, unit="", name="李四", post="书记", telephone="139"
    )
    with override("en"):
        (judged,) = judge(by(publicity), [given])
    assert (judged.verdict, judged.sentence) == ("same", "Its telephone is another.")
    batch = receive_lines(by(publicity), "表.xlsx", [given])
    apply_batch(by(publicity), batch)
    row.holder.refresh_from_db()
    assert row.holder.telephone == "139"
    undo_batch(by(publicity), batch)
    row.holder.refresh_from_db()
    assert row.holder.telephone == "138"
