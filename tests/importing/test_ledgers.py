"""Two real ledgers, imported by the command as a person would. They are not part of the project; see ../shared/data."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Role
from assets.models import Asset, Batch
from importing.report import COUNTS
from places.coordinates import GCJ02, to_wgs84
from places.distance import metres_between
from places.models import Area
from tests.factories import make_area, make_type, make_user

DATA = Path("/work/shared/data")
LEDGER = DATA / "ledger_jinan_charging_stations_gcj02.csv"
LIGHTS = DATA / "montpellier_street_lights_epsg2154.zip"
OUTLINE = DATA / "outline_370105.geojson"
MAPPED = {"map": "name=name,address=addr,x=lng,y=lat", "crs": "gcj02", "type": "notice_board"}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not LEDGER.exists(), reason=f"{DATA} with the real ledgers is not here"),
]


@pytest.fixture(autouse=True)
def _tianqiao(settings, tmp_path):
    """The district in its real outline, and one type."""
    settings.VAR_DIR = tmp_path
    (feature,) = json.loads(OUTLINE.read_text(encoding="utf-8"))["features"]
    shape = GEOSGeometry(json.dumps(feature["geometry"]))
    make_area("370105", "天桥区", MultiPolygon(shape, srid=4326))
    make_type()


def run(file, tmp_path, **options):
    """Run the command; returns its whole report and what it printed."""
    report = tmp_path / "report.json"
    report.unlink(missing_ok=True)
    out = io.StringIO()
    try:
        call_command(
            "import_assets",
            str(file),
            report=report,
            ask=False,
            language="en",
            stdout=out,
            stderr=io.StringIO(),
            **options,
        )
    except CommandError as error:
        out.write(str(error))
    return json.loads(report.read_text(encoding="utf-8")), out.getvalue()


def counts(report):
    return {name: report[name] for name in COUNTS if report[name]}


def mapped():
    return {
        **MAPPED,
        "map": dict(part.split("=") for part in ["name=name", "address=addr", "lon=lng", "lat=lat"]),
    }


def test_exactly_the_84_rows_in_the_district_come_in(tmp_path):
    report, printed = run(LEDGER, tmp_path, skip_bad=True, **mapped())

    assert counts(report) == {"rows": 992, "created": 84, "refused": 908}
    assert report["codes"] == {
        "outside_district": 858,
        "coordinates_zero": 41,
        "coordinates_absurd": 5,
        "coordinates_swapped": 4,
    }
    assert Asset.objects.count() == 84
    assert Batch.objects.count() == 1
    assert "84 created" in printed


def test_a_batch_s_page_tells_the_report_in_words(tmp_path, client):
    run(LEDGER, tmp_path, skip_bad=True, **mapped())
    batch = Batch.objects.get()
    client.force_login(make_user(Role.PUBLICITY, Area.objects.get(code="370105")))
    page = client.get(reverse("admin:assets_batch_change", args=[batch.pk])).content.decode()

    assert "共 992 行：新增 84" in page
    assert "coordinates_swapped · 拒绝 · 4" in page
    assert "&quot;" not in page.partition("共 992 行")[2].partition("</form>")[0]
    assert f'href="/map/?batch={batch.pk}"' in page


def test_the_four_exchanged_rows_are_named_as_exchanged(tmp_path):
    report, _printed = run(LEDGER, tmp_path, dry_run=True, **mapped())

    with LEDGER.open(encoding="utf-8-sig", newline="") as file:
        swapped = [
            number for number, row in enumerate(csv.DictReader(file), 2) if 30 < float(row["lng"]) < 40
        ]
    assert [
        verdict["row"] for verdict in report["verdicts"] if verdict["code"] == "coordinates_swapped"
    ] == swapped
    assert len(swapped) == 4


def test_without_skip_bad_nothing_is_written(tmp_path):
    report, printed = run(LEDGER, tmp_path, **mapped())

    assert (report["created"], report["refused"], report["applied"]) == (84, 908, False)
    assert "Nothing was written: 908 rows are refused" in printed
    assert not Asset.objects.exists()


def test_the_same_ledger_again_leaves_84_unchanged(tmp_path):
    run(LEDGER, tmp_path, skip_bad=True, **mapped())
    events = Asset.pgh_event_model.objects.count()

    report, printed = run(LEDGER, tmp_path, skip_bad=True, **mapped())

    assert counts(report) == {"rows": 992, "unchanged": 84, "refused": 908}
    assert "Nothing to write" in printed
    assert Asset.pgh_event_model.objects.count() == events == 84
    assert Batch.objects.count() == 1


def test_the_ledger_without_its_number_column_is_stable_too(tmp_path):
    bare = tmp_path / "bare.csv"
    with LEDGER.open(encoding="utf-8-sig", newline="") as file:
        rows = [{name: row[name] for name in ("name", "addr", "lng", "lat")} for row in csv.DictReader(file)]
    for name, ordered in ((bare, rows), (tmp_path / "again" / "bare.csv", rows[::-1])):
        name.parent.mkdir(exist_ok=True)
        with name.open("w", encoding="gb18030", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(ordered)

    first, _printed = run(bare, tmp_path, skip_bad=True, **mapped())
    again, _printed = run(tmp_path / "again" / "bare.csv", tmp_path, skip_bad=True, **mapped())

    assert (first["created"], again["unchanged"], again["created"]) == (84, 84, 0)


def test_positions_are_where_the_places_are(tmp_path):
    """Read as GCJ-02 a station at a place lands near that place; read as WGS84 it would be 500 m off."""
    run(LEDGER, tmp_path, skip_bad=True, **mapped())
    with LEDGER.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    for asset in Asset.objects.all():
        row = rows[asset.source_id]
        lon, lat = to_wgs84(np.array([float(row["lng"])]), np.array([float(row["lat"])]), GCJ02)
        assert (asset.point.x, asset.point.y) == pytest.approx((lon[0], lat[0]), abs=1e-9)
        as_written = GEOSGeometry(f"SRID=4326;POINT({row['lng']} {row['lat']})")
        assert 400 < metres_between(asset.point, as_written) < 700


def test_stations_lie_beside_the_places_they_are_named_after(tmp_path):
    """Within the length of a block; read wrongly as WGS84 they would all be farther off than that."""
    run(LEDGER, tmp_path, skip_bad=True, **mapped())
    with (DATA / "sites_tianqiao.csv").open(encoding="utf-8", newline="") as file:
        sites = {row["name"]: row for row in csv.DictReader(file)}
    with LEDGER.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    for number, name in {"896": "生产路", "688": "历山路", "844": "历山路", "1045": "历山路"}.items():
        place = GEOSGeometry(f"SRID=4326;POINT({sites[name]['lon_wgs84']} {sites[name]['lat_wgs84']})")
        as_written = GEOSGeometry(f"SRID=4326;POINT({rows[number]['lng']} {rows[number]['lat']})")
        asset = Asset.objects.get(source_id=number)
        assert metres_between(asset.point, place) < 500, (asset.name, name)
        assert metres_between(as_written, place) > 600, (asset.name, name)


def test_street_lights_of_another_city_stay_out_unless_told_otherwise(tmp_path):
    report, printed = run(LIGHTS, tmp_path, skip_bad=True, type="notice_board")

    assert counts(report) == {"rows": 29_969, "refused": 29_969}
    assert report["codes"] == {"coordinates_absurd": 29_969}
    assert "29969 of 29969 rows lie far away, around 43.61, 3.87" in printed
    assert "--allow-outside" in printed
    assert not Asset.objects.exists()


def test_street_lights_of_another_city_come_in_when_told_so_with_the_files_own_crs(tmp_path):
    options = {"allow_outside": True, "type": "notice_board", "source": "montpellier"}
    report, _printed = run(LIGHTS, tmp_path, **options)

    # Two lamps on one mast are two lines of the inventory that say the same: let in, and named.
    assert counts(report) == {"rows": 29_969, "created": 29_969, "doubtful": 124}
    assert report["codes"] == {"repeated_row": 124}
    assert Asset.objects.filter(area__isnull=True, code__startswith="37010503008").count() == 29_969
    west, south, east, north = Asset.objects.all().aggregate(box=Extent("point"))["box"]
    assert (3.80 < west < east < 3.95, 43.55 < south < north < 43.67) == (True, True)  # Montpellier

    again, _printed = run(LIGHTS, tmp_path, **options)
    assert (again["unchanged"], again["created"]) == (29_969, 0)
