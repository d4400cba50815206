"""Characters that nobody sees and no text has: each refuses its row, with field and character named."""

import json

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from assets.models import Asset
from importing.corrections import write_corrections
from importing.headers import FIELDS
from importing.options import ImportOptions
from importing.preparing import prepare
from importing.reading import read_table
from places.coordinates import WGS84
from places.tables.columns import showable
from tests.factories import make_type
from tests.importing.written_ledgers import IN_THE_WEST, import_file, row, write_ledger

pytestmark = pytest.mark.django_db
LEFT_OUT = ("depth", "contact", "telephone", "artwork", "photos")
READ = sorted(set(FIELDS) - set(LEFT_OUT) - {"uid"})


@pytest.fixture(autouse=True)
def _lists(district):
    make_type()


def verdicts_of(report):
    return [
        (verdict.row, verdict.code, verdict.field, verdict.params, verdict.value)
        for verdict in report.verdicts
    ]


@pytest.mark.parametrize("field", READ)
def test_in_whatever_field_it_is_named(tmp_path, field):
    bad, good = row(), row()
    if field == "coordinates":
        good = {**good, "coordinates": f"{good.pop('lon')},{good.pop('lat')}"}
        bad.pop("lon")
        bad.pop("lat")
    report = import_file(write_ledger(tmp_path, {**bad, field: "甲\x07乙"}, good), skip_bad=True)
    found = next(verdict for verdict in verdicts_of(report) if verdict[1] == "control_character")
    assert found == (2, "control_character", field, {"character": "U+0007"}, "甲␇乙")
    assert report.refused == 1
    assert Asset.objects.count() == 1


@pytest.mark.parametrize(
    "character",
    [
        "\x01",
        "\x08",
        "\x0b",
        "\x0c",
        "\x1b",
        "\x1f",
        "\x7f",
        "\x80",
        "\x85",
        "\x9f",
        "\ufffd",
        "\ufffe",
        "\uffff",
    ],
)
@pytest.mark.parametrize("text", ["{}名称", "名{}称", "名称{}", "{}"])
def test_whichever_it_is_and_wherever_it_stands(tmp_path, character, text):
    path = write_ledger(tmp_path, row(remarks=text.format(character)))
    report = import_file(path)
    assert [verdict[1:4] for verdict in verdicts_of(report)] == [
        ("control_character", "remarks", {"character": f"U+{ord(character):04X}"})
    ]
    assert not Asset.objects.exists()


def test_blanks_and_lines_are_no_control_characters(tmp_path):
    report = import_file(write_ledger(tmp_path, row(remarks="一\n二\t三\r\n四\u3000五\xa0六")))
    assert (report.created, verdicts_of(report)) == (1, [])


def as_workbook(path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["名称", "类型", "经度", "纬度"])
    workbook.active.append(["响_x0007_铃", "宣传栏", *IN_THE_WEST])
    workbook.save(path)


def as_geojson(path, text="响\x07铃"):
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": IN_THE_WEST},
        "properties": {"名称": text, "类型": "宣传栏"},
    }
    path.write_text(json.dumps(feature))


def as_geodata(path, **options):
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([shapely.Point(IN_THE_WEST)])),
        [np.array(["响\x07铃"], dtype=object), np.array(["宣传栏"], dtype=object)],
        ["名称", "类型"],
        geometry_type="Point",
        crs="EPSG:4326",
        **options,
    )


@pytest.mark.parametrize(
    "name, write, options",
    [
        ("a.xlsx", as_workbook, {}),
        ("a.geojson", as_geojson, {}),
        ("a.gpkg", as_geodata, {}),
        ("a.fgb", as_geodata, {}),
        ("a.shp", as_geodata, {"encoding": "UTF-8"}),
    ],
)
def test_in_whatever_file(tmp_path, name, write, options):
    write(tmp_path / name, **options)
    report = import_file(tmp_path / name)
    assert [verdict[1:] for verdict in verdicts_of(report)] == [
        ("control_character", "name", {"character": "U+0007"}, "响␇铃")
    ]


@pytest.mark.parametrize("escaped", [True, False])
def test_one_in_json_may_be_escaped_or_not(tmp_path, escaped):
    as_geojson(tmp_path / "a.geojson", "响\x07铃")
    if not escaped:
        contents = (tmp_path / "a.geojson").read_bytes()
        (tmp_path / "a.geojson").write_bytes(contents.replace(b"\\u0007", b"\x07"))
    report = import_file(tmp_path / "a.geojson")
    assert [verdict[1] for verdict in verdicts_of(report)] == ["control_character"]


@pytest.mark.parametrize("name", ["a.geojson", "a.csv"])
def test_a_nul_in_one_cell_refuses_its_row_and_not_the_file(tmp_path, name):
    if name == "a.csv":
        write_ledger(tmp_path, row(name="a\0b"), name=name)
    else:
        as_geojson(tmp_path / name, "a\0b")
    report = import_file(tmp_path / name)
    assert [verdict[1:4] for verdict in verdicts_of(report)] == [
        ("control_character", "name", {"character": "U+0000"})
    ]


def test_a_heading_with_one_is_understood_without_it(tmp_path):
    path = write_ledger(tmp_path, row(**{"备\x07注": "好"}))
    assert import_file(path).created == 1
    assert Asset.objects.get().remarks == "好"


def test_the_workbook_of_rows_to_correct_can_be_opened(tmp_path):
    path = write_ledger(tmp_path, row(remarks="甲\x07乙\x00".replace("\x00", "\x0b")))
    table = read_table(path)
    prepared = prepare(table, ImportOptions(source="office", crs=WGS84))
    rows = write_corrections(tmp_path / "errors.xlsx", table, {}, prepared.verdicts)
    sheet = openpyxl.load_workbook(tmp_path / "errors.xlsx").active
    assert rows == 1
    assert "甲乙" in [cell.value for cell in sheet[2]]


def test_what_is_shown_holds_no_control_character():
    assert showable("a\x00b\x1fc\x7fd\n") == "a␀b␟c\ufffdd\n"
