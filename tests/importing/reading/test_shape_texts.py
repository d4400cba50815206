"""Positions in a column of texts: WKT, EWKT, WKB and GeoJSON in a CSV or a workbook."""

import csv
import json

import numpy as np
import pyogrio
import pytest
import shapely
from openpyxl import Workbook

from importing.reading import read_table
from importing.reading.layout import Layout
from places.coordinates import CGCS2000_GK_117E, GCJ02, WGS84

POINT = shapely.Point(117.01, 36.68)
EWKB = shapely.to_wkb(shapely.set_srid(POINT, 4326), hex=True, include_srid=True)


@pytest.fixture
def read(tmp_path):
    """Writes a CSV of two columns, the second of shapes under a heading, and reads it."""

    def read(*texts, heading="WKT", **options):
        path = tmp_path / "ledger.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="|")
            writer.writerow(["编号", heading])
            writer.writerows((f"S{place}", text) for place, text in enumerate(texts))
        return read_table(path, layout=Layout(delimiter="|", **options))

    return read


def shapes(table):
    return [None if shape is None else shape.wkt for shape in table.geometry]


def remarked(table):
    return [(remark.row, remark.code, remark.column) for remark in table.remarks]


@pytest.mark.parametrize(
    "heading",
    [
        "WKT", "wkt", "geom", "geometry", "the_geom", "Shape", "wkb_geometry", "几何", "几何（WGS84）", "空间位置",
        "geom_wgs84", "这一列没人认识", "location",
    ],
)  # fmt: skip
def test_a_column_of_shapes_is_the_position_whatever_its_heading(read, heading):
    table = read("POINT (117.01 36.68)", "", heading=heading)
    assert table.shape_column == heading
    assert shapes(table) == ["POINT (117.01 36.68)", None]
    assert table.names == ("编号", heading)
    assert remarked(table) == []


@pytest.mark.parametrize(
    "text, wkt",
    [
        ("POINT(117.01 36.68)", "POINT (117.01 36.68)"),
        ("  point ( 117.01   36.68 ) ", "POINT (117.01 36.68)"),
        ("ＰＯＩＮＴ（117.01　36.68）", "POINT (117.01 36.68)"),
        ("POINT Z (117.01 36.68 21.5)", "POINT (117.01 36.68)"),
        ("POINTZ(117.01 36.68 21.5)", "POINT (117.01 36.68)"),
        ("POINT M (117.01 36.68 3)", "POINT (117.01 36.68)"),
        ("POINT ZM (117.01 36.68 21.5 3)", "POINT (117.01 36.68)"),
        ("POINT(117.01 36.68 21.5)", "POINT (117.01 36.68)"),
        ("POINT(117.01,36.68)", "POINT (117.01 36.68)"),
        ("MULTIPOINT((117.01 36.68))", "POINT (117.01 36.68)"),
        ("MULTIPOINT(117.01 36.68)", "POINT (117.01 36.68)"),
        ("GEOMETRYCOLLECTION(POINT(117.01 36.68))", "POINT (117.01 36.68)"),
        ("LINESTRING(117 36, 118 37)", "LINESTRING (117 36, 118 37)"),
        ("POLYGON((117 36, 118 36, 118 37, 117 36))", "POLYGON ((117 36, 118 36, 118 37, 117 36))"),
        ("SRID=4326;POINT(117.01 36.68)", "POINT (117.01 36.68)"),
        ("srid = 4326 ; point(117.01 36.68)", "POINT (117.01 36.68)"),
        (EWKB, "POINT (117.01 36.68)"),
        (EWKB.lower(), "POINT (117.01 36.68)"),
        ("\\x" + POINT.wkb_hex, "POINT (117.01 36.68)"),
        (json.dumps(POINT.__geo_interface__), "POINT (117.01 36.68)"),
        ('{"coordinates": [117.01, 36.68, 20], "type": "Point"}', "POINT (117.01 36.68)"),
        ("POINT EMPTY", None),
        ("POINT Z EMPTY", None),
        ("MULTIPOINT EMPTY", None),
        ("", None),
        ("无", None),
    ],
)
def test_every_way_to_write_a_shape_is_read(read, text, wkt):
    table = read(text, "POINT EMPTY", heading="geom")
    assert shapes(table) == [wkt, None]
    assert remarked(table) == []


@pytest.mark.parametrize(
    "text, code",
    [
        ("POINT(117.01", "geometry_unreadable"),
        ("POINT(117.01 36.68) x", "geometry_unreadable"),
        ("POINT(NaN NaN)", "geometry_unreadable"),
        ("POINT(北园大街)", "geometry_unreadable"),
        ("POLYGON((0 0, 1 1))", "geometry_unreadable"),
        ("CIRCULARSTRING(0 0, 1 1, 2 0)", "geometry_unreadable"),
        ("北园大街东侧", "geometry_unreadable"),
        ("0101000020E610000000", "geometry_unreadable"),
        ('{"type": "Point"}', "geometry_unreadable"),
        ("#REF!", "geometry_unreadable"),
        ("POINT(1\x072 3)", "geometry_unreadable"),
        ("MULTIPOINT((1 2), (3 4))", "several_places"),
        ("GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4))", "shape_parts"),
    ],
)
def test_what_is_no_shape_costs_its_row_and_no_other(read, text, code):
    table = read("POINT(1 2)", text, "POINT(1 2)", heading="geom")
    assert shapes(table)[::2] == ["POINT (1 2)"] * 2
    assert remarked(table) == [(3, code, "geom")]
    assert next(remark.value for remark in table.remarks).startswith(text[:5])


def test_a_heading_that_could_mean_shapes_over_other_texts_means_none(read):
    assert read("东侧", "POINT", heading="空间位置").geometry is None
    assert read("POINT(1 2)", "东侧", heading="location").geometry is None
    assert read("0101000020E61000000000000000405D40", heading="编码一").geometry is None


@pytest.mark.parametrize(
    "texts, heading, crs",
    [
        (["POINT(1 2)"], "WKT", None),
        (["SRID=4326;POINT(1 2)", "SRID=4326;POINT EMPTY"], "WKT", WGS84),
        (["SRID=4548;POINT(500000 4060000)"] * 2, "geom", CGCS2000_GK_117E),
        (["SRID=0;POINT(1 2)"], "WKT", None),
        ([EWKB], "the_geom", WGS84),
        (["POINT(1 2)"], "WKT(GCJ-02)", GCJ02),
        (["POINT(1 2)"], "geom_gcj02", GCJ02),
        (["SRID=4326;POINT(1 2)"], "geom_gcj02", None),
    ],
)
def test_the_system_is_what_the_texts_or_the_heading_say(read, texts, heading, crs):
    table = read(*texts, heading=heading)
    assert (table.crs, remarked(table)) == (crs, [])


def test_texts_that_name_different_systems_state_none_and_are_told_apart(read):
    table = read("SRID=4326;POINT(1 2)", "SRID=4548;POINT(1 2)", "POINT(1 2)", "SRID=9999;POINT EMPTY")
    assert shapes(table) == ["POINT (1 2)"] * 3 + [None]
    assert (table.crs, remarked(table)) == (None, [])
    assert table.shape_systems.tolist() == [4326, 4548, 0, 9999]


def test_a_system_that_nobody_knows_is_named(read):
    table = read("SRID=999999;POINT(1 2)")
    assert [(remark.code, remark.params) for remark in table.remarks] == [
        ("system_unknown", {"said": "SRID=999999"})
    ]


def test_a_workbook_and_a_table_of_geodata_without_shapes_are_read_alike(tmp_path):
    workbook = Workbook()
    workbook.active.append(["编号", "几何"])
    workbook.active.append(["S1", "POINT(1 2)"])
    workbook.save(tmp_path / "ledger.xlsx")
    assert shapes(read_table(tmp_path / "ledger.xlsx")) == ["POINT (1 2)"]
    pyogrio.raw.write(
        tmp_path / "ledger.gpkg",
        None,
        [np.array(["S1"], dtype=object), np.array(["POINT(1 2)"], dtype=object)],
        ["编号", "WKT"],
        geometry_type=None,
    )
    assert shapes(read_table(tmp_path / "ledger.gpkg")) == ["POINT (1 2)"]
    nothing = {"type": "Feature", "geometry": None, "properties": {"编号": "S1", "WKT": "POINT(1 2)"}}
    (tmp_path / "ledger.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [nothing]}))
    assert shapes(read_table(tmp_path / "ledger.geojson")) == ["POINT (1 2)"]


def test_shapes_nested_a_thousand_times_are_read(read):
    deep = "GEOMETRYCOLLECTION(" * 1000 + "POINT(1 2)" + ")" * 1000
    assert shapes(read(deep)) == ["POINT (1 2)"]


def test_the_shapes_of_geodata_beat_a_column_of_texts(tmp_path):
    pyogrio.raw.write(
        tmp_path / "ledger.gpkg",
        shapely.to_wkb(np.array([POINT])),
        [np.array(["POINT(1 2)"], dtype=object)],
        ["WKT"],
        geometry_type="Point",
        crs="EPSG:4326",
    )
    table = read_table(tmp_path / "ledger.gpkg")
    assert (shapes(table), table.shape_column) == (["POINT (117.01 36.68)"], None)
