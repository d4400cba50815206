"""KML and KMZ: every place mark of every document and folder, with its columns under their own names."""

import io
import zipfile

import pytest

from importing.reading import LedgerError, read_table
from places.coordinates import WGS84

START = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'


def mark(name="", data=None, shape="<Point><coordinates>117.01,36.68,0</coordinates></Point>", inside=""):
    values = "".join(
        f'<Data name="{key}"><value>{value}</value></Data>' for key, value in (data or {}).items()
    )
    extended = f"<ExtendedData>{values}</ExtendedData>" if values else ""
    named = f"<name>{name}</name>" if name else ""
    return f"<Placemark>{named}{inside}{extended}{shape}</Placemark>"


def kml(*parts):
    return f"{START}{''.join(parts)}</kml>"


@pytest.fixture
def read(tmp_path):
    def read(text, name="ledger.kml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_table(path)

    return read


def test_columns_are_called_as_their_program_shows_them(read):
    declared = '<Schema id="s"><SimpleField name="f1"><displayName>编号</displayName></SimpleField></Schema>'
    simple = '<SchemaData schemaUrl="#s"><SimpleData name="f1">S1</SimpleData></SchemaData>'
    plain = (
        '<ExtendedData><Data name="d1"><displayName>编号</displayName><value>S2</value></Data></ExtendedData>'
    )
    table = read(
        kml(
            "<Document>",
            declared,
            mark("一", inside=f"<ExtendedData>{simple}</ExtendedData>"),
            mark("二", inside=plain),
            "</Document>",
        )
    )
    assert table["编号"].tolist() == ["S1", "S2"]


def test_columns_in_chinese_keep_their_names(read):
    table = read(
        kml(
            "<Document>",
            mark("一号", {"编号": "1", "完好情况": "完好"}),
            mark("二号", {"编号": "2", "地址": "北园大街"}),
            "</Document>",
        )
    )
    assert table.names == ("Name", "编号", "完好情况", "地址")
    assert table["Name"].tolist() == ["一号", "二号"]
    assert table["编号"].tolist() == ["1", "2"]
    assert table["完好情况"].tolist() == ["完好", None]
    assert table["地址"].tolist() == [None, "北园大街"]
    assert [shape.wkt for shape in table.geometry] == ["POINT (117.01 36.68)"] * 2
    assert (table.crs, table.format) == (WGS84, "kml")


def test_every_folder_and_document_is_read_and_a_folder_is_a_column(read):
    table = read(
        kml(
            "<Document><name>甲</name>",
            "<Folder><name>北园</name>",
            mark("a"),
            "<Folder><name>宣传栏</name>",
            mark("b"),
            "</Folder></Folder>",
            mark("c"),
            "</Document><Document><Folder>",
            mark("d"),
            "</Folder></Document>",
            mark("e"),
        )
    )
    assert table["Name"].tolist() == ["a", "b", "c", "d", "e"]
    assert table["folder"].tolist() == ["北园", "北园/宣传栏", None, None, None]


def test_every_document_of_a_kmz_is_read(tmp_path, read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("doc.kml", kml(mark("a")))
        archive.writestr("files/二.KML", kml(mark("b")))
        archive.writestr("files/picture.png", b"\x89PNG")
        archive.writestr("__MACOSX/._doc.kml", b"\0")
    assert read(out.getvalue(), "ledger.kmz")["Name"].tolist() == ["a", "b"]


def test_data_under_a_schema_is_read_too(read):
    schema = (
        '<Schema name="s" id="s"><SimpleField name="编号" type="string"/></Schema>'
        '<Placemark><ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="编号">7</SimpleData></SchemaData>'
        "</ExtendedData><Point><coordinates>117,36</coordinates></Point></Placemark>"
    )
    assert read(kml("<Document>", schema, "</Document>"))["编号"].tolist() == ["7"]


def test_a_prefix_that_nobody_declared_does_no_harm(read):
    inside = "<gx:balloonVisibility>1</gx:balloonVisibility><TimeStamp><when>2025-06-01</when></TimeStamp>"
    table = read(kml(mark("a", inside=inside)))
    assert table["timestamp"].tolist() == ["2025-06-01"]


@pytest.mark.parametrize(
    "text",
    [
        kml(mark("泺口")).replace("UTF-8", "GB2312").encode("gb18030"),
        kml(mark("泺口")).replace("UTF-8", "UTF-16").encode("utf-16"),
        kml(mark("泺口")).encode("utf-8-sig"),
        kml(mark("泺口")).replace(' encoding="UTF-8"', "").encode(),
    ],
    ids=["gb2312", "utf-16", "mark", "none"],
)
def test_every_usual_encoding_is_read(read, text):
    assert read(text)["Name"].tolist() == ["泺口"]


@pytest.mark.parametrize(
    "shape, wkt, code",
    [
        ("<Point><coordinates>117.01, 36.68, 0</coordinates></Point>", "POINT (117.01 36.68)", None),
        ("<Point><coordinates>\n 117.01,36.68\n</coordinates></Point>", "POINT (117.01 36.68)", None),
        ("", None, None),
        ("<Point/>", None, None),
        ("<Point><coordinates/></Point>", None, None),
        ("<Point><coordinates>117.01</coordinates></Point>", None, "geometry_unreadable"),
        ("<Point><coordinates>a,b</coordinates></Point>", None, "geometry_unreadable"),
        ("<Point><coordinates>nan,36</coordinates></Point>", None, "geometry_unreadable"),
        (
            "<LineString><coordinates>117,36,5 118,37,5</coordinates></LineString>",
            "LINESTRING (117 36, 118 37)",
            None,
        ),
        (
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 1,0 1,1 0,0</coordinates></LinearRing>"
            "</outerBoundaryIs></Polygon>",
            "POLYGON ((0 0, 1 0, 1 1, 0 0))",
            None,
        ),
        (
            "<MultiGeometry><Point><coordinates>1,2</coordinates></Point>"
            "<LineString><coordinates>0,0 1,1</coordinates></LineString></MultiGeometry>",
            "POINT (1 2)",
            "shape_parts",
        ),
        (
            "<MultiGeometry><Point><coordinates>1,2</coordinates></Point><MultiGeometry><Point>"
            "<coordinates>3,4</coordinates></Point></MultiGeometry></MultiGeometry>",
            None,
            "several_places",
        ),
        (
            "<gx:Track><when>2025</when><gx:coord>1 2 0</gx:coord><gx:coord>3 4 0</gx:coord></gx:Track>",
            "LINESTRING (1 2, 3 4)",
            None,
        ),
    ],
)
def test_every_shape_is_read_or_costs_its_row_and_no_other(read, shape, wkt, code):
    table = read(kml(mark("a", shape=shape), mark("b")))
    assert table["Name"].tolist() == ["a", "b"]
    assert (None if table.geometry[0] is None else table.geometry[0].wkt) == wkt
    assert [(remark.row, remark.code) for remark in table.remarks] == ([(1, code)] if code else [])


def test_a_name_in_the_data_that_repeats_the_mark_s_own_is_one_column(read):
    assert read(kml(mark("a", {"Name": "a"}), mark("b", {"Name": "b"}))).names == ("Name",)
    assert read(kml(mark("a", {"Name": "x"}))).names == ("Name", "Name (2)")


def test_what_is_not_read_is_said(read):
    link = "<NetworkLink><Link><href>http://x/</href></Link></NetworkLink>"
    table = read(kml("<Document>", link, mark("a", {"": "lost"}), "</Document>"))
    assert [remark.code for remark in table.remarks] == ["values_unnamed", "links_left"]


@pytest.mark.parametrize(
    "text, code",
    [
        (kml(), "no_rows"),
        (kml("<Document>"), "damaged"),
        (START + "<Document>" + "<!---->" * 20_000 + '<!DOCTYPE a [<!ENTITY b "c">]>', "damaged"),
        ('<?xml version="1.0"?><kml>' + " " * 70_000 + "&undefined;</kml>", "damaged"),
    ],
)
def test_what_cannot_be_read_is_named(read, text, code):
    with pytest.raises(LedgerError) as raised:
        read(text)
    assert raised.value.code == code
