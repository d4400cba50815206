"""The table of a shapefile: encodings, cut names and texts, days and numbers that are none, deleted records."""

import io
import struct
import zipfile

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from importing.reading import LedgerError, read_table
from places.tables.encodings import decoded, likely, named

# (name, kind, width, decimals)
NAME = ("名称".encode(), "C", 30, 0)


def dbf(columns, records, *, mark=0, deleted=()):
    """A DBF file of these raw cells."""
    width = 1 + sum(column[2] for column in columns)
    head = struct.pack("<4BIHH20x", 3, 125, 1, 1, len(records), 33 + 32 * len(columns), width)
    head = head[:29] + bytes([mark]) + head[30:]
    for name, kind, length, decimals in columns:
        head += name.ljust(11, b"\0")[:11] + kind.encode() + bytes(4) + bytes([length, decimals]) + bytes(14)
    body = b""
    for place, cells in enumerate(records):
        body += b"*" if place in deleted else b" "
        for (_name, kind, length, _decimals), cell in zip(columns, cells, strict=True):
            body += cell.rjust(length)[:length] if kind in "NF" else cell.ljust(length)[:length]
    return head + b"\r" + body + b"\x1a"


@pytest.fixture
def shapefile(tmp_path):
    def shapefile(columns, records, *, code_page=None, **options):
        points = shapely.points([[117 + place / 100, 36.68] for place in range(len(records))])
        pyogrio.raw.write(
            tmp_path / "ledger.shp",
            shapely.to_wkb(points),
            [np.array([1] * len(records))],
            ["a"],
            geometry_type="Point",
            crs="EPSG:4326",
        )
        (tmp_path / "ledger.dbf").write_bytes(dbf(columns, records, **options))
        (tmp_path / "ledger.cpg").unlink(missing_ok=True)
        if code_page is not None:
            (tmp_path / "ledger.cpg").write_text(code_page)
        return read_table(tmp_path / "ledger.shp")

    return shapefile


def remarked(table):
    return [(remark.row, remark.code) for remark in table.remarks]


@pytest.mark.parametrize("code_page", ["UTF-8", "utf8", "65001", "UTF-8\r\n"])
def test_a_cpg_is_believed_although_a_name_is_cut_in_a_character(shapefile, code_page):
    cut = "点位名称".encode()[:10]
    table = shapefile([(cut, "C", 30, 0)], [["宣传栏".encode()]], code_page=code_page)
    assert table.names == ("点位名",)
    assert table["点位名"].tolist() == ["宣传栏"]
    assert table.encoding == "utf-8"
    assert [(remark.code, remark.params) for remark in table.remarks] == [
        ("column_name_cut", {"name": "点位名"})
    ]


@pytest.mark.parametrize("code_page", ["GBK", "936", "ANSI 936", "GB2312", "cp936", "GB18030"])
def test_a_cpg_that_says_gbk_is_believed(shapefile, code_page):
    table = shapefile([("名称".encode("gbk"), "C", 30, 0)], [["宣传栏".encode("gbk")]], code_page=code_page)
    assert table["名称"].tolist() == ["宣传栏"]
    assert remarked(table) == []


@pytest.mark.parametrize("mark", [0x4D, 0x7A])
def test_the_mark_in_the_header_is_believed(shapefile, mark):
    table = shapefile([("名称".encode("gbk"), "C", 30, 0)], [["宣传栏".encode("gbk")]], mark=mark)
    assert table["名称"].tolist() == ["宣传栏"]


@pytest.mark.parametrize("stated, true", [("UTF-8", "gb18030"), ("GBK", "utf-8"), ("ISO-8859-1", "utf-8")])
def test_a_cpg_that_the_texts_belie_is_not_believed_and_that_is_said(shapefile, stated, true):
    words = ["北园大街宣传栏", "济泺路展板", "无影山路标语牌"]
    table = shapefile(
        [("名称".encode(true), "C", 40, 0)], [[word.encode(true)] for word in words], code_page=stated
    )
    assert table["名称"].tolist() == words
    assert remarked(table) == [(None, "encoding_differs")]


def test_a_text_that_is_cut_is_said_with_its_row(shapefile):
    long = ("讲文明树新风" * 20).encode()
    table = shapefile(
        [(b"a", "C", 254, 0), (b"b", "C", 40, 0), (b"c", "C", 17, 0)],
        [
            [b"x", b"x", b"37010503008000001"],
            [long[:254], long[:40], b"37010503008000002"],
            [("好" * 84).encode(), b"y" * 40, b""],
            [("好" * 83).encode(), b"y" * 39, b""],
        ],
        code_page="UTF-8",
    )
    assert remarked(table) == [
        (2, "text_cut"),
        (3, "text_cut"),
        (2, "text_cut"),
        (3, "text_may_be_cut"),
    ]
    assert {remark.column for remark in table.remarks} == {"a", "b"}


def test_days_that_are_none_are_empty_and_others_stay_to_be_judged(shapefile):
    days = [b"20240501", b"00000000", b"********", b"", b"0", b"20240231", b"yesterda"]
    table = shapefile([("安装日期".encode()[:9], "D", 8, 0)], [[day] for day in days], code_page="UTF-8")
    assert table["安装日"].tolist() == ["2024-05-01", None, None, None, None, "20240231", "yesterda"]
    assert remarked(table) == []


def test_numbers_keep_all_their_digits_and_stars_are_empty(shapefile):
    table = shapefile(
        [
            (b"code", "N", 17, 0),
            (b"width", "N", 8, 2),
            (b"far", "F", 13, 11),
            (b"lit", "L", 1, 0),
            (b"other", "N", 24, 5),
        ],
        [
            [b"37010503008000001", b"2.40", b"1.5e+000", b"T", b"37010503008000003.00000"],
            [b"*" * 17, b"*" * 8, b"", b"?", b"7.00000"],
            [b"", b"-0.5", b"abc", b"n", b""],
        ],
    )
    assert table["other"].tolist() == [37010503008000003, 7.0, None]
    assert table["code"].tolist() == [37010503008000001, None, None]
    assert table["width"].tolist() == [2.4, None, -0.5]
    assert table["far"].tolist() == [1.5, None, "abc"]
    assert table["lit"].tolist() == [True, None, False]


def test_deleted_records_are_left_out_with_their_shapes(shapefile):
    table = shapefile([NAME], [["甲".encode()], ["乙".encode()], ["丙".encode()]], deleted={1})
    assert table["名称"].tolist() == ["甲", "丙"]
    assert [shape.x for shape in table.geometry] == [117.0, 117.02]
    assert table.rows.tolist() == [1, 2]


def test_columns_without_a_name_or_of_a_strange_kind_are_left_out_and_named_alike_told_apart(shapefile):
    table = shapefile(
        [NAME, (b"", "C", 5, 0), (b"memo", "M", 10, 0), NAME], [["甲".encode(), b"x", b"1", "乙".encode()]]
    )
    assert table.names == ("名称", "名称 (2)")
    assert remarked(table) == [(None, "column_unnamed"), (None, "column_unreadable"), (None, "column_twice")]


def test_a_text_of_no_encoding_costs_its_row_and_no_other(shapefile):
    table = shapefile(
        [NAME],
        [["甲宣传栏".encode()], [b"a\xff\xfeb"], *[[f"{n}号宣传栏".encode()] for n in range(9)]],
        code_page="UTF-8",
    )
    assert table["名称"].tolist()[:3] == ["甲宣传栏", None, "0号宣传栏"]
    assert remarked(table) == [(2, "text_unreadable")]


@pytest.mark.parametrize("damage", [lambda data: data[:40], lambda data: data[:-60], lambda data: data[:10]])
def test_a_table_that_is_not_all_there_is_named(shapefile, tmp_path, damage):
    shapefile([NAME], [[b"a"], [b"b"], [b"c"]])
    (tmp_path / "ledger.dbf").write_bytes(damage((tmp_path / "ledger.dbf").read_bytes()))
    with pytest.raises(LedgerError) as raised:
        read_table(tmp_path / "ledger.shp")
    assert raised.value.code == "damaged"


def test_its_parts_may_be_called_in_capital_letters(shapefile, tmp_path):
    shapefile([NAME], [["甲".encode()]], code_page="UTF-8")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in tmp_path.glob("ledger.*"):
            # … and some of them only: a file system that does not mind has let it pass.
            archive.write(path, f"DATA/{path.name.upper() if path.suffix != '.dbf' else path.name}")
    (tmp_path / "x.zip").write_bytes(out.getvalue())
    assert read_table(tmp_path / "x.zip")["名称"].tolist() == ["甲"]


CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=12)


@given(st.lists(CHINESE, min_size=4, max_size=20), st.sampled_from(["utf-8", "gb18030"]), st.integers(0, 2))
@settings(max_examples=200)
def test_a_stated_encoding_holds_however_many_last_characters_are_cut(texts, encoding, cut):
    raw = [text.encode(encoding) for text in texts]
    raw = [text[: len(text) - cut] for text in raw]
    assert likely(raw, encoding) == encoding
    for whole, part in zip(texts, raw, strict=True):
        read = decoded(part, encoding)
        assert whole.startswith(read.text)
        assert len(read.text) >= len(whole) - (1 if cut < 2 or encoding == "utf-8" else 2)


@pytest.mark.parametrize(
    "name, encoding", [("UTF-8", "utf-8"), ("ISO 8859-1", "iso-8859-1"), ("1252", "cp1252")]
)
def test_encodings_are_known_by_their_usual_names(name, encoding):
    assert named(name) == encoding
    assert named("Klingon") is None
