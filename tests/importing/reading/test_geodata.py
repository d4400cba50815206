"""Reading GeoPackage, shapefiles, KML and the like, and what lies beside such a file or in it."""

import random
import sqlite3
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from importing.apart import read_apart
from importing.reading import LedgerError, read_table
from importing.reading.layout import Layout
from places.apart import Limits
from places.coordinates import CGCS2000_GK_117E, WGS84, parse_crs
from tests.importing.reading.geodata import (
    NAMES,
    POINTS,
    error_of,
    remarked,
    written,
    zipped,
)
from tests.importing.reading.outcomes import whole_table_or_none

MONTPELLIER = Path("/work/shared/data/montpellier_street_lights_epsg2154.zip")


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
    whole_table_or_none(path)


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
