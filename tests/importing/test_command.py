"""`manage.py import_assets`: its options, what it prints, the files it writes."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook, load_workbook
from openpyxl.styles.colors import Color

from assets.models import Asset, Batch
from importing.headers import guess_columns
from importing.preparing import prepare
from importing.reading import read_table
from importing.verdicts import DOUBTFUL, HELD, REFUSED
from tests.factories import make_theme, make_type
from tests.importing.written_ledgers import BEYOND, IN_THE_EAST, IN_THE_WEST, row, write_ledger

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _lists(district, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    make_type()


def run(*arguments, **options):
    """Run the command as its command line would; returns what it printed to (stdout, stderr)."""
    out, err = io.StringIO(), io.StringIO()
    options.setdefault("language", "en")
    call_command("import_assets", *map(str, arguments), "--yes", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_progress_goes_to_stderr_and_the_report_to_stdout(tmp_path):
    out, err = run(write_ledger(tmp_path, row()), "--crs", "wgs84")

    assert "1 rows: 1 created" in out
    assert "Imported as batch #" in out
    assert "Reading the file" in err
    assert "Done" in err


def test_the_source_is_the_files_name_unless_given(tmp_path):
    ledger = write_ledger(tmp_path, row(source_id="A1"), name="无影山街道.csv")
    run(ledger, "--crs", "wgs84")
    run(ledger, "--crs", "wgs84", "--source", "other", "--near", "0")

    assert set(Asset.objects.values_list("source", "source_id")) == {("无影山街道", "A1"), ("other", "A1")}


def test_columns_can_be_named_by_hand(tmp_path):
    cells = row()
    ledger = write_ledger(
        tmp_path, {"甲": cells["name"], "乙": cells["type"], "丙": cells["lon"], "丁": cells["lat"]}
    )

    run(ledger, "--crs", "wgs84", "--map", "name=甲, type=乙, x=丙, y=丁")

    assert Asset.objects.get().name == cells["name"]


@pytest.mark.parametrize(
    "options, sentence",
    [
        (["--map", "name=没有"], "There is no column “没有”"),
        (["--map", "colour=name"], "“colour” is not a field"),
        (["--map", "name"], "“name”"),
        (["--crs", "mars"], "“mars” is not a coordinate system"),
        (["--type", "airship"], "There is no type “airship”"),
        (["--user", "nobody"], "There is no active user “nobody”"),
        (["--source", "长" * 61], "too long"),
        (["--district", "999999"], "No boundary is known of an area 999999"),
        ([], "name it (--crs)"),
    ],
)
def test_a_wrong_option_is_named(tmp_path, options, sentence):
    ledger = write_ledger(tmp_path, row())
    crs = [] if not options or "--crs" in options else ["--crs", "wgs84"]

    with pytest.raises(CommandError, match=sentence.replace("(", r"\(").replace(")", r"\)")):
        run(ledger, *crs, *options)


@pytest.mark.parametrize(
    "name, content, sentence",
    [
        ("none.csv", None, "No such file"),
        ("empty.csv", b"", "The file is empty"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        ("ledger.docx", b"PK", "cannot be read"),
    ],
)
def test_a_file_that_is_no_ledger_is_refused_in_one_sentence(tmp_path, name, content, sentence):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        run(tmp_path / name, "--crs", "wgs84")


def test_a_dry_run_writes_nothing(tmp_path):
    out, _err = run(write_ledger(tmp_path, row()), "--crs", "wgs84", "--dry-run")

    assert "1 created" in out
    assert "Dry run: nothing was written" in out
    assert not Asset.objects.exists()


def test_a_user_imports_with_their_own_rights(tmp_path, owner):
    lon, lat = IN_THE_EAST
    ledger = write_ledger(tmp_path, row(), row(lon=lon, lat=lat))

    out, _err = run(ledger, "--crs", "wgs84", "--user", "owner", "--skip-bad")

    assert "not_your_area" in out
    assert Batch.objects.get().actor == owner
    assert Asset.objects.count() == 1


def test_a_viewer_is_told_that_they_may_not(tmp_path, viewer):
    with pytest.raises(CommandError, match="does not allow"):
        run(write_ledger(tmp_path, row()), "--crs", "wgs84", "--user", "viewer")


def test_the_district_can_be_a_file_or_a_code(tmp_path):
    outline = tmp_path / "outline.geojson"
    ring = [[117.04, 36.67], [117.06, 36.67], [117.06, 36.69], [117.04, 36.69], [117.04, 36.67]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "beyond"}, "geometry": geometry}
    outline.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    ledger = write_ledger(tmp_path, row(lon=BEYOND[0], lat=BEYOND[1]))

    assert "1 created" in run(ledger, "--crs", "wgs84", "--dry-run", "--district", outline)[0]
    assert "1 refused" in run(ledger, "--crs", "wgs84", "--dry-run", "--district", "370105")[0]


def test_a_geojson_brings_its_own_coordinate_system_and_the_option_is_stronger(tmp_path):
    ledger = tmp_path / "ledger.geojson"
    lon, lat = IN_THE_WEST
    feature = {
        "type": "Feature",
        "properties": {"name": "一处", "type": "宣传栏"},
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
    }
    ledger.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    run(ledger)
    assert Asset.objects.get().point.x == lon

    out, _err = run(ledger, "--crs", "gcj02", "--source", "gcj02")

    assert "read as GCJ-02" in out
    assert Asset.objects.get(source="gcj02").point.x == pytest.approx(lon - 0.006, abs=0.001)


def test_a_polygon_becomes_the_footprint_and_a_point_on_it(tmp_path):
    ledger = tmp_path / "hoardings.geojson"
    west, south = IN_THE_WEST
    ring = [
        [west, south],
        [west + 1e-3, south],
        [west + 1e-3, south + 1e-3],
        [west, south + 1e-3],
        [west, south],
    ]
    feature = {
        "type": "Feature",
        "properties": {"name": "围挡", "type": "宣传栏"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    ledger.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")

    run(ledger)

    asset = Asset.objects.get()
    assert asset.footprint.geom_type == "Polygon"
    assert asset.footprint.covers(asset.point)
    assert "1 unchanged" in run(ledger)[0]


def test_a_sheet_is_chosen_by_its_name(tmp_path):
    path = tmp_path / "two.xlsx"
    workbook = Workbook()
    for title in ("甲", "乙"):
        sheet = workbook.create_sheet(title)
        cells = row(name=f"{title}处")
        sheet.append(list(cells))
        sheet.append(list(cells.values()))
    workbook.save(path)

    with pytest.raises(CommandError, match="choose one"):
        run(path, "--crs", "wgs84")
    run(path, "--crs", "wgs84", "--sheet", "乙")

    assert Asset.objects.get().name == "乙处"


# --- What it writes --------------------------------------------------------------------------------------------------


def ledger_with_errors(tmp_path):
    return write_ledger(
        tmp_path,
        row(source_id="A1"),
        row(source_id="A2", type="飞艇", name="=HYPERLINK(1)", remarks="+86"),
        row(source_id="A3", lon=0, lat=0),
    )


def test_rows_to_correct_have_the_ledgers_columns_and_the_reason_beside_the_cell(tmp_path):
    errors = tmp_path / "errors.xlsx"

    run(ledger_with_errors(tmp_path), "--crs", "wgs84", "--skip-bad", "--errors", errors)

    (sheet,) = load_workbook(errors).worksheets
    header, first, second = sheet.iter_rows()
    names = [cell.value for cell in header]
    assert names == [
        "Row in the file", "source_id", "name", "type", "What is wrong: type", "lon", "What is wrong: lon", "lat",
        "remarks",
    ]  # fmt: skip
    cells = dict(zip(names, first, strict=True))
    assert (cells["Row in the file"].value, cells["source_id"].value) == (3, "A2")
    assert "[type_unknown]" in cells["What is wrong: type"].value
    assert cells["type"].fill.fgColor == Color("00F8D7DA")
    assert (cells["name"].data_type, cells["name"].value) == ("s", "=HYPERLINK(1)")  # text, no formula
    assert "[coordinates_zero]" in dict(zip(names, second, strict=True))["What is wrong: lon"].value


def test_corrected_rows_go_in_again_under_the_same_source(tmp_path, settings):
    run(ledger_with_errors(tmp_path), "--crs", "wgs84", "--skip-bad")
    errors = settings.VAR_DIR / "imports" / "ledger.errors.xlsx"
    workbook = load_workbook(errors)
    sheet = workbook.active
    names = [cell.value for cell in sheet[1]]
    sheet.cell(2, names.index("type") + 1, "宣传栏")
    sheet.cell(3, names.index("lon") + 1, IN_THE_WEST[0])
    sheet.cell(3, names.index("lat") + 1, IN_THE_WEST[1])
    workbook.save(errors)

    out, _err = run(errors, "--crs", "wgs84")

    assert "2 rows: 2 created" in out
    assert set(Asset.objects.values_list("source", "source_id")) == {
        ("ledger", n) for n in ("A1", "A2", "A3")
    }


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_importer_takes_a_column_of_reasons_for_one_of_the_ledger(tmp_path, language):
    errors = tmp_path / "errors.xlsx"
    ledger = ledger_with_errors(tmp_path)

    run(ledger, "--crs", "wgs84", "--skip-bad", "--errors", errors, language=language)

    assert guess_columns(read_table(errors).names).columns == guess_columns(read_table(ledger).names).columns


def test_rows_of_geodata_to_correct_have_their_position_in_columns(tmp_path):
    ledger = tmp_path / "ledger.geojson"
    feature = {
        "type": "Feature",
        "properties": {"name": "一处", "type": "宣传栏"},
        "geometry": {"type": "Point", "coordinates": BEYOND},
    }
    ledger.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    errors = tmp_path / "errors.xlsx"

    with pytest.raises(CommandError, match="Nothing was written"):
        run(ledger, "--errors", errors)

    table = read_table(errors)
    assert (table["x"][0], table["y"][0]) == BEYOND
    assert "outside_district" in table["What is wrong: x"][0]


def test_the_whole_report_can_be_had_as_json_and_as_text(tmp_path):
    ledger = ledger_with_errors(tmp_path)

    run(ledger, "--crs", "wgs84", "--dry-run", "--report", tmp_path / "r.json")
    run(ledger, "--crs", "wgs84", "--dry-run", "--report", tmp_path / "r.txt")

    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (report["rows"], report["created"], report["refused"], report["applied"]) == (3, 1, 2, False)
    assert {(verdict["row"], verdict["column"], verdict["code"]) for verdict in report["verdicts"]} == {
        (3, "type", "type_unknown"),
        (4, "lon", "coordinates_zero"),
    }
    assert "type_unknown" in (tmp_path / "r.txt").read_text(encoding="utf-8")


def test_what_the_terminal_does_not_show_it_counts(tmp_path):
    ledger = write_ledger(tmp_path, *(row(type="飞艇") for _ in range(9)))

    out, _err = run(ledger, "--crs", "wgs84", "--dry-run")

    assert "type_unknown · refused · 9" in out
    assert "… 5 of 9 shown" in out


def test_a_ledger_of_another_encoding_or_kind_says_the_same(tmp_path):
    cells = row(source_id="A1", 备注="测试")
    run(write_ledger(tmp_path, cells, encoding="gb18030"), "--crs", "wgs84", "--source", "s")

    for name, encoding in (("utf8.csv", "utf-8"), ("bom.csv", "utf-8-sig")):
        out, _err = run(
            write_ledger(tmp_path, cells, name=name, encoding=encoding), "--crs", "wgs84", "--source", "s"
        )
        assert "1 unchanged" in out
    assert Asset.objects.get().remarks == "测试"


def test_the_guide_lists_every_code():
    guide = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")

    missing = [code for code in (*REFUSED, *HELD, *DOUBTFUL) if f"`{code}`" not in guide]

    assert missing == []


def test_a_prepared_ledger_has_every_staged_column(tmp_path):
    from importing.options import ImportOptions
    from importing.staging import COPIED
    from places.coordinates import WGS84

    prepared = prepare(read_table(write_ledger(tmp_path, row())), ImportOptions(source="s", crs=WGS84))

    assert {column.name for column in COPIED} == set(prepared.columns)


def test_what_is_exported_comes_back_unchanged(tmp_path, client, publicity):
    full = {
        "source_id": "A1",
        "themes": "讲文明树新风、垃圾分类",
        "wording": "富强 民主\n文明 和谐",
        "size": "2.4×1.2",
        "facing": "东南",
        "illuminated": "是",
        "condition": "破损",
        "inspected_at": "2026-09-01",
        "installed_on": "2020-06-01",
        "address": "北园大街 1 号",
        "remarks": "=1+1",
    }
    make_theme("civility", name_zh="讲文明树新风")
    make_theme("waste_sorting", name_zh="垃圾分类")
    run(write_ledger(tmp_path, row(**full), row(), row(condition="完好")), "--crs", "wgs84")
    events = Asset.pgh_event_model.objects.count()
    client.force_login(publicity)
    exported = tmp_path / "exported.geojson"
    exported.write_bytes(b"".join(client.get("/export/assets.geojson").streaming_content))

    out, _err = run(exported)

    assert "3 rows: 0 created, 0 updated, 3 unchanged, 0 refused; 0 of those" in out, out
    assert Asset.pgh_event_model.objects.count() == events
