"""Parsing the cells of a ledger; its days are in test_values_days.py."""

import datetime as dt
import math

import numpy as np
import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from importing import values
from importing.reading.number_formats import ShownNumber
from importing.reading.table import FORMULA_ERROR
from importing.values import (
    CONDITION_WORDS,
    DOUBTS,
    LIFECYCLE_WORDS,
    SENTENCES,
    parse_boolean,
    parse_choice,
    parse_contact,
    parse_coordinate,
    parse_coordinate_pair,
    parse_credit_code,
    parse_date,
    parse_dialled,
    parse_facing,
    parse_identifier,
    parse_integer,
    parse_label,
    parse_length,
    parse_list,
    parse_number,
    parse_size,
    parse_telephone,
    parse_text,
)
from tests.importing.cells import column, value_of


@pytest.mark.parametrize("empty", [None, "", "   ", "　", "-", "/", "——", "N/A", "null"])
@pytest.mark.parametrize("name", [name for name in values.__all__ if name.startswith("parse_")])
def test_an_empty_cell_is_no_value_and_no_problem(name, empty):
    options = [{}] if name == "parse_choice" else []
    answer = getattr(values, name)(column(empty), *options)
    *columns, problems = answer if isinstance(answer, tuple) else (answer.values, answer.problems)
    assert problems.tolist() == [None]
    assert all(values[0] is None or np.isnan(values[0]) for values in columns)


@pytest.mark.parametrize("error", [FORMULA_ERROR, "#N/A", "#REF!", "#DIV/0!"])
def test_the_error_of_a_formula_is_never_taken_for_a_value(error):
    for parser in (
        parse_text,
        parse_identifier,
        parse_number,
        parse_date,
        parse_boolean,
        parse_list,
        parse_telephone,
    ):
        assert value_of(parser, error) == "!formula_error"


@pytest.mark.parametrize(
    "error",
    ["Err:502", "错误:509", "错误：522", "#名称?", "#值!", "#GETTING_DATA", "#BUSY!", "#FIELD!"],
)
def test_nor_is_the_one_that_another_program_shows(error):
    assert value_of(parse_text, error) == "!formula_error"


@pytest.mark.parametrize(
    "text",
    [
        "=A1+1",
        "='2024 台账'!A2",
        "=B2&C2",
        "=台账!$A$2",
        '=A2&"-"&B2',
        "=TODAY()",
        "=@A2:A9",
        "= SUM( A1 : B2 )",
    ],
)
def test_a_formula_that_was_saved_as_its_text_is_no_value(text):
    assert value_of(parse_identifier, text) == value_of(parse_text, text) == "!formula_not_calculated"


@pytest.mark.parametrize(
    "text", ["=富强民主", "=1+1", "=", "=A", "富强=A1", '=HYPERLINK("a")', "=北园 A1 座"]
)
def test_a_text_that_begins_like_a_formula_is_a_text(text):
    assert value_of(parse_text, text) == text


@pytest.mark.parametrize(
    "nothing", ["nan", "NaN", "<NA>", "NaT", "(null)", "\\N", "undefined", "（空）", "[NULL]"]
)
def test_what_programs_write_for_nothing_is_nothing(nothing):
    assert [value_of(parser, nothing) for parser in (parse_text, parse_date, parse_number)] == [None] * 3


@pytest.mark.parametrize("cell", [dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, 2), dt.time(3, 1)])  # noqa: DTZ001
def test_a_building_that_a_spreadsheet_took_for_a_day_is_none(cell):
    assert value_of(parse_label, cell) == "!became_a_day"
    assert value_of(parse_label, "3-1") == "3-1"


@pytest.mark.parametrize(
    "cell, number",
    [
        ("1.38123E+10", "!digits_lost"), ("13812345678.0", "13812345678"), ("'13812345678", "13812345678"),
        (13812345678.0, "13812345678"), ("0531-85951234、13812345678", "0531-85951234、13812345678"),
    ],
)  # fmt: skip
def test_a_telephone_number_is_as_somebody_wrote_it(cell, number):
    assert value_of(parse_dialled, cell) == number


def test_every_code_has_a_sentence():
    with translation.override("en"):
        assert all(str(sentence).strip() for sentence in {**SENTENCES, **DOUBTS}.values())


@pytest.mark.parametrize(
    "cell, text",
    [
        ("  北园大街 419 号 ", "北园大街 419 号"),
        ("（东面）", "（东面）"),  # width is the writer's choice in text
        (419.0, "419"),
        (2.5, "2.5"),
        (13812342077.0, "13812342077"),
        (True, "是"),
        (dt.date(2020, 6, 1), "2020-06-01"),
        ("无", None),
        (b"\x00", "!not_text"),
        (dt.timedelta(hours=1), "!not_text"),
    ],
)
def test_text(cell, text):
    assert value_of(parse_text, cell) == text


@pytest.mark.parametrize(
    "cell, identifier",
    [
        ("ＴＱ 0001", "TQ0001"),
        ("37010503008000417", "37010503008000417"),
        ("'37010503008000417", "37010503008000417"),  # a spreadsheet's mark for text
        (417.0, "417"),
        (3.701050300800042e16, "!digits_lost"),
        ("3.70105E+16", "!digits_lost"),
        (37010503008000417, "37010503008000417"),  # an int from geodata is exact
        ("’S1", "S1"),
        ("S1\u200d", "S1"),
        ("S\ufe0f1\u034f", "S1"),
        (True, "!not_text"),
        (dt.date(2026, 3, 1), "!became_a_day"),
        ("3月1日", "!became_a_day"),
        ("1-Mar", "!became_a_day"),
        ("Mar-01", "!became_a_day"),
        ("MAR-2023", "MAR-2023"),
        ("3-1", "3-1"),
    ],
)
def test_identifiers(cell, identifier):
    assert value_of(parse_identifier, cell) == identifier


@pytest.mark.parametrize(
    "cell, number",
    [
        ("3", 3.0), ("１，２００．５", 1200.5), ("1,200.5", 1200.5), ("-7", -7.0), ("+7.", 7.0), (".5", 0.5),
        ("1e3", 1000.0), (2.5, 2.5),
        (True, "!not_a_number"), ("12,34", 12.34), ("1,234", 1234.0), ("1,2,3", "!not_a_number"),
        ("1_000", "!not_a_number"),
        ("三", "!not_a_number"), ("nan", None),
        ("1e999", "!not_a_number"), (float("inf"), None),
    ],
)  # fmt: skip
def test_numbers(cell, number):
    assert value_of(parse_number, cell) == number


@pytest.mark.parametrize(
    "cell, number",
    [("2面", 2), ("３ 个", 3), (2.0, 2), ("2.5", "!not_a_whole_number"), ("两", "!not_a_number")],
)
def test_whole_numbers(cell, number):
    assert value_of(parse_integer, cell) == number


@pytest.mark.parametrize(
    "cell, unit, metres",
    [
        ("2.4", None, 2.4), ("2.4米", None, 2.4), ("240cm", None, 2.4), ("240ＣＭ", None, 2.4),
        ("2400毫米", None, 2.4),
        ("2400", "mm", 2.4), (240.0, "cm", 2.4), ("2.4米", "cm", 2.4), ("约3米", None, 3.0),
        ("1,200mm", None, 1.2),
        ("2400", None, "!unit_unclear"), (240.0, None, "!unit_unclear"), ("0", None, "!length_not_positive"),
        (-1.0, None, "!length_not_positive"), ("宽", None, "!not_a_length"), ("2.88㎡", None, "!not_a_length"),
    ],
)  # fmt: skip
def test_lengths(cell, unit, metres):
    assert value_of(parse_length, cell, unit) == metres


@pytest.mark.parametrize(
    "cell, unit, sides",
    [
        ("2.4×1.2米", None, (2.4, 1.2, None)), ("2.4m*1.2m", None, (2.4, 1.2, None)),
        ("2400X1200mm", None, (2.4, 1.2, None)),
        ("２．４×１．２", None, (2.4, 1.2, None)), ("3x2x0.5", None, (3.0, 2.0, 0.5)),
        ("240×120", "cm", (2.4, 1.2, None)),
        ("宽2.4米高1.2米", None, (2.4, 1.2, None)), ("宽：2.4m，高：1.2m", None, (2.4, 1.2, None)),
        ("高1.2米 宽2.4米 厚10厘米", None, (2.4, 1.2, 0.1)), ("长3米×宽2米", None, (3.0, 2.0, None)),
        ("长3米宽0.5米高2米", None, (3.0, 2.0, 0.5)), ("2.4m(宽)×1.2m(高)", None, (2.4, 1.2, None)),
        ("2.4m×120cm", None, (2.4, 1.2, None)), ("高2米", None, (None, 2.0, None)),
        ("2.4 × 1.2", None, (2.4, 1.2, None)),
        ("2.4乘1.2米", None, (2.4, 1.2, None)), ("W2400×H1200mm", None, (2.4, 1.2, None)),
    ],
)  # fmt: skip
def test_sizes(cell, unit, sides):
    size = parse_size(column(cell), unit)
    assert size.problems.tolist() == [None]
    assert tuple(None if np.isnan(side[0]) else side[0] for side in size[:3]) == sides


@pytest.mark.parametrize(
    "cell, code",
    [
        ("2400×1200", "unit_unclear"), ("2.4", "size_unclear"), ("大", "size_unclear"),
        ("1×2×3×4", "size_unclear"), (2.4, "size_unclear"),
        ("2.88㎡", "size_unclear"), ("0×2米", "length_not_positive"), ("宽2米×3米", "size_unclear"),
        ("高2米高3米", "size_unclear"),
    ],
)  # fmt: skip
def test_unclear_sizes(cell, code):
    assert parse_size(column(cell)).problems.tolist() == [code]


@pytest.mark.parametrize(
    "cell, degrees",
    [
        ("东", 90), ("朝南", 180), ("东南向", 135), ("坐北朝南", 180), ("面向西北", 315), ("正北", 0),
        ("东侧", 90), ("SE", 135), ("north-west", 315),
        (135.0, 135), ("135°", 135), ("360", 0), ("路口", "!not_a_facing"), ("400", "!not_a_facing"),
    ],
)  # fmt: skip
def test_facings(cell, degrees):
    assert value_of(parse_facing, cell) == degrees


@pytest.mark.parametrize(
    "cell, truth",
    [
        ("是", True), ("有", True), ("√", True), ("Ｙ", True), ("TRUE", True), (1.0, True), (True, True),
        ("已亮化", True),
        ("否", False), ("无", False), ("×", False), ("no", False), (0, False), ("0", False),
        ("□", None), ("可能", "!not_yes_or_no"), (2.0, "!not_yes_or_no"),
    ],
)  # fmt: skip
def test_yes_and_no(cell, truth):
    assert value_of(parse_boolean, cell) == truth


def test_several_words_in_one_cell():
    assert value_of(parse_list, "讲文明树新风、垃圾分类；文明交通/讲文明树新风") == [
        "讲文明树新风",
        "垃圾分类",
        "文明交通",
    ]
    assert value_of(parse_list, "、；") is None


def test_words_of_a_list():
    assert value_of(parse_choice, " 轻微 破损", CONDITION_WORDS) == "minor"
    assert value_of(parse_choice, "Minor damage", CONDITION_WORDS) == "minor"
    assert value_of(parse_choice, "In Use", LIFECYCLE_WORDS) == "in_use"
    assert value_of(parse_choice, "马马虎虎", CONDITION_WORDS) == "!unknown_word"
    assert value_of(parse_choice, 3.0, {"3": "three"}) == "three"


@pytest.mark.parametrize(
    "cell, number",
    [
        ("13812342077", "13812342077"), (13812342077.0, "13812342077"), ("138 1234 2077", "13812342077"),
        ("+86 138-1234-2077", "13812342077"),
        ("0531-85951234", "0531-85951234"), ("（0531）85951234", "0531-85951234"),
        ("053185951234", "0531-85951234"), ("85951234", "85951234"),
        ("0531-85951234转801", "0531-85951234-801"), ("400-820-8820", "4008208820"), ("12345", "12345"),
        ("13812342077、0531-85951234", "13812342077、0531-85951234"), ("13812342077/13812342077", "13812342077"),
        ("1381234207", "!not_a_telephone"), ("王师傅", "!not_a_telephone"), ("138123420777", "!not_a_telephone"),
    ],
)  # fmt: skip
def test_telephones(cell, number):
    assert value_of(parse_telephone, cell) == number


@pytest.mark.parametrize(
    "cell, person, telephone",
    [
        ("王师傅 13812342077", "王师傅", "13812342077"),
        ("李强（0531-85951234）", "李强", "0531-85951234"),
        ("王师傅：电话 13812342077、13912342077", "王师傅", "13812342077、13912342077"),
        ("13812342077王师傅", "王师傅", "13812342077"),
        ("王师傅", "王师傅", None),
        ("13812342077", None, "13812342077"),
    ],
)
def test_a_person_and_a_telephone_in_one_cell(cell, person, telephone):
    contacts = parse_contact(column(cell))
    assert (contacts.person[0], contacts.telephone[0], contacts.problems[0]) == (person, telephone, None)


def test_a_contact_with_a_mistyped_number_is_a_problem():
    assert parse_contact(column("王师傅 1381234207")).problems.tolist() == ["not_a_telephone"]


@pytest.mark.parametrize(
    "cell, code",
    [
        # The example in GB 32100's annex, and a published one (Beijing Baidu Netcom).
        ("91350100M000100Y43", "91350100M000100Y43"),
        ("91110000802100433b", "91110000802100433B"),
        ("91110000802100433C", "!credit_code_check"),
        ("9111000080210043", "!credit_code_length"),
        ("9111000080210O433B", "!credit_code_characters"),
    ],
)
def test_credit_codes(cell, code):
    assert value_of(parse_credit_code, cell) == code


@pytest.mark.parametrize(
    "cell, coordinate",
    [
        ("117.01", 117.01), ("１１７．０１", 117.01), ("-2.35", -2.35), (117.01, 117.01),
        ("498212.334", 498212.334), ("39498212.3", 39498212.3),
        ("117°01′36″", 117.02666666666667), ("117°1'36\"E", 117.02666666666667),
        ("东经117度1分36秒", 117.02666666666667),
        ("E117°01'36.0''", 117.02666666666667), ("117º01’36”", 117.02666666666667),
        ("117°1.6′", 117.02666666666667), ("117.01°", 117.01),
        ("36°40′12″S", -36.67), ("W 2°30'", -2.5), ("117.01E", 117.01),
        ("117°61′", "!not_a_coordinate"), ("一百一十七", "!not_a_coordinate"),
        ("117.01,36.68", "!not_a_coordinate"), (True, "!not_a_coordinate"),
    ],
)  # fmt: skip
def test_coordinates(cell, coordinate):
    got = value_of(parse_coordinate, cell)
    assert got == (coordinate if isinstance(coordinate, str) else pytest.approx(coordinate, abs=1e-12))


@pytest.mark.parametrize(
    "cell",
    [
        "117.01,36.68", "117.01，36.68", "117.01 36.68", "(117.01, 36.68)", "117.01;36.68", "117.01/36.68",
        "[117.01,36.68]",
        "经度：117.01，纬度：36.68", "纬度36.68 经度117.01", "36.68N,117.01E", "N36°40′48″ E117°0′36″",
        "117°00′36″E，36°40′48″N",
        "POINT(117.01 36.68)", "lat:36.68,lng:117.01", "北纬36度40分48秒、东经117度0分36秒", "117.01\n36.68",
    ],
)  # fmt: skip
def test_both_coordinates_in_one_cell(cell):
    pairs = parse_coordinate_pair(column(cell))
    assert pairs.problems.tolist() == [None]
    assert (pairs.x[0], pairs.y[0]) == pytest.approx((117.01, 36.68), abs=1e-9)


def test_unnamed_coordinates_stay_in_their_order():
    pairs = parse_coordinate_pair(column("36.68,117.01"))
    assert (pairs.x[0], pairs.y[0]) == (36.68, 117.01)


@pytest.mark.parametrize(
    "cell", ["117.01", "117.01,36.68,25", "东经117.01 东经36.68", "北园大街,36.68", 117.01, "E,N"]
)
def test_what_is_no_pair_of_coordinates(cell):
    assert parse_coordinate_pair(column(cell)).problems.tolist() == ["not_a_pair_of_coordinates"]


anything = st.one_of(
    st.none(),
    st.text(),
    st.text(alphabet="0123456789.,-+×x°′″年月日东西南北EeNn 米cm：:（）/"),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.binary(),
)


@given(st.lists(anything, max_size=8))
@pytest.mark.parametrize("name", [name for name in values.__all__ if name.startswith("parse_")])
def test_no_cell_whatsoever_makes_a_parser_raise(name, cells):
    options = [CONDITION_WORDS] if name == "parse_choice" else []
    answer = getattr(values, name)(column(*cells), *options)
    *columns, problems = answer if isinstance(answer, tuple) else (answer.values, answer.problems)
    assert set(problems.tolist()) <= {None, *SENTENCES, *DOUBTS}
    for parsed in columns:
        assert len(parsed) == len(cells)
        for value, problem in zip(parsed.tolist(), problems.tolist(), strict=True):
            assert problem is None or value is None or math.isnan(value)


@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "1°", "1.", "1,", "°", "n", "(", "-", "1e", "东经1", "1°1'", "1'1\"", "，", "point"],
)
def test_a_cell_too_long_for_a_coordinate_is_refused_before_anything_searches_in_it(piece):
    cells = column(
        *[piece * (100_000 // len(piece)) + end for end in ("", "x", "1")], "1" + " " * 100_000 + "x"
    )
    assert set(parse_coordinate_pair(cells).problems.tolist()) == {"not_a_pair_of_coordinates"}
    assert set(parse_coordinate(cells).problems.tolist()) == {"not_a_coordinate"}


# --- What nobody sees, and what only looks so ------------------------------------------------------------------------

INVISIBLE = ["\u200b", "\ufeff", "\u2060", "\u00ad", "\u200e", "\u202a", "\u180e"]


@pytest.mark.parametrize("sign", INVISIBLE)
@pytest.mark.parametrize("parser", [parse_text, parse_identifier])
def test_characters_that_nobody_sees_make_no_other_name(sign, parser):
    assert value_of(parser, f"{sign}S01{sign}-000{sign}") == "S01-000"
    assert value_of(parser, sign) is None


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u3000", "\u2003", "\t", "\n"])
def test_blanks_of_any_width_make_no_other_number(blank):
    assert value_of(parse_identifier, f"{blank}S01{blank}-000{blank}") == "S01-000"


@pytest.mark.parametrize(
    "cell, code",
    [
        ("#UNCALCULATED!", "formula_not_calculated"),
        ("=VLOOKUP(A2,B:C,2,0)", "formula_not_calculated"),
        ("=SUM(A1:A3)", "formula_not_calculated"),
        ("#DIV/0!", "formula_error"),
        ("########", "column_too_narrow"),
    ],
)
@pytest.mark.parametrize("parser", [parse_text, parse_identifier, parse_coordinate, parse_date, parse_number])
def test_what_a_spreadsheet_shows_for_want_of_a_value_is_none(parser, cell, code):
    assert value_of(parser, cell) == f"!{code}"


def test_digits_wrapped_for_a_spreadsheet_are_those_digits():
    assert value_of(parse_identifier, '="0012"') == "0012"
    assert value_of(parse_text, '="a ""b"""') == 'a "b"'


def test_numbers_that_a_program_wrote_with_a_point_zero_are_whole_only_when_all_are():
    assert parse_identifier(column("12.0", "13.0", None)).values.tolist() == ["12", "13", None]
    assert parse_identifier(column("1.0", "1.1")).values.tolist() == ["1.0", "1.1"]


@pytest.mark.parametrize(
    "cell, value",
    [
        ("116,9705", 116.9705),
        ("36,6785", 36.6785),
        ("-0,5", -0.5),
        ("116,970", 116.97),
        ("503,456", 503_456.0),
    ],
)
def test_a_coordinate_may_have_a_decimal_comma(cell, value):
    assert value_of(parse_coordinate, cell) == value


@pytest.mark.parametrize("cell", ["116,9705;36,6785", "116,9705 36,6785", "116,9705 / 36,6785"])
def test_a_pair_of_coordinates_may_have_decimal_commas(cell):
    assert one_pair(cell) == (116.9705, 36.6785)


def one_pair(cell):
    pair = parse_coordinate_pair(column(cell))
    return pair.x[0], pair.y[0]


def test_a_length_may_have_a_decimal_comma_and_a_size_is_then_unclear():
    assert value_of(parse_length, "2,4 m") == 2.4
    assert value_of(parse_length, "2,400mm") == 2.4
    assert parse_size(column("2,4")).problems[0] == "size_unclear"


def test_a_number_that_shows_zeros_is_named_as_it_shows_and_reckoned_as_it_is():
    cell = ShownNumber(12, "0012")
    assert value_of(parse_identifier, cell) == "0012"
    assert value_of(parse_text, cell) == "0012"
    assert value_of(parse_integer, cell) == 12
    assert value_of(parse_date, ShownNumber(20200601, "2020年06月01日")) == dt.date(2020, 6, 1)
