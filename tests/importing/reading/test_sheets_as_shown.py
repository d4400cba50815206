"""What a sheet shows beside its values: formulas without a result, hidden rows, zeros of a format, pictures."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from importing.reading.number_formats import shown_day, shown_number
from importing.reading.table import FORMULA_ERROR, NOT_CALCULATED
from importing.values import parse_date
from tests.importing.reading.test_workbooks import HEADERS, part, read, rezipped, saved, workbook
from tests.importing.written_ledgers import CASES

__all__ = ["read"]

ROW = ["S1", "一号", 116.97, 36.67]


def sheet(*rows: bytes) -> bytes:
    """A workbook whose sheet is written as given, below the headers."""
    contents = saved(workbook(HEADERS))
    xml = part(contents, "sheet1.xml")
    return rezipped(contents, sheet1=xml.replace(b"</sheetData>", b"".join(rows) + b"</sheetData>"))


# --- Formulas -----------------------------------------------------------------------------------------------------

ERROR_CELLS = {
    "usual order": b'<c r="A2" t="e"><v>#N/A</v></c>',
    "another order": b'<c t="e" r="A2"><f>1/0</f><v>#DIV/0!</v></c>',
    "single quotes": b"<c r='A2' t='e'><v>#REF!</v></c>",
    "blanks around the sign": b'<c  r = "A2"  t = "e" ><v>#NAME?</v></c>',
    "with a style between": b'<c r="A2" s="0" t="e" cm="1"><v>#N/A</v></c>',
    "without an address": b'<c t="e"><v>#N/A</v></c>',
    "over lines": b'<c\n r="A2"\n t="e"\n><v>#N/A</v></c>',
}


@pytest.mark.parametrize("written", ERROR_CELLS)
def test_the_error_of_a_formula_is_seen_whatever_program_wrote_it(read, written):
    others = b'<c r="B2" t="inlineStr"><is><t>x</t></is></c>'
    if written == "without an address":
        others = others.replace(b' r="B2"', b"")
    table = read(sheet(b'<row r="2">' + ERROR_CELLS[written] + others + b"</row>"))
    assert table["编号"].tolist() == [FORMULA_ERROR]
    assert table["名称"].tolist() == ["x"]


def test_rows_and_cells_without_addresses_are_counted(read):
    row = b'<row><c t="inlineStr"><is><t>x</t></is></c><c t="e"><v>#N/A</v></c></row>'
    table = read(sheet(row, row))
    assert table["名称"].tolist() == [FORMULA_ERROR] * 2
    assert table.rows.tolist() == [2, 3]


def test_a_sheet_whose_tags_have_a_prefix_is_read_alike(read):
    contents = sheet(b'<row r="2">' + ERROR_CELLS["usual order"] + b"</row>")
    xml = part(contents, "sheet1.xml").replace(b' xmlns="', b' xmlns:x="')
    prefixed = re.sub(rb"<(/?)(?=[a-zA-Z])(?!\?)", rb"<\1x:", xml)
    assert read(rezipped(contents, sheet1=prefixed))["编号"].tolist() == [FORMULA_ERROR]


@pytest.mark.parametrize(
    "inside", [b"<f>A1</f><v></v>", b"<f>A1</f>", b"<f>A1</f><v/>", b'<f t="shared" si="0"/><v></v>']
)
def test_a_formula_that_was_never_calculated_is_not_empty(read, inside):
    table = read(
        sheet(b'<row r="2"><c r="A2">' + inside + b'</c><c r="B2" t="inlineStr"><is><t>x</t></is></c></row>')
    )
    assert table["编号"].tolist() == [NOT_CALCULATED]


def test_a_formula_whose_result_is_an_empty_text_is_empty(read):
    table = read(
        sheet(
            b'<row r="2"><c r="A2" t="str"><f>""</f><v></v></c><c r="B2" t="inlineStr"><is><t>x</t></is></c></row>'
        )
    )
    assert table["编号"].tolist() == [None]


def test_a_zero_that_waits_for_the_program_that_opens_it_is_no_result(read):
    # XlsxWriter writes 0 for each formula and has it calculated when it is opened.
    contents = sheet(
        b'<row r="2"><c r="C2"><f>1+1</f><v>0</v></c><c r="B2" t="inlineStr"><is><t>x</t></is></c></row>'
    )
    assert b'fullCalcOnLoad="1"' in part(contents, "workbook.xml")
    assert read(contents)["经度"].tolist() == [NOT_CALCULATED]


def test_a_zero_that_was_calculated_is_a_result(read, tmp_path):
    contents = sheet(
        b'<row r="2"><c r="C2"><f>1-1</f><v>0</v></c><c r="B2" t="inlineStr"><is><t>x</t></is></c></row>'
    )
    path = tmp_path / "saved.xlsx"
    with zipfile.ZipFile(io.BytesIO(contents)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b' fullCalcOnLoad="1"', b""))
    assert read(path.read_bytes())["经度"].tolist() == [0.0]


# --- Hidden -------------------------------------------------------------------------------------------------------


def test_hidden_rows_and_columns_are_named(read):
    book = workbook(HEADERS, *([f"S{n}", "x", 116.97, 36.67] for n in range(5)))
    for row in (3, 5):
        book.active.row_dimensions[row].hidden = True
    book.active.column_dimensions["B"].hidden = True
    remarks = {(remark.code, remark.row): remark.params for remark in read(book).remarks}
    assert set(remarks) == {
        ("rows_hidden", None), ("row_hidden", 3), ("row_hidden", 5), ("columns_hidden", None),
    }  # fmt: skip
    assert remarks["rows_hidden", None] == {"hidden": 2, "rows": 5}
    assert remarks["columns_hidden", None] == {"names": "名称"}


def test_a_row_without_height_is_hidden(read):
    flat = b'<row r="2" ht="0" customHeight="1"><c r="A2"><v>1</v></c></row>'
    usual = b'<row r="3" ht="15"><c r="A3"><v>2</v></c></row>'
    assert [remark.row for remark in read(sheet(flat, usual)).remarks if remark.row] == [2]


def test_a_sheet_with_nothing_hidden_has_no_remarks(read):
    assert read(workbook(HEADERS, ROW)).remarks == ()


def crossed_out(book, row):
    for cell in book.active[row]:
        cell.font = openpyxl.styles.Font(strike=True)
    return book


def test_a_row_that_is_crossed_out_is_named(read):
    book = crossed_out(workbook(HEADERS, ROW, ["S2", "二号", None, 36.67], ["S3", "三号", 116.97, 36.67]), 3)
    book.active["A4"].font = openpyxl.styles.Font(strike=True)
    assert [(remark.code, remark.row) for remark in read(book).remarks] == [("row_struck", 3)]


# --- Formats ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number, code, shown",
    [
        (12, "0000", "0012"), (101, "0000", "0101"), (12345, "0000", None), (12, '"TQ-"0000', "TQ-0012"),
        (12, '0"号"', "12号"), (12, "000-0000", "000-0012"), (1234567, "000-0000", "123-4567"),
        (12, "0000;[Red]-0000", "0012"), (12, "[$-804]0000", "0012"), (12, "0000_ ", "0012"), (5, "第00号", "第05号"),
        (12, r"\T\Q0000", "TQ0012"), (0, "0000", "0000"),
        (12, "General", None), (12, "0", None), (12, "#,##0", None), (12, "0.00", None), (12.5, "0000", None),
        (1.1, "0.00", "1.10"), (1.1, "0.0", None), (116.985, "0.00", None), (12.5, "000.00", "012.50"),
        (3, 'General"号楼"', "3号楼"), (3, 'G/通用格式"号"', "3号"), (0.8, "0%", "80%"), (0.256, "0%", None),
        (5, '[<100]"A"000;"B"000', "A005"), (150, '[<100]"A"000;"B"000', "B150"), (0, '0"号";-0;', None),
        (12, "@", None), (12, "0E+00", None), (-12, "0000", None), (12, "yyyy-mm-dd", None),
    ],
)  # fmt: skip
def test_a_whole_number_is_what_its_format_shows(number, code, shown):
    assert shown_number(number, code) == shown


@given(number=st.integers(0, 10**12), zeros=st.integers(2, 15))
def test_zeros_fill_a_number_up_and_never_change_it(number, zeros):
    shown = shown_number(number, "0" * zeros) or str(number)
    assert int(shown) == number
    assert len(shown) == max(zeros, len(str(number)))


@pytest.mark.parametrize(
    "code, shown",
    [
        ('yyyy"年"m"月"', "2020-06"), ("yyyy年m月;@", "2020-06"), ("mmm-yy", "2020-06"), ("yyyy", "2020"),
        ("yyyy/m/d", None), ('yyyy"年"m"月"d"日"', None), ("yyyy-mm-dd hh:mm", None), ("h:mm", None), ("General", None),
    ],
)  # fmt: skip
def test_a_day_that_its_format_does_not_show_is_none(code, shown):
    assert shown_day(dt.date(2020, 6, 1), code) == shown


def test_days_count_from_where_the_workbook_counts_them(read):
    """Also those that are plain numbers in a cell without a format of days."""
    book = workbook([*HEADERS, "安装日期"], [*ROW, 43538], [*ROW, dt.date(2023, 3, 15)])
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    days = parse_date(read(book)["安装日期"])
    assert days.values.tolist() == [dt.date(2023, 3, 15)] * 2


def test_the_formats_of_a_workbook_reach_its_cells(read):
    book = workbook([*HEADERS, "安装日期"], [12, "一号", 116.97, 36.67, dt.date(2020, 6, 1)])
    book.active["A2"].number_format = "0000"
    book.active["E2"].number_format = 'yyyy"年"m"月"'
    table = read(book)
    assert (table["编号"][0], table["编号"][0].shown) == (12, "0012")
    assert table["安装日期"][0] == "2020-06"


# --- Pictures -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "formula", ['=DISPIMG("ID_1A2B",1)', '_xlfn.DISPIMG("ID_1A2B",1)', '=_xlfn.DISPIMG("ID_1",1)']
)
@pytest.mark.parametrize("name", ["ledger.xlsx", "ledger.csv"])
def test_a_picture_in_a_cell_is_no_value_and_is_named(read, formula, name):
    if name.endswith("csv"):
        table = read('编号,名称,备注\n1,a,"{}"\n'.format(formula.replace('"', '""')).encode(), name)
    else:
        book = workbook(["编号", "名称", "备注"], ["1", "a", None])
        book.active["C2"].value = formula
        book.active["C2"].data_type = "s"
        table = read(book)
    assert table["备注"].tolist() == [None]
    assert [(remark.code, remark.params) for remark in table.remarks] == [
        ("pictures_in_cells", {"times": 1, "names": "备注"})
    ]


def test_a_picture_that_excel_keeps_in_a_cell_is_named(read):
    table = read(sheet(b'<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="e" vm="1"><v>#VALUE!</v></c></row>'))
    assert table["名称"].tolist() == [None]
    assert [remark.code for remark in table.remarks] == ["pictures_in_cells"]


def test_pictures_that_lie_on_the_sheet_are_counted(read, tmp_path):
    from PIL import Image as Picture

    Picture.new("RGB", (4, 4)).save(tmp_path / "p.png")
    book = workbook(HEADERS, ROW)
    for cell in ("C2", "D2"):
        book.active.add_image(openpyxl.drawing.image.Image(tmp_path / "p.png"), cell)
    assert [(remark.code, remark.params["times"]) for remark in read(book).remarks] == [
        ("pictures_on_sheet", 2)
    ]


# --- The shared cases ---------------------------------------------------------------------------------------------


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not on this machine")
@pytest.mark.parametrize(
    "name, codes",
    [
        ("02_filtered_rows.xlsx", {"rows_hidden", "row_hidden", "columns_hidden"}),
        ("03_wps_picture_in_cell.xlsx", {"pictures_in_cells"}),
    ],
)
def test_the_remarks_of_a_shared_case(read, name, codes):
    assert {remark.code for remark in read((CASES / name).read_bytes()).remarks} == codes
