"""Reading XLSX and XLS."""

import base64
import datetime as dt
import io
import random
import zipfile
import zlib

import numpy as np
import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from importing.reading import LedgerError, read_table
from importing.reading.layout import Layout
from importing.reading.table import FORMULA_ERROR
from tests.importing.reading.outcomes import whole_table_or_none

HEADERS = ["编号", "名称", "经度", "纬度"]

# A workbook of Excel 97, made with xlwt: a title merged over the headers, a street merged down two rows, a date.
XLS = zlib.decompress(
    base64.b85decode(
        "c-rk)T}Tx{6#iy+ulGm2Kc<ETB0`#`57tWrdMzv=(6norDW>KnL({lKU=Lo)1bYyK=%MIEvY;2O7c2Uq9)gI#s0X14wCE`!1N$M="
        "?aaBmay11nlu+!q?3p>|%sF#r&&=%Xz8LpS4&6$h!V(li#k}rBT$D`E?KBxLNU!U%YL*VVbqoI#oDNE4oDKI9pW9^)Wxl7N;HLJN"
        "DDaN%dYnK-XGbt|4Y8ABXc97pBBBCUNa98sN0r3%2-9^;N4e#FrX?&HU|K|NC&eL*`z!Lc8MFAHlEpeVq~F_Y^O_}vNWoJ%i^GE="
        "($<C@p<_+$|Ck~}OTaKFp=H62U`X;FT!Ra!B@~pG7nGJxBAJpsjIVkoFk`OjN12v<ZRG+a|FKwZUqSAmBrcU-P&A+idLu8AJ|v(~"
        "lNv=#2eJod(S>;8;(6;9xwXO8?Sb~HXQ#pqd#YsvGD;194^WX<J>5k`O@CmJit+C24I0Gxx+neLf-@IYpt`Ei4zWJ)=|E0xP5;%p"
        "%)OpgEh3OM++vFjqT=|^_Rj<R>%&J~vQyq)yo>giL|%6ZL|fqDx{p_%mj*a{<IBtP=1Tuzmh|vDCGzIkC<h81XQTxgyII3yrD+f3"
        "vBhSlXW8opuBS6irZ!Y&SEd-1-M!rA9BZ?wpRJ5n{+y`#CaU*+th$rY_uijN^^vlv)5#+f{vl-1<7^>&dG#V+<crIfB<}jnQW(3`"
        "Tc&Bh?N|=QYs9V_uU8M|<QgUTm_CG?$L=#Ojcvp-HiB&=jd11@jc^Ka>H?>-CzI2Nvl-DS%Xn7UbDYsWk}LZHCq2syJ>aoQ&l6*E"
        "cP<`PjA&KP(PEz}`*a#!RQBoO@j8f8IQDKuYNW?E<naUhS6HhUQ(r@|l7um4OQKFGE?BT&!GZ+~7A#m;8S>01k5H;{mbMvZbi46i"
        "XO8Z9>o>`Ni+$*%>m+?t?m`EZA^Kp91*xzJ)0bGKjrqS&qK0}8p$*L(M_bJEm%a-`^mtZn=>2m`DAxYxV~O)G_x}ra-u}-"
    )
)


def workbook(*rows, title="台账"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(contents, **replaced):
    """The same workbook with parts replaced: keyword → new bytes of the part whose name ends so."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(contents)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            stem = name.rsplit("/", 1)[-1].split(".")[0]
            new.writestr(name, replaced.get(stem, old.read(name)))
    return out.getvalue()


def part(contents, ending):
    with zipfile.ZipFile(io.BytesIO(contents)) as archive:
        return archive.read(next(name for name in archive.namelist() if name.endswith(ending)))


@pytest.fixture
def read(tmp_path):
    def read(contents, name="ledger.xlsx", **options):
        path = tmp_path / name
        path.write_bytes(contents if isinstance(contents, bytes) else saved(contents))
        return read_table(path, layout=Layout(**options))

    return read


def error_of(read, *arguments, **options):
    with pytest.raises(LedgerError) as raised, translation.override("en"):
        read(*arguments, **options)
    assert str(raised.value)
    return raised.value


def test_cells_keep_their_types(read):
    table = read(
        workbook(
            ["编号", "名称", "经度", "是否亮化", "安装时间", "巡检时间", "备注"],
            ["007", "展板", 117.01, True, dt.date(2020, 6, 1), dt.datetime(2020, 6, 1, 9, 42), None],  # noqa: DTZ001
        )
    )
    row = [column[0] for column in table.columns]
    assert row == ["007", "展板", 117.01, True, dt.date(2020, 6, 1), dt.datetime(2020, 6, 1, 9, 42), None]  # noqa: DTZ001
    assert (table.format, table.layer, table.header_row) == ("xlsx", "台账", 1)


def test_row_numbers_are_the_sheet_s_own(read):
    table = read(
        workbook([], ["天桥区台账"], HEADERS, ["1", "a", 117, 36], [], [None, " "], ["2", "b", 117, 36])
    )
    assert table.header_row == 3
    assert table.rows.tolist() == [4, 7]


def test_a_sheet_that_starts_in_the_middle_keeps_its_columns(read):
    book = workbook()
    for place, header in enumerate(HEADERS):
        book.active.cell(3, 4 + place, header)
        book.active.cell(4, 4 + place, place)
    table = read(book)
    assert table.names == tuple(HEADERS)
    assert table["经度"].tolist() == [2]
    assert table.rows.tolist() == [4]


def test_a_merged_cell_stands_for_all_its_rows(read):
    book = workbook(
        ["街道", "名称", "地址"],
        ["北园街道", "a", "x"],
        [None, "b", "y"],
        [None, "c", None],
        ["药山街道", "d", "z"],
    )
    book.active.merge_cells("A2:A4")
    book.active.merge_cells("B4:C4")
    table = read(book)
    assert table["街道"].tolist() == ["北园街道", "北园街道", "北园街道", "药山街道"]
    assert table["地址"].tolist() == ["x", "y", None, "z"]


def test_a_merged_title_is_no_header(read):
    book = workbook(["天桥区公益广告台账"], HEADERS, ["1", "a", 117, 36])
    book.active.merge_cells("A1:D1")
    assert read(book).names == tuple(HEADERS)


def test_headers_of_two_rows_are_joined(read):
    book = workbook(
        ["编号", "名称", "坐标", None, "尺寸", None],
        [None, None, "经度", "纬度", "宽", "高"],
        ["1", "a", 117.01, 36.68, 2.4, 1.2],
    )
    for merged in ("A1:A2", "B1:B2", "C1:D1", "E1:F1"):
        book.active.merge_cells(merged)
    table = read(book)
    assert table.names == ("编号", "名称", "坐标/经度", "坐标/纬度", "尺寸/宽", "尺寸/高")
    assert table.rows.tolist() == [3]


def test_a_cell_whose_formula_failed_is_not_empty(read):
    book = workbook(["编号", "名称", "街道"], ["1", "a", "北园"], ["2", "b", None])
    book.active["C3"] = "#N/A"
    book.active["C3"].data_type = "e"
    assert read(book)["街道"].tolist() == ["北园", FORMULA_ERROR]


def test_the_only_sheet_with_cells_is_read(read):
    book = workbook(HEADERS, ["1", "a", 117, 36])
    book.create_sheet("Sheet2")
    book.create_sheet("Sheet3")
    table = read(book)
    assert (table.layer, table.other_layers) == ("台账", ())


def test_a_sheet_of_instructions_is_told_from_the_ledger(read):
    book = workbook(["填表说明"], ["请如实填写。"], title="说明")
    sheet = book.create_sheet("明细")
    sheet.append(HEADERS)
    sheet.append(["1", "a", 117, 36])
    table = read(book)
    assert (table.layer, table.other_layers) == ("明细", ("说明",))


def test_hidden_sheets_are_read_only_by_name(read):
    book = workbook(HEADERS, ["1", "a", 117, 36])
    hidden = book.create_sheet("字典")
    hidden.sheet_state = "hidden"
    hidden.append(["类型", "名称"])
    hidden.append(["panel", "宣传栏"])
    assert read(book).layer == "台账"
    assert read(book, layer="字典")["名称"].tolist() == ["宣传栏"]


def test_between_several_ledgers_a_person_chooses(read):
    book = workbook(HEADERS, ["1", "a", 117, 36], title="北园")
    other = book.create_sheet("药山")
    other.append(HEADERS)
    other.append(["2", "b", 117, 36])
    error = error_of(read, book)
    assert (error.code, error.params) == (
        "choose_layer",
        {"names": "北园, 药山", "choices": ["北园", "药山"]},
    )
    table = read(book, layer="药山")
    assert table["编号"].tolist() == ["2"]
    assert table.other_layers == ("北园",)
    assert error_of(read, book, layer="泺口").code == "unknown_layer"


def test_no_row_of_a_long_sheet_is_lost(read):
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(["编号", "名称"])
    for number in range(20_000):
        sheet.append([f"TQ{number}", "x"])
    assert read(book)["编号"].tolist() == [f"TQ{number}" for number in range(20_000)]


def test_a_workbook_of_excel_97_is_read(read):
    table = read(XLS, "ledger.xls")
    assert table.names == ("编号", "名称", "街道", "经度", "安装时间")
    assert table["街道"].tolist() == ["北园街道", "北园街道"]
    assert table["安装时间"].tolist() == [dt.date(2020, 6, 1), None]
    assert table["经度"].tolist() == [117.01, 117.02]
    assert (table.format, table.rows.tolist()) == ("xls", [3, 4])


def test_a_new_workbook_under_an_old_name_is_read(read):
    assert len(read(workbook(HEADERS, ["1", "a", 117, 36]), "ledger.xls")) == 1
    assert len(read(XLS, "ledger.xlsx")) == 2


def far_cell(cell):
    """A sheet with cells in A1, B1, A2, B2 and one far away."""
    contents = saved(workbook(["编号", "名称"], ["1", "a"]))
    sheet = part(contents, "sheet1.xml")
    row = cell.strip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    stray = b'<row r="' + row + b'"><c r="' + cell + b'" t="n"><v>1</v></c></row></sheetData>'
    return rezipped(contents, sheet1=sheet.replace(b"</sheetData>", stray))


def test_a_stray_cell_in_the_far_corner_does_not_eat_the_memory(read):
    error = error_of(read, far_cell(b"XFD1048576"))
    assert error.code == "too_many_cells"
    assert error.params["cells"] == 16_384 * 1_048_576


def test_a_stray_cell_far_to_the_right_is_left_out_and_named(read):
    table = read(far_cell(b"XFD3"))
    assert [(remark.code, remark.params["column"]) for remark in table.remarks] == [
        ("column_without_name", "XFD")
    ]
    assert table.names == ("编号", "名称")


def test_empty_cells_with_a_border_far_away_do_no_harm(read):
    contents = saved(workbook(HEADERS, ["1", "a", 117, 36]))
    sheet = part(contents, "sheet1.xml")
    styled = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    assert len(read(rezipped(contents, sheet1=sheet.replace(b"</sheetData>", styled)))) == 1


def bomb(megabytes):
    """A ZIP file that claims to be a workbook and expands without end."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as member:
            for _megabyte in range(megabytes):
                member.write(bytes(1 << 20))
    return out.getvalue()


@pytest.mark.parametrize(
    "contents, name, code",
    [
        (b"", "ledger.xlsx", "empty_file"),
        (b"PK\x03\x04 and then nothing", "ledger.xlsx", "not_a_zip"),
        (b"a,b\n1,2\n", "ledger.xlsx", "not_what_it_says"),
        (b"\x89PNG\r\n\x1a\n", "ledger.xlsx", "not_a_table"),
        (b"<html><table>", "ledger.xls", "web_page"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html><html>", "ledger.xls", "web_page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "ledger.xls", "other_workbook"),
        (
            XLS[:512] + b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0" + XLS[544:],
            "ledger.xlsx",
            "encrypted",
        ),
        (XLS[:600], "ledger.xls", "damaged"),
        (bomb(300), "ledger.xlsx", "expands_too_far"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_named(read, contents, name, code):
    assert error_of(read, contents, name).code == code


def test_an_archive_protected_by_a_password_is_named(read):
    contents = bytearray(saved(workbook(HEADERS)))
    # The flag of encryption in the first entry of the archive's directory.
    contents[contents.rindex(b"PK\x01\x02") + 8] |= 1
    assert error_of(read, bytes(contents)).code == "encrypted"


def test_other_office_documents_are_no_workbooks(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert error_of(read, out.getvalue()).code == "other_workbook"


@pytest.mark.parametrize(
    "rows, code",
    [
        ([], "empty_file"),
        ([HEADERS], "no_rows"),
        ([[1, 117.01, 36.68], [2, 117.02, 36.69]], "no_header"),
        ([[f"c{n}" for n in range(1000)], list(range(1000))], "too_many_columns"),
    ],
)
def test_a_sheet_that_is_no_table_is_named(read, rows, code):
    assert error_of(read, workbook(*rows)).code == code


def test_a_cell_of_ten_megabytes_is_refused_before_it_is_repeated(read):
    contents = saved(workbook(HEADERS, ["1", "a", 117, 36]))
    sheet = part(contents, "sheet1.xml").replace(b"<t>a</t>", b"<t>" + b"x" * 10_000_000 + b"</t>")
    assert error_of(read, rezipped(contents, sheet1=sheet)).code in ("cell_too_long", "expands_too_far")


def test_a_nul_character_in_a_cell_is_read_and_refused_with_its_row_later(read):
    assert read(workbook(HEADERS, ["1", "a_x0000_b", 117, 36]))[HEADERS[1]].tolist() == ["a\0b"]


def test_a_sheet_without_its_part_is_damaged(read):
    contents = saved(workbook(HEADERS, ["1", "a", 117, 36]))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(contents)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if "sheet1" not in name:
                new.writestr(name, old.read(name))
    assert error_of(read, out.getvalue()).code == "damaged"


@given(st.integers(0, 2**32), st.sampled_from(["ledger.xlsx", "ledger.xls"]))
@settings(max_examples=50)
def test_a_damaged_workbook_is_a_table_or_a_ledger_error(tmp_path_factory, seed, name):
    chance = random.Random(seed)
    contents = bytearray(saved(workbook(HEADERS, ["1", "a", 117.5, 36])) if name.endswith("x") else XLS)
    for _damage in range(chance.randint(1, 8)):
        contents[chance.randrange(len(contents))] = chance.randrange(256)
    if chance.random() < 0.2:
        del contents[chance.randrange(len(contents)) :]
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(contents)
    whole_table_or_none(path)


@given(st.lists(st.text(alphabet="<>/ar1=\"'sheetDc vrow", max_size=40)))
@settings(max_examples=30)
def test_a_sheet_of_nonsense_is_a_table_or_a_ledger_error(tmp_path_factory, pieces):
    contents = saved(workbook(HEADERS, ["1", "a", 117, 36]))
    sheet = part(contents, "sheet1.xml")
    middle = sheet.index(b"<sheetData>") + 11
    broken = sheet[:middle] + "".join(pieces).encode() + sheet[middle:]
    path = tmp_path_factory.getbasetemp() / "nonsense.xlsx"
    path.write_bytes(rezipped(contents, sheet1=broken))
    try:
        assert len(read_table(path)) > 0
    except LedgerError as error:
        assert str(error)  # noqa: PT017


def test_columns_are_object_arrays_whatever_they_hold(read):
    table = read(workbook(HEADERS, ["1", "a", 117, 36]))
    assert all(column.dtype == np.dtype(object) for column in table.columns)
