"""build_basemap: what is in the tiles afterwards, whatever the file was, and what is said of one that is broken."""

import gzip
import json
import os
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command
from pmtiles.convert import pmtiles_to_mbtiles
from pytest_django import Settings

from mapping.basemap.archive import Archive, Origin, location
from mapping.basemap.building import Built
from mapping.basemap.errors import BasemapError
from mapping.basemap.naming import read_rules
from mapping.basemap.romanising import romanised
from mapping.basemap.shipped import build_shipped_if_none
from parts.prepare import draw_base_map
from places.coordinates import GCJ02, from_wgs84
from tests.mapping.basemap.conftest import ROADS, SHIPPED, geojson, made_of, served, write
from tests.mapping.conftest import decoded, tiles_around

AROUND = (116.98, 36.68, 117.0, 36.69)
DISTRICT = (116.92, 36.66, 117.06, 36.80)


def drawn(z: int = 14, around: tuple[float, float, float, float] = AROUND) -> dict[str, list[dict[str, Any]]]:
    """The features of the tiles about a rectangle, by layer."""
    found: dict[str, list[dict[str, Any]]] = {}
    archive = served()
    for tile in tiles_around(z, *around):
        content = archive.tile(*tile)
        for name, layer in decoded(gzip.decompress(content) if content else b"").items():
            found.setdefault(name, []).extend(layer["features"])
    return found


def properties(layer: str, z: int = 14) -> set[tuple[str, str | None]]:
    """Class and name of what a layer holds about the middle of the district."""
    return {
        (feature["properties"]["class"], feature["properties"].get("name"))
        for feature in drawn(z).get(layer, [])
    }


def test_roads_have_a_class_and_a_name_and_begin_at_a_zoom_of_their_own(built: Built) -> None:
    assert built.features == {"roads": 2}
    assert properties("roads") == {("primary", "北园大街"), ("street", None)}
    assert properties("roads", z=9) == {("primary", "北园大街")}
    assert properties("roads", z=7) == set()


def test_it_says_where_its_data_comes_from(built: Built) -> None:
    about = served().about
    assert about.build == built.build
    assert about.origin.sources == ("roads.geojson",)
    assert (about.origin.credit["zh-hans"], about.origin.licence, about.origin.date) == (
        "© 测试",
        "ODbL 1.0",
        "2020-11",
    )
    assert about.zooms == (8, 14)
    west, south, east, north = about.bounds
    assert (round(west, 2), round(south, 2), round(east, 2), round(north, 2)) == (
        116.97,
        36.68,
        117.03,
        36.69,
    )


def test_names_come_in_latin_letters_too(built: Built) -> None:
    named = {(road["properties"].get("name"), road["properties"].get("pinyin")) for road in drawn()["roads"]}
    assert named == {("北园大街", "Beiyuan Dajie"), (None, None)}
    for name, romanisation in (
        ("济泺路", "Jiluo Lu"),
        ("济南西站", "Jinanxi Zhan"),
        ("路", "Lu"),
        ("Mannerheimintie", None),
    ):
        assert romanised(name) == romanisation


def test_the_pieces_of_a_road_are_one_line_to_write_its_name_along(tmp_path: Path) -> None:
    corners = [(116.98, 36.685), (116.985, 36.685), (116.99, 36.6851), (116.995, 36.685)]
    pieces = [
        ({"highway": "primary", "name": "北园大街"}, shapely.LineString(corners[n : n + 2])) for n in range(3)
    ]
    assert made_of(geojson(tmp_path / "pieces.geojson", pieces)).features == {"roads": 3}
    [road] = drawn(9)["roads"]
    assert road["geometry"]["type"] == "LineString"


def test_the_same_contents_are_the_same_build(built: Built, roads: Path) -> None:
    assert made_of(roads).build == built.build


def test_the_shipped_extract_has_the_roads_and_stations_of_the_district() -> None:
    built = made_of(SHIPPED)
    assert built.features["roads"] > 8000
    assert {"北园大街", "济泺路"} <= {f["properties"].get("name") for f in drawn(13, DISTRICT)["roads"]}
    assert ("station", "济南") in {
        (feature["properties"]["class"], feature["properties"]["name"]) for feature in drawn(12)["pois"]
    }
    assert built.size < 1_000_000


@pytest.mark.parametrize("ending", ["shp", "gpkg", "gdb"])
def test_files_of_gdal_give_the_same_roads(tmp_path: Path, ending: str) -> None:
    drivers = {"shp": "ESRI Shapefile", "gpkg": "GPKG", "gdb": "OpenFileGDB"}
    path = write(
        tmp_path / f"roads.{ending}",
        ROADS,
        driver=drivers[ending],
        layer="roads_all",
        geometry_type="LineString",
    )
    assert made_of(path).features == {"roads": 2}
    assert properties("roads") == {("primary", "北园大街"), ("street", None)}


def test_a_shapefile_in_gbk_that_does_not_say_so_keeps_its_names(tmp_path: Path) -> None:
    path = write(
        tmp_path / "roads.shp", ROADS, driver="ESRI Shapefile", geometry_type="LineString", encoding="GB18030"
    )
    path.with_suffix(".cpg").unlink()
    made_of(path)
    assert ("primary", "北园大街") in properties("roads")


def test_a_survey_file_is_brought_to_longitude_and_latitude(tmp_path: Path) -> None:
    line = shapely.LineString([(496_000, 4_061_500), (499_000, 4_061_500)])
    made_of(write(tmp_path / "a.gpkg", [({"highway": "trunk"}, line)], crs="EPSG:4548", driver="GPKG"))
    west, south, _east, _north = served().about.bounds
    assert (west, south) == (pytest.approx(116.9552, abs=1e-4), pytest.approx(36.6845, abs=1e-4))


def test_shifted_coordinates_are_shifted_back(tmp_path: Path) -> None:
    lon, lat = from_wgs84([116.97, 117.03], [36.685, 36.685], GCJ02)
    shifted = shapely.LineString(list(zip(lon, lat, strict=True)))
    made_of(geojson(tmp_path / "amap.geojson", [({"highway": "primary"}, shifted)]), crs="gcj02")
    west, south, east, north = served().about.bounds
    assert [round(degrees, 5) for degrees in (west, east)] == [116.97, 117.03]
    assert [round(degrees, 4) for degrees in (south, north)] == [36.685, 36.685]


def test_only_what_lies_in_the_rectangle_is_taken(roads: Path) -> None:
    made_of(roads, bbox=(116.98, 36.68, 116.985, 36.69))
    west, _south, east, _north = served().about.bounds
    assert (round(west, 4), round(east, 4)) == (116.98, 116.985)
    assert properties("roads") == {("primary", "北园大街")}


def test_areas_water_rails_and_names_are_told_apart(tmp_path: Path) -> None:
    square = shapely.box(116.985, 36.682, 116.99, 36.686)
    path = shapely.LineString([(116.98, 36.681), (117.0, 36.689)])
    spot = shapely.Point(116.99, 36.685)
    features = [
        ({"natural": "water", "name": "大明湖"}, square),
        ({"waterway": "river", "name": "小清河"}, path),
        ({"leisure": "park", "name": "五柳岛公园"}, square),
        ({"building": "yes", "name": None}, square),
        ({"railway": "rail", "name": "津浦线"}, path),
        ({"railway": "subway", "name": "2号线"}, path),
        ({"place": "suburb", "name": "北园"}, spot),
        ({"railway": "station", "name": "济南"}, spot),
        ({"amenity": "hospital", "name": None}, spot),
    ]
    keys = sorted({key for values, _shape in features for key in values})
    whole = [({key: values.get(key) for key in keys}, shape) for values, shape in features]
    made_of(geojson(tmp_path / "all.geojson", whole))
    assert properties("water") == {("water", "大明湖"), ("river", "小清河")}
    assert properties("green") == {("park", "五柳岛公园")}
    assert properties("buildings") == {("building", None)}
    assert properties("rail") == {("rail", "津浦线"), ("metro", "2号线")}
    assert properties("places") == {("suburb", "北园")}
    assert properties("pois") == {("station", "济南"), ("park", "五柳岛公园")}


def test_shapefiles_of_geofabrik_are_known_by_their_names(tmp_path: Path) -> None:
    line = ROADS[0][1]
    path = write(
        tmp_path / "gis_osm_roads_free_1.shp",
        [({"fclass": "primary_link", "name": "匝道"}, line)],
        driver="ESRI Shapefile",
        geometry_type="LineString",
    )
    made_of(path)
    assert properties("roads") == {("primary", "匝道")}
    assert properties("roads", z=11) == set()


def test_a_mapping_says_what_the_office_s_own_columns_mean(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "道路中心线.geojson",
        [
            ({"路名": "北园大街", "等级": "主干路"}, ROADS[0][1]),
            ({"路名": "巷", "等级": "支路"}, ROADS[1][1]),
        ],
    )
    rules = tmp_path / "mapping.json"
    mapping = {
        "from": "道路中心线",
        "to": "roads",
        "name": "路名",
        "class": "等级",
        "classes": {"主干路": "primary"},
    }
    rules.write_text(json.dumps([mapping], ensure_ascii=False))
    made_of(path, rules=tuple(read_rules(rules)))
    assert properties("roads") == {("primary", "北园大街"), ("street", "巷")}


@pytest.mark.parametrize(
    "content,words",
    [
        ("{", "no JSON"),
        ("[]", "a list of rules"),
        ('[{"to": "roads"}]', "rule 1: it needs"),
        ('[{"from": "a", "to": "streets"}]', "no layer “streets”"),
        ('[{"from": "a", "to": "roads", "otherwise": "lane"}]', "no class “lane”"),
        ('[{"from": "a", "to": "roads", "kind": "b"}]', "“kind” is not known"),
    ],
)
def test_a_mapping_that_is_wrong_is_named(tmp_path: Path, english: None, content: str, words: str) -> None:
    path = tmp_path / "mapping.json"
    path.write_text(content)
    with pytest.raises(BasemapError, match=words):
        read_rules(path)


def test_a_layer_that_nobody_knows_is_named(tmp_path: Path, english: None) -> None:
    path = geojson(tmp_path / "unknown.geojson", [({"a": 1}, ROADS[0][1])])
    with pytest.raises(BasemapError, match=r"--map.*unknown\.geojson \(a\)"):
        made_of(path)


# --- Finished tiles -----------------------------------------------------------------------------------------------


def test_finished_tiles_are_taken_over(built: Built, tmp_path: Path) -> None:
    before = served().about
    finished, as_mbtiles = tmp_path / "from-elsewhere.pmtiles", tmp_path / "from-elsewhere.mbtiles"
    finished.write_bytes(location().read_bytes())
    pmtiles_to_mbtiles(str(finished), str(as_mbtiles))
    for path in (finished, as_mbtiles):
        location().unlink()
        made_of(path, origin=Origin((path.name,), {"en": "© Somebody"}))
        assert properties("roads") == {("primary", "北园大街"), ("street", None)}
        assert served().about.zooms == before.zooms
        assert served().about.origin.credit == {"en": "© Somebody"}


def test_finished_tiles_keep_the_credit_that_they_bring(built: Built, tmp_path: Path) -> None:
    finished = tmp_path / "again.pmtiles"
    finished.write_bytes(location().read_bytes())
    made_of(finished, origin=Origin((finished.name,)))
    assert served().about.origin.credit == {"zh-hans": "© 测试", "en": "© Test"}


def test_finished_tiles_are_not_cut_again(built: Built, tmp_path: Path, english: None) -> None:
    finished = tmp_path / "again.pmtiles"
    finished.write_bytes(location().read_bytes())
    with pytest.raises(BasemapError, match="without --bbox"):
        made_of(finished, bbox=(116, 36, 117, 37))


# --- What is wrong with a file ------------------------------------------------------------------------------------


def broken(tmp_path: Path, kind: str) -> Path:
    """A file of that kind that cannot be used."""
    path = tmp_path / f"broken.{kind.partition(' ')[0]}"
    whole = SHIPPED.read_bytes()
    if kind == "osm.pbf cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif kind == "osm.pbf scratched":
        middle = len(whole) // 2
        path.write_bytes(whole[:middle] + bytes(200) + whole[middle + 200 :])
    elif kind == "gdb":
        path.mkdir()
        (path / "a00000001.gdbtable").write_bytes(b"nothing")
    elif kind == "shp alone":
        write(path, ROADS, driver="ESRI Shapefile", geometry_type="LineString")
        path.with_suffix(".dbf").unlink()
    elif kind == "shp cut":
        write(path, ROADS, driver="ESRI Shapefile", geometry_type="LineString")
        path.write_bytes(path.read_bytes()[:120])
    elif kind == "gpkg cut":
        write(path, ROADS, driver="GPKG")
        path.write_bytes(path.read_bytes()[:9000])
    elif kind == "geojson cut":
        geojson(path, ROADS)
        path.write_bytes(path.read_bytes()[:300])
    elif kind == "geojson far":
        geojson(
            path, [({"highway": "primary"}, shapely.LineString([(500_000, 4_000_000), (500_100, 4_000_000)]))]
        )
    elif kind == "pmtiles cut":
        path.write_bytes(location().read_bytes()[:-50])
    elif kind == "mbtiles empty":
        sqlite3.connect(path).execute("CREATE TABLE metadata (name, value)").connection.close()
    elif kind == "geojson VRT":
        path.write_text("<OGRVRTDataSource></OGRVRTDataSource>")
    else:
        path.write_bytes(b"nothing of that kind")
    return path


@pytest.mark.parametrize(
    "kind",
    [
        "osm.pbf",
        "osm.pbf cut",
        "osm.pbf scratched",
        "shp",
        "shp alone",
        "shp cut",
        "gpkg",
        "gpkg cut",
        "gdb",
        "geojson",
        "geojson cut",
        "geojson far",
        "geojson VRT",
        "pmtiles",
        "pmtiles cut",
        "mbtiles",
        "mbtiles empty",
        "txt",
    ],
)
def test_a_broken_file_gets_words_and_the_old_map_stays(built: Built, tmp_path: Path, kind: str) -> None:
    before = location().read_bytes()
    path = broken(tmp_path, kind)
    with pytest.raises(CommandError) as refusal:
        call_command("build_basemap", str(path))
    assert path.name in str(refusal.value)
    assert location().read_bytes() == before
    assert os.listdir(location().parent) == [location().name]


def test_a_tile_that_unfolds_to_gigabytes_is_refused(tmp_path: Path, built: Built, english: None) -> None:
    path, as_mbtiles = tmp_path / "a.pmtiles", tmp_path / "bomb.mbtiles"
    path.write_bytes(location().read_bytes())
    pmtiles_to_mbtiles(str(path), str(as_mbtiles))
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(bytes(64 << 20)) + packer.flush()
    database = sqlite3.connect(as_mbtiles)
    database.execute("UPDATE tiles SET tile_data = ?", [bomb])
    database.commit()
    database.close()
    with pytest.raises(BasemapError, match="too large"):
        made_of(as_mbtiles)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, english: None) -> None:
    for ending in ("osm.pbf", "geojson", "pmtiles", "mbtiles", "gdb"):
        with pytest.raises(BasemapError, match="none"):
            made_of(tmp_path / f"none.{ending}")


def test_without_room_to_write_the_reason_is_said(roads: Path, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "in-the-way").write_text("a file")
    settings.BASEMAP_ROOT = tmp_path / "in-the-way" / "basemap"
    with pytest.raises(BasemapError, match="in-the-way"):
        made_of(roads)


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "117,36,116,37", "0,0,0,0", "116,36,nan,37"])
def test_a_rectangle_that_is_none_is_refused(roads: Path, bbox: str) -> None:
    with pytest.raises(CommandError):
        call_command("build_basemap", str(roads), "--bbox", bbox)


def test_an_archive_that_is_damaged_is_no_archive(built: Built) -> None:
    whole = location().read_bytes()
    for content in (b"", b"PMTiles", whole[:100], whole[:200], b"x" * 5000, whole[:127] + bytes(1000)):
        location().write_bytes(content)
        with pytest.raises(BasemapError):
            Archive(location())


def test_the_command_says_what_it_built(
    roads: Path, english: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command(
        "build_basemap", str(roads), "--credit", "© 天桥区", "--date", "2026-05", "--licence", "内部"
    )
    output = capsys.readouterr().out
    assert "roads: 2" in output
    assert served().about.build in output
    assert served().about.origin == Origin(
        ("roads.geojson",), {"zh-hans": "© 天桥区", "en": "© 天桥区"}, "内部", "2026-05"
    )


def test_an_osm_file_is_credited_by_itself(rebuilt: Callable[[], Built]) -> None:
    call_command("build_basemap", str(SHIPPED), "--bbox", "116.98,36.68,117,36.69")
    origin = served().about.origin
    assert (origin.credit["en"], origin.licence) == ("© OpenStreetMap contributors", "ODbL 1.0")


# --- The one that a try-out begins with -------------------------------------------------------------------------------


def test_a_try_out_begins_with_real_roads_and_says_whose_they_are() -> None:
    assert build_shipped_if_none() is not None
    credit = served().about.origin.credit
    assert "OpenStreetMap contributors, ODbL; roads of 2020, few north of the river" in credit["en"]
    assert "贡献者" in credit["zh-hans"]


def test_a_base_map_that_somebody_has_built_stays(built: Built) -> None:
    assert build_shipped_if_none() is None
    assert served().about.build == built.build


def test_a_start_without_it_goes_on_in_words(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BASE_DIR = tmp_path
    draw_base_map()
    assert "could not be built" in capsys.readouterr().out
    assert not location().exists()
