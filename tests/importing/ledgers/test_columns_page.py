"""The page of a ledger's columns: what it guesses, what it asks, and what of the answers is remembered."""

import pytest

from assets.models import Asset, Condition, Ledger, LedgerState, RememberedMeaning
from tests.factories import make_type
from tests.importing.ledgers.conftest import (
    checked,
    column_answers,
    imported,
    received,
    text,
    work,
)
from tests.importing.written_ledgers import row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)


def test_columns_are_guessed_from_chinese_headers(client, tmp_path):
    rows = [
        {"编号": "1", "广告名称": "一号", "类型": "宣传栏", "经度": 116.99, "纬度": 36.68, "奇怪的列": "x"}
    ]
    ledger = received(client, write_ledger(tmp_path, *rows))
    answers = column_answers(ledger, client)
    assert [answers[f"column-{number}"] for number in range(6)] == [
        "source_id",
        "name",
        "type",
        "lon",
        "lat",
        "",
    ]


def test_what_the_office_says_of_a_header_is_remembered_there_and_only_there(
    client, publicity, as_user, tmp_path
):
    rows = [row(source_id="1", 怪="一号")]
    ledger = received(client, write_ledger(tmp_path, *rows))
    names = [column["name"] for column in ledger.contents["columns"]]
    strange, name = names.index("怪"), names.index("name")
    answers = column_answers(ledger, client, **{f"column-{strange}": "remarks", f"column-{name}": ""})
    client.post(f"/import/{ledger.uid}/columns", answers)

    again = column_answers(received(client, write_ledger(tmp_path, *rows)), client)
    # A heading of our own means what it says, whatever was said before.
    assert (again[f"column-{strange}"], again[f"column-{name}"]) == ("remarks", "name")
    elsewhere = column_answers(
        received(as_user(publicity), write_ledger(tmp_path, *rows)), as_user(publicity)
    )
    assert (elsewhere[f"column-{strange}"], elsewhere[f"column-{name}"]) == ("", "name")
    assert RememberedMeaning.objects.filter(office="370105001", said="怪", meaning="remarks").count() == 1


@pytest.fixture
def strange():
    """Headers of which a person will say that 奇 is the wording and 照明 is left out."""
    return {
        "编号": "1",
        "广告名称": "一号",
        "类型": "宣传栏",
        "经度": 116.99,
        "纬度": 36.68,
        "奇": "字",
        "照明": "有",
    }


def said_of_strange(client, ledger, **more):
    names = [column["name"] for column in ledger.contents["columns"]]
    changed = {f"column-{names.index('奇')}": "wording", f"column-{names.index('照明')}": "", **more}
    client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client, **changed))


def meanings(client, ledger):
    names = [column["name"] for column in ledger.contents["columns"]]
    answers = column_answers(ledger, client)
    return {name: answers[f"column-{number}"] for number, name in enumerate(names)}


def test_only_what_a_person_changed_is_remembered(client, strange, tmp_path):
    said_of_strange(client, received(client, write_ledger(tmp_path, strange)))

    kept = dict(RememberedMeaning.objects.values_list("said", "meaning"))
    assert kept == {"奇": "wording", "照明": ""}


def test_what_was_said_holds_for_the_same_headings_only(client, strange, tmp_path):
    said_of_strange(client, received(client, write_ledger(tmp_path, strange)))

    same = received(client, write_ledger(tmp_path, dict(reversed(strange.items())), name="again.csv"))
    other = received(client, write_ledger(tmp_path, {**strange, "备注": "x"}, name="other.csv"))

    assert (meanings(client, same)["奇"], meanings(client, same)["照明"]) == ("wording", "")
    assert (meanings(client, other)["奇"], meanings(client, other)["照明"]) == ("", "illuminated")


def test_what_is_as_last_time_is_marked_and_forgotten_with_one_click(client, strange, tmp_path):
    said_of_strange(client, received(client, write_ledger(tmp_path, strange)))
    again = received(client, write_ledger(tmp_path, strange))
    page = text(client.get(f"/import/{again.uid}/columns"))
    assert page.count("As last time") == 2
    assert "2 columns are understood as last time." in page

    client.post(f"/import/{again.uid}/forget")

    assert "As last time" not in text(client.get(f"/import/{again.uid}/columns"))
    assert (meanings(client, again)["奇"], meanings(client, again)["照明"]) == ("", "illuminated")
    assert not RememberedMeaning.objects.exists()


def test_what_a_person_puts_back_to_the_guess_is_forgotten(client, strange, tmp_path):
    said_of_strange(client, received(client, write_ledger(tmp_path, strange)))
    again = received(client, write_ledger(tmp_path, strange))
    names = [column["name"] for column in again.contents["columns"]]
    said_of_strange(client, again, **{f"column-{names.index('照明')}": "illuminated"})

    assert dict(RememberedMeaning.objects.values_list("said", "meaning")) == {"奇": "wording"}


def test_our_own_export_is_read_by_its_headings_whatever_was_said_of_it_before(client, tmp_path):
    ours = {"code": "", "source_id": "1", "name": "一号", "type": "notice_board", "lon": 116.99, "lat": 36.68}
    ledger = received(client, write_ledger(tmp_path, ours))
    nothing = {f"column-{number}": "" for number in range(6)}
    client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client, **nothing))

    again = received(client, write_ledger(tmp_path, ours))

    assert meanings(client, again) == {name: name for name in ours}
    assert not RememberedMeaning.objects.exists()


def test_coordinates_that_were_left_out_once_are_asked_about_in_the_next_file(client, strange, tmp_path):
    ledger = received(client, write_ledger(tmp_path, strange))
    names = [column["name"] for column in ledger.contents["columns"]]
    without = {f"column-{names.index(name)}": "" for name in ("经度", "纬度")}
    client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client, **without))

    other = received(client, write_ledger(tmp_path, {**strange, "备注": "x"}))
    answer = client.post(f"/import/{other.uid}/columns", column_answers(other, client))

    assert answer["Location"].endswith("/position")


def test_a_name_that_is_understood_as_last_time_is_said_and_can_be_forgotten(client, tmp_path):
    make_type("light_box", name_zh="灯箱广告", name_en="Light box")
    rows = [row(source_id="1", type="老灯箱")]
    ledger = checked(client, write_ledger(tmp_path, *rows))
    client.post(
        f"/import/{ledger.uid}/values", {"said-1": "老灯箱", "kind-1": "type", "meaning-1": "light_box"}
    )
    work()

    again = checked(client, write_ledger(tmp_path, *rows))
    page = text(client.get(f"/import/{again.uid}/"))
    assert "老灯箱 → Light box" in page
    assert again.report["created"] == 1
    client.post(f"/import/{again.uid}/forget")
    client.post(f"/import/{again.uid}/columns", column_answers(again, client))
    client.post(f"/import/{again.uid}/position", {"crs": "wgs84"})
    work()

    again.refresh_from_db()
    assert again.report["codes"] == {"type_unknown": 1}


def test_words_for_condition_and_lifecycle_can_be_said_to_mean_one(client, tmp_path):
    make_type("notice_board", name_zh="宣传栏")
    rows = [row(source_id="1", condition="凑合", lifecycle="歇着")]
    ledger = checked(client, write_ledger(tmp_path, *rows))
    assert ledger.report["codes"] == {"condition_unknown": 1, "lifecycle_unknown": 1}
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert "Minor damage" in page
    answers = {
        "said-1": "凑合", "kind-1": "condition", "meaning-1": "minor",
        "said-2": "歇着", "kind-2": "lifecycle", "meaning-2": "suspended",
    }  # fmt: skip
    client.post(f"/import/{ledger.uid}/values", answers)
    work()
    ledger.refresh_from_db()
    assert (ledger.report["codes"], ledger.report["created"]) == ({}, 1)

    again = checked(client, write_ledger(tmp_path, *rows))
    assert "凑合 → Minor damage" in text(client.get(f"/import/{again.uid}/"))
    client.post(f"/import/{again.uid}/commit")
    work()
    asset = Asset.objects.get()
    assert (asset.condition, asset.lifecycle) == (Condition.MINOR, "suspended")


@pytest.mark.parametrize("meaning", ["+", "splendid"])
def test_no_condition_is_entered_and_none_that_does_not_exist_is_believed(client, tmp_path, meaning):
    make_type("notice_board", name_zh="宣传栏")
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1", condition="凑合")))
    answers = {"said-1": "凑合", "kind-1": "condition", "meaning-1": meaning}
    assert client.post(f"/import/{ledger.uid}/values", answers).status_code == 302
    work()
    ledger.refresh_from_db()
    assert ledger.report["codes"] == {"condition_unknown": 1}


def test_a_remembered_name_never_beats_an_entry_of_the_list(client, tmp_path):
    make_type("light_box", name_zh="灯箱广告")
    rows = [row(source_id="1", type="老灯箱")]
    ledger = checked(client, write_ledger(tmp_path, *rows))
    client.post(
        f"/import/{ledger.uid}/values", {"said-1": "老灯箱", "kind-1": "type", "meaning-1": "light_box"}
    )
    work()
    make_type("old_light_box", name_zh="老灯箱")

    again = imported(client, write_ledger(tmp_path, *rows))

    assert again.report["created"] == 1
    assert Asset.objects.get().type.code == "old_light_box"


def test_one_meaning_for_two_columns_is_refused_with_both_named(client, file):
    ledger = received(client, file)
    answers = column_answers(ledger, client, **{"column-0": "name", "column-1": "name"})
    answer = client.post(f"/import/{ledger.uid}/columns", answers)
    assert answer.status_code == 422
    assert "Only one column can mean the same" in text(answer)
    ledger.refresh_from_db()
    assert (ledger.state, ledger.answers["columns"]) == (LedgerState.READ, {})


@pytest.mark.parametrize(
    "field, value, says",
    [
        ("source", " ", "Say whose numbers they are"),
        ("source", "x" * 61, "Say whose numbers they are"),
        ("near_metres", "-1", "Give metres from 0 to 1000"),
        ("near_metres", "viel", "Give metres from 0 to 1000"),
        ("near_metres", "nan", "Give metres from 0 to 1000"),
        ("default_type", "no_such", "There is no such type"),
        ("column-0", "no_such", "is not a field of an asset"),
    ],
)
def test_an_answer_that_cannot_be_comes_back_with_the_reason(client, file, field, value, says):
    ledger = received(client, file)
    answer = client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client, **{field: value}))
    assert answer.status_code == 422
    assert says in text(answer)


def test_a_form_of_another_files_columns_is_refused(client, file, tmp_path):
    ledger = received(client, file)
    answers = column_answers(ledger, client)
    Ledger.objects.update(contents={**ledger.contents, "columns": ledger.contents["columns"][:2]})
    assert client.post(f"/import/{ledger.uid}/columns", {**answers, "column-0": "lat"}).status_code in (
        302,
        422,
    )


def test_two_sheets_are_asked_about_and_another_row_of_headers_can_be_named(client, tmp_path):
    from openpyxl import Workbook

    workbook = Workbook()
    for title in ("东片", "西片"):
        sheet = workbook.create_sheet(title)
        sheet.append(["编号", "名称", "类型", "经度", "纬度"])
        sheet.append([title, title, "宣传栏", 116.99, 36.68])
    del workbook["Sheet"]
    path = tmp_path / "two.xlsx"
    workbook.save(path)

    ledger = received(client, path)
    assert (ledger.state, ledger.problem["code"]) == (LedgerState.UNREADABLE, "choose_layer")
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert 'value="东片"' in page
    assert 'value="西片"' in page

    client.post(f"/import/{ledger.uid}/sheet", {"layer": "西片"})
    work()
    ledger.refresh_from_db()
    assert (ledger.state, ledger.contents["layer"], ledger.contents["rows"]) == (LedgerState.READ, "西片", 1)

    client.post(f"/import/{ledger.uid}/sheet", {"layer": "西片", "header_row": "2"})
    work()
    ledger.refresh_from_db()
    assert ledger.state == LedgerState.UNREADABLE
    answer = client.post(f"/import/{ledger.uid}/sheet", {"header_row": "two"}, follow=True)
    assert "Give the number of the row" in text(answer)


def test_the_encoding_that_was_taken_is_shown_and_another_can_be_chosen(client):
    header = "source_id,name,type,lon,lat\n"
    ledger = received(client, (header + "S1,Café Müller,notice board,116.99,36.68\n").encode("cp1252"))
    page = text(client.get(f"/import/{ledger.uid}/columns"))
    assert "its texts are read as CP1252" in page
    assert '<option value="gb18030">' in page
    client.post(f"/import/{ledger.uid}/sheet", {"encoding": "utf-8"})
    work()
    ledger.refresh_from_db()
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert "Row 2 is not UTF-8 text." in page
    assert '<select name="encoding">' in page
    client.post(f"/import/{ledger.uid}/sheet", {"encoding": ""})
    work()
    ledger.refresh_from_db()
    assert (ledger.state, ledger.contents["encoding"]) == (LedgerState.READ, "cp1252")
    answer = client.post(f"/import/{ledger.uid}/sheet", {"encoding": "klingon"}, follow=True)
    assert "Choose one of the encodings." in text(answer)


def test_the_page_of_a_text_that_cannot_be_read_offers_separator_and_rows_of_names(client):
    ledger = received(client, "1,2,3\n4,5,6\nS1,一号,宣传栏\n".encode())
    assert ledger.problem["code"] == "no_header"
    page = text(client.get(f"/import/{ledger.uid}/"))
    for name in ("header_row", "header_rows", "delimiter"):
        assert f'name="{name}"' in page
    client.post(f"/import/{ledger.uid}/sheet", {"header_row": "1", "header_rows": "2", "delimiter": ""})
    work()
    ledger.refresh_from_db()
    assert (ledger.state, ledger.contents["rows"]) == (LedgerState.READ, 1)


def test_a_column_of_shapes_is_named_as_the_position_and_is_no_field(client):
    rows = [f"S{place},一号,宣传栏,POINT({116.98 + place / 1000} 36.68)" for place in (1, 2)]
    ledger = received(client, "\n".join(["编号,名称,类型,location", *rows]).encode())
    page = text(client.get(f"/import/{ledger.uid}/columns"))
    assert "The position comes from the column “location” (Point)." in page
    assert 'name="positions_from_columns"' in page
    assert column_answers(ledger, client)["column-3"] == ""
    client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client))
    assert not RememberedMeaning.objects.exists()


def test_an_outline_that_is_none_is_refused(client, file):
    ledger = received(client, file)
    answers = column_answers(ledger, client, district="999999")
    answer = client.post(f"/import/{ledger.uid}/columns", answers)
    assert answer.status_code == 422
    assert "No boundary is known of an area 999999." in text(answer)


def test_last_years_ledger_says_whose_numbers_they_are(client, tmp_path):
    first = imported(client, write_ledger(tmp_path, row(source_id="1"), name="2025.csv"), source="无影山街道")
    assert first.state == LedgerState.IMPORTED
    second = received(client, write_ledger(tmp_path, row(source_id="1", name="改名"), name="2026.csv"))
    assert second.answers["source"] == "无影山街道"
