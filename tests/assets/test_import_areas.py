"""Real boundaries from a file: matched, checked, all or nothing, and everything found out again."""

import json
from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from django.contrib.gis.geos import Point
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from pghistory.models import Events

from accounts.models import User
from assets.actions.reassign_areas import reassign_areas
from assets.actions.replace_boundaries import replace_boundaries
from assets.history import Actor
from assets.models import Asset, Origin
from places.coordinates import from_wgs84, parse_crs
from places.models import Area, BoundaryStatus
from tests.conftest import District
from tests.factories import make_asset

pytestmark = pytest.mark.django_db

WEST, EAST = "370105001", "370105002"
# The border between the two streets moves from 117.00 to 116.99.
NEW_WEST = shapely.box(116.98, 36.67, 116.99, 36.70)
NEW_EAST = shapely.box(116.99, 36.67, 117.02, 36.70)


def write(path: Path, features: Mapping[str, shapely.Geometry], crs: str = "wgs84") -> Path:
    """A GeoJSON file with a feature for each code, its coordinates in `crs`."""
    system = parse_crs(crs)
    rows = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": json.loads(
                shapely.to_geojson(
                    shapely.transform(
                        shape, lambda at: np.column_stack(from_wgs84(at[:, 0], at[:, 1], system))
                    )
                )
            ),
        }
        for code, shape in features.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    return path


def import_areas(*arguments: Any) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("import_areas", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue()


def refused(*arguments: Any) -> str:
    """What the command prints when it refuses."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_areas", *map(str, arguments), stdout=out, stderr=out)
    return out.getvalue() + str(error.value)


@pytest.fixture
def asset(district: District) -> Asset:
    """An asset that the new border puts into the other street."""
    return make_asset(Point(116.995, 36.69, srid=4326))


def test_new_boundaries_move_assets_into_their_new_street(
    district: District, asset: Asset, tmp_path: Path
) -> None:
    Area.objects.filter(level=3).update(boundary=None, boundary_status=BoundaryStatus.NONE)
    file = write(tmp_path / "streets.geojson", {WEST: NEW_WEST, EAST: NEW_EAST})

    printed = import_areas(file)

    asset.refresh_from_db()
    assert (asset.street, asset.area, asset.community) == (district.east, district.east, None)
    assert "2 " in printed
    east = Area.objects.get(code=EAST)
    assert (east.boundary_status, east.boundary_source) == (BoundaryStatus.OFFICIAL, "streets.geojson")


def test_history_says_that_a_command_moved_the_asset(
    district: District, asset: Asset, tmp_path: Path
) -> None:
    Area.objects.filter(level=3).update(boundary=None, boundary_status=BoundaryStatus.NONE)
    import_areas(write(tmp_path / "streets.geojson", {WEST: NEW_WEST, EAST: NEW_EAST}))

    event = Events.objects.tracks(asset).order_by("-pgh_created_at").first()

    assert event is not None
    assert event.pgh_context["origin"] == Origin.COMMAND
    assert event.pgh_data["street_id"] == district.east.pk


def test_an_asset_that_stays_where_it_is_is_not_written(
    district: District, asset: Asset, tmp_path: Path
) -> None:
    version = asset.version
    import_areas(write(tmp_path / "east.geojson", {EAST: shapely.box(117.00, 36.67, 117.03, 36.70)}))

    asset.refresh_from_db()

    assert asset.version == version


@pytest.mark.parametrize("crs", ["gcj02", "bd09", "EPSG:4548", "EPSG:4527"])
def test_a_file_in_any_coordinate_system_lands_in_the_same_place(
    district: District, tmp_path: Path, crs: str
) -> None:
    file = write(tmp_path / "east.geojson", {EAST: NEW_EAST}, crs)

    import_areas(file, "--crs", crs)

    found = shapely.from_wkb(bytes(Area.objects.get(code=EAST).boundary.wkb))
    assert shapely.hausdorff_distance(found, NEW_EAST) < 1e-5  # a metre


def test_a_file_that_names_its_own_coordinate_system_needs_no_option(
    district: District, tmp_path: Path
) -> None:
    x, y = from_wgs84(*shapely.get_coordinates(NEW_EAST).T, parse_crs("EPSG:4548"))
    path = tmp_path / "east.gpkg"
    pyogrio.raw.write(
        path,
        geometry=np.array([shapely.to_wkb(shapely.Polygon(np.column_stack([x, y])))], dtype=object),
        field_data=[np.array([EAST], dtype=object)],
        fields=["代码"],
        geometry_type="Polygon",
        crs="EPSG:4548",
    )

    import_areas(path, "--approximate", "--source", "测绘院 2026")

    east = Area.objects.get(code=EAST)
    assert (east.boundary_status, east.boundary_source) == (BoundaryStatus.APPROXIMATE, "测绘院 2026")
    assert east.boundary.extent == pytest.approx(NEW_EAST.bounds, abs=1e-6)


def test_a_file_without_coordinate_system_is_refused_until_it_is_said(
    district: District, tmp_path: Path
) -> None:
    (tmp_path / "east.csv").write_text(f'code,WKT\n{EAST},"{NEW_EAST.wkt}"\n')

    assert "--crs" in refused(tmp_path / "east.csv")
    import_areas(tmp_path / "east.csv", "--crs", "wgs84")
    assert Area.objects.get(code=EAST).boundary.extent == pytest.approx(NEW_EAST.bounds)


def test_wrong_coordinate_systems_are_noticed_by_where_the_area_would_lie(
    district: District, tmp_path: Path
) -> None:
    swapped = shapely.box(36.67, 116.99, 36.70, 117.02)
    metres = write(tmp_path / "metres.geojson", {EAST: NEW_EAST}, "EPSG:4548")
    far = write(tmp_path / "far.geojson", {EAST: shapely.box(118.99, 36.67, 119.02, 36.70)})

    before = Area.objects.get(code=EAST).boundary
    for file in (write(tmp_path / "swapped.geojson", {EAST: swapped}), metres, far):
        refused(file)
    assert Area.objects.get(code=EAST).boundary == before


def test_unknown_codes_are_named_and_nothing_is_changed(district: District, tmp_path: Path) -> None:
    file = write(tmp_path / "streets.geojson", {EAST: NEW_EAST, "370105099": NEW_WEST})

    printed = refused(file)

    assert "370105099" in printed
    assert Area.objects.get(code=EAST).boundary_status == BoundaryStatus.APPROXIMATE


def test_codes_filled_up_with_zeros_are_understood(district: District, tmp_path: Path) -> None:
    import_areas(write(tmp_path / "streets.geojson", {f"{EAST}000": NEW_EAST}))

    assert Area.objects.get(code=EAST).boundary_status == BoundaryStatus.OFFICIAL


def test_a_file_without_codes_is_matched_by_name(district: District, tmp_path: Path) -> None:
    file = write(tmp_path / "streets.geojson", {"天桥东街街道": NEW_EAST})
    file.write_text(file.read_text().replace('"code"', '"街道名称"'))

    import_areas(file, "--level", "street")

    assert Area.objects.get(code=EAST).boundary_status == BoundaryStatus.OFFICIAL


def test_a_crossed_outline_is_repaired_and_said(district: District, tmp_path: Path) -> None:
    bow_tie = shapely.Polygon([(117.0, 36.67), (117.02, 36.70), (117.02, 36.67), (117.0, 36.70)])

    printed = import_areas(write(tmp_path / "east.geojson", {EAST: bow_tie}))

    assert EAST in printed
    assert Area.objects.get(code=EAST).boundary.valid


def test_two_rows_of_one_area_are_put_together(district: District, tmp_path: Path) -> None:
    file = write(
        tmp_path / "east.geojson",
        {
            EAST: shapely.box(117.00, 36.67, 117.01, 36.70),
            f"{EAST}000": shapely.box(117.01, 36.67, 117.02, 36.70),
        },
    )

    import_areas(file)

    assert Area.objects.get(code=EAST).boundary.extent == pytest.approx((117.00, 36.67, 117.02, 36.70))


@pytest.mark.parametrize(
    "shape", [shapely.Point(117, 36.7), shapely.LineString([(117, 36.7), (117.01, 36.7)]), shapely.Polygon()]
)
def test_what_is_no_polygon_is_refused(district: District, tmp_path: Path, shape: shapely.Geometry) -> None:
    assert EAST in refused(write(tmp_path / "east.geojson", {EAST: shape}))


def test_overlaps_and_gaps_are_reported_with_their_size(district: District, tmp_path: Path) -> None:
    overlapping = write(tmp_path / "a.geojson", {EAST: shapely.box(116.99, 36.67, 117.02, 36.70)})
    leaving_open = write(tmp_path / "b.geojson", {EAST: shapely.box(117.01, 36.67, 117.02, 36.70)})

    assert "2.97 km²" in import_areas(overlapping, "--dry-run")
    assert "2.97 km²" in import_areas(leaving_open, "--dry-run")


def test_a_dry_run_says_everything_and_changes_nothing(
    district: District, asset: Asset, tmp_path: Path
) -> None:
    Area.objects.filter(level=3).update(boundary=None, boundary_status=BoundaryStatus.NONE)
    reassign_areas(Actor(None, Origin.COMMAND))
    file = write(tmp_path / "streets.geojson", {WEST: NEW_WEST, EAST: NEW_EAST})

    wet_and_dry = [import_areas(file, "--dry-run").splitlines(), import_areas(file).splitlines()]

    assert wet_and_dry[0][: len(wet_and_dry[1])] == wet_and_dry[1]
    assert len(wet_and_dry[0]) == len(wet_and_dry[1]) + 1


def test_an_asset_outside_every_boundary_belongs_to_no_street(
    district: District, asset: Asset, tmp_path: Path
) -> None:
    Area.objects.exclude(code=EAST).update(boundary=None, boundary_status=BoundaryStatus.NONE)
    import_areas(write(tmp_path / "east.geojson", {EAST: shapely.box(117.01, 36.67, 117.02, 36.70)}))

    asset.refresh_from_db()

    assert (asset.area, asset.street, asset.district) == (None, None, None)


@pytest.mark.parametrize(
    "content", ["", "{", "code,name\n1,2\n", '{"type":"FeatureCollection","features":[]}']
)
def test_a_file_that_holds_no_shapes_is_refused_with_its_name(
    district: District, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "broken.geojson"
    path.write_text(content)

    assert "broken.geojson" in refused(path)


def test_a_missing_file_and_a_missing_column_are_named(district: District, tmp_path: Path) -> None:
    file = write(tmp_path / "east.geojson", {EAST: NEW_EAST})

    assert "nowhere.shp" in refused(tmp_path / "nowhere.shp")
    assert "daima" in refused(file, "--code-field", "daima")
    assert "martian" in refused(file, "--crs", "martian")


def test_only_who_manages_places_replaces_boundaries(
    district: District, owner: User, publicity: User
) -> None:
    new = {Area.objects.get(code=EAST): shapely.multipolygons([NEW_EAST])}

    with pytest.raises(PermissionDenied):
        replace_boundaries(Actor(owner, Origin.WEB), new, official=True, source="")
    replace_boundaries(Actor(publicity, Origin.WEB), new, official=True, source="")
    with pytest.raises(PermissionDenied):
        reassign_areas(Actor(owner, Origin.WEB))
