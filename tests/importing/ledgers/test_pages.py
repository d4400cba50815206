"""The pages of a ledger between its columns and its import: position, differences, unknown names."""

import re

import pytest

from assets.models import Asset, AssetType, LedgerState, Theme
from places.models import Unit
from tests.factories import make_asset, make_type, make_unit
from tests.importing.ledgers.conftest import (
    checked,
    column_answers,
    imported,
    received,
    text,
    work,
)
from tests.importing.written_ledgers import BEYOND, row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)


# --- Position --------------------------------------------------------------------------------------------------------


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


# --- Differences -----------------------------------------------------------------------------------------------------


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


# --- Unknown names ---------------------------------------------------------------------------------------------------


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
