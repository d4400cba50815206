"""GeoPackage, FlatGeobuf, Shapefile, KML, GeoParquet and JSON in other systems, read back by GDAL and pyarrow."""

import json
import sqlite3
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from assets.fields import SHORT_NAMES, Output, fields_for
from assets.layers import EXPORTED
from assets.models import Asset, Condition
from assets.models.inspection import Inspection
from assets.xml_text import writable
from importing.values.parsed import visible
from mapping.exports.qgis_style import COLOURS
from places.coordinates import CRS, parse_crs, to_wgs84
from tests.factories import make_asset
from tests.mapping.conftest import Town
from tests.mapping.exports import taken

pytestmark = pytest.mark.django_db
SYSTEMS = ["wgs84", "EPSG:4490", "EPSG:4548", "EPSG:4527", "gcj02", "bd09"]
GDAL_FORMATS = ["gpkg", "fgb", "shp.zip"]


@pytest.fixture
def exporter(client: Client, planner: User) -> Client:
    client.force_login(planner)
    return client


def read(file: Path, layer: str | None = None) -> tuple[dict, dict[str, list], np.ndarray]:
    """GDAL's metadata, columns by name and geometries."""
    source = f"/vsizip/{file}" if file.suffix == ".zip" else str(file)
    meta, _ids, geometry, columns = pyogrio.raw.read(source, layer=layer, datetime_as_string=True)
    named = {name: list(column) for name, column in zip(meta["fields"], columns, strict=True)}
    return meta, named, shapely.from_wkb(geometry) if geometry is not None else np.array([])


def assert_in_place(x: np.ndarray, y: np.ndarray, crs: CRS, codes: list[str]) -> None:
    """Every position within 0.1 m of the asset's."""
    lon, lat = to_wgs84(x, y, crs)
    points = dict(Asset.objects.values_list("code", "point"))
    for code, east, north in zip(codes, lon, lat, strict=True):
        metres = np.hypot((east - points[code].x) * 89_300, (north - points[code].y) * 111_000)
        assert metres < 0.1, (code, metres)


@pytest.mark.parametrize("ending", GDAL_FORMATS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_gdal_reads_counts_texts_positions_and_the_system(
    ending: str, system: str, town: Town, exporter: Client, tmp_path: Path
) -> None:
    file = taken(exporter, f"/export/assets.{ending}?crs={system}", tmp_path)
    meta, columns, geometry = read(file, "assets" if ending == "gpkg" else None)
    crs = parse_crs(system)
    assert set(columns["code"]) == {asset.code for asset in town.shown}
    names = dict(zip(columns["code"], columns["name"], strict=True))
    assert names[town.board.code] == "北园大街 419 号宣传栏"
    assert_in_place(shapely.get_x(geometry), shapely.get_y(geometry), crs, columns["code"])
    if system.startswith("EPSG") or system == "wgs84":
        assert parse_crs(meta["crs"]) == crs
    else:
        assert {"gcj02": "GCJ-02", "bd09": "BD-09"}[system] in meta["crs"]
        assert "WGS" not in meta["crs"]


@pytest.mark.parametrize("layer", list(EXPORTED))
@pytest.mark.parametrize("ending", ["fgb", "parquet", "geojson", "geojsonl", "kml", "shp.zip", "csv", "xlsx"])
def test_every_layer_comes_in_every_format(layer: str, ending: str, town: Town, exporter: Client) -> None:
    Inspection.objects.create(
        asset=town.board, condition=Condition.GOOD, observed_at=timezone.now(), origin="web"
    )
    response = exporter.get(f"/export/{layer}.{ending}")
    assert response.status_code == 200
    assert len(response.getvalue()) > 100


def test_an_empty_result_is_an_empty_layer(town: Town, exporter: Client, tmp_path: Path) -> None:
    for ending in ("fgb", "gpkg", "shp.zip", "kml", "parquet"):
        file = taken(exporter, f"/export/assets.{ending}?condition=minor", tmp_path)
        if ending == "parquet":
            assert pyarrow.parquet.read_table(file).num_rows == 0
        else:
            source = f"/vsizip/{file}" if ending == "shp.zip" else file
            assert pyogrio.read_info(source, force_feature_count=True)["features"] in (0, -1)


# --- GeoPackage -----------------------------------------------------------------------------------------------------


def test_a_geopackage_brings_related_tables_codes_and_a_style(
    town: Town, exporter: Client, tmp_path: Path
) -> None:
    Inspection.objects.create(
        asset=town.board, condition=Condition.GOOD, observed_at=timezone.now(), origin="web", note="完好"
    )
    file = taken(exporter, "/export/assets.gpkg", tmp_path)
    layers = {name for name, _geometry in pyogrio.list_layers(file)}
    assert layers >= {"assets", "inspections", "maintenance", "codes"}
    _meta, inspections, _none = read(file, "inspections")
    assert (inspections["asset"], inspections["note"]) == ([town.board.code], ["完好"])
    _meta, jobs, _none = read(file, "maintenance")
    assert (jobs["asset"], jobs["kind"]) == ([town.mural.code], ["repaint"])
    with sqlite3.connect(file) as database:
        [reference] = database.execute("PRAGMA foreign_key_list(inspections)").fetchall()
        assert reference[2:5] == ("assets", "asset", "code")
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        style, default = database.execute("SELECT styleQML, useAsDefault FROM layer_styles").fetchone()
        styled = database.execute("SELECT f_table_name, f_geometry_column FROM layer_styles").fetchall()
        column = "SELECT table_name, column_name FROM gpkg_geometry_columns WHERE table_name = 'assets'"
        assert styled == database.execute(column).fetchall() != []
        codes = database.execute("SELECT zh FROM codes WHERE list='condition' AND code='damaged'").fetchall()
    assert default == 1
    assert 'attr="condition"' in style
    assert codes == [("破损",)]
    from xml.etree import ElementTree

    tree = ElementTree.fromstring(style.partition("\n")[2])
    values = [category.get("value") for category in tree.iter("category")]
    assert values == [condition.code for condition in Condition]
    assert {symbol.get("name") for symbol in tree.iter("symbol")} == {
        category.get("symbol") for category in tree.iter("category")
    }


def test_a_geopackage_in_words_is_styled_by_its_words(town: Town, exporter: Client, tmp_path: Path) -> None:
    file = taken(exporter, "/export/assets.gpkg?titles=words&lang=zh", tmp_path)
    _meta, columns, _geometry = read(file, "assets")
    assert "破损" in columns["状况"]
    with sqlite3.connect(file) as database:
        style = database.execute("SELECT styleQML FROM layer_styles").fetchone()[0]
    assert 'attr="状况"' in style
    assert 'value="破损"' in style


def test_without_component_ids_there_is_nothing_to_relate_to(
    town: Town, exporter: Client, tmp_path: Path
) -> None:
    file = taken(exporter, "/export/assets.gpkg?columns=name", tmp_path)
    layers = {name for name, _geometry in pyogrio.list_layers(file)}
    assert layers == {"assets", "codes"}


# --- Shapefile ------------------------------------------------------------------------------------------------------


def test_shapefile_names_are_short_unique_and_documented() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "exporting.md").read_text(encoding="utf-8")
    for layer in EXPORTED.values():
        names = [SHORT_NAMES.get(field.name, field.name) for field in layer.fields]
        assert len(names) == len(set(names))
        assert all(len(name) <= 10 for name in names), names
    for field in fields_for(Output.FILE):
        if field.name in SHORT_NAMES:
            assert f"`{SHORT_NAMES[field.name]}`" in guide


def test_a_shapefile_says_its_encoding_and_keeps_long_texts_whole_beside(
    town: Town, exporter: Client, tmp_path: Path
) -> None:
    wording = "讲文明树新风" * 40
    make_asset(Point(116.99, 36.68, srid=4326), type=town.board.type, wording=wording, name="长")
    file = taken(exporter, "/export/assets.shp.zip", tmp_path)
    with zipfile.ZipFile(file) as archive:
        parts = {Path(name).suffix: name for name in archive.namelist()}
        assert set(parts) == {".shp", ".shx", ".dbf", ".prj", ".cpg", ".txt"}
        assert archive.read(parts[".cpg"]) == b"UTF-8"
        beside = archive.read(parts[".txt"]).decode("utf-8-sig")
    assert wording in beside
    _meta, columns, _geometry = read(file)
    cut = dict(zip(columns["name"], columns["wording"], strict=True))["长"]
    assert cut.endswith("…")
    assert wording.startswith(cut[:-1]), "no character is cut in two"
    assert len(cut.encode()) <= 254


# --- KML, GeoParquet, JSON ------------------------------------------------------------------------------------------


def test_kml_names_its_placemarks(town: Town, exporter: Client, tmp_path: Path) -> None:
    file = taken(exporter, "/export/assets.kml", tmp_path)
    meta, columns, geometry = read(file)
    assert "北园大街 419 号宣传栏" in columns["Name"]
    assert len(geometry) == len(town.shown)
    assert parse_crs(meta["crs"]) == parse_crs("wgs84")
    assert exporter.get("/export/assets.kml?crs=gcj02").status_code == 400


KML = "{http://www.opengis.net/kml/2.2}"


@pytest.mark.parametrize(
    "query", ["", "?titles=words&lang=zh", "?titles=words&lang=en", "?columns=condition"]
)
def test_kml_is_coloured_by_condition(query: str, town: Town, exporter: Client, tmp_path: Path) -> None:
    Asset.objects.filter(pk=town.board.pk).update(
        name="<ExtendedData>", wording="]]>\n<Placemark>\n<Point>\n<ExtendedData>"
    )
    file = taken(exporter, f"/export/assets.kml{query}", tmp_path)
    tree = ElementTree.parse(file)
    colours = {style.get("id"): style.findtext(f".//{KML}color") for style in tree.iter(f"{KML}Style")}
    red, green, blue = (int(part) for part in COLOURS["damaged"].split(","))
    assert list(colours) == list(COLOURS)
    assert colours["damaged"] == f"ff{blue:02x}{green:02x}{red:02x}"
    codes = {condition.code: condition.code for condition in Condition}
    for language in ("zh-hans", "en"):
        with override(language):
            codes |= {str(condition.label): condition.code for condition in Condition}
    placemarks = list(tree.iter(f"{KML}Placemark"))
    assert len(placemarks) == len(town.shown)
    for placemark in placemarks:
        [told] = [
            data.text
            for data in placemark.iter(f"{KML}SimpleData")
            if data.get("name") in ("condition", "状况", "Condition")
        ]
        assert placemark.findtext(f"{KML}styleUrl") == f"#{codes[told]}"
        order = [child.tag.removeprefix(KML) for child in placemark]
        assert order == [part for part in ("name", "styleUrl", "ExtendedData", "Point") if part in order]


def test_kml_without_conditions_or_rows_has_no_colours(town: Town, exporter: Client, tmp_path: Path) -> None:
    for query in ("?columns=name", "?condition=minor"):
        assert "<Style" not in taken(exporter, f"/export/assets.kml{query}", tmp_path).read_text("utf-8")
    assert taken(exporter, "/export/maintenance.kml", tmp_path).stat().st_size > 100


@pytest.mark.parametrize("system", SYSTEMS)
def test_geoparquet_says_what_it_holds(system: str, town: Town, exporter: Client, tmp_path: Path) -> None:
    file = taken(exporter, f"/export/assets.parquet?crs={system}", tmp_path)
    table = pyarrow.parquet.read_table(file)
    geo = json.loads(pyarrow.parquet.read_metadata(file).metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    column = geo["columns"]["geometry"]
    assert (column["encoding"], column["geometry_types"]) == ("WKB", ["Point"])
    geometry = shapely.from_wkb(table["geometry"].to_pylist())
    crs = parse_crs(system)
    assert_in_place(shapely.get_x(geometry), shapely.get_y(geometry), crs, table["code"].to_pylist())
    assert np.allclose(column["bbox"], shapely.total_bounds(geometry))
    if system == "wgs84":
        assert "crs" not in column, "absent means longitude, latitude of WGS84"
    elif system.startswith("EPSG"):
        assert column["crs"]["id"] == {"authority": "EPSG", "code": int(system[5:])}
    else:
        assert (column["crs"]["type"], column["crs"]["name"]) == (
            "EngineeringCRS",
            {"gcj02": "GCJ-02", "bd09": "BD-09"}[system],
        )
    row = next(row for row in table.to_pylist() if row["code"] == town.mural.code)
    assert row["themes"] == ["core_values", "waste_sorting"]
    assert (row["large"], row["inspection_overdue"]) == (True, False)


@pytest.mark.parametrize("system", SYSTEMS[1:])
def test_json_in_another_system_is_named_for_it(system: str, town: Town, exporter: Client) -> None:
    name = system.lower().replace(":", "")
    response = exporter.get(f"/export/assets.{name}.json")
    assert f".{name}.json" in response["Content-Disposition"]
    collection = json.loads(response.getvalue())
    stated = collection["crs"]["properties"]["name"]
    assert parse_crs(stated) == parse_crs(system)
    assert ("warning" in collection) == (system in ("gcj02", "bd09"))
    features = collection["features"]
    assert collection["numberReturned"] == len(features) == len(town.shown)
    x, y = np.array([feature["geometry"]["coordinates"] for feature in features]).T
    assert_in_place(x, y, parse_crs(system), [feature["id"] for feature in features])


@pytest.mark.parametrize("system", ["gcj02", "bd09", "EPSG:4548"])
@pytest.mark.parametrize("titles", ["keys", "words"])
def test_gdal_takes_json_in_another_system_for_no_wgs84(
    system: str, titles: str, town: Town, exporter: Client, tmp_path: Path
) -> None:
    name = system.lower().replace(":", "")
    file = taken(exporter, f"/export/assets.{name}.json?titles={titles}", tmp_path)
    told = pyogrio.read_info(file)["crs"]
    assert parse_crs(told) == parse_crs(system)
    assert "4326" not in told
    assert "WGS" not in told


def test_geojson_is_always_wgs84(town: Town, exporter: Client) -> None:
    response = exporter.get("/export/assets.geojson?crs=EPSG:4548")
    assert (response.status_code, response.json()["parameter"]) == (400, "crs")
    assert "assets.epsg4548.json" in response.json()["detail"]
    assert exporter.get("/export/assets.geojson?crs=wgs84").status_code == 200
    assert exporter.get("/export/assets.epsg4548.json?crs=gcj02").status_code == 400


def test_a_line_is_a_feature(town: Town, exporter: Client) -> None:
    answer = exporter.get("/export/assets.geojsonl")
    assert answer["Content-Type"] == "application/x-ndjson"
    assert exporter.get("/export/changes.geojsonl")["Content-Type"] == "application/x-ndjson"
    lines = answer.getvalue().decode().splitlines()
    features = [json.loads(line) for line in lines]
    assert {feature["id"] for feature in features} == {asset.code for asset in town.shown}
    whole = json.loads(exporter.get("/export/assets.geojson").getvalue())
    assert features == whole["features"]


def test_words_in_geojson(town: Town, exporter: Client) -> None:
    body = exporter.get("/export/assets.geojson?titles=words&lang=zh&type=mural").getvalue()
    [feature] = json.loads(body)["features"]
    assert feature["properties"]["状况"] == "破损"
    assert feature["properties"]["主题"] == ["主题", "主题"]
    assert feature["geometry"]["coordinates"] == [116.9912, 36.6921]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.lists(
        st.one_of(
            st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
            st.sampled_from(
                ["]", "]]>", "<![CDATA[", "<", "&", "\x0b", "\ufffe", "&amp;", "<!--", "<b>", "'", '"']
            ),
        ),
        max_size=12,
    ).map("".join)
)
@example(text="]]>")
@example(text="<![CDATA[a]]>b]]>")
@example(text="a]]>b]]>c\x01")
@example(text="<![CDATA[")
def test_a_street_s_kml_is_whole_whatever_one_text_holds(
    text: str, town: Town, exporter: Client, tmp_path: Path
) -> None:
    Asset.objects.filter(pk=town.board.pk).update(wording=text, name=f"牌 {text}"[:200])

    path = taken(exporter, "/export/assets.kml", tmp_path)

    ElementTree.parse(path)
    meta, _ids, _geometry, columns = pyogrio.raw.read(path)
    read = dict(zip(meta["fields"], columns, strict=True))
    (place,) = np.flatnonzero(read["code"] == town.board.code)
    # What XML itself does to the ends of lines and of a text is not looked at.
    assert visible(squeezed(read["wording"][place] or "")) == visible(squeezed(writable(text)))
    assert visible(squeezed(read["Name"][place])) == visible(squeezed(writable(f"牌 {text}")))


def squeezed(text: str) -> str:
    return "".join(text.split())
