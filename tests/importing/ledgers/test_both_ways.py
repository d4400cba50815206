"""Command and pages take the same answers and give the same verdict for the same file: counts, findings, values stored.

Over every case that once came in wrongly, where they are at hand, and over small files of every kind made here.
"""

import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from django.core.management import get_commands, load_command_class

from accounts.models import Role
from assets.models import Asset
from importing.answers import Answers
from importing.options import ImportOptions
from importing.reading.layout import Layout
from places.coordinates import GCJ02, from_wgs84, parse_crs
from tests.factories import make_user
from tests.importing.ledgers.both_ways import (
    ASKED,
    Choices,
    by_browser,
    by_command,
    names_of,
    stored_by_browser,
    stored_by_command,
)

pytestmark = pytest.mark.django_db(transaction=True)

CASES = Path("/work/shared/data/cases")
OWN = "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=50000 +y_0=-4000000 +ellps=GRS80 +units=m +no_defs"
WEST, SOUTH = 116.985, 36.675


@pytest.fixture
def publisher(district):
    """Somebody who may import into the whole district, and enter units."""
    return make_user(Role.ADMINISTRATOR, district.district, username="publisher")


@pytest.fixture
def judged(as_user, publisher):
    """Judges a file both ways, which have to agree, stores it both ways, and judges it again. Returns both verdicts."""
    client = as_user(publisher)

    def judge(path, choices):
        command = by_command(path, choices, publisher.username)
        browser, ledger = by_browser(client, path, choices)
        if command.refusal.startswith(ASKED):
            assert browser.refusal == ASKED
            return command, command
        assert browser == command
        if command.refusal:
            return command, command
        stored = stored_by_command(path, choices, publisher.username)
        assert not Asset.objects.exists()
        assert stored_by_browser(client, ledger) == stored
        again = by_command(path, choices, publisher.username)
        assert by_browser(client, path, choices)[0] == again
        return command, again

    return judge


def test_whatever_can_be_said_can_be_said_both_ways():
    """The answers of the pages, the options of the command, and what the importer takes are the same set."""
    layout = names_of(Layout)
    options = names_of(ImportOptions) - {"source", "without_positions"}
    assert names_of(Choices) == layout | options
    answers = names_of(Answers) - {"recalled", "source"}
    # A column that is left out means nothing.
    assert answers == layout | options - {"ignored"}
    parser = load_command_class(get_commands()["import_assets"], "import_assets").create_parser("", "")
    given = {action.dest for action in parser._actions}
    assert given >= {
        "map", "ignore", "meaning", "crs", "exchange", "type", "district", "allow_outside", "near", "strict",
        "create_units", "confirm", "layer", "header_row", "header_rows", "delimiter", "encoding", "skip_bad",
    }  # fmt: skip


# --- The cases that once came in wrongly ------------------------------------------------------------------------------


def cases():
    if not CASES.exists():
        return [pytest.param("", marks=pytest.mark.skip(reason=f"{CASES} is not on this machine"))]
    return sorted(path.name for path in CASES.iterdir() if path.suffix != ".md")


@pytest.mark.parametrize("name", cases())
def test_every_case_has_one_verdict(judged, tmp_path, name):
    path = tmp_path / name
    path.write_bytes((CASES / name).read_bytes())
    choices = Choices(allow_outside=True, default_type="notice_board", near_metres=0, crs="wgs84")
    judged(path, choices)


# --- Small files of every kind ----------------------------------------------------------------------------------------


def rows(*more, **columns):
    """Headers and rows of three assets in the west, one beside the other; `columns` holds three cells each."""
    names = ["编号", "名称", "类型", "经度", "纬度"]
    cells = [
        ["S1", "一号宣传栏", "宣传栏", WEST, SOUTH],
        ["S2", "二号宣传栏", "宣传栏", WEST + 0.001, SOUTH],
        ["S3", "三号宣传栏", "宣传栏", WEST + 0.002, SOUTH],
    ]
    columns = {"经度": None, "纬度": None} | columns if columns.pop("placeless", False) else columns
    for name, values in columns.items():
        if name not in names:
            names.append(name)
            for row, value in zip(cells, values, strict=True):
                row.append(value)
        elif values is None:
            place = names.index(name)
            for row in (names, *cells):
                row.pop(place)
        else:
            for row, value in zip(cells, values, strict=True):
                row[names.index(name)] = value
    return [names, *cells, *more]


def as_csv(path, grid, delimiter=",", encoding="utf-8"):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(grid)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def as_workbook(path, grid, hidden=()):
    workbook = openpyxl.Workbook()
    for row in grid:
        workbook.active.append(row)
    for number in hidden:
        workbook.active.row_dimensions[number].hidden = True
    workbook.save(path)
    return path


def features(*shapes, **columns):
    return [
        {
            "type": "Feature",
            "geometry": shape if isinstance(shape, dict | None) else shapely.geometry.mapping(shape),
            "properties": {
                "编号": f"S{place}", "名称": f"{place}号宣传栏", "类型": "宣传栏",
                **{name: cells[place - 1] for name, cells in columns.items()},
            },
        }
        for place, shape in enumerate(shapes, 1)
    ]  # fmt: skip


def as_json(path, document):
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def at(step=0):
    return shapely.Point(WEST + step * 0.001, SOUTH)


X = [WEST, WEST + 0.001, WEST + 0.002]
Y = [SOUTH] * 3
GCJ_X, GCJ_Y = (values.tolist() for values in from_wgs84(np.array(X), np.array(Y), GCJ02))
WGS = Choices(crs="wgs84")
LINE = shapely.LineString([(WEST, SOUTH), (WEST + 0.001, SOUTH)])
AREA = shapely.box(WEST, SOUTH, WEST + 0.0005, SOUTH + 0.0005)
CROSSING = shapely.Polygon(
    [(WEST, SOUTH), (WEST + 0.001, SOUTH + 0.001), (WEST + 0.001, SOUTH), (WEST, SOUTH + 0.001)]
)


def wkt(*shapes, heading="WKT"):
    return rows(placeless=True, **{heading: shapes})


SMALL = {
    # What they need, what is said, counts of (created, refused, doubtful), the codes by row.
    "plain": (lambda p: as_csv(p / "a.csv", rows()), WGS, (3, 0, 0), {}),
    "no system": (lambda p: as_csv(p / "a.csv", rows()), Choices(), None, {}),
    "system in the headings": (
        lambda p: as_csv(p / "a.csv", rows(placeless=True, **{"经度（GCJ-02）": GCJ_X, "纬度（GCJ-02）": GCJ_Y})),
        Choices(), (3, 0, 0), {},
    ),
    "system in the heading of a pair": (
        lambda p: as_csv(
            p / "a.csv",
            rows(placeless=True, **{"坐标(GCJ-02)": [f"{x},{y}" for x, y in zip(GCJ_X, GCJ_Y, strict=True)]}),
        ),
        Choices(), (3, 0, 0), {},
    ),
    "a map's name in the headings": (
        lambda p: as_csv(p / "a.csv", rows(placeless=True, **{"高德经度": GCJ_X, "高德纬度": GCJ_Y})),
        Choices(), (3, 0, 0), {},
    ),
    "two systems in the headings": (
        lambda p: as_csv(p / "a.csv", rows(placeless=True, **{"经度(GCJ-02)": GCJ_X, "纬度(WGS84)": Y})),
        Choices(), None, {},
    ),
    "decimal commas": (
        lambda p: as_csv(
            p / "a.csv",
            rows(**{"经度": ["116,985", "116,986", "116,987"], "纬度": ["36,675"] * 3, "宽": ["2,4", "2,45", "1,2"]}),
            ";",
        ),
        WGS, (3, 0, 0), {},
    ),
    "decimal commas in a pair": (
        lambda p: as_csv(p / "a.csv", rows(placeless=True, 坐标=[f"116,98{n};36,675" for n in (5, 6, 7)])),
        WGS, (3, 0, 0), {},
    ),
    "subtotals and signatures": (
        lambda p: as_csv(
            p / "a.csv",
            rows(["小计", "", "3", "", ""], ["合计：3处", "", "", "", ""], ["填表人：张三", "", "审核人：李四", "", ""],
                 ["注：以上为2025年数据", "", "", "", ""], ["第1页 共1页", "", "", "", ""]),
        ),
        WGS, (3, 0, 0), {},
    ),
    "two header rows": (
        lambda p: as_csv(
            p / "a.csv", [["编号", "名称", "类型", "坐标", ""], ["", "", "", "经度", "纬度"], *rows()[1:]]
        ),
        WGS, (3, 0, 0), {},
    ),
    "two header rows that are said": (
        lambda p: as_csv(
            p / "a.csv", [["编号", "名称", "类型", "坐标", "坐标"], ["", "", "", "经度", "纬度"], *rows()[1:]]
        ),
        Choices(crs="wgs84", header_rows=2), (3, 0, 0), {},
    ),
    "headings in a row that is said": (
        lambda p: as_csv(p / "a.csv", [["编号", "名称", "类型", "甲", "乙"], *rows()]),
        Choices(crs="wgs84", header_row=2), (3, 0, 0), {},
    ),
    "a separator that is said": (
        lambda p: as_csv(
            p / "a.csv", [*([*row, "a;b;c;d;e;f"] for row in rows())], "|"
        ),
        Choices(crs="wgs84", delimiter="|"), (3, 0, 0), {},
    ),
    "a rare separator that is said": (
        lambda p: as_csv(p / "a.csv", rows(), "~"), Choices(crs="wgs84", delimiter="~"), (3, 0, 0), {},
    ),
    "two header rows with names of groups repeated": (
        lambda p: as_csv(
            p / "a.csv",
            [["编号", "名称", "类型", "坐标", "坐标"], ["编号", "名称", "类型", "经度", "纬度"], *rows()[1:]],
        ),
        WGS, (3, 0, 0), {},
    ),
    "western letters": (
        lambda p: as_csv(
            p / "a.csv",
            [["source_id", "name", "type", "lon", "lat"], ["S1", "Café Müller", "notice board", WEST, SOUTH]],
            encoding="cp1252",
        ),
        WGS, (1, 0, 0), {},
    ),
    "an encoding that is said": (
        lambda p: as_csv(p / "a.csv", rows(名称=["一號看板", "二號看板", "三號看板"]), encoding="utf-16-le"),
        Choices(crs="wgs84", encoding="utf-16"), (3, 0, 0), {},
    ),
    "an encoding that is not": (
        lambda p: as_csv(p / "a.csv", rows(), encoding="gb18030"), Choices(crs="wgs84", encoding="utf-8"), None, {},
    ),
    "control characters": (
        lambda p: as_csv(
            p / "a.csv",
            rows(名称=["响\x07铃", "二号", "三\x0b号"], 备注=["", "退\x08格", ""], 宽=["2.4", "2.4", "2\x01.4"]),
        ),
        WGS, (0, 3, 0), {2: ["control_character"], 3: ["control_character"], 4: ["control_character"] * 2},
    ),
    "control characters in JSON": (
        lambda p: as_json(
            p / "a.geojson",
            {"type": "FeatureCollection", "features": features(at(), at(1), 备注=["a\x00b", "c\ufffdd"])},
        ),
        Choices(), (0, 2, 0), {1: ["control_character"], 2: ["control_character"]},
    ),
    "control characters where nothing is imported": (
        lambda p: as_csv(
            p / "a.csv", rows(["合计\x00：3处", "", "", "", ""], ["合计：3", "", "", "", ""], 丁=["a\x00", "\x07", ""])
        ),
        WGS, (3, 1, 0), {5: ["type_missing", "coordinates_missing", "control_character"]},
    ),
    "a NUL in a heading and a note": (
        lambda p: as_csv(p / "a.csv", rows(["注：\x00一", "", "", "", ""], **{"备\x00注": ["a", "b", "c"]})),
        WGS, (3, 0, 0), {},
    ),
    "shapes in texts": (
        lambda p: as_csv(
            p / "a.csv", wkt(f"POINT({WEST} {SOUTH})", f"POINT Z ({WEST + 0.001} {SOUTH} 20)", "POINT EMPTY")
        ),
        WGS, (2, 1, 0), {4: ["coordinates_missing"]},
    ),
    "shapes in texts, no system": (
        lambda p: as_csv(p / "a.csv", wkt(*(at(n).wkt for n in range(3)), heading="几何")), Choices(), None, {},
    ),
    "shapes in texts with their system": (
        lambda p: as_csv(p / "a.csv", wkt(*(f"SRID=4326;{shape.wkt}" for shape in (at(), LINE, AREA)), heading="geom")),
        Choices(), (3, 0, 0), {},
    ),
    "shapes in texts that cannot be": (
        lambda p: as_csv(
            p / "a.csv",
            wkt(f"SRID=4326;{CROSSING.wkt}", "SRID=4326;POINT(1", f"SRID=4548;{at().wkt}", heading="the_geom"),
        ),
        WGS, (0, 3, 0), {2: ["footprint_invalid"], 3: ["geometry_unreadable"], 4: ["system_differs"]},
    ),
    "shapes in texts, some with their system": (
        lambda p: as_csv(p / "a.csv", wkt(at().wkt, f"SRID=4326;{at(1).wkt}", f"SRID=4490;{at(2).wkt}")),
        WGS, (3, 0, 0), {},
    ),
    "shapes in texts, some with another system": (
        lambda p: as_csv(p / "a.csv", wkt(at(8).wkt, f"SRID=4326;{at(9).wkt}", f"SRID=4326;{at(9).wkt}")),
        Choices(crs="gcj02"), (1, 2, 0), {3: ["system_differs"], 4: ["system_differs"]},
    ),
    "shapes in texts with a system that a person knows better": (
        lambda p: as_csv(p / "a.csv", wkt(*(f"SRID=4326;{at(n).wkt}" for n in (8, 9, 10)))),
        Choices(crs="gcj02"), (3, 0, 0), {},
    ),
    "shapes in texts and columns": (
        lambda p: as_csv(p / "a.csv", rows(WKT=[at(n).wkt for n in range(3)], 经度=[0, 0, 0])), WGS, (3, 0, 0), {},
    ),
    "columns instead of shapes in texts": (
        lambda p: as_csv(p / "a.csv", rows(WKT=["POINT(0 0)"] * 3)),
        Choices(crs="wgs84", positions_from_columns=True, columns={"lon": "经度", "lat": "纬度"}), (3, 0, 0), {},
    ),
    "shapes in a workbook": (
        lambda p: as_workbook(p / "a.xlsx", wkt(*(at(n).wkt for n in range(3)), heading="空间位置")),
        WGS, (3, 0, 0), {},
    ),
    "every shape": (
        lambda p: as_json(
            p / "a.geojson",
            {
                "type": "FeatureCollection",
                "features": features(
                    at(), LINE, AREA, None, CROSSING, shapely.MultiPoint([at(3)]), shapely.MultiPoint([at(4), at(5)]),
                    {"type": "Point", "coordinates": []}, {"type": "Point", "coordinates": ["a", 1]},
                ),
            },
        ),
        Choices(near_metres=0), (4, 5, 0),
        {4: ["coordinates_missing"], 5: ["footprint_invalid"], 7: ["several_places"], 8: ["coordinates_missing"],
         9: ["geometry_unreadable"]},
    ),
    "a bare array": (lambda p: as_json(p / "a.json", features(at(), at(1))), Choices(), (2, 0, 0), {}),
    "a feature a line": (
        lambda p: (p / "a.geojsonl").write_text("\n".join(map(json.dumps, features(at(), at(1))))) and p / "a.geojsonl",
        Choices(), (2, 0, 0), {},
    ),
    "shapes and columns": (
        lambda p: as_json(
            p / "a.geojson", {"type": "FeatureCollection", "features": features(at(), at(1), 经度=[1, 2], 纬度=[3, 4])}
        ),
        Choices(), (2, 0, 0), {},
    ),
    "columns instead of shapes": (
        lambda p: as_json(
            p / "a.geojson",
            {"type": "FeatureCollection",
             "features": features(at(8), at(9), **{"经度(GCJ-02)": GCJ_X[:2], "纬度(GCJ-02)": GCJ_Y[:2]})},
        ),
        Choices(positions_from_columns=True, columns={"lon": "经度(GCJ-02)", "lat": "纬度(GCJ-02)"}), (2, 0, 0), {},
    ),
    "no shape at all, but columns": (
        lambda p: as_json(
            p / "a.geojson", {"type": "FeatureCollection", "features": features(None, None, 经度=X[:2], 纬度=Y[:2])}
        ),
        WGS, (2, 0, 0), {},
    ),
    "no shape and no columns": (
        lambda p: as_json(p / "a.geojson", {"type": "FeatureCollection", "features": features(None, None)}),
        Choices(), (0, 2, 0), {1: ["coordinates_missing"], 2: ["coordinates_missing"]},
    ),
    "no positions are taken": (
        lambda p: as_csv(p / "a.csv", rows()), Choices(crs="none"), (0, 3, 0),
        {n: ["coordinates_missing"] for n in (2, 3, 4)},
    ),
    "exchanged columns": (
        lambda p: as_csv(p / "a.csv", rows(经度=Y, 纬度=X)), Choices(crs="wgs84", exchanged=True), (3, 0, 0), {},
    ),
    "exchanged shapes beside columns": (
        lambda p: as_json(
            p / "a.geojson",
            {"type": "FeatureCollection", "features": features(shapely.Point(SOUTH, WEST), 经度=[1], 纬度=[2])},
        ),
        Choices(crs="wgs84", exchanged=True), (1, 0, 0), {},
    ),
    "exchanged shapes in texts": (
        lambda p: as_csv(p / "a.csv", wkt(*(f"POINT({SOUTH} {x})" for x in X))),
        Choices(crs="wgs84", exchanged=True), (3, 0, 0), {},
    ),
    "a column that is named": (
        lambda p: as_csv(p / "a.csv", rows(甲=["富强", "民主", "文明"], 乙=["", "", ""])),
        Choices(crs="wgs84", columns={"wording": "甲"}), (3, 0, 0), {},
    ),
    "a column that is left out": (
        lambda p: as_csv(p / "a.csv", rows(完好情况=["好", "没见过", "差"])),
        Choices(crs="wgs84", ignored=("完好情况",)), (3, 0, 0), {},
    ),
    "a meaning": (
        lambda p: as_csv(p / "a.csv", rows(类型=["飞艇", "飞艇", "宣传栏"])),
        Choices(crs="wgs84", values=(("type", "飞艇", "notice_board"),)), (3, 0, 0), {},
    ),
    "an unknown type": (
        lambda p: as_csv(p / "a.csv", rows(类型=["飞艇", "", "宣传栏"])), WGS, (1, 2, 0),
        {2: ["type_unknown"], 3: ["type_missing"]},
    ),
    "a type for such rows": (
        lambda p: as_csv(p / "a.csv", rows(类型=["飞艇", "", "宣传栏"])),
        Choices(crs="wgs84", default_type="notice_board"), (3, 0, 1), {2: ["type_defaulted"]},
    ),
    "doubtful rows refused": (
        lambda p: as_csv(p / "a.csv", rows(完好情况=["好", "没见过", "差"])),
        Choices(crs="wgs84", strict=True), (2, 1, 0), {3: ["condition_unknown"]},
    ),
    "an outline": (
        lambda p: as_csv(p / "a.csv", rows()), Choices(crs="wgs84", district="370105002"), (0, 3, 0),
        {n: ["outside_district"] for n in (2, 3, 4)},
    ),
    "outside": (
        lambda p: as_csv(p / "a.csv", rows(经度=[118.5, 118.6, 118.7])),
        Choices(crs="wgs84", allow_outside=True), (3, 0, 0), {},
    ),
    "units entered": (
        lambda p: as_csv(p / "a.csv", rows(权属单位=["甲单位", "乙单位", ""])),
        Choices(crs="wgs84", create_units=True), (3, 0, 0), {},
    ),
    "units unknown": (
        lambda p: as_csv(p / "a.csv", rows(权属单位=["甲单位", "乙单位", ""])), WGS, (3, 0, 2),
        {2: ["unit_unknown"], 3: ["unit_unknown"]},
    ),
    "hidden rows": (
        lambda p: as_workbook(p / "a.xlsx", rows(), hidden=(3,)), WGS, (2, 1, 0), {3: ["row_hidden"]},
    ),
    "hidden rows confirmed": (
        lambda p: as_workbook(p / "a.xlsx", rows(), hidden=(3,)), Choices(crs="wgs84", confirmed=("row_hidden",)),
        (3, 0, 1), {3: ["row_hidden"]},
    ),
    "only counted": (lambda p: as_csv(p / "a.csv", rows(编号=None, 序号=[1, 2, 3])), WGS, (3, 0, 0), {}),
    "two columns for one field": (
        lambda p: as_csv(p / "a.csv", rows(广告名称=["甲", "乙", "丙"])), WGS, (3, 0, 0), {},
    ),
    "no header": (lambda p: as_csv(p / "a.csv", rows()[1:]), WGS, None, {}),
    "a picture": (lambda p: (p / "a.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99)) and p / "a.csv", WGS, None, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_every_small_file_has_one_verdict(judged, tmp_path, name):
    make, choices, counts, codes = SMALL[name]
    path = make(tmp_path)
    first, again = judged(path, choices)
    if counts is None:
        assert first.refusal
        return
    assert not first.refusal
    assert first.codes() == codes
    assert tuple(first.counts[outcome] for outcome in ("created", "refused", "doubtful")) == counts, (
        first.findings
    )
    assert again.counts["created"] == 0
    assert again.counts["unchanged"] == counts[0]


# --- Files of several parts -------------------------------------------------------------------------------------------


def shapefile(folder, x, y, prj):
    """A zipped shapefile whose .prj says what `prj` says."""
    path = folder / "points.shp"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapely.points(x, y)),
        [
            np.array([f"S{n}" for n in range(len(x))], dtype=object),
            np.array(["宣传栏"] * len(x), dtype=object),
        ],
        ["编号", "类型"],
        geometry_type="Point",
        crs="EPSG:4326",
        encoding="UTF-8",
    )
    path.with_suffix(".prj").write_text(prj)
    with zipfile.ZipFile(folder / "points.zip", "w") as archive:
        for part in folder.glob("points.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    return folder / "points.zip"


def own_coordinates():
    x, y = from_wgs84(np.array(X), np.array(Y), parse_crs(OWN))
    return x.tolist(), y.tolist()


@pytest.mark.parametrize("name", ["Jinan_Local_2000", "济南城市坐标系"])
def test_a_prj_of_a_city_s_own_system_is_taken_at_its_word(judged, tmp_path, name):
    prj = (
        f'PROJCS["{name}",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
        'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
        'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",50000.0],PARAMETER["False_Northing",-4000000.0],'
        'PARAMETER["Central_Meridian",117.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],'
        'UNIT["Meter",1.0]]'
    )
    first, _again = judged(shapefile(tmp_path, *own_coordinates(), prj), Choices())
    assert (first.counts["created"], first.findings) == (3, ())


@pytest.mark.parametrize(
    "prj",
    [
        'LOCAL_CS["济南独立坐标系",LOCAL_DATUM["Jinan",32767],UNIT["metre",1],AXIS["X",EAST],AXIS["Y",NORTH]]',
        'ENGCRS["Jinan Local",EDATUM["Jinan"],CS[Cartesian,2],AXIS["x",east],AXIS["y",north],LENGTHUNIT["metre",1]]',
        "济南独立坐标系",
        "",
    ],
)
def test_a_prj_that_only_has_a_name_is_asked_about_and_the_definition_taken(judged, tmp_path, prj):
    path = shapefile(tmp_path, *own_coordinates(), prj)
    assert judged(path, Choices())[0].refusal.startswith(ASKED)
    first, _again = judged(path, Choices(crs=OWN))
    assert (first.counts["created"], first.findings) == (3, ())


def test_a_sheet_is_chosen_both_ways(judged, tmp_path):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for title in ("东片", "西片"):
        sheet = workbook.create_sheet(title)
        for row in rows():
            sheet.append(row)
    workbook.save(tmp_path / "a.xlsx")
    assert judged(tmp_path / "a.xlsx", WGS)[0].refusal
    assert judged(tmp_path / "a.xlsx", Choices(crs="wgs84", layer="西片"))[0].counts["created"] == 3


def test_an_empty_point_is_a_row_without_a_position(judged, tmp_path):
    pyogrio.raw.write(
        tmp_path / "a.gpkg",
        np.array([shapely.to_wkb(at()), shapely.to_wkb(shapely.Point()), None], dtype=object),
        [np.array(["S1", "S2", "S3"], dtype=object), np.array(["宣传栏"] * 3, dtype=object)],
        ["编号", "类型"],
        geometry_type="Point",
        crs="EPSG:4326",
    )
    first, _again = judged(tmp_path / "a.gpkg", Choices())
    assert first.codes() == {2: ["coordinates_missing"], 3: ["coordinates_missing"]}
