"""Reading CSV and its relatives."""

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from importing.reading import LedgerError, read_table
from importing.reading import delimited as delimited_module
from importing.reading.layout import Layout
from tests.importing.reading.outcomes import whole_table_or_none

HEADER = "编号,名称,经度,纬度"
ROWS = ["TQ1,北园大街宣传栏,117.01,36.68", "TQ2,济泺路展板,117.02,36.69"]
LEDGER = "\n".join([HEADER, *ROWS]) + "\n"


@pytest.fixture
def read(tmp_path):
    """Writes bytes or text under a name and reads them."""

    def read(contents, name="ledger.csv", **options):
        path = tmp_path / name
        path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        return read_table(path, layout=Layout(**options))

    return read


def error_of(read, *arguments, **options):
    with pytest.raises(LedgerError) as raised, translation.override("en"):
        read(*arguments, **options)
    assert str(raised.value)
    return raised.value


@pytest.mark.parametrize(
    "encoding, told",
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_every_usual_encoding_is_read(read, encoding, told):
    table = read(LEDGER.encode(encoding))
    assert table.names == ("编号", "名称", "经度", "纬度")
    assert table["名称"].tolist() == ["北园大街宣传栏", "济泺路展板"]
    assert table.rows.tolist() == [2, 3]
    assert (table.format, table.encoding, table.delimiter, table.header_row) == ("csv", told, ",", 1)


def test_a_short_gb18030_file_that_happens_to_be_utf8_in_parts_is_read(read):
    table = read("名称,街道\n联通,无影山\n".encode("gbk"))
    assert table["名称"].tolist() == ["联通"]


def remarked(table):
    return [(remark.code, dict(remark.params)) for remark in table.remarks]


WESTERN = [
    "id,name\n1,Café Müller\n2,Zoë\n",
    "id,name\n1,Müller\n",
    "id;name\n1;Straße am Fluß\n2;Œuvre d’art – 5 €\n",
    "id,name,lat\n1,a,36°40'12\"\n",
    "id,size\n1,5 m²\n2,½ m\n",
    "Größe;Fläche\n1;2\n",
    "id;name\n1;größte\n2;Naïveté créée\n3;Aÿ\n",
    "id,name\n1,á\n2,é\n",
    "id,name\n1,Á É\n2,ÀÉ\n",
    "id,name\n1,Ångström\n2,Señora Núñez\n3,naïve créée\n",
]


@pytest.mark.parametrize("text", WESTERN)
def test_western_letters_are_not_taken_for_chinese_and_the_encoding_is_said(read, text):
    table = read(text.encode("cp1252"))
    assert table.encoding == "cp1252"
    shown = "".join([*table.names, *(str(cell) for cells in table.columns for cell in cells)])
    assert set(shown) >= {sign for sign in text if ord(sign) > 127}
    assert remarked(table) == [("encoding_taken", {"taken": "CP1252"})]


@pytest.mark.parametrize(
    "text",
    [
        LEDGER,
        "id,name\n1,喆\n",
        "id,name\n1,朱镕基\n",
        "编号,名称\n1,𠮷野家宣传栏\n",
        "id,name\n1,东\n2,西\n3,喆\n",
        "id,name\n1,泺\n",
        "id,name\n1,泺喆\n",
        "id,name\n1,張三豐\n2,劉備\n",
        "id,name\n1,A栋1号\n2,B栋2号\n",
        "id,size\n1,2.4×1.2\n2,３６°\n",
        "編號,名稱\n1,北園大街宣傳欄\n",
    ],
)
def test_chinese_stays_chinese(read, text):
    table = read(text.encode("gb18030"))
    assert table.encoding == "gb18030"
    shown = "".join([*table.names, *(str(cell) for cells in table.columns for cell in cells)])
    assert set(shown) >= {sign for sign in text if ord(sign) > 127}


everyday = st.text(
    st.sampled_from(
        [bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)]
    ),
    min_size=1,
    max_size=6,
)


@given(st.lists(everyday, min_size=1, max_size=5))
def test_everyday_chinese_is_never_taken_for_another_writing(words):
    data = "\n".join(["id,name", *(f"{place},A{word}b" for place, word in enumerate(words))]).encode(
        "gb18030"
    )
    try:
        decoded = delimited_module.decode(data)
    except LedgerError as error:
        assert error.code == "mixed_encodings"  # noqa: PT017 (a word of a few bytes may be UTF-8 too)
    else:
        assert decoded.encoding in ("gb18030", "utf-8")
        assert decoded.doubts == ()


def test_a_text_from_taiwan_is_read(read):
    table = read("編號,名稱,地址\n1,公益廣告看板,北園大街東側\n".encode("big5"))
    assert (table.encoding, table["名稱"].tolist()) == ("big5", ["公益廣告看板"])
    assert remarked(table) == [("encoding_taken", {"taken": "BIG5"})]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "big5"])
def test_a_person_can_choose_the_encoding(read, encoding):
    text = "編號,名稱\n1,看板\n2,中文\n"
    told = "utf-16" if encoding.startswith("utf-16") else encoding
    table = read(text.encode(encoding), encoding=told)
    assert (table.encoding, table["名稱"].tolist(), remarked(table)) == (told, ["看板", "中文"], [])


def test_what_is_not_in_the_chosen_encoding_is_named_with_its_row(read):
    error = error_of(read, "编号,名称\n1,a\n2,展板\n".encode("gb18030"), encoding="utf-8")
    assert (error.code, error.params) == ("not_in_encoding", {"row": 1, "encoding": "UTF-8"})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "，"])
def test_the_separator_is_found(read, delimiter):
    table = read(LEDGER.replace(",", delimiter))
    assert table.delimiter == delimiter
    assert table["纬度"].tolist() == ["36.68", "36.69"]


def test_commas_inside_a_tab_separated_ledger_separate_nothing(read):
    table = read("编号\t名称\t地址\n1\t展板\t北园大街,东侧,12号\n2\t展板\t济泺路\n")
    assert table["地址"].tolist() == ["北园大街,东侧,12号", "济泺路"]


def test_excel_s_own_line_about_the_separator_is_obeyed(read):
    table = read("sep=;\n编号;名称\n1;a,b\n")
    assert table.names == ("编号", "名称")
    assert table.rows.tolist() == [2]


def test_row_numbers_are_those_a_spreadsheet_shows(read):
    table = read('编号,备注\n1,"两\n行"\n\n , \n2,"x"\n')
    assert table["备注"].tolist() == ["两\n行", "x"]
    assert table.rows.tolist() == [2, 5]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_read(read, ending):
    assert len(read(LEDGER.replace("\n", ending))) == 2


def test_cells_stay_as_they_are_written(read):
    table = read("编号,名称,街道\n007,  a ,北园\n,,x\n")
    assert table["编号"].tolist() == ["007", None]
    assert table["名称"].tolist() == ["  a ", None]


def test_short_rows_end_in_empty_cells(read):
    assert read("编号,名称,备注\n1,a\n2\n")["备注"].tolist() == [None, None]


def test_titles_above_the_headers_are_passed_over(read):
    table = read(f"天桥区公益广告台账\n填报单位：,北园街道\n\n{LEDGER}")
    assert table.header_row == 4
    assert table.rows.tolist() == [5, 6]


def test_headers_that_nobody_knows_are_headers_all_the_same(read):
    assert read("foo,bar\n1,2\n").names == ("foo", "bar")


def test_a_person_can_say_which_row_holds_the_headers(read):
    table = read("编号,名称\n序号,标题\n1,a\n", header_row=2)
    assert table.names == ("序号", "标题")
    assert len(table) == 1


def test_columns_without_header_and_cells_are_left_out(read):
    assert read("编号,,名称,\n1,,a,\n").names == ("编号", "名称")


@pytest.mark.parametrize(
    "contents, code",
    [
        (b"", "empty_file"),
        (b"\n\n", "no_header"),
        (HEADER, "no_rows"),
        (HEADER + "\n,,,\n", "no_rows"),
        ("1,117.01,36.68\n2,117.02,36.69\n", "no_header"),
        (",".join(f"c{n}" for n in range(1000)) + "\n" + "1," * 999 + "1\n", "too_many_columns"),
        (LEDGER + '"' + "x" * 10_000_000 + '",a,b,c\n', "cell_too_long"),
        (LEDGER + "3,a" + "\0" * 50 + "b,1,2\n", "nul_bytes"),
        (LEDGER.encode("gbk") + "3,泺口,1,2\n".encode(), "mixed_encodings"),
        (LEDGER.encode() + "3,泺口,1,2\n".encode("gbk"), "mixed_encodings"),
        (b"a,b\n1,\xff\xff\xff\n", "not_text"),
        (LEDGER + '3,"展板,1,2\n4,b,1,2\n', "quote_not_closed"),
    ],
)
def test_what_cannot_be_read_is_named(read, contents, code):
    assert error_of(read, contents).code == code


def test_a_nul_in_one_cell_is_a_character_of_that_cell(read):
    assert read(LEDGER + "3,a\0b,1,2\n")["名称"].tolist()[-1] == "a\0b"


@pytest.mark.parametrize(
    "contents, row",
    [
        (LEDGER + "3,a" + "\0" * 50 + "b,1,2\n", 4),
        ((LEDGER * 3).encode() + "3,泺口,1,2\n".encode("gbk") + LEDGER.encode(), 10),
        ((LEDGER * 3).encode("gbk") + "3,泺口街道,1,2\n".encode() + LEDGER.encode("gbk"), 10),
        ('编号,备注\n1,"两\n行"\n2,'.encode() + "泺口".encode("gbk") + "\n3,泺口\n".encode(), 3),
        (b"a,b\n1,\xff\xff\xff\n", 2),
        (LEDGER + '3,"展板,1,2\n4,b,1,2\n', 4),
    ],
)
def test_the_offending_row_is_named(read, contents, row):
    assert error_of(read, contents).params["row"] == row


def test_a_row_with_more_cells_than_names_is_remarked_upon(read):
    table = read(LEDGER + "3,a,1,2,extra\n")
    assert [(remark.code, remark.row) for remark in table.remarks] == [
        ("column_without_name", None),
        ("cells_beyond", 4),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        '1,"a,1,2\n2,b,3,4\n3,"c,5,6\n4,d,7,8\n',  # two marks that open, and none closes
        '1,"a,1,2\n2,"b,3,4\n4,d,7,8\n',
        '1,a,1,"24\n2,b,3,4\n3,c,5,32"\n4,d,7,8\n',  # one that opens, and one that closes rows below
        '1,"24,1,2\n2,b,3,4\n3,32",5,6\n4,d,7,8\n',
    ],
)
def test_rows_that_a_quotation_mark_has_swallowed_are_named(read, rows):
    table = read(f"{HEADER}\n{rows}")
    assert ("rows_in_cell", 2) in [(remark.code, remark.row) for remark in table.remarks]


@pytest.mark.parametrize("text", ["a\nb", "一,二\n三,四", "a\r\nb", 'a\n""b""', "a,b,c,d,e\nf"])
def test_a_text_of_several_lines_holds_no_rows(read, text):
    table = read(f'{HEADER}\n1,"{text}",1,2\n2,"5""屏",3,4\n')
    assert table.remarks == ()
    assert table["名称"].tolist()[1] == '5"屏'


def test_a_column_without_a_name_is_left_out_and_its_rows_are_whole(read):
    table = read("编号,名称,\n1,a,x\n2,b,y\n")
    assert table.names == ("编号", "名称")
    assert [remark.code for remark in table.remarks] == ["column_without_name"]


def test_columns_of_one_name_are_told_apart_and_named(read):
    table = read("编号,名称,备注, 名称 \n1,a,b,c\n")
    assert table.names == ("编号", "名称", "备注", "名称 (2)")
    assert [remark.code for remark in table.remarks] == ["column_twice"]


def test_of_columns_of_one_name_those_without_cells_are_left_out(read):
    table = read("编号,名称,备注,名称,编号\n1,,b,c,\n")
    assert (table.names, table["名称"].tolist()) == (("编号", "备注", "名称"), ["c"])
    assert table.remarks == ()


def test_a_cell_longer_than_any_text_is_left_out_by_name(read):
    table = read(LEDGER + "3,三," + "x" * 200_000 + ",4\n")
    assert [(remark.code, remark.row, remark.column) for remark in table.remarks] == [
        ("cell_too_long", 4, "经度")
    ]
    assert table["经度"].tolist()[-1] is None


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_text_in_utf_16_needs_no_mark(read, encoding):
    table = read(LEDGER.encode(encoding))
    assert (table["名称"].tolist(), table.encoding) == (["北园大街宣传栏", "济泺路展板"], "utf-16")


def test_a_quotation_mark_inside_a_cell_closes_nothing(read):
    assert read('编号,名称\n1,5"屏\n2,b\n')["名称"].tolist() == ['5"屏', "b"]


def test_no_row_of_a_long_ledger_is_lost(read):
    table = read(HEADER + "\n" + "".join(f"TQ{n},x,117,36\n" for n in range(60_000)))
    assert table["编号"].tolist() == [f"TQ{n}" for n in range(60_000)]


@pytest.mark.parametrize(
    "contents, name, code",
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "ledger.csv", "not_a_table"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "ledger.csv", "not_a_table"),
        (b"%PDF-1.7", "ledger.csv", "not_a_table"),
        (b"PK\x03\x04zip", "ledger.csv", "not_what_it_says"),
        (b"<html><table><tr><td>1", "ledger.csv", "web_page"),
        (LEDGER, "ledger.docx", "unknown_extension"),
        (LEDGER, "ledger", "unknown_extension"),
    ],
)
def test_what_is_no_text_at_all_is_told_apart(read, contents, name, code):
    assert error_of(read, contents, name).code == code


def test_a_folder_is_no_ledger(tmp_path):
    (tmp_path / "ledger.csv").mkdir()
    with pytest.raises(LedgerError):
        read_table(tmp_path / "ledger.csv")


def test_the_name_a_person_gave_the_file_decides(tmp_path):
    path = tmp_path / "upload-1234"
    path.write_text(LEDGER, encoding="utf-8")
    assert len(read_table(path, filename="台账.CSV")) == 2


some_bytes = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text(alphabet=',;\t"\n\r编号名称经度1.7 ', max_size=200).map(str.encode),
    st.text(alphabet=',;\t"\n\r编号名称经度1.7 ', max_size=200).map(lambda text: text.encode("gb18030")),
)


@given(some_bytes)
@settings(max_examples=300)
def test_any_bytes_are_a_table_or_a_ledger_error(tmp_path_factory, contents):
    path = tmp_path_factory.getbasetemp() / "fuzz.csv"
    path.write_bytes(contents)
    table = whole_table_or_none(path)
    assert table is None or len(set(table.names)) == len(table.names)


texts = st.text(
    st.characters(codec="gb18030", exclude_characters="\0\r", exclude_categories=("Cs",)),
    min_size=1,
    max_size=8,
)


@given(
    st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=6),
    st.sampled_from(["utf-8", "gb18030"]),
)
def test_what_was_written_is_read(tmp_path_factory, rows, encoding):
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(["编号", "名称", "备注说明"])
    writer.writerows(rows)
    try:
        text = delimited_module.decode(out.getvalue().encode(encoding)).text
    except LedgerError as error:
        # A handful of characters may look like a mixture; a sentence is better than mojibake.
        assert error.code == "mixed_encodings"  # noqa: PT017
        return
    if text != out.getvalue():
        return
    path = tmp_path_factory.getbasetemp() / "round.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if not filled:
        return
    table = read_table(path, layout=Layout(header_row=1))
    assert [list(row) for row in zip(*table.columns, strict=True)] == filled
