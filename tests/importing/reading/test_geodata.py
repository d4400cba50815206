"""Reading GeoJSON, GeoPackage, shapefiles, KML and the like, in and out of ZIP files."""

import io
import json
import random
import resource
import sqlite3
import zipfile
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from importing.apart import read_apart
from importing.reading import LedgerError, json_items, read_table
from importing.reading.layout import Layout
from places.apart import Limits, run_apart
from places.coordinates import CGCS2000_GK_117E, WGS84, parse_crs

MONTPELLIER = Path("/work/shared/data/montpellier_street_lights_epsg2154.zip")
OUTLINE = Path("/work/shared/data/outline_370105.geojson")

POINTS = shapely.points([[117.01, 36.68], [117.02, 36.69]])
NAMES = ["北园大街宣传栏", "济泺路展板"]


@pytest.fixture
def read(tmp_path):
    def read(contents, name="ledger.geojson", **options):
        path = tmp_path / name
        path.write_bytes(contents if isinstance(contents, bytes) else json.dumps(contents).encode())
        return read_table(path, layout=Layout(**options))

    return read


def error_of(read, *arguments, **options):
    with pytest.raises(LedgerError) as raised, translation.override("en"):
        read(*arguments, **options)
    assert str(raised.value)
    return raised.value


def remarked(table):
    """The codes of a table's remarks, by row."""
    codes = {}
    for remark in table.remarks:
        codes.setdefault(remark.row, []).append(remark.code)
    return codes


def written(path, *, layer=None, crs="EPSG:4326", append=False, geometry=POINTS, names=NAMES, **options):
    """A file in the format of the path's ending, with two points and their names."""
    pyogrio.raw.write(
        path,
        None if geometry is None else shapely.to_wkb(geometry),
        [np.array(names, dtype=object), np.array([1, 2]), np.array([2.4, np.nan])],
        ["名称", "面数", "宽"],
        geometry_type=None if geometry is None else "Point",
        crs=crs,
        layer=layer,
        append=append,
        **options,
    )
    return path


def zipped(*paths, folder=""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, folder + path.name)
    return out.getvalue()


def feature(properties=None, geometry=None, **members):
    return {"type": "Feature", "properties": properties, "geometry": geometry, **members}


def collection(*features, **members):
    return {"type": "FeatureCollection", "features": list(features), **members}


POINT = {"type": "Point", "coordinates": [117.01, 36.68]}


# --- GeoJSON -------------------------------------------------------------------------------------------------


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
    try:
        table = read_table(path)
    except LedgerError as error:
        assert str(error)  # noqa: PT017 (every outcome is allowed, an empty sentence is not)
    else:
        assert all(len(column) == len(table) > 0 for column in table.columns)


@pytest.mark.skipif(not OUTLINE.exists(), reason=f"{OUTLINE} is not on this machine")
def test_the_district_s_outline_is_read():
    table = read_table(OUTLINE)
    assert table["code"].tolist() == ["370105"]
    assert shapely.get_num_coordinates(table.geometry[0]) >= 125


# --- GDAL's formats ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, options",
    [
        ("ledger.gpkg", {}),
        ("ledger.shp", {"encoding": "UTF-8"}),
        ("ledger.fgb", {"SPATIAL_INDEX": "NO"}),
        ("ledger.kml", {"driver": "LIBKML"}),
        ("ledger.kmz", {"driver": "LIBKML"}),
    ],
)
def test_every_usual_format_is_read(tmp_path, name, options):
    table = read_table(written(tmp_path / name, **options))
    assert table["名称"].tolist() == NAMES
    assert [float(width) if width is not None else None for width in table["宽"]] == [2.4, None]
    assert [int(faces) for faces in table["面数"]] == [1, 2]
    assert [shape.wkt for shape in table.geometry] == ["POINT (117.01 36.68)", "POINT (117.02 36.69)"]
    assert (table.crs, table.format, table.rows.tolist()) == (WGS84, name.rpartition(".")[2], [1, 2])


def test_built_in_columns_of_kml_that_nobody_filled_are_left_out(tmp_path):
    table = read_table(written(tmp_path / "ledger.kml", driver="LIBKML"))
    assert "timestamp" not in table.names


def test_a_file_s_own_system_is_told(tmp_path):
    x = shapely.points([[500_000.0, 4_063_000.0], [500_100.0, 4_063_100.0]])
    table = read_table(written(tmp_path / "ledger.gpkg", geometry=x, crs="EPSG:4548"))
    assert table.crs == CGCS2000_GK_117E
    assert table.geometry[0].x == 500_000.0


def test_a_shapefile_without_prj_has_no_system(tmp_path):
    written(tmp_path / "ledger.shp", encoding="UTF-8")
    (tmp_path / "ledger.prj").unlink()
    assert read_table(tmp_path / "ledger.shp").crs is None


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
@pytest.mark.parametrize("mark", [0x00, 0x57])
def test_a_shapefile_that_hides_its_encoding_is_read(tmp_path, encoding, mark):
    written(tmp_path / "ledger.shp", encoding=encoding)
    (tmp_path / "ledger.cpg").unlink()
    dbf = bytearray((tmp_path / "ledger.dbf").read_bytes())
    dbf[29] = mark
    (tmp_path / "ledger.dbf").write_bytes(dbf)
    table = read_table(tmp_path / "ledger.shp")
    assert table["名称"].tolist() == NAMES


def test_a_western_shapefile_is_not_taken_for_chinese(tmp_path):
    names = ["Place de la Comédie", "Rue de l'Aiguillerie élargie"]
    column = np.array(names, dtype=object)
    wkb = shapely.to_wkb(POINTS)
    pyogrio.raw.write(
        tmp_path / "rues.shp",
        wkb,
        [column],
        ["rue"],
        geometry_type="Point",
        crs="EPSG:4326",
        encoding="ISO-8859-1",
    )
    (tmp_path / "rues.cpg").unlink()
    assert read_table(tmp_path / "rues.shp")["rue"].tolist() == names


@pytest.mark.parametrize("missing", ["dbf"])
def test_a_shapefile_that_came_alone_is_named(tmp_path, missing):
    written(tmp_path / "ledger.shp", encoding="UTF-8")
    (tmp_path / f"ledger.{missing}").unlink()
    with pytest.raises(LedgerError) as raised:
        read_table(tmp_path / "ledger.shp")
    assert (raised.value.code, raised.value.params) == ("shapefile_incomplete", {"missing": f".{missing}"})


def test_between_several_layers_a_person_chooses(tmp_path):
    path = written(tmp_path / "ledger.gpkg", layer="北园")
    written(path, layer="药山", append=True)
    with pytest.raises(LedgerError) as raised:
        read_table(path)
    assert (raised.value.code, raised.value.params) == (
        "choose_layer",
        {"names": "北园, 药山", "choices": ["北园", "药山"]},
    )
    table = read_table(path, layout=Layout(layer="药山"))
    assert (table.layer, table.other_layers) == ("药山", ("北园",))
    assert remarked(table) == {None: ["layers_left"]}
    with pytest.raises(LedgerError) as raised:
        read_table(path, layout=Layout(layer="泺口"))
    assert raised.value.code == "unknown_layer"


def test_tables_without_geometry_do_not_compete_with_the_layer(tmp_path):
    path = written(tmp_path / "ledger.gpkg", layer="资产")
    written(path, layer="样式", append=True, geometry=None)
    table = read_table(path)
    assert (table.layer, table.other_layers) == ("资产", ("样式",))


@pytest.mark.parametrize(
    "name, contents, code",
    [
        ("ledger.gpkg", b"not a database", "not_what_it_says"),
        ("ledger.gpkg", b"SQLite format 3\0" + b"\0" * 100, "damaged"),
        ("ledger.shp", b"\x89PNG", "not_a_table"),
        ("ledger.kml", b"<OGRVRTDataSource><OGRVRTLayer name='x'/></OGRVRTDataSource>", "not_what_it_says"),
        ("ledger.kml", b"<kml><Document>", "damaged"),
        ("ledger.kml", b"<!DOCTYPE kml [<!ENTITY a 'a'>]><kml/>", "not_what_it_says"),
        ("ledger.gpx", b"<gpx><!ENTITY a 'a'></gpx>", "unsafe_contents"),
        ("ledger.tab", b"!table\n!version 900\nDefinition Table\n Type SEAMLESS", "not_what_it_says"),
        ("ledger.fgb", b"fgb\x03fgb\x01" + b"\xff" * 50, "damaged"),
        ("ledger.mif", b"VERSION 300\n", "parts_missing"),
        ("ledger.tab", b"!table\n!version 300\nDefinition Table\n Type NATIVE", "parts_missing"),
        ("ledger.zip", b"PK\x03\x04", "not_a_zip"),
        ("ledger.zip", b"1,2,3", "not_a_zip"),
    ],
)
def test_what_cannot_be_read_is_named(read, name, contents, code):
    assert error_of(read, contents, name).code == code


@given(st.integers(0, 2**32), st.sampled_from(["gpkg", "fgb", "kml", "shp"]))
@settings(max_examples=150)
def test_damaged_geodata_is_a_table_or_a_ledger_error(tmp_path_factory, seed, ending):
    folder = tmp_path_factory.getbasetemp() / "damaged"
    folder.mkdir(exist_ok=True)
    path = folder / f"ledger.{ending}"
    for old in folder.iterdir():
        old.unlink()
    written(
        path,
        **({"driver": "LIBKML"} if ending == "kml" else {"encoding": "UTF-8"} if ending == "shp" else {}),
    )
    chance = random.Random(seed)
    victim = chance.choice(sorted(folder.iterdir()))
    contents = bytearray(victim.read_bytes())
    for _damage in range(chance.randint(1, 6)):
        contents[chance.randrange(len(contents))] = chance.randrange(256)
    if chance.random() < 0.3:
        del contents[chance.randrange(len(contents)) :]
    victim.write_bytes(contents)
    try:
        table = read_table(path)
    except LedgerError as error:
        assert str(error)  # noqa: PT017 (every outcome is allowed, an empty sentence is not)
    else:
        assert all(len(column) == len(table) > 0 for column in table.columns)


# --- ZIP files -----------------------------------------------------------------------------------------------


def test_a_zipped_shapefile_is_read_whatever_it_is_called(read, tmp_path):
    written(tmp_path / "台账.shp", encoding="GB18030")
    parts = [path for path in tmp_path.iterdir() if path.stem == "台账"]
    table = read(zipped(*parts, folder="数据/../../"), "ledger.zip")
    assert table["名称"].tolist() == NAMES
    assert table.crs == WGS84
    assert table.format == "shp"


def test_other_files_may_lie_beside_it(read, tmp_path):
    written(tmp_path / "a.gpkg")
    (tmp_path / "readme.txt").write_text("read me", encoding="utf-8")
    (tmp_path / "licence.pdf").write_bytes(b"%PDF")
    assert (
        len(read(zipped(tmp_path / "a.gpkg", tmp_path / "readme.txt", tmp_path / "licence.pdf"), "x.zip"))
        == 2
    )


def test_a_zipped_csv_is_read(read, tmp_path):
    (tmp_path / "a.csv").write_text("编号,名称\n1,a\n", encoding="utf-8")
    assert len(read(zipped(tmp_path / "a.csv"), "x.zip")) == 1


def test_a_zipped_file_geodatabase_is_read(read, tmp_path):
    written(tmp_path / "a.gdb", driver="OpenFileGDB", layer="assets")
    table = read(zipped(*(tmp_path / "a.gdb").iterdir(), folder="export/a.gdb/"), "x.zip")
    assert table["名称"].tolist() == NAMES


def test_between_several_data_sets_in_one_archive_a_person_chooses(read, tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"编号,名称\n1,{name}\n", encoding="utf-8")
    error = error_of(read, zipped(tmp_path / "a.csv", tmp_path / "b.csv"), "x.zip")
    assert (error.code, error.params) == (
        "choose_layer",
        {"names": "a.csv, b.csv", "choices": ["a.csv", "b.csv"]},
    )
    table = read_table(tmp_path / "x.zip", layout=Layout(layer="b.csv"))
    assert (table["名称"].tolist(), table.layer, table.other_layers) == (["b.csv"], "b.csv", ("a.csv",))
    assert [remark.code for remark in table.remarks] == ["layers_left"]
    with pytest.raises(LedgerError) as raised:
        read_table(tmp_path / "x.zip", layout=Layout(layer="c.csv"))
    assert raised.value.code == "unknown_layer"


def test_between_layers_of_one_of_several_data_sets_a_person_chooses_too(tmp_path):
    (tmp_path / "a.csv").write_text("编号,名称\n1,a\n", encoding="utf-8")
    written(tmp_path / "b.gpkg", layer="assets")
    written(tmp_path / "b.gpkg", layer="others", append=True)
    (tmp_path / "x.zip").write_bytes(zipped(tmp_path / "a.csv", tmp_path / "b.gpkg"))
    with pytest.raises(LedgerError) as raised:
        read_table(tmp_path / "x.zip", layout=Layout(layer="b.gpkg"))
    assert raised.value.params["choices"] == ["b.gpkg / assets", "b.gpkg / others"]
    table = read_table(tmp_path / "x.zip", layout=Layout(layer="b.gpkg / others"))
    assert (table["名称"].tolist(), table.layer) == (NAMES, "b.gpkg / others")
    assert table.other_layers == ("b.gpkg / assets", "a.csv")


def test_what_office_programs_keep_beside_an_open_file_is_no_data_set(read, tmp_path):
    (tmp_path / "a.csv").write_text("编号,名称\n1,a\n", encoding="utf-8")
    for name in ("~$a.csv", ".~lock.a.csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert (
        len(read(zipped(*(tmp_path / name for name in ("a.csv", "~$a.csv", ".~lock.a.csv"))), "x.zip")) == 1
    )


def test_a_shapefile_without_its_index_is_read(tmp_path):
    written(tmp_path / "a.shp")
    (tmp_path / "a.shx").unlink()
    assert len(read_table(tmp_path / "a.shp")) == len(NAMES)
    assert not (tmp_path / "a.shx").exists()


def test_an_archive_without_data_is_named(read, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK")
    assert error_of(read, zipped(tmp_path / "a.zip"), "x.zip").code == "archive_without_data"


def test_an_archive_that_expands_without_end_is_named(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as member:
        for _megabyte in range(200):
            member.write(bytes(1 << 20))
    assert error_of(read, out.getvalue(), "x.zip").code == "expands_too_far"


@pytest.mark.skipif(not MONTPELLIER.exists(), reason=f"{MONTPELLIER} is not on this machine")
def test_a_real_inventory_of_a_french_city_is_read_whole():
    table = read_table(MONTPELLIER)
    assert len(table) == 29_969
    assert table.crs == parse_crs("EPSG:2154")
    assert table.names == ("type_lante",)
    assert not any(shape is None for shape in table.geometry)


@pytest.mark.parametrize("ending", ["kml", "gpx"])
def test_many_comments_or_blanks_at_the_start_are_passed_over_in_one_go(read, ending):
    long = 20_000
    for start in (
        b"<!---->\n" * long,
        b"<!-- " * long,
        b" " * long,
        b"<?xml " * long,
        b"<!---->" * long + b"<!--",
    ):
        assert error_of(read, start + b"<other/>", f"ledger.{ending}").code == "not_what_it_says"


def test_a_kml_may_begin_with_comments(read):
    placemark = b"<Placemark><name>a</name><Point><coordinates>117.01,36.68</coordinates></Point></Placemark>"
    document = (
        b'<?xml version="1.0"?>\n<!-- a - b > c -->\n<!--c--> <kml xmlns="http://www.opengis.net/kml/2.2">'
    )
    assert len(read(document + b"<Document>" + placemark + b"</Document></kml>", "ledger.kml").rows) == 1


def test_a_geopackage_whose_view_never_ends_is_given_up(tmp_path):
    path = written(tmp_path / "ledger.gpkg")
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM n)"
            " SELECT fid FROM n"
        )
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier)"
            " VALUES ('endless', 'attributes', 'x')"
        )
    with pytest.raises(LedgerError) as raised:
        read_apart(path, limits=Limits(processor_seconds=2, seconds=30))
    assert raised.value.code == "reader_gave_up"


@pytest.mark.parametrize(
    "name", ["ledger.csv", "ledger.geojson", "ledger.gpkg", "ledger.zip", "ledger.xyz", "ledger.kml"]
)
def test_a_file_read_apart_is_the_same_table_or_the_same_refusal(tmp_path, name):
    path = tmp_path / name
    if name == "ledger.csv":
        path.write_text("编号,名称,经度,纬度\n1,北园大街宣传栏,117.01,36.68\n")
    elif name == "ledger.zip":
        path.write_bytes(zipped(written(tmp_path / "inner.gpkg")))
    elif name == "ledger.geojson":
        path.write_text("{}")
    elif name == "ledger.gpkg":
        written(path)
    else:
        path.write_text("<html>")
    answers = []
    for reader in (read_table, read_apart):
        try:
            table = reader(path)
        except LedgerError as error:
            answers.append((error.code, {key: str(value) for key, value in error.params.items()}))
        else:
            columns = [list(map(str, cells)) for cells in table.columns]
            answers.append(
                (table.names, columns, table.rows.tolist(), table.format, table.crs, str(table.geometry))
            )
    assert answers[0] == answers[1]


# --- What lies beside a file, or in it and is none -------------------------------------------------------------------


@pytest.fixture
def unfinished(tmp_path):
    """The files of a GeoPackage with an update that is still in its write-ahead log."""
    (tmp_path / "open").mkdir()
    path = written(tmp_path / "open" / "ledger.gpkg")
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL").fetchall()
    database.execute("PRAGMA wal_autocheckpoint = 0").fetchall()
    # No trigger of the table may need a function of its own.
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{trigger}"')
    database.execute("UPDATE ledger SET 名称 = '改名之后' WHERE fid = 2")
    database.commit()
    copies = tmp_path / "copied"
    copies.mkdir()
    for name in ("ledger.gpkg", "ledger.gpkg-wal"):
        (copies / name).write_bytes((tmp_path / "open" / name).read_bytes())
    yield copies
    database.close()


def test_changes_in_a_write_ahead_log_beside_the_file_are_read(unfinished):
    before = {path.name: path.read_bytes() for path in unfinished.iterdir()}
    table = read_table(unfinished / "ledger.gpkg")
    assert table["名称"].tolist() == [NAMES[0], "改名之后"]
    assert remarked(table) == {}
    assert {path.name: path.read_bytes() for path in unfinished.iterdir()} == before


def test_changes_in_a_write_ahead_log_in_a_zip_file_are_read(read, unfinished):
    contents = zipped(*sorted(unfinished.iterdir()), folder="数据/")
    assert read(contents, "x.zip")["名称"].tolist() == [NAMES[0], "改名之后"]


def test_a_geopackage_copied_without_its_log_is_said_to_have_been_open(unfinished):
    (unfinished / "ledger.gpkg-wal").unlink()
    table = read_table(unfinished / "ledger.gpkg")
    assert table["名称"].tolist() == NAMES
    assert remarked(table) == {None: ["still_open"]}


@pytest.mark.parametrize("srs", [0, -1])
def test_an_undefined_system_is_none(tmp_path, srs):
    path = written(tmp_path / "ledger.gpkg", SPATIAL_INDEX="NO")
    with sqlite3.connect(path) as database:
        for trigger in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger[0]}"')
        database.execute("UPDATE gpkg_contents SET srs_id = ?", [srs])
        database.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", [srs])
    table = read_table(path)
    assert table.crs is None
    assert remarked(table) == {}


def test_a_city_s_own_system_is_named_and_is_none(tmp_path):
    written(tmp_path / "ledger.shp", encoding="UTF-8")
    (tmp_path / "ledger.prj").write_text('LOCAL_CS["Jinan local",UNIT["metre",1]]')
    table = read_table(tmp_path / "ledger.shp")
    assert table.crs is None
    assert [(remark.code, remark.params) for remark in table.remarks] == [
        ("system_unknown", {"said": "Jinan local"})
    ]


def test_a_projection_without_a_number_is_converted_by_its_definition(tmp_path):
    definition = "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=50000 +y_0=-3421129 +ellps=GRS80 +units=m"
    table = read_table(written(tmp_path / "ledger.gpkg", crs=definition))
    assert (table.crs.code, remarked(table)) == ("custom", {})


def test_a_text_that_is_no_utf8_costs_its_row_and_no_other(tmp_path):
    path = written(tmp_path / "ledger.gpkg", SPATIAL_INDEX="NO")
    with sqlite3.connect(path) as database:
        for trigger in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger[0]}"')
        database.execute("UPDATE ledger SET 名称 = CAST(x'61ff6261' AS TEXT) WHERE fid = 2")
    table = read_table(path)
    assert table["名称"].tolist() == [NAMES[0], None]
    assert remarked(table) == {2: ["text_unreadable"]}


@pytest.mark.parametrize("day", ["0000-00-00", "2024-02-31", "soon"])
def test_a_day_that_is_none_costs_no_row(tmp_path, day):
    path = tmp_path / "ledger.gpkg"
    days = np.array(["2024-05-01", "2024-05-02"], dtype="datetime64[D]")
    pyogrio.raw.write(
        path,
        shapely.to_wkb(POINTS),
        [np.array(NAMES, dtype=object), days],
        ["名称", "安装日期"],
        geometry_type="Point",
        crs="EPSG:4326",
        SPATIAL_INDEX="NO",
    )
    with sqlite3.connect(path) as database:
        for trigger in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger[0]}"')
        database.execute("UPDATE ledger SET 安装日期 = ? WHERE fid = 1", [day])
    table = read_table(path)
    assert table["名称"].tolist() == NAMES
    assert str(table["安装日期"][1])[:10].replace("/", "-") == "2024-05-02"


@pytest.mark.parametrize(
    "name, options",
    [
        ("ledger.tab", {"driver": "MapInfo File"}),
        ("ledger.mif", {"driver": "MapInfo File", "FORMAT": "MIF"}),
    ],
)
@pytest.mark.parametrize("encoding", ["UTF-8", "GB18030"])
def test_mapinfo_is_read_in_chinese(tmp_path, name, options, encoding):
    path = tmp_path / name
    pyogrio.raw.write(
        path,
        shapely.to_wkb(POINTS),
        [np.array(NAMES, dtype=object)],
        ["name"],
        geometry_type="Point",
        crs="EPSG:4326",
        **options,
        **({"ENCODING": encoding} if encoding == "UTF-8" else {}),
    )
    if encoding == "GB18030":
        for part in tmp_path.iterdir():
            data = part.read_bytes()
            for text in NAMES:
                raw = text.encode("gb18030")
                if name.endswith("tab"):  # whose fields have a fixed length
                    raw = raw.ljust(len(text.encode()), b"\0")
                data = data.replace(text.encode(), raw)
            part.write_bytes(data)
    table = read_table(path)
    assert table["name"].tolist() == NAMES
    assert table.crs == WGS84


def test_heights_and_measures_are_left_out(tmp_path):
    deep = shapely.from_wkt(["POINT ZM (117.01 36.68 20 5)", "POINT Z (117.02 36.69 3)"])
    table = read_table(mixed(tmp_path / "ledger.gpkg", deep))
    assert [shape.wkt for shape in table.geometry] == ["POINT (117.01 36.68)", "POINT (117.02 36.69)"]


def mixed(path, shapes):
    """A GeoPackage of shapes of any kind."""
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array(shapes, dtype=object), output_dimension=4, flavor="iso"),
        [np.array([f"{place}号" for place in range(len(shapes))], dtype=object)],
        ["名称"],
        geometry_type="Unknown",
        crs="EPSG:4326",
    )
    return path


@pytest.mark.parametrize("ending", ["gpkg", "fgb"])
def test_shapes_of_every_kind_stand_in_one_layer(tmp_path, ending):
    shapes = shapely.from_wkt(
        [
            "POINT (117 36)",
            "POINT EMPTY",
            "MULTIPOINT ((117 36))",
            "MULTIPOINT ((117 36), (118 36))",
            "LINESTRING (117 36, 118 36)",
            "POLYGON ((117 36, 118 36, 118 37, 117 36))",
            "GEOMETRYCOLLECTION EMPTY",
        ]
    )
    options = {"SPATIAL_INDEX": "NO"} if ending == "fgb" else {}
    path = tmp_path / f"ledger.{ending}"
    pyogrio.raw.write(
        path,
        np.array([*shapely.to_wkb(shapes), None], dtype=object),
        [np.arange(8)],
        ["a"],
        geometry_type="Unknown",
        crs="EPSG:4326",
        **options,
    )
    table = read_table(path)
    assert [None if shape is None else shape.geom_type for shape in table.geometry] == [
        "Point",
        None,
        "Point",
        None,
        "LineString",
        "Polygon",
        None,
        None,
    ]
    assert remarked(table) == {4: ["several_places"]}


def test_waypoints_and_tracks_of_a_gpx_are_chosen_between(read):
    gpx = (
        '<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'
        '<wpt lat="36.68" lon="117.01"><name>甲</name></wpt>{}</gpx>'
    )
    table = read(gpx.format("").encode(), "ledger.gpx")
    assert (table["name"].tolist(), table.geometry[0].wkt) == (["甲"], "POINT (117.01 36.68)")
    track = (
        '<trk><name>t</name><trkseg><trkpt lat="36" lon="117"/><trkpt lat="36.1" lon="117"/></trkseg></trk>'
    )
    assert error_of(read, gpx.format(track).encode(), "ledger.gpx").code == "choose_layer"
    assert len(read(gpx.format(track).encode(), "ledger.gpx", layer="waypoints")) == 1


# --- Siblings: outlines and boundaries -------------------------------------------------------------------------


def without_system(tmp_path):
    """A polygon in a GeoPackage that says its system is undefined."""
    path = tmp_path / "outline.gpkg"
    path.unlink(missing_ok=True)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([shapely.box(116.9, 36.6, 117.1, 36.8)])),
        [np.array(["370105"], dtype=object)],
        ["code"],
        geometry_type="Polygon",
        crs=None,
    )
    return path


def test_an_outline_in_no_system_is_refused(tmp_path):
    from importing.outlines import OutlineError, read_outline

    with pytest.raises(OutlineError, match=r"outline\.gpkg"):
        read_outline(str(without_system(tmp_path)))


def test_boundaries_in_an_undefined_system_are_refused(tmp_path):
    from places.boundary_files import UnreadableBoundaries, read

    with pytest.raises(UnreadableBoundaries, match="--crs"):
        read(without_system(tmp_path))
    assert read(without_system(tmp_path), crs="wgs84").codes == ["370105"]


@pytest.mark.parametrize("ending", ["gpkg", "gdb", "fgb"])
def test_numbers_of_17_digits_keep_them_where_one_is_missing(tmp_path, ending):
    codes = np.array([37010503008000001, 37010503008000002])
    missing = np.array([False, True])
    path = tmp_path / f"ledger.{ending}"
    options = {
        "gdb": {"driver": "OpenFileGDB", "TARGET_ARCGIS_VERSION": "ARCGIS_PRO_3_2_OR_LATER"},
        "fgb": {"SPATIAL_INDEX": "NO"},
    }.get(ending, {})
    pyogrio.raw.write(
        path,
        shapely.to_wkb(POINTS),
        [codes, np.array(NAMES, dtype=object)],
        ["编号", "名称"],
        field_mask=[missing, None],
        geometry_type="Point",
        crs="EPSG:4326",
        **options,
    )
    table = read_table(path)
    assert table["编号"].tolist() == [37010503008000001, None]
    assert table["名称"].tolist() == NAMES


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
