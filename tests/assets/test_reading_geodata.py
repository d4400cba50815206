"""Reading GeoJSON, GeoPackage, shapefiles, KML and the like, in and out of ZIP files."""

import io
import json
import random
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

from assets.importing.apart import read_apart
from assets.importing.reading import LedgerError, read_table
from places.apart import Limits
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
        return read_table(path, **options)

    return read


def error_of(read, *arguments, **options):
    with pytest.raises(LedgerError) as raised, translation.override("en"):
        read(*arguments, **options)
    assert str(raised.value)
    return raised.value


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
    assert [None if one is None else one.wkt for one in table.geometry] == [
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
        (collection(feature({"a": 1}), {"a": 1}), "bad_feature", 2),
        (collection(feature([1])), "bad_feature", 1),
        (
            collection(feature({}, POINT), feature({}, {"type": "Point", "coordinates": ["117", "36"]})),
            "bad_geometry",
            2,
        ),
        (collection(feature({}, {"type": "Point", "coordinates": [[1, 2], [3, 4]]})), "bad_geometry", 1),
        (collection(feature({}, {"type": "Polygon", "coordinates": [[[1, 2], [3]]]})), "bad_geometry", 1),
        (collection(feature({}, "POINT(1 2)")), "bad_geometry", 1),
        (collection(feature({f"c{n}": n for n in range(1000)})), "too_many_columns", None),
        (collection(feature({"a": "x" * 200_000})), "cell_too_long", 1),
        (collection(feature({"a": 1}), feature({"a": "\0"})), "nul_bytes", 2),
        (collection(feature({"a": 1, " a ": 2})), "duplicate_headers", None),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_wrong_with_geojson_is_named(read, contents, code, row):
    error = error_of(read, contents)
    assert error.code == code
    assert row is None or error.params["row"] == row


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
    assert [one.wkt for one in table.geometry] == ["POINT (117.01 36.68)", "POINT (117.02 36.69)"]
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


@pytest.mark.parametrize("missing", ["dbf", "shx"])
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
    table = read_table(path, layer="药山")
    assert (table.layer, table.other_layers) == ("药山", ("北园",))
    with pytest.raises(LedgerError) as raised:
        read_table(path, layer="泺口")
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


def test_several_data_sets_in_one_archive_are_named(read, tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("编号,名称\n1,a\n", encoding="utf-8")
    error = error_of(read, zipped(tmp_path / "a.csv", tmp_path / "b.csv"), "x.zip")
    assert (error.code, error.params) == ("archive_with_several", {"names": "a.csv, b.csv"})


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
    assert not any(one is None for one in table.geometry)


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
