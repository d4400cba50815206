"""Guessing which column of a ledger means what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importing.errors import LedgerError
from importing.headers import FIELDS, guess_columns, recognised


def meaning(*headers):
    """Field of each header, None where none was taken."""
    columns = {column: field for field, column in guess_columns(headers).columns.items()}
    return [columns.get(header) for header in headers]


def test_an_office_s_ledger_is_understood():
    assert meaning(
        "序号", "编号", "点位名称", "广告类型", "主题", "画面内容", "设置位置", "所属街道", "所属社区", "所在道路",
        "经度", "纬度", "尺寸（米）", "材质", "是否亮化", "朝向", "权属单位", "养护单位", "主管部门", "负责人",
        "联系电话", "完好情况", "巡查日期", "使用状态", "安装时间", "画面更换时间", "现场照片", "名称", "备注",
    ) == [
        None, "source_id", "site", "type", "themes", "wording", "address", "street", "community", "road",
        "lon", "lat", "size", "material", "illuminated", "facing", "owner", "maintainer", "supervisor", "contact",
        "telephone", "condition", "inspected_at", "lifecycle", "installed_on", "content_changed_on", "photos", "name",
        "remarks",
    ]  # fmt: skip


def test_the_charging_stations_ledger_is_understood():
    headers = ["id", "name", "addr", "lng", "lat", "com_name", "terminal_count", "stationstatus"]
    guess = guess_columns(headers)
    assert guess.columns == {"source_id": "id", "name": "name", "address": "addr", "lon": "lng", "lat": "lat"}
    assert guess.unknown == ["com_name", "terminal_count", "stationstatus"]


def test_english_headers_are_understood():
    assert meaning("ID", "Title", "Category", "Street", "Road name", "Longitude", "Latitude", "Remarks") == [
        "source_id", "name", "type", "street", "road", "lon", "lat", "remarks",
    ]  # fmt: skip


@pytest.mark.parametrize("field", [field for field in FIELDS if field != "uid"])
def test_a_header_that_equals_a_field_s_name_always_wins(field):
    rivals = [
        "编号",
        "名称",
        "类型",
        "地址",
        "经度",
        "纬度",
        "画面内容",
        "备注",
        "完好情况",
        "尺寸",
        "标识码",
    ]
    assert guess_columns([*rivals, field]).columns[field] == field


@pytest.mark.parametrize(
    "header, field",
    [
        ("经 度", "lon"),
        ("经度：", "lon"),
        ("＊经度＊", "lon"),
        ("*经度(必填)", "lon"),
        ("ｌｎｇ", "lon"),
        ("X 坐标", "lon"),
        ("坐标（X）", "lon"),
        ("维度", "lat"),  # the commonest misspelling
        ("坐标/纬度", "lat"),  # below a merged cell "坐标"
        ("经纬度", "coordinates"),
        ("社区（村）", "community"),
        ("社区/村", "community"),
        ("街道\n（镇）", "street"),
        ("尺寸(长×宽)", "size"),
        ("长×宽×高（米）", "size"),
        ("宣传栏名称", "name"),
        ("广告牌朝向", "facing"),
        ("是否亮化（是/否）", "illuminated"),
        ("联系人及电话", "contact"),
        ("管理部件标识码", "code"),
        ("GLBJBSM", "code"),
        ("Install Date", "installed_on"),
        ("installed-on", "installed_on"),
    ],
)
def test_spaces_width_brackets_and_punctuation_do_not_matter(header, field):
    assert meaning(header) == [field]


@pytest.mark.parametrize(
    "header, unit",
    [
        ("宽（米）", "m"), ("宽(CM)", "cm"), ("宽【毫米】", "mm"), ("宽（单位：厘米）", "cm"), ("宽", None),
        ("宽（约）", None),
    ],
)  # fmt: skip
def test_the_unit_in_brackets_is_kept(header, unit):
    assert guess_columns([header]).units.get("width") == unit


def test_two_columns_for_one_field_are_reported_and_neither_is_taken():
    guess = guess_columns(["地址", "安装位置", "经度", "纬度"])
    assert guess.contested == {"address": ("地址", "安装位置")}
    assert "address" not in guess.columns
    assert guess.unknown == []


def test_a_header_of_two_meanings_is_reported():
    guess = guess_columns(["状态", "经度"])
    assert guess.unclear == {"状态": ("condition", "lifecycle")}
    assert set(guess.columns) == {"lon"}


def test_a_header_of_two_meanings_is_taken_when_one_is_left():
    assert meaning("状态", "完好情况") == ["lifecycle", "condition"]
    assert meaning("点位名称", "名称") == ["site", "name"]


def test_a_running_number_is_the_office_s_number_only_when_nothing_else_is():
    assert meaning("序号", "名称") == ["source_id", "name"]
    assert meaning("序号", "编号") == [None, "source_id"]
    assert guess_columns(["序号", "编号"]).unknown == ["序号"]


def test_what_a_person_says_wins():
    guess = guess_columns(["地址", "安装位置", "名称"], {"address": "安装位置", "wording": "名称"})
    assert guess.columns == {"address": "安装位置", "wording": "名称"}
    assert guess.contested == {}
    assert guess.unknown == ["地址"]


@pytest.mark.parametrize(
    "given_map, code", [({"colour": "名称"}, "unknown_field"), ({"name": "题目"}, "unknown_column")]
)
def test_a_mapping_to_nothing_is_an_error(given_map, code):
    with pytest.raises(LedgerError) as raised:
        guess_columns(["名称"], given_map)
    assert raised.value.code == code


def test_a_header_row_is_told_from_data():
    assert recognised(["编号", "名称", "经度", "纬度", "联通"]) == 4
    assert recognised(["TQ0001", "北园大街宣传栏", "117.0", "36.7"]) == 0


@given(st.lists(st.text(), unique=True, max_size=12))
def test_every_column_is_accounted_for_once(headers):
    guess = guess_columns(headers)
    told = [
        *guess.columns.values(),
        *(column for columns in guess.contested.values() for column in columns),
        *guess.unclear,
        *guess.unknown,
    ]
    assert sorted(told) == sorted(headers)


def test_a_uid_is_the_catalogues_only_in_an_export_of_ours():
    assert "uid" in guess_columns(["uid", "code", "name", "type"]).columns
    assert guess_columns(["uid", "name", "type", "经度", "纬度"]).unknown == ["uid"]
    assert guess_columns(["uid", "奇"], {"uid": "奇"}).columns == {"uid": "奇"}
