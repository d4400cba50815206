"""Reading GeoJSON, of any size and in any order of its members."""

import json
import resource
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from importing.reading import json_items, read_table
from places.apart import run_apart
from places.coordinates import CGCS2000_GK_117E, WGS84
from tests.importing.reading.geodata import (
    POINT,
    collection,
    error_of,
    feature,
    remarked,
)
from tests.importing.reading.outcomes import whole_table_or_none

OUTLINE = Path("/work/shared/data/outline_370105.geojson")


def test_a_feature_is_a_row_and_a_property_a_column(read):
    table = read(
        collection(
            feature({"编号": "007", "width": 2.4}, POINT),
            feature({"编号": "2020-06-01", "themes": ["a", "b"], "lit": True, "more": {"k": [1]}}, None),
            feature(None, {"type": "LineString", "coordinates": [[117, 36, 20], [118, 37, 20]]}),
        )
    )
    assert table.names == ("编号", "width", "themes", "lit", "more")
    assert table["编号"].tolist() == ["007", "2020-06-01", None]
    assert table["themes"].tolist() == [None, "a、b", None]
    assert table["more"].tolist() == [None, '{"k":[1]}', None]
    assert [None if shape is None else shape.wkt for shape in table.geometry] == [
        "POINT (117.01 36.68)",
        None,
        "LINESTRING (117 36, 118 37)",
    ]
    assert table.rows.tolist() == [1, 2, 3]
    assert (table.crs, table.format) == (WGS84, "geojson")


def test_a_feature_s_own_id_becomes_a_column(read):
    assert read(collection(feature({"a": 1}, id=7), feature({"a": 2})))["id"].tolist() == [7, None]
    assert read(collection(feature({"id": "x"}, id=7)))["id"].tolist() == ["x"]


@pytest.mark.parametrize(
    "member, crs",
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4548"}}, CGCS2000_GK_117E),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, WGS84),
        ({"type": "name", "properties": {"name": "EPSG:4548"}}, CGCS2000_GK_117E),
        ({"type": "EPSG", "properties": {"code": 4548}}, CGCS2000_GK_117E),
        ({"type": "name", "properties": {"name": "Mars"}}, None),
        ({"type": "name"}, None),
        (None, None),
    ],
)
def test_the_crs_member_of_2008_is_obeyed(read, member, crs):
    assert read(collection(feature({"a": 1}, POINT), crs=member)).crs == crs


def test_geojson_with_a_byte_order_mark_and_in_gb18030_is_read(read):
    contents = json.dumps(collection(feature({"名称": "泺口宣传栏"}, POINT)), ensure_ascii=False)
    for encoding in ("utf-8-sig", "gb18030"):
        assert read(contents.encode(encoding))["名称"].tolist() == ["泺口宣传栏"]


@pytest.mark.parametrize(
    "contents, code, row",
    [
        (b"{", "damaged", None),
        (b'{"type": "FeatureCollection", "features": [{"type": "Feature"', "damaged", None),
        (b"[" * 100_000, "damaged", None),
        ([1, 2], "not_geojson", None),
        ({"type": "gdal_streamed_alg"}, "not_geojson", None),
        ({"features": "x"}, "not_geojson", None),
        (collection(), "no_rows", None),
        (collection({"a": 1}, 7), "bad_feature", 1),
        (collection(feature([1])), "bad_feature", 1),
        (collection(feature({f"c{n}": n for n in range(1000)})), "too_many_columns", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_wrong_with_geojson_is_named(read, contents, code, row):
    error = error_of(read, contents)
    assert error.code == code
    assert row is None or error.params["row"] == row


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": ["117", "36"]},
        {"type": "Point", "coordinates": [[1, 2], [3, 4]]},
        {"type": "Point", "coordinates": [117.01]},
        {"type": "Point", "coordinates": [117.01, None]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "Polygon", "coordinates": [[[1, 2], [3]]]},
        {"type": "LineString", "coordinates": [[1, 2]]},
        {"type": "Point"},
        {"type": "Circle", "coordinates": [1, 2]},
        "POINT(1 2)",
        7,
    ],
    ids=json.dumps,
)
def test_a_shape_that_cannot_be_read_costs_its_row_and_no_other(read, geometry):
    table = read(collection(feature({"a": 1}, POINT), feature({"a": 2}, geometry), feature({"a": 3}, POINT)))
    assert table["a"].tolist() == [1, 2, 3]
    assert [shape is None for shape in table.geometry] == [False, True, False]
    assert remarked(table) in (
        {2: ["geometry_unreadable"]},
        {},
    )  # without coordinates it is empty, which is no fault


def test_an_item_that_is_no_feature_costs_its_row_and_no_other(read):
    table = read(collection(feature({"a": 1}, POINT), {"a": 1}, feature([1]), 7, feature({"a": 5}, POINT)))
    assert table["a"].tolist() == [1, None, None, None, 5]
    assert remarked(table) == {row: ["feature_unreadable"] for row in (2, 3, 4)}


def test_a_bare_array_of_features_is_a_collection(read):
    table = read([feature({"a": 1}, POINT), feature({"a": 2}, POINT)])
    assert table["a"].tolist() == [1, 2]
    assert table.crs == WGS84


@pytest.mark.parametrize(
    "geometry, wkt, codes",
    [
        (None, None, []),
        ({"type": "Point", "coordinates": []}, None, []),
        ({"type": "Polygon", "coordinates": []}, None, []),
        ({"type": "MultiPoint", "coordinates": [[117, 36]]}, "POINT (117 36)", []),
        ({"type": "MultiPoint", "coordinates": [[117, 36, 5], [117, 36, 9]]}, "POINT (117 36)", []),
        ({"type": "MultiPoint", "coordinates": [[117, 36], [117, 36.1]]}, None, ["several_places"]),
        ({"type": "GeometryCollection", "geometries": []}, None, []),
        (
            {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [117, 36]}]},
            "POINT (117 36)",
            [],
        ),
        (
            {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Point", "coordinates": [117, 36]},
                    {"type": "LineString", "coordinates": [[117, 36], [118, 36]]},
                ],
            },
            "POINT (117 36)",
            ["shape_parts"],
        ),
        ({"type": "Point", "coordinates": [117, 36, 20, 4]}, "POINT (117 36)", []),
    ],
    ids=json.dumps,
)
def test_a_row_has_one_place_or_says_why_not(read, geometry, wkt, codes):
    table = read(collection(feature({"a": 1}, geometry), feature({"a": 2}, POINT)))
    assert (None if table.geometry[0] is None else table.geometry[0].wkt) == wkt
    assert remarked(table) == ({1: codes} if codes else {})


def test_columns_of_one_name_are_told_apart_and_those_without_one_left_out(read):
    table = read(collection(feature({"a": 1, " a ": 2, "": 3, "geometry": 4, "fid": 5, "ogc_fid": 6}, POINT)))
    assert table.names == ("a", "a (2)", "geometry", "fid", "ogc_fid")
    assert [cells[0] for cells in table.columns] == [1, 2, 4, 5, 6]
    assert remarked(table) == {None: ["column_twice", "values_unnamed"]}


def test_a_system_that_nobody_can_convert_is_named(read):
    member = {"type": "name", "properties": {"name": "济南独立坐标系"}}
    table = read(collection(feature({"a": 1}, POINT), crs=member))
    assert table.crs is None
    assert [(remark.code, remark.params) for remark in table.remarks] == [
        ("system_unknown", {"said": "济南独立坐标系"})
    ]


def test_features_may_stand_in_any_form_and_any_order_of_members(read):
    first, second = feature({"a": 1}, POINT), feature({"b": 2, "a": "x"}, POINT)
    lines = [json.dumps(document).encode() for document in (first, second)]
    before = b'{"features": [%s, %s], "totalFeatures": 2.0, "type": "FeatureCollection"}' % tuple(lines)
    for contents in (
        collection(first, second, links=[{"a": [1]}], numberMatched=2),
        before,
        [first, second],
        b"\n".join(lines),
        b"\r\n\r\n".join(lines) + b"\r\n",
        b"\x1e" + b"\n\x1e".join(lines) + b"\n",
        b"\xef\xbb\xbf" + lines[0] + b" " + lines[1],
    ):
        table = read(contents)
        assert table.names == ("a", "b")
        assert [cells.tolist() for cells in table.columns] == [[1, "x"], [None, 2]]
        assert shapely.get_x(table.geometry).tolist() == [117.01, 117.01]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 64])
def test_where_a_piece_of_the_file_ends_means_nothing(read, monkeypatch, piece):
    contents = collection(
        feature({"名称": '\U00020bb7野家\n"', "n": -1.25e-7, "code": 37010503001000001}, POINT, id=12),
        feature(
            {"名称": None, "lit": True},
            {"type": "Polygon", "coordinates": [[[1, 2], [3, 2], [3, 4], [1, 2]]]},
        ),
        number=1.5e3,
        crs={"type": "name", "properties": {"name": "EPSG:4548"}},
    )
    whole = read(contents)
    monkeypatch.setattr(json_items, "_PIECE", piece)
    for form in (contents, json.dumps(contents, ensure_ascii=False, indent=1).encode()):
        table = read(form)
        assert (table.names, table.crs) == (whole.names, CGCS2000_GK_117E)
        assert [cells.tolist() for cells in table.columns] == [cells.tolist() for cells in whole.columns]
        assert table["code"].tolist() == [37010503001000001, None]
        assert shapely.equals(table.geometry, whole.geometry).all()


def test_a_number_longer_than_any_quantity_keeps_every_digit(read):
    assert read(collection(feature({"id": 91370105123456789012345})))["id"].tolist() == [
        "91370105123456789012345"
    ]


def test_half_a_character_is_shown_as_damaged(read):
    assert read(b'{"type":"Feature","properties":{"a":"x\\ud83dy","b":"\\ud83d\\ude00"}}')["b"].tolist() == [
        "😀"
    ]
    assert read(b'{"type":"Feature","properties":{"a":"x\\ud83dy"}}')["a"].tolist() == ["x\ufffdy"]


def peak_megabytes(path):
    """The most memory that reading a file takes, in the process that does it."""
    table = read_table(path)
    return len(table), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


@pytest.mark.parametrize(
    "form, encoding",
    [
        ("collection", "utf-8"),
        pytest.param("array", "utf-8", marks=pytest.mark.slow),
        pytest.param("lines", "utf-8", marks=pytest.mark.slow),
        pytest.param("collection", "gb18030", marks=pytest.mark.slow),
    ],
)
def test_a_geojson_of_78_megabytes_stays_under_500(tmp_path, form, encoding):
    """The form and the encoding that are common; the others, some of which are read in another way, are slow ones."""
    path = tmp_path / "large.geojson"
    begin, between, end = {
        "collection": ('{"type":"FeatureCollection","features":[', ",\n", "]}"),
        "array": ("[", ",", "]"),
        "lines": ("", "\n", "\n"),
    }[form]
    words = "讲文明树新风，社会主义核心价值观"
    count = 0
    with path.open("w", encoding=encoding) as file:
        file.write(begin)
        while file.tell() < 78_000_000:
            cells = {f"字段{place}": f"{words}{count * place}" for place in range(200)}
            text = json.dumps(feature(cells, POINT), ensure_ascii=False)
            file.write((between if count else "") + text)
            count += 1
        file.write(end)
    rows, megabytes = run_apart(peak_megabytes, path)
    assert rows == count
    assert megabytes < 500


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**62), 2**62),
        st.floats(allow_nan=False),
        st.text(max_size=5),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["type", "features", "properties", "geometry", "coordinates", "crs", "id", "名称"]
            ),
            st.one_of(inner, st.sampled_from(["Feature", "FeatureCollection", "Point", "Polygon"])),
            max_size=5,
        ),
    ),
    max_leaves=25,
)


@given(json_values)
@settings(max_examples=300)
def test_any_json_is_a_table_or_a_ledger_error(tmp_path_factory, document):
    path = tmp_path_factory.getbasetemp() / "fuzz.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    whole_table_or_none(path)


@pytest.mark.skipif(not OUTLINE.exists(), reason=f"{OUTLINE} is not on this machine")
def test_the_district_s_outline_is_read():
    table = read_table(OUTLINE)
    assert table["code"].tolist() == ["370105"]
    assert shapely.get_num_coordinates(table.geometry[0]) >= 125


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_a_constant_that_is_no_json_is_an_empty_cell_or_no_position(read, constant):
    text = json.dumps(
        collection(feature({"宽": 0.125}, POINT), feature({"宽": 2.5}, POINT), feature({}, POINT))
    )
    table = read(text.replace("0.125", constant).encode())
    assert table["宽"].tolist() == [None, 2.5, None]
    table = read(text.replace("117.01", constant, 1).encode())
    assert table.geometry[0] is None
    assert remarked(table) == {1: ["geometry_unreadable"]}


def test_the_word_nan_in_a_text_is_a_text(read):
    assert read(collection(feature({"名称": ": NaN"}, POINT)))["名称"].tolist() == [": NaN"]
