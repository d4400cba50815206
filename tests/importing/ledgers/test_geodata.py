"""Geodata on its way in, by the command and by the pages: the same file has the same verdict, and there is a way on."""

import io
import json
import re
import sqlite3
from html import unescape
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely
from django.core.management import CommandError, call_command

from accounts.models import Role
from assets.models import Asset, LedgerState
from importing.locating import LOOKED_AT
from places.coordinates import GCJ02, WGS84, from_wgs84
from tests.factories import make_user
from tests.importing.ledgers.conftest import checked, column_answers, received, work
from tests.importing.written_ledgers import row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)

CASES = Path("/work/shared/data/cases")
# A city's own system as surveyors define it, which no register lists.
OWN = "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=50000 +y_0=-4000000 +ellps=GRS80 +units=m +no_defs"


def geodata(
    path,
    shapes,
    *,
    crs="EPSG:4326",
    types=None,
    **options,
):
    """A file of these shapes, each with a number, a name and a type."""
    count = len(shapes)
    if path.suffix == ".kml":
        path.write_text(kml(shapes))
        return path
    columns = {
        "编号": np.array([f"G{place}" for place in range(count)], dtype=object),
        "名称": np.array([f"{place}号宣传栏" for place in range(count)], dtype=object),
        "类型": np.array(types or ["宣传栏"] * count, dtype=object),
    }
    pyogrio.raw.write(
        path,
        np.array([None if shape is None else shapely.to_wkb(shape) for shape in shapes], dtype=object),
        list(columns.values()),
        list(columns),
        geometry_type="Unknown",
        crs=crs,
        **options,
    )
    return path


def kml(shapes):
    """The same as KML, whose writers refuse what is wrong with some."""
    marks = [
        f"<Placemark><name>{place}号宣传栏</name><ExtendedData><Data name='编号'><value>G{place}</value></Data>"
        f"<Data name='类型'><value>宣传栏</value></Data></ExtendedData>{in_kml(shape)}</Placemark>"
        for place, shape in enumerate(shapes)
    ]
    return f"<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{''.join(marks)}</Document></kml>"


def in_kml(shape):
    if shape is None:
        return ""
    if shape.geom_type.startswith("Multi"):
        return f"<MultiGeometry>{''.join(map(in_kml, shape.geoms))}</MultiGeometry>"
    line = shape.exterior if shape.geom_type == "Polygon" else shape
    places = " ".join(f"{x!r},{y!r},0" for x, y in line.coords)
    inner = f"<coordinates>{places}</coordinates>"
    if shape.geom_type == "Polygon":
        inner = f"<outerBoundaryIs><LinearRing>{inner}</LinearRing></outerBoundaryIs>"
    return f"<{shape.geom_type}>{inner}</{shape.geom_type}>"


def at(step=0):
    """A place in the west street."""
    return 116.985 + step * 0.0005, 36.675


def points(count=3):
    return [shapely.Point(at(step)) for step in range(count)]


def by_command(path, *options):
    """What the command says of a file without writing: its counts, its verdicts and its notes, or its refusal."""
    report = path.parent / "report.json"
    try:
        call_command(
            "import_assets", str(path), "--dry-run", "--yes", "--source", "office", "--language", "en",
            "--report", str(report), *options, stdout=io.StringIO(), stderr=io.StringIO(),
        )  # fmt: skip
    except CommandError as error:
        return str(error)
    return judged(json.loads(report.read_text()))


def judged(report):
    counts = {
        name: report[name] for name in ("rows", "created", "updated", "unchanged", "refused", "doubtful")
    }
    codes = sorted((verdict["row"], verdict["code"]) for verdict in report["verdicts"])
    return counts, codes, report["notes"]


def by_browser(client, path, crs="", **answers):
    """What the pages say of it, answered as the command is asked."""
    ledger = received(client, path)
    if ledger.state == LedgerState.UNREADABLE:
        return unescape(
            re.search(r'role="alert">(.*?)</p>', client.get(f"/import/{ledger.uid}/").content.decode())[1]
        )
    answer = client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client, **answers))
    if answer["Location"].endswith("/position"):
        answer = client.post(f"/import/{ledger.uid}/position", {"crs": crs})
        if answer.status_code == 422:
            return "Choose the coordinate system."
    work()
    ledger.refresh_from_db()
    assert ledger.state == LedgerState.CHECKED, ledger.problem
    codes = sorted((row.row, code) for row in ledger.rows.all() for code in row.codes)
    counts = {
        name: ledger.report[name]
        for name in ("rows", "created", "updated", "unchanged", "refused", "doubtful")
    }
    return counts, codes, ledger.report["notes"]


def same(client, path, crs=None):
    """The verdict of both, which has to be one."""
    command = by_command(path, *(["--crs", crs] if crs else []))
    browser = by_browser(client, path, crs=crs or "")
    assert command == browser
    return command


# --- The same verdict -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, options",
    [
        ("a.gpkg", {}),
        ("a.fgb", {"SPATIAL_INDEX": "NO"}),
        ("a.geojson", {}),
        ("a.kml", {}),
    ],
)
def test_every_shape_has_one_verdict_whatever_the_format(client, tmp_path, name, options):
    x, y = at()
    area = shapely.box(x, y, x + 0.0005, y + 0.0005)
    crossing = shapely.Polygon([(x, y), (x + 0.001, y + 0.001), (x + 0.001, y), (x, y + 0.001)])
    shapes = [
        shapely.Point(at(1)),
        None,
        shapely.MultiPoint([at(2)]),
        shapely.MultiPoint([at(3), at(4)]),
        shapely.LineString([at(5), at(6)]),
        area,
        crossing,
        shapely.Point(0, 0),
        shapely.Point(y, x),
        shapely.Point(179.9999, 36.675),
        shapely.Point(117.05, 36.68),
        shapely.LineString([at(7), (118.2, 36.675)]),
    ]
    counts, codes, notes = same(client, geodata(tmp_path / name, shapes, **options))
    assert codes == [
        (2, "coordinates_missing"),
        (4, "several_places"),
        (7, "footprint_invalid"),
        (8, "coordinates_zero"),
        (9, "coordinates_swapped"),
        (10, "coordinates_absurd"),
        (11, "outside_district"),
        (12, "shape_too_wide"),
    ]
    assert counts["refused"] == len({row for row, _code in codes})
    assert any("4 rows are lines or areas" in note for note in notes)


def test_an_undefined_system_is_asked_for_by_page_and_command(client, tmp_path):
    path = geodata(tmp_path / "a.gpkg", points(), SPATIAL_INDEX="NO")
    with sqlite3.connect(path) as database:
        for trigger in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger[0]}"')
        database.execute("UPDATE gpkg_contents SET srs_id = 0")
        database.execute("UPDATE gpkg_geometry_columns SET srs_id = 0")
    assert "name it (--crs)" in by_command(path)
    assert by_browser(client, path) == "Choose the coordinate system."
    here, there = (same(client, path, crs) for crs in ("wgs84", "gcj02"))
    assert here[0]["created"] == 3
    assert there[0]["rows"] == 3


CODES = {
    "17a_null_and_empty.geojson": {
        2: ["coordinates_missing"],
        3: ["coordinates_missing"],
        4: ["geometry_unreadable"],
        6: ["coordinates_missing"],
    },
    "17b_empty_point.gpkg": {2: ["coordinates_missing"], 3: ["coordinates_missing"]},
    "20a_no_crs_degrees.gpkg": {},
    "22b_chinese_field_names.kml": {},
    "23a_name_cut_shp.zip": {},
    "24a_zero_days_and_stars_shp.zip": {},
}


@pytest.mark.skipif(not CASES.exists(), reason=f"{CASES} is not on this machine")
@pytest.mark.parametrize("name", CODES)
def test_the_cases_that_came_in_wrongly_have_one_verdict(as_user, name, district, tmp_path):
    client = as_user(make_user(Role.PUBLICITY, district.district))
    path = tmp_path / name
    path.write_bytes((CASES / name).read_bytes())
    outside = {"allow_outside": "yes"}
    crs = "wgs84" if name.startswith("20a") else None
    command = by_command(path, "--allow-outside", "--type", "notice_board", *(["--crs", crs] if crs else []))
    browser = by_browser(client, path, crs=crs or "", default_type="notice_board", **outside)
    assert command == browser, name
    counts, codes, notes = command
    shapes = {"coordinates_missing", "geometry_unreadable", "several_places", "coordinates_zero"}
    about_shapes = {}
    for number, code in codes:
        if code in shapes:
            about_shapes.setdefault(number, []).append(code)
    about_shapes.pop(7, None)
    assert about_shapes == CODES[name]
    if name.startswith("22b"):
        assert not any("not imported" in note for note in notes)
    if name.startswith("23a"):
        assert sum("is cut off in the file" in note for note in notes) == 3
    if name.startswith("24a"):
        assert counts["refused"] == 0


def test_a_text_cut_by_the_width_of_its_column_never_replaces_the_whole_one(client, tmp_path):
    whole = "讲文明树新风，" * 30
    earlier = write_ledger(tmp_path, row(source_id="1", wording=whole, lon=at()[0], lat=at()[1]))
    call_command(
        "import_assets", str(earlier), "--crs", "wgs84", "--source", "office", "--yes", "--near", "0"
    )
    pyogrio.raw.write(
        tmp_path / "a.shp",
        shapely.to_wkb(np.array([shapely.Point(at())])),
        [np.array(["1"], dtype=object), np.array([whole], dtype=object)],
        ["source_id", "wording"],
        geometry_type="Point",
        crs="EPSG:4326",
        encoding="UTF-8",
    )
    counts, codes, _notes = by_command(tmp_path / "a.shp")
    assert (counts["updated"], codes) == (0, [(1, "text_cut")])
    assert Asset.objects.get().wording == whole


# --- A way on ---------------------------------------------------------------------------------------------------------


def position_page(client, ledger, **query):
    return client.get(f"/import/{ledger.uid}/position", query).content.decode()


def to_position(client, path):
    """The ledger of a file at the step that asks for the coordinate system."""
    ledger = received(client, path)
    answer = client.post(f"/import/{ledger.uid}/columns", column_answers(ledger, client))
    assert answer["Location"].endswith("/position")
    return ledger


def choices(page):
    return [unescape(value) for value in re.findall(r'name="crs" value="([^"]*)"', page)]


def test_a_city_s_own_system_can_be_given_by_its_definition(client, tmp_path):
    lon, lat = np.array([at(step) for step in range(3)]).T
    from places.coordinates import parse_crs

    own = parse_crs(OWN)
    x, y = from_wgs84(lon, lat, own)
    path = geodata(tmp_path / "a.gpkg", [shapely.Point(place) for place in zip(x, y, strict=True)])
    with sqlite3.connect(path) as database:
        for trigger in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger[0]}"')
        database.execute("UPDATE gpkg_contents SET srs_id = -1")
        database.execute("UPDATE gpkg_geometry_columns SET srs_id = -1")
    ledger = to_position(client, path)

    page = position_page(client, ledger)
    assert choices(page) == ["none"]
    assert "No system known here brings the numbers near the district" in page

    page = position_page(client, ledger, also=OWN)
    assert "3 of 3 rows lie in the district" in page
    system = next(value for value in choices(page) if value != "none")
    assert client.post(f"/import/{ledger.uid}/position", {"crs": system}).status_code == 302
    work()
    ledger.refresh_from_db()
    assert ledger.report["created"] == 3
    # The same by the command.
    assert by_command(path, "--crs", OWN)[0]["created"] == 3


def test_a_file_that_states_a_system_without_a_number_is_taken_at_its_word(client, tmp_path):
    from places.coordinates import parse_crs

    lon, lat = np.array([at(step) for step in range(3)]).T
    x, y = from_wgs84(lon, lat, parse_crs(OWN))
    path = geodata(tmp_path / "a.gpkg", [shapely.Point(place) for place in zip(x, y, strict=True)], crs=OWN)
    ledger = to_position(client, path)
    page = position_page(client, ledger)
    assert "stated by the file" in page
    assert client.post(f"/import/{ledger.uid}/position", {"crs": choices(page)[0]}).status_code == 302
    work()
    ledger.refresh_from_db()
    assert ledger.report["created"] == 3
    assert same(client, path)[0]["created"] == 3


def test_nothing_is_placed_when_nobody_knows_the_system(client, tmp_path):
    earlier = write_ledger(tmp_path, row(source_id="G0", name="旧名", lon=at()[0], lat=at()[1]))
    call_command("import_assets", str(earlier), "--crs", "wgs84", "--source", "office", "--yes")
    path = geodata(tmp_path / "a.gpkg", [shapely.Point(1e6, 2e6), shapely.Point(1e6, 2e6)], crs=None)
    command = by_command(path, "--crs", "none")
    assert command == by_browser(client, path, crs="none")
    counts, codes, notes = command
    assert (counts["updated"], counts["refused"]) == (1, 1)
    assert codes == [(2, "coordinates_missing")]
    assert notes == ["No positions are taken from the file, as asked."]
    assert Asset.objects.get().point.x == pytest.approx(at()[0])


def test_degrees_far_from_here_can_be_read_all_the_same(client, tmp_path):
    path = geodata(tmp_path / "a.gpkg", [shapely.Point(3.87, 43.61)] * 2, crs=None)
    page = position_page(client, to_position(client, path))
    assert choices(page) == ["wgs84", "gcj02", "bd09", "none"]


def test_axes_of_a_geometry_are_exchanged_by_page_and_command(client, tmp_path):
    path = geodata(tmp_path / "a.gpkg", [shapely.Point(at(step)[::-1]) for step in range(3)])
    assert {code for _row, code in same(client, path)[1]} == {"coordinates_swapped"}
    ledger = to_position(client, path)
    assert "wgs84|exchanged" in choices(position_page(client, ledger))
    browser = by_browser(client, path, crs="wgs84|exchanged")
    assert browser == by_command(path, "--crs", "wgs84", "--exchange")
    assert browser[0]["created"] == 3


def test_the_system_in_the_headings_is_chosen_beforehand(client, tmp_path):
    cells = row(source_id="1")
    x, y = from_wgs84(np.array([cells.pop("lon")]), np.array([cells.pop("lat")]), GCJ02)
    path = write_ledger(tmp_path, {**cells, "lon_gcj02": x[0], "lat_gcj02": y[0]})
    page = position_page(client, to_position(client, path))
    assert re.search(r'value="gcj02"[^>]* checked', page)
    assert same(client, path)[0]["created"] == 1


@pytest.mark.parametrize("text", ["mars", "EPSG:1", "[" * 500, "+proj=nonsense", "x" * 3_000])
def test_what_is_no_system_is_answered_in_words(client, tmp_path, text):
    ledger = to_position(client, geodata(tmp_path / "a.gpkg", points(), crs=None))
    answer = client.get(f"/import/{ledger.uid}/position", {"also": text})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert client.post(f"/import/{ledger.uid}/position", {"crs": text}).status_code == 422


def test_of_a_large_ledger_a_sample_is_parsed_while_a_person_waits(client, tmp_path, monkeypatch):
    rows = [
        row(source_id=str(number), lon=at(number % 20)[0] if number % 3 == 0 else "")
        for number in range(3 * LOOKED_AT)
    ]
    ledger = to_position(client, write_ledger(tmp_path, *rows[: 3 * LOOKED_AT]))
    from importing.values import coordinates

    parsed = []
    usual = coordinates.parse_each
    monkeypatch.setattr(
        coordinates, "parse_each", lambda cells, *rest: parsed.append(len(cells)) or usual(cells, *rest)
    )
    page = position_page(client, ledger)
    assert parsed
    assert max(parsed) <= LOOKED_AT
    assert f"spread over all {3 * LOOKED_AT:,}" in page


def test_a_system_is_known_by_its_definition_again():
    from places.coordinates import parse_crs

    own = parse_crs(OWN)
    assert parse_crs(own.definition) == own
    assert own != WGS84


def test_checked_again_in_another_system_forgets_the_exchange(client, tmp_path):
    path = geodata(tmp_path / "a.gpkg", [shapely.Point(at(step)[::-1]) for step in range(3)])
    ledger = checked(client, path, crs="wgs84|exchanged")
    assert ledger.report["created"] == 3
    client.post(f"/import/{ledger.uid}/position", {"crs": "wgs84"})
    work()
    ledger.refresh_from_db()
    assert ledger.report["created"] == 0


def test_a_shape_across_the_180th_meridian_stands_nowhere(client, tmp_path):
    across = shapely.Polygon([(179.99, 36.6), (-179.99, 36.6), (-179.99, 36.7), (179.99, 36.7)])
    path = geodata(tmp_path / "a.gpkg", [across, shapely.Point(at())])
    counts, codes, _notes = by_command(path, "--allow-outside")
    assert codes == [(1, "shape_too_wide")]
    assert counts["created"] == 1
