"""The pages of one ledger: what they ask, what they show, and where they lead."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assets.models import Asset, AssetType, Batch, Condition, Ledger, LedgerState, RememberedMeaning, Theme
from places.models import Unit
from tests.factories import make_asset, make_theme, make_type, make_unit
from tests.importing.ledgers.conftest import (
    checked,
    column_answers,
    imported,
    received,
    upload,
    work,
)
from tests.importing.written_ledgers import BEYOND, IN_THE_EAST, IN_THE_WEST, row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


# --- Columns ----------------------------------------------------------------------------------------------------------


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


# --- Position ---------------------------------------------------------------------------------------------------------


def test_no_coordinate_system_is_chosen_beforehand(client, file):
    ledger = received(client, file)
    client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client))
    page = text(client.get(f"/import/{ledger.uid}/position"))
    assert 'value="wgs84"' in page
    assert 'value="gcj02"' in page
    assert not re.search(r'name="crs"[^>]* checked', page)

    answer = client.post(f"/import/{ledger.uid}/position", {})
    assert answer.status_code == 422
    assert "Choose the coordinate system." in text(answer)
    answer = client.post(f"/import/{ledger.uid}/position", {"crs": "mars"})
    assert answer.status_code == 422


def test_both_readings_are_on_the_map_half_a_kilometre_apart(client, file):
    import json

    from django.contrib.gis.geos import Point

    from places.distance import metres_between

    ledger = received(client, file)
    client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client))
    page = client.get(f"/import/{ledger.uid}/position").content.decode()
    sample = json.loads(re.search(r'<script id="sample"[^>]*>(.*?)</script>', page)[1])
    wgs84, gcj02 = (
        Point(reading["lon"][0], reading["lat"][0], srid=4326) for reading in sample["readings"][:2]
    )
    assert 400 < metres_between(wgs84, gcj02) < 700
    assert sample["labels"] == ["一号", "二号", "三号"]


def test_the_system_that_was_said_is_used(client, file):
    ledger = checked(client, file, crs="gcj02")
    shifted = ledger.rows.first().point
    assert ledger.report["crs"] == "gcj02"
    plain = checked(client, file, crs="wgs84").rows.first().point
    assert shifted.distance(plain) > 0.003


def test_exchanged_columns_can_be_put_right_with_the_answer(client, tmp_path):
    exchanged = row(source_id="1")
    exchanged["lon"], exchanged["lat"] = exchanged["lat"], exchanged["lon"]
    ledger = checked(client, write_ledger(tmp_path, exchanged), crs="wgs84|exchanged")
    assert (ledger.report["created"], ledger.report["refused"]) == (1, 0)


def test_a_system_that_is_not_offered_can_be_tried(client, file):
    ledger = received(client, file)
    client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client))
    assert 'value="EPSG:4548"' in text(client.get(f"/import/{ledger.uid}/position?also=EPSG:4548"))
    assert "is not a coordinate system known here" in text(
        client.get(f"/import/{ledger.uid}/position?also=nonsense")
    )


def test_the_system_that_a_file_states_needs_no_answer(client, tmp_path):
    body = (
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"编号":"1","类型":"宣传栏"},'
        '"geometry":{"type":"Point","coordinates":[116.99,36.68]}}]}'
    )
    ledger = received(client, body.encode(), "points.geojson")
    client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client))
    page = text(client.get(f"/import/{ledger.uid}/position"))
    assert re.search(r'value="wgs84"[^>]* checked', page)
    client.post(f"/import/{ledger.uid}/position", {"crs": "wgs84"})
    work()
    ledger.refresh_from_db()
    assert (ledger.state, ledger.report["created"]) == (LedgerState.CHECKED, 1)


def test_a_ledger_without_positions_goes_straight_to_the_check(client, tmp_path):
    ledger = checked(client, write_ledger(tmp_path, {"编号": "1", "名称": "无坐标", "类型": "宣传栏"}))
    assert (ledger.state, ledger.report["codes"]) == (LedgerState.CHECKED, {"coordinates_missing": 1})


# --- Differences --------------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(client, tmp_path):
    """New, changed, unchanged, doubtful and refused rows in one ledger, over an imported one."""
    same, other = row(source_id="same", name="不变"), row(source_id="other", name="旧名", wording="旧词")
    imported(client, write_ledger(tmp_path, same, other))
    beside = make_asset(type=make_type(), name="近旁")
    near = {**row(source_id="near"), "lon": beside.point.x, "lat": beside.point.y}
    return checked(
        client,
        write_ledger(
            tmp_path,
            same,
            {**other, "name": "新名", "wording": "新词"},
            row(source_id="new", name="新的"),
            near,
            {**row(source_id="bad"), "lon": BEYOND[0], "lat": BEYOND[1]},
        ),
    )


def test_every_row_is_one_of_five(mixed):
    counted = {
        name: mixed.report[name] for name in ("created", "updated", "unchanged", "doubtful", "refused")
    }
    assert counted == {"created": 2, "updated": 1, "unchanged": 1, "doubtful": 1, "refused": 1}
    assert [row.outcome for row in mixed.rows.order_by("row")] == [
        "unchanged",
        "updated",
        "created",
        "created",
        "refused",
    ]


def test_a_change_is_shown_field_by_field_old_and_new(client, mixed):
    page = text(client.get(f"/import/{mixed.uid}/rows?show=updated"))
    assert "<dt>Name</dt><dd><del>旧名</del>" in page
    assert "<ins>新名</ins>" in page
    assert "<dt>Wording</dt><dd><del>旧词</del>" in page


@pytest.mark.parametrize(
    "query, rows",
    [
        ("", ["2", "3", "4", "5", "6"]),
        ("?show=created", ["4", "5"]),
        ("?show=updated", ["3"]),
        ("?show=unchanged", ["2"]),
        ("?show=doubtful", ["5"]),
        ("?show=refused", ["6"]),
        ("?code=near_duplicate", ["5"]),
        ("?show=refused&code=near_duplicate", []),
    ],
)
def test_the_list_is_filtered(client, mixed, query, rows):
    page = text(client.get(f"/import/{mixed.uid}/rows{query}"))
    assert re.findall(r'data-row="(\d+)"', page) == rows


@pytest.mark.parametrize(
    "query, parameter",
    [("?show=x", "show"), ("?code=x", "code"), ("?cursor=x", "cursor"), ("?page=2", "page"), ("?x=1", "x")],
)
def test_a_filter_that_cannot_be_is_400(client, mixed, query, parameter):
    answer = client.get(f"/import/{mixed.uid}/rows{query}")
    assert answer.status_code == 400
    assert parameter in text(answer)


def test_a_page_of_rows_needs_few_queries_however_many_rows(client, tmp_path, django_assert_max_num_queries):
    ledger = checked(
        client, write_ledger(tmp_path, *(row(source_id=str(n), condition="完好") for n in range(120)))
    )
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert "1–50 of 120" in page
    following = re.search(r'rel="next" data-cursor="([^"]+)"', page)
    with django_assert_max_num_queries(16):
        second = client.get(f"/import/{ledger.uid}/rows?cursor={following[1]}")
    assert "51–100 of 120" in text(second)
    back = re.search(r'rel="prev" data-cursor="([^"]*)"', text(second))
    assert back[1] == ""
    third = text(
        client.get(
            f"/import/{ledger.uid}/rows?cursor="
            + re.search(r'rel="next" data-cursor="([^"]+)"', text(second))[1]
        )
    )
    assert "101–120 of 120" in third
    back = re.search(r'rel="prev" data-cursor="([^"]+)"', third)
    assert "51–100 of 120" in text(client.get(f"/import/{ledger.uid}/rows?cursor={back[1]}"))
    with django_assert_max_num_queries(24):
        assert client.get(f"/import/{ledger.uid}/").status_code == 200


def test_the_list_of_imports_needs_few_queries_however_many(client, tmp_path, django_assert_max_num_queries):
    for number in range(4):
        checked(client, write_ledger(tmp_path, row(source_id=str(number)), name=f"{number}.csv"))
    with django_assert_max_num_queries(12):
        page = text(client.get("/import/"))
    assert page.count('<th scope="row">') == 4


# --- Unknown names ----------------------------------------------------------------------------------------------------


def test_an_unknown_type_can_be_mapped_and_is_then_known_to_the_office(client, tmp_path):
    rows = [row(source_id="1", type="宣传廊"), row(source_id="2", type="宣传廊")]
    ledger = checked(client, write_ledger(tmp_path, *rows))
    assert ledger.report["codes"] == {"type_unknown": 2}
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert "宣传廊" in page
    assert "Add it to the list" not in page, "a street's editor does not keep the lists"

    answers = {"said-1": "宣传廊", "kind-1": "type", "meaning-1": "notice_board"}
    assert client.post(f"/import/{ledger.uid}/values", answers).status_code == 302
    work()
    ledger.refresh_from_db()
    assert (ledger.report["created"], ledger.report["codes"]) == (2, {})

    later = checked(client, write_ledger(tmp_path, row(source_id="3", type="宣传廊")))
    assert later.report["codes"] == {}


def test_who_keeps_the_lists_adds_a_type_a_theme_and_a_unit_on_the_spot(publicity, as_user, tmp_path):
    client = as_user(publicity)
    rows = [row(source_id="1", type="宣传廊", themes="廉政文化、社会主义核心价值观", owner="新单位")]
    ledger = checked(client, write_ledger(tmp_path, *rows))
    assert set(ledger.report["codes"]) == {"type_unknown", "theme_unknown", "unit_unknown"}
    assert "Add it to the list" in text(client.get(f"/import/{ledger.uid}/"))

    answers = {
        **{
            "said-1": "宣传廊",
            "kind-1": "type",
            "meaning-1": "+",
            "english-1": "Gallery",
            "like-1": "notice_board",
        },
        **{"said-2": "廉政文化", "kind-2": "theme", "meaning-2": "+", "english-2": "Clean government"},
        **{"said-3": "新单位", "kind-3": "unit", "meaning-3": "+"},
    }
    client.post(f"/import/{ledger.uid}/values", answers)
    work()
    ledger.refresh_from_db()
    assert (ledger.report["created"], ledger.report["codes"]) == (1, {})
    added = AssetType.objects.get(name_zh="宣传廊")
    assert (added.code, added.component.code) == ("gallery", "03008")
    assert Theme.objects.get(name_zh="廉政文化").code == "clean_government"
    assert Unit.objects.filter(name="新单位").exists()

    client.post(f"/import/{ledger.uid}/commit")
    work()
    asset = Asset.objects.get()
    assert (asset.type, asset.themes, asset.owner.name) == (
        added,
        ["clean_government", "core_values"],
        "新单位",
    )


def test_who_does_not_keep_the_lists_adds_nothing_even_by_hand(client, tmp_path):
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1", owner="新单位")))
    answers = {"said-1": "新单位", "kind-1": "unit", "meaning-1": "+"}
    assert client.post(f"/import/{ledger.uid}/values", answers).status_code == 403
    assert not Unit.objects.filter(name="新单位").exists()
    columns = column_answers(ledger, client, create_units="yes")
    assert client.post(f"/import/{ledger.uid}/columns", columns).status_code == 403


def test_entries_are_added_all_or_none(publicity, as_user, tmp_path):
    client = as_user(publicity)
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1", type="宣传廊", owner="新单位")))
    answers = {
        **{"said-1": "新单位", "kind-1": "unit", "meaning-1": "+"},
        **{"said-2": "宣传廊", "kind-2": "type", "meaning-2": "+", "english-2": "", "like-2": "notice_board"},
    }
    answer = client.post(f"/import/{ledger.uid}/values", answers, follow=True)
    assert "Give it an English name too" in text(answer)
    assert not Unit.objects.filter(name="新单位").exists()


def test_units_that_will_be_entered_stand_in_the_preview(publicity, as_user, tmp_path):
    client = as_user(publicity)
    client.cookies["django_language"] = "en"
    rows = [row(source_id="1", owner="新单位"), row(source_id="2", maintainer="新单位")]
    ledger = checked(client, write_ledger(tmp_path, *rows), create_units="yes")
    assert "1 unit is entered into the list: 新单位" in text(client.get(f"/import/{ledger.uid}/"))
    assert not Unit.objects.filter(name="新单位").exists()


def test_a_unit_is_mapped_by_its_name(client, tmp_path):
    unit = make_unit("天桥区城市管理局")
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1", owner="区城管")))
    client.post(
        f"/import/{ledger.uid}/values", {"said-1": "区城管", "kind-1": "unit", "meaning-1": unit.name}
    )
    work()
    client.post(f"/import/{ledger.uid}/commit")
    work()
    assert Asset.objects.get().owner == unit


# --- Import, report, undo -----------------------------------------------------------------------------------------


def test_rows_whose_number_leads_elsewhere_come_in_only_when_somebody_says_so(client, tmp_path):
    asset = make_asset(code="37010503008000117", address="北园大街 9 号", name="旧名", material="木")
    cells = row(code=asset.code, name="另一处", address="无影山路 2 号")
    ledger = checked(client, write_ledger(tmp_path, cells, row(source_id="1")))
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert "Its number leads to an asset that says otherwise" in page
    assert (ledger.report["created"], ledger.report["updated"], ledger.report["refused"]) == (1, 0, 1)

    client.post(f"/import/{ledger.uid}/confirm", {"code": "id_leads_elsewhere"})
    work()
    ledger.refresh_from_db()

    assert (ledger.report["updated"], ledger.report["refused"], ledger.report["doubtful"]) == (1, 0, 1)
    assert "let them in" not in text(client.get(f"/import/{ledger.uid}/"))


def test_what_is_wrong_with_the_whole_file_stands_once_above_its_rows(client, tmp_path):
    rows = [row(source_id=number, type="") for number in range(20)]
    ledger = checked(client, write_ledger(tmp_path, *rows))

    page = text(client.get(f"/import/{ledger.uid}/"))

    assert "The type is missing, and no type was given for rows without one." in page
    assert "20 of 20 rows:" in page
    assert "The first rows: 2, 3, 4, 5, 6." in page
    assert 'class="verdicts"' not in page
    assert all(row.codes == ["type_missing"] for row in ledger.rows.all())


def test_rows_on_one_point_stay_out_until_somebody_says_that_they_are_right(client, tmp_path):
    lon, lat = IN_THE_WEST
    rows = [row(source_id=number, lon=lon, lat=lat) for number in range(6)]
    ledger = checked(client, write_ledger(tmp_path, *rows))
    assert "On one point with most other rows" in text(client.get(f"/import/{ledger.uid}/"))
    assert (ledger.report["created"], ledger.report["refused"]) == (0, 6)

    client.post(f"/import/{ledger.uid}/confirm", {"code": "all_on_one_point"})
    work()
    ledger.refresh_from_db()

    assert (ledger.report["created"], ledger.report["refused"]) == (6, 0)


@pytest.mark.parametrize("code", ["type_unknown", "id_rounded", "", "x"])
def test_only_what_is_held_can_be_confirmed(client, tmp_path, code):
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1", type="飞艇")))

    answer = client.post(f"/import/{ledger.uid}/confirm", {"code": code}, follow=True)

    assert "No rows of this ledger are held for that reason." in text(answer)
    ledger.refresh_from_db()
    assert (ledger.state, ledger.answers["confirmed"]) == (LedgerState.CHECKED, [])


def test_refused_rows_are_left_out_only_when_somebody_says_so(client, tmp_path):
    bad = {**row(source_id="2"), "lon": BEYOND[0], "lat": BEYOND[1]}
    ledger = checked(client, write_ledger(tmp_path, row(source_id="1"), bad))
    answer = client.post(f"/import/{ledger.uid}/commit", follow=True)
    assert "1 rows are refused. Correct them, or say to leave them out." in text(answer)
    work()
    assert not Asset.objects.exists()

    client.post(f"/import/{ledger.uid}/commit", {"skip_bad": "yes"})
    work()
    assert Asset.objects.count() == 1
    assert "1 refused rows were left out" in text(client.get(f"/import/{ledger.uid}/"))


def test_a_catalogue_that_has_changed_since_the_preview_is_noticed(client, owner, tmp_path, district):
    """Between the preview and the import the street's boundary moves: the row no longer is the editor's."""
    from places.models import Area
    from tests.factories import square

    ledger = checked(client, write_ledger(tmp_path, row(source_id="1")))
    Area.objects.filter(code__startswith="370105001").update(boundary=None, boundary_status="none")
    Area.objects.filter(pk=district.east.pk).update(boundary=square(116.98, 36.67, 117.02, 36.70))
    client.post(f"/import/{ledger.uid}/commit")
    work()
    ledger.refresh_from_db()
    assert (ledger.state, ledger.problem["code"], ledger.report["refused"]) == (
        LedgerState.CHECKED,
        "changed_since",
        1,
    )
    assert "the catalogue has changed since the preview" in text(client.get(f"/import/{ledger.uid}/"))
    assert not Asset.objects.exists()
    assert not Batch.objects.exists()


def test_the_same_file_again_changes_nothing_and_says_so(client, file):
    imported(client, file)
    ledger = checked(client, file)
    assert (ledger.report["unchanged"], ledger.report["created"], ledger.report["updated"]) == (3, 0, 0)
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert "Nothing would change" in page
    assert "Import now" not in page


def test_the_report_leads_to_the_assets_and_stays(client, file):
    ledger = imported(client, file)
    page = text(client.get(f"/import/{ledger.uid}/"))
    assert f"/map/?batch={ledger.batch.pk}" in page
    assert f"/assets/{Asset.objects.first().code}/" in page
    for step in ("columns", "position"):
        assert client.get(f"/import/{ledger.uid}/{step}")["Location"] == f"/import/{ledger.uid}/"
    for answer in ("commit", "discard", "values", "columns"):
        client.post(f"/import/{ledger.uid}/{answer}", {"said-1": "x", "kind-1": "unit", "meaning-1": "x"})
    ledger.refresh_from_db()
    assert ledger.state == LedgerState.IMPORTED
    assert client.get(f"/import/{ledger.uid}/file").getvalue() == file.read_bytes()


def test_undo_says_what_it_would_do_and_does_it(client, file, publicity):
    from assets.actions.edit_asset import edit_asset
    from assets.history import Actor
    from assets.models import Origin

    ledger = imported(client, file)
    touched = Asset.objects.get(name="二号")
    edit_asset(Actor(publicity, Origin.WEB), touched, {"remarks": "后来"})
    page = text(client.get(f"/import/{ledger.uid}/undo"))
    assert "2 assets that it registered are removed" in page
    assert touched.code in page
    assert Asset.objects.filter(lifecycle="removed").count() == 0, "looking changes nothing"

    client.post(f"/import/{ledger.uid}/undo")
    work()
    ledger.refresh_from_db()
    assert ledger.undone is not None
    assert sorted(Asset.objects.filter(lifecycle="removed").values_list("name", flat=True)) == [
        "一号",
        "三号",
    ]
    report = text(client.get(f"/import/{ledger.uid}/"))
    assert "Imported, and undone" in report
    assert "2 removed, 0 put back." in report
    assert touched.code in report

    client.post(f"/import/{ledger.uid}/undo")
    work()
    ledger.refresh_from_db()
    assert ledger.undone is None
    assert Asset.objects.filter(lifecycle="removed").count() == 0


def test_undo_reaches_what_was_changed_since_only_when_asked_to(client, file, publicity):
    from assets.actions.edit_asset import edit_asset
    from assets.history import Actor
    from assets.models import Origin

    ledger = imported(client, file)
    edit_asset(Actor(publicity, Origin.WEB), Asset.objects.get(name="二号"), {"remarks": "后来"})
    client.post(f"/import/{ledger.uid}/undo", {"changed_too": "yes"})
    work()
    assert Asset.objects.filter(lifecycle="removed").count() == 3


def test_an_import_that_wrote_nothing_has_nothing_to_undo(client, file):
    imported(client, file)
    ledger = checked(client, file)
    client.post(f"/import/{ledger.uid}/commit")
    work()
    ledger.refresh_from_db()
    assert (ledger.state, ledger.batch) == (LedgerState.IMPORTED, None)
    assert client.get(f"/import/{ledger.uid}/undo").status_code == 302


def test_a_discarded_ledger_leaves_nothing(client, file):
    ledger = checked(client, file)
    folder = ledger.folder
    assert folder.exists()
    answer = client.post(f"/import/{ledger.uid}/discard", follow=True)
    assert "has been discarded" in text(answer)
    assert not Ledger.objects.exists()
    assert not folder.exists()
    assert client.get(f"/import/{ledger.uid}/").status_code == 404


def test_an_upload_in_a_script_gets_its_answer_as_data(client, file):
    sent = {"file": SimpleUploadedFile("ledger.csv", file.read_bytes())}
    answer = client.post("/import/", sent, headers={"accept": "application/json"})
    assert answer.json()["location"] == f"/import/{Ledger.objects.get().uid}/"
    answer = client.post(
        "/import/", {"file": SimpleUploadedFile("x.exe", b"x")}, headers={"accept": "application/json"}
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")


def test_a_file_beyond_the_limit_is_refused_before_and_while_it_comes(client, monkeypatch, settings):
    monkeypatch.setattr("importing.ledgers.uploads.MOST_MEGABYTES", 1)
    answer = upload(client, b"x" * (3 << 20), "large.csv")
    assert answer.status_code == 413
    assert "larger than 1 MB" in text(answer)
    answer = upload(client, b"x" * ((1 << 20) + 1), "little_too_large.csv")
    assert answer.status_code == 413
    assert not Ledger.objects.exists()
    assert not list((settings.VAR_DIR / "incoming").glob("*"))


def test_the_east_is_not_the_wests(client, tmp_path):
    """The map of the rows shows the refused ones where they are."""
    east = {**row(source_id="1"), "lon": IN_THE_EAST[0], "lat": IN_THE_EAST[1]}
    ledger = checked(client, write_ledger(tmp_path, east, row(source_id="2")))
    from tests.mapping.conftest import decoded

    tile = decoded(client.get(f"/tiles/ledgers/{ledger.uid}/0/0/0.mvt?show=refused").content)
    [feature] = tile["rows"]["features"]
    assert (feature["properties"]["row"], feature["properties"]["outcome"]) == (2, "refused")
    assert client.get(f"/tiles/ledgers/{ledger.uid}/0/0/0.mvt?show=nothing").status_code == 400


def test_themes_in_a_change_have_their_names(client, tmp_path):
    make_theme("waste", name_zh="垃圾分类", name_en="Waste sorting")
    cells = row(source_id="1", themes="社会主义核心价值观")
    imported(client, write_ledger(tmp_path, cells))
    ledger = checked(client, write_ledger(tmp_path, {**cells, "themes": "垃圾分类、社会主义核心价值观"}))
    page = text(client.get(f"/import/{ledger.uid}/rows"))
    assert "<del>Core values</del>" in page
    assert "<ins>Waste sorting、Core values</ins>" in page
