"""What the importer says about rows: which are refused, which are doubtful, and why."""

from pathlib import Path

import pytest

from assets.models import Asset
from importing.preparing import NotImportable
from places.coordinates import CGCS2000_GK_117E
from tests.factories import make_asset, make_road, make_site, make_theme, make_type, make_unit
from tests.importing.written_ledgers import BEYOND, IN_THE_WEST, codes, import_file, row, write_ledger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _lists(district):
    make_type()
    make_type("mural", item="03006", name_zh="墙体彩绘（文化墙）")
    make_theme("civility", name_zh="讲文明树新风")


def said_about(tmp_path: Path, *rows, **options):
    report = import_file(write_ledger(tmp_path, *rows), dry_run=True, **options)
    return codes(report)


@pytest.mark.parametrize(
    "cells, code",
    [
        ({"lon": "", "lat": ""}, "coordinates_missing"),
        ({"lon": 0, "lat": 0}, "coordinates_zero"),
        ({"lon": 36.68, "lat": 116.99}, "coordinates_swapped"),
        ({"lon": 10.99, "lat": 10.99}, "coordinates_absurd"),
        ({"lon": BEYOND[0], "lat": BEYOND[1]}, "outside_district"),
        ({"lon": "about 117"}, "not_a_coordinate"),
        ({"type": "飞艇"}, "type_unknown"),
        ({"type": ""}, "type_missing"),
        ({"lifecycle": "睡着"}, "lifecycle_unknown"),
        ({"name": "栏" * 201}, "text_too_long"),
        ({"faces": "两三面"}, "not_a_number"),
        ({"faces": 0}, "number_out_of_range"),
        ({"width": "-2"}, "length_not_positive"),
        ({"installed_on": "去年"}, "not_a_date"),
        ({"installed_on": "2099-01-01"}, "day_in_future"),
        ({"illuminated": "有时"}, "not_yes_or_no"),
        ({"code": "3701050300800001X"}, "component_id_malformed"),
        ({"code": "99999903008000001"}, "component_id_foreign"),
        ({"code": "37010599999000001"}, "component_id_foreign"),
        ({"code": "37010503008999999"}, "component_id_too_high"),
    ],
)
def test_a_row_is_refused_for_its_own_reason(tmp_path, cells, code):
    ledger = write_ledger(tmp_path, row(**cells), row())

    report = import_file(ledger, dry_run=True)

    assert code in codes(report)[2]
    assert report.refused_rows == {2}
    assert report.created == 1


@pytest.mark.parametrize(
    "cells, code",
    [
        ({"themes": "讲文明树新风、无此主题"}, "theme_unknown"),
        ({"condition": "一言难尽"}, "condition_unknown"),
        ({"road": "无名路"}, "road_unknown"),
        ({"site": "无名广场"}, "site_unknown"),
        ({"owner": "无名公司"}, "unit_unknown"),
        ({"street": "无名街道"}, "area_unknown"),
        ({"street": "天桥东街街道"}, "street_differs"),
        ({"community": "运输新村社区居民委员会"}, "community_differs"),
        ({"code": "37010503006000001"}, "component_id_other_class"),
        ({"installed_on": "2020年6月"}, "date_incomplete"),
    ],
)
def test_a_doubtful_row_comes_in_and_is_named(tmp_path, cells, code):
    report = import_file(write_ledger(tmp_path, row(**cells)))

    assert codes(report) == {2: [code]}
    assert (report.created, report.doubtful, report.refused) == (1, 1, 0)
    assert Asset.objects.count() == 1


def test_strictly_a_doubtful_row_is_refused(tmp_path):
    report = import_file(write_ledger(tmp_path, row(road="无名路"), row()), strict=True)

    assert (report.applied, report.refused, report.created) == (False, 1, 1)
    assert not Asset.objects.exists()


def test_a_verdict_names_row_column_value_and_sentence(tmp_path):
    ledger = write_ledger(
        tmp_path, {**row(), "备注": ""}, {"类型（必填）": "飞艇", **row(type="")}, name="t.csv"
    )

    (verdict,) = import_file(ledger, dry_run=True, columns={"type": "类型（必填）"}).verdicts[-1:]

    assert (verdict.row, verdict.code, verdict.column, verdict.value) == (
        3,
        "type_unknown",
        "类型（必填）",
        "飞艇",
    )
    assert "飞艇" in verdict.sentence


def test_a_default_type_stands_in_for_missing_and_unknown_ones(tmp_path):
    codes = said_about(tmp_path, row(type=""), row(type="飞艇"), default_type="mural")

    assert codes == {3: ["type_defaulted"]}


def test_an_unknown_default_type_stops_the_import(tmp_path):
    with pytest.raises(NotImportable) as caught:
        said_about(tmp_path, row(), default_type="airship")

    assert caught.value.code == "default_type_unknown"
    assert "notice_board" in str(caught.value)


def test_without_a_coordinate_system_the_message_says_what_the_numbers_look_like(tmp_path):
    with pytest.raises(NotImportable) as caught:
        said_about(tmp_path, row(), row(), crs=None)

    assert caught.value.code == "crs_needed"
    assert "WGS84" in str(caught.value)
    assert "GCJ-02" in str(caught.value)


def test_names_are_found_by_code_alias_and_without_their_ending(tmp_path):
    make_road("济泺路", aliases=["济洛路"])
    make_site("泺口服装城")
    make_unit("天桥区城市管理局", short_name="区城管局")
    cells = {
        "road": "济洛路",
        "site": "泺口服装城",
        "owner": "区城管局",
        "street": "无影山",
        "community": "无影潭",
        "type": "文化墙",
        "themes": "civility",
    }

    report = import_file(write_ledger(tmp_path, row(**cells)))

    assert codes(report) == {}
    asset = Asset.objects.get()
    assert (asset.road.name, asset.site.name, asset.owner.short_name) == ("济泺路", "泺口服装城", "区城管局")
    assert (asset.type.code, asset.themes) == ("mural", ["civility"])


# --- Numbers and repetition --------------------------------------------------------------------------------------


def test_the_same_number_on_different_rows_refuses_all_of_them(tmp_path):
    codes = said_about(tmp_path, row(source_id="A1"), row(source_id="A1", name="另一处"), row(source_id="A2"))

    assert codes == {2: ["same_id_twice"], 3: ["same_id_twice"]}


def test_two_rows_that_mean_one_asset_by_different_numbers_are_refused(tmp_path):
    asset = make_asset(source="office", source_id="A1")

    codes = said_about(tmp_path, row(source_id="A1"), row(code=asset.code))

    assert codes == {2: ["same_id_twice"], 3: ["same_id_twice"]}


def test_numbers_of_different_assets_in_one_row_refuse_it(tmp_path):
    first = make_asset()
    make_asset(source="office", source_id="A2")

    codes = said_about(tmp_path, row(code=first.code, source_id="A2"))

    assert codes == {2: ["ids_disagree"]}


def test_a_new_component_id_with_the_number_of_a_known_asset_disagrees(tmp_path):
    make_asset(source="office", source_id="A1")

    assert said_about(tmp_path, row(code="37010503008700000", source_id="A1")) == {2: ["ids_disagree"]}


def test_a_row_repeated_number_and_all_is_taken_once(tmp_path):
    same = row(source_id="A1")

    report = import_file(write_ledger(tmp_path, same, same, row(source_id="A2")), skip_bad=True)

    assert codes(report) == {3: ["identical_row"]}
    assert Asset.objects.count() == 2


def test_rows_alike_in_all_that_is_imported_come_in_and_are_doubtful(tmp_path):
    same = row()

    report = import_file(write_ledger(tmp_path, {"序号": 1, **same}, {"序号": 2, **same}))

    assert codes(report) == {3: ["repeated_row"]}
    assert Asset.objects.count() == 2


def test_rows_that_are_refused_for_their_position_repeat_nothing(tmp_path):
    nowhere = row(lon=10.99, lat=10.99)

    report = import_file(write_ledger(tmp_path, nowhere, nowhere))

    assert codes(report) == {2: ["coordinates_absurd"], 3: ["coordinates_absurd"]}


def test_rows_of_one_file_are_not_near_duplicates_of_one_another(tmp_path):
    lon, lat = IN_THE_WEST

    assert said_about(tmp_path, row(lon=lon, lat=lat, source_id=1), row(lon=lon, lat=lat, source_id=2)) == {}


def test_a_new_row_beside_an_asset_of_its_type_is_doubtful(tmp_path):
    asset = make_asset()
    near = {"lon": asset.point.x, "lat": asset.point.y + 0.00003}  # 3.3 m

    report = import_file(write_ledger(tmp_path, row(**near), row(**near, type="mural")), dry_run=True)

    assert codes(report) == {2: ["near_duplicate"]}
    (verdict,) = report.verdicts
    assert verdict.params["code"] == asset.code
    assert float(verdict.params["metres"]) == pytest.approx(3.3, abs=0.1)


def test_how_near_is_near_can_be_said(tmp_path):
    asset = make_asset()
    near = row(lon=asset.point.x, lat=asset.point.y + 0.00003)

    assert said_about(tmp_path, near, near_metres=2) == {}
    assert said_about(tmp_path, near, near_metres=0) == {}


def test_a_removed_asset_has_no_near_duplicate(tmp_path):
    asset = make_asset(lifecycle="removed", removed_on="2026-01-01", removal_reason="拆除")

    assert said_about(tmp_path, row(lon=asset.point.x, lat=asset.point.y)) == {}


def test_an_asset_that_another_row_means_is_no_near_duplicate(tmp_path):
    asset = make_asset(source="office", source_id="A1")
    here = {"lon": asset.point.x, "lat": asset.point.y}

    assert said_about(tmp_path, row(source_id="A1", **here), row(source_id="A2", **here)) == {}


# --- The file as a whole ------------------------------------------------------------------------------------------


def test_a_column_that_counts_the_rows_is_no_number_of_the_office(tmp_path):
    ledger = write_ledger(tmp_path, {"序号": 1, **row()}, {"序号": 2, **row()}, name="t.csv")

    report = import_file(ledger, columns={})

    assert any("序号" in note for note in report.notes)
    assert all(asset.source_id.startswith("~") for asset in Asset.objects.all())


def test_columns_that_are_not_imported_are_named(tmp_path):
    report = import_file(write_ledger(tmp_path, row(管理费=100)), dry_run=True)

    assert any("管理费" in note for note in report.notes)


def test_everything_on_one_point_is_noted(tmp_path):
    lon, lat = IN_THE_WEST

    report = import_file(
        write_ledger(tmp_path, *(row(lon=lon, lat=lat, source_id=n) for n in range(6))), dry_run=True
    )

    assert any("116.99" in note for note in report.notes)


def on_one_point(*numbers):
    lon, lat = IN_THE_WEST
    return [row(lon=lon, lat=lat, source_id=number) for number in numbers]


def test_rows_that_all_stand_on_one_point_come_in_only_when_somebody_confirms_it(tmp_path):
    ledger = write_ledger(tmp_path, *on_one_point(*range(6)), row(source_id=6))

    report = import_file(ledger, skip_bad=True)
    assert (report.refused, report.created) == (6, 1)
    assert codes(report) == {number: ["all_on_one_point"] for number in range(2, 8)}

    report = import_file(ledger, confirmed=frozenset({"all_on_one_point"}))
    assert (report.refused, report.created) == (0, 6)


def test_assets_that_stand_on_one_point_already_come_back_without_a_word(tmp_path):
    ledger = write_ledger(tmp_path, *on_one_point(*range(6)))
    import_file(ledger, confirmed=frozenset({"all_on_one_point"}))

    report = import_file(ledger)

    assert (report.unchanged, report.verdicts) == (6, ())


def test_known_assets_that_would_all_move_to_one_point_are_held(tmp_path):
    import_file(write_ledger(tmp_path, *(row(source_id=number) for number in range(6))))

    report = import_file(write_ledger(tmp_path, *on_one_point(*range(6))), skip_bad=True)

    assert (report.refused, report.moved) == (6, 0)


def test_four_rows_on_one_point_may_stand_on_one_mast(tmp_path):
    assert import_file(write_ledger(tmp_path, *on_one_point(*range(4)))).created == 4


def test_an_outside_asset_gets_the_managing_districts_id_when_it_is_let_in(tmp_path):
    lon, lat = BEYOND

    report = import_file(write_ledger(tmp_path, row(lon=lon, lat=lat)), allow_outside=True)

    assert report.created == 1
    asset = Asset.objects.get()
    assert (asset.area, asset.code[:11]) == (None, "37010503008")


def test_metres_are_converted(tmp_path):
    report = import_file(write_ledger(tmp_path, row(lon=499_106.5, lat=4_060_910.3)), crs=CGCS2000_GK_117E)

    assert report.created == 1
    point = Asset.objects.get().point
    assert (point.x, point.y) == pytest.approx((116.99, 36.68), abs=1e-3)
