"""How a sheet is laid out: column names over several rows, separators, and rows that are no data."""

import openpyxl
import pytest
from django.utils import translation

from importing.reading import read_table
from importing.reading.layout import Layout
from importing.remarks import sentence
from tests.factories import make_type
from tests.importing.written_ledgers import CASES, codes, import_file, row, write_ledger

with_cases = pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not on this machine")
NAMES = ["序号", "编号", "名称", "类型", "面数", "经度", "纬度"]


def data(number):
    return [number, f"S{number}", f"第{number}号牌", "宣传栏", 2, 116.97 + number / 10_000, 36.67]


@pytest.fixture(params=["xlsx", "csv"])
def read(request, tmp_path):
    """Read rows as a workbook and as a text."""

    def read(*rows, **layout):
        path = tmp_path / f"ledger.{request.param}"
        if request.param == "xlsx":
            book = openpyxl.Workbook()
            for cells in rows:
                book.active.append(cells)
            book.save(path)
        else:
            path.write_text(
                "".join(
                    ",".join("" if cell is None else str(cell) for cell in cells) + "\n" for cells in rows
                )
            )
        return read_table(path, layout=Layout(**layout))

    return read


# --- Column names that come again ---------------------------------------------------------------------------------


def moved(cells):
    return [cells[place] for place in (0, 2, 1, 3, 4, 6, 5)]


def test_names_that_come_again_in_another_order_are_followed(read):
    table = read(NAMES, data(1), data(2), moved(NAMES), moved(data(3)), NAMES, data(4))
    assert table["编号"].tolist() == ["S1", "S2", "S3", "S4"]
    assert table["名称"].tolist() == [f"第{number}号牌" for number in range(1, 5)]
    assert [remark.code for remark in table.remarks] == ["rows_left_out", "columns_moved"]


def test_below_the_names_of_another_table_rows_are_held(read):
    other = ["序号", "编号", "地址", "类型", "材质", "经度", "纬度"]
    table = read(NAMES, data(1), other, data(2), NAMES, data(3))
    remarks = [(remark.code, remark.row) for remark in table.remarks if remark.row]
    assert remarks == [("other_names_above", 3), ("other_names_above", 4)]


def test_words_that_are_headings_too_may_be_data(read):
    table = read(NAMES, data(1), [2, "S2", "照片", "名称", None, 116.97, 36.67])
    assert (len(table), table.remarks) == (2, ())


# --- Rows that are no data ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        [7, "合计", None, None, 6], [7, None, "小计（处）", "3处", None], [None, " 编号 ", "名 称"],
        ["\ufeff序号", "编号", "名称"],
        ["小计", None, None, None, 6], ["合 计", None, None, None, 6], [None, None, "药山街道小计：", None, 6],
        ["总计", None, None, None, "1,234处"], ["Subtotal", None, None, None, 6], ["本页合计", None, "合计", None, 6],
        ["填表人：            审核人：            2025年11月3日"], ["备注: 面数"],
        ["注：本表坐标为WGS84，面数按单面计。"],
        ["填表人：张某", None, "审核人：李某", None, None, "日期：2025.11.3"], ["第1页，共3页"],
        ["说明：1.本表一式两份"],
        [None, "单位负责人（签字）：", None, None, "填报日期："], NAMES, [7], ["8"],
        ["合计(处)", None, None, None, 6], ["合计（6处）"], ["总计：6 处。"], ["单位（盖章）："],
        ["单位：北园街道办事处"], ["制表人", "张某"], [None, None, "审核人", "李某"], ["负责人签字"],
        ["制表人", "张某", None, "审核人", "李某"],
        ["填报单位（盖章）"], ["编制单位：天桥区委宣传部"],
    ],
    ids=lambda cells: str(next(cell for cell in cells if cell)),
)  # fmt: skip
@pytest.mark.parametrize("place", ["between", "behind"])
def test_a_row_that_is_plainly_no_data_is_left_out_and_named(read, cells, place):
    cells = [*cells, *[None] * (len(NAMES) - len(cells))]
    rows = [NAMES, data(1), cells, data(2)] if place == "between" else [NAMES, data(1), data(2), cells]

    table = read(*rows)

    assert table["编号"].tolist() == ["S1", "S2"]
    (remark,) = table.remarks
    assert (remark.code, remark.params["times"]) == ("rows_left_out", 1)
    with translation.override("zh-hans"):
        assert f"{3 if place == 'between' else 4}：" in sentence(remark.code, remark.params)


@pytest.mark.parametrize(
    "below",
    [
        [["天桥区委宣传部"]], [[None, None, None, "无影山街道办事处（章）"], [None, None, None, "2025年11月3日"]],
        [["2025.11"]], [["合计", None, None, None, 4], ["制表人：张某"], [], ["某某广告有限公司"]],
        [["填表人：张某", None, "审核人：李某"], [None, None, None, None, None, "2025-11-03"]],
    ],
)  # fmt: skip
def test_who_made_the_sheet_and_when_below_its_rows_is_no_data(read, below):
    below = [[*cells, *[None] * (len(NAMES) - len(cells))] for cells in below]
    table = read(NAMES, data(1), data(2), *below)
    assert table["编号"].tolist() == ["S1", "S2"]
    (remark,) = table.remarks
    assert remark.params["times"] == sum(any(cells) for cells in below)


def test_an_office_alone_between_rows_of_data_stays(read):
    office = [None, None, "天桥区委宣传部", *[None] * 4]
    assert len(read(NAMES, data(1), office, data(2))) == 3


def test_a_sheet_of_nothing_but_offices_is_data(read):
    assert len(read(["编号", "名称"], [None, "天桥区委宣传部"], [None, "北园街道办事处"])) == 2


@pytest.mark.parametrize(
    "cells",
    [
        [3, "S3", "合计大厦宣传栏", "宣传栏", 2, 116.97, 36.67], [3, "合计", "三号牌", "宣传栏", 2, 116.97, 36.67],
        [3, "S3", "注意安全标语牌", "宣传栏", 2, 116.97, 36.67], [None, None, "三号牌", None, None, None, None],
        [None, None, "备注栏宣传栏", "宣传栏", None, None, None], [3, "S3", None, None, None, None, None],
        [None, "注：S3", "三号牌", "宣传栏", 2, 116.97, 36.67], [None, None, None, None, 2, None, None],
    ],
)  # fmt: skip
def test_a_row_that_may_be_data_stays(read, cells):
    table = read(NAMES, data(1), cells, data(2))

    assert len(table) == 3
    assert table.remarks == ()


def test_a_sheet_of_one_count_a_row_is_no_sheet_of_nothing(read):
    assert len(read(["序号", "名称"], [1, "a"], [2, "b"], [3, None])) == 2


@with_cases
@pytest.mark.django_db
def test_sums_and_signatures_of_the_shared_case_stop_nothing(district):
    make_type()

    report = import_file(
        CASES / "05_subtotals_and_signatures.xlsx", allow_outside=True, default_type="notice_board"
    )

    assert (report.created, report.refused) == (6, 0)
    assert "5 小计" in " ".join(report.notes).replace("：", " ")


# --- Column names over several rows -------------------------------------------------------------------------------

ABOVE = ["编号", "名称", "坐标", None, "负责人", None, "备注"]
BELOW = [None, None, "经度", "纬度", "姓名", "电话", None]
BODY = [
    ["S1", "一号", 116.97, 36.67, "甲某", "12345", None],
    ["S2", "二号", 116.98, 36.67, "乙某", "12346", None],
]
JOINED = ("编号", "名称", "坐标/经度", "坐标/纬度", "负责人/姓名", "负责人/电话", "备注")


def test_names_below_names_of_groups_are_joined_without_merged_cells(read):
    table = read(ABOVE, BELOW, *BODY)

    assert table.names == JOINED
    assert table.rows.tolist() == [3, 4]


def test_names_of_groups_that_are_repeated_are_joined_with_those_below(read):
    above = ["编号", "名称", "坐标", "坐标", "负责人", "负责人", "备注"]
    for below in (BELOW, ["编号", "名称", "经度", "纬度", "姓名", "电话", "备注"]):
        table = read(above, below, *BODY)
        assert table.names == JOINED
        assert table.rows.tolist() == [3, 4]


def test_a_title_above_two_rows_of_names_stays_a_title(read):
    title = ["天桥区台账", *[None] * 6]
    assert read(title, ABOVE, BELOW, *BODY).names == JOINED


@pytest.mark.parametrize(
    "first",
    [
        ["S1", "一号", "甲", None, None, None, None], [None, "一号", None, None, None, None, None],
        ["S1", None, None, None, None, None, "x"],
    ],
)  # fmt: skip
def test_a_row_of_data_below_names_with_gaps_is_no_row_of_names(read, first):
    table = read(
        ["编号", "名称", "类型", None, None, None, "备注"], first, ["S2", "二号", "乙", None, None, None, "y"]
    )
    assert table.header_row == 1


def test_one_can_say_how_many_rows_of_names_there_are(read):
    table = read(
        ["编号", "名称", "坐标", "坐标"], ["号", "称", "x", "y"], ["S1", "一号", 116.97, 36.67], header_rows=2
    )

    assert table.names == ("编号/号", "名称/称", "坐标/x", "坐标/y")
    assert table.rows.tolist() == [3]


def test_one_row_of_names_is_one_row_when_somebody_says_so(read):
    assert len(read(ABOVE, BELOW, *BODY, header_rows=1)) == 3


@with_cases
@pytest.mark.django_db
def test_the_shared_case_of_two_rows_of_names_is_read(district):
    make_type()

    report = import_file(CASES / "10a_two_header_rows.csv", allow_outside=True, default_type="notice_board")

    assert (report.created, report.refused) == (3, 0)


# --- Separators ---------------------------------------------------------------------------------------------------


def test_a_separator_can_be_said(tmp_path):
    path = tmp_path / "ledger.csv"
    path.write_text("编号;名称;地址\nS1;一号;甲路,1号,东\nS2;二号;乙路,2号,西\n")

    assert read_table(path, layout=Layout(delimiter=";")).names == ("编号", "名称", "地址")
    assert read_table(path, layout=Layout(delimiter=",")).delimiter == ","


@pytest.mark.django_db
def test_a_separator_inside_a_text_moves_no_cell_unseen(tmp_path, district):
    make_type()
    path = write_ledger(tmp_path, row(source_id="1", address="甲路"), row(source_id="2", address="乙路,2号"))
    path.write_text(path.read_text().replace('"', ""))

    report = import_file(path)

    assert "cells_beyond" in codes(report)[3]
    assert report.refused == 1
