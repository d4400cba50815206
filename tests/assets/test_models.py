"""What the database itself insists on, whichever way a row comes in."""

from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from assets.models import Artwork, Asset, Defect, Inspection, Maintenance, Photo, Posting, Support
from tests.conftest import District
from tests.factories import make_artwork, make_asset, make_support, make_theme, make_type

WEST = Point(116.995, 36.690, srid=4326)
EAST = Point(117.010, 36.690, srid=4326)


@pytest.mark.parametrize(
    "values",
    [
        {"code": "123"},
        {"code": "3701050300800000x"},
        {"legacy_code": "123"},
        {"width": 0},
        {"height": -1},
        {"faces": 0},
        {"facing": 360},
        {"lifecycle": "removed"},
        {"lifecycle": "removed", "removed_on": "2026-01-01"},
        {"removed_on": "2026-01-01"},
        {"removal_reason": "why"},
        {"condition": 6},
        {"condition": -1},
    ],
)
def test_an_impossible_asset_is_refused(district: District, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_asset(**values)
    asset = make_asset()
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.filter(pk=asset.pk).update(**values)


def test_numbers_are_unique(district: District) -> None:
    first = make_asset(legacy_code="3701050000000001", source="北园", source_id="1")
    for values in (
        {"code": first.code},
        {"uid": first.uid},
        {"legacy_code": first.legacy_code},
        {"source": "北园", "source_id": "1"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_asset(**values)
    make_asset(source="泺口", source_id="1")
    make_asset(source="北园", source_id="")
    make_asset(source="北园", source_id="")


def test_themes_and_defects_must_be_in_their_lists(district: District) -> None:
    make_theme("core_values")
    Defect.objects.create(code="faded", name_zh="褪色", name_en="Faded")
    asset = make_asset(themes=["core_values"])
    with pytest.raises(IntegrityError), transaction.atomic():
        make_asset(themes=["core_values", "invented"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.filter(pk=asset.pk).update(themes=["invented"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Artwork.objects.create(code="a", title="a", themes=["invented"])
    fact = {"asset": asset, "condition": 1, "observed_at": "2026-01-01T00:00:00Z", "origin": "web"}
    Inspection.objects.create(defects=["faded"], **fact)
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.create(defects=["invented"], **fact)


def test_one_wrong_row_in_a_thousand_is_found(district: District) -> None:
    kind = make_type()
    rows = [
        Asset(
            code=f"37010503008{number:06d}",
            type=kind,
            point=WEST,
            themes=["invented"] if number == 700_777 else [],
        )
        for number in range(700_000, 701_000)
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.bulk_create(rows)


def test_an_asset_stands_where_its_support_stands(district: District) -> None:
    support = make_support(WEST)
    asset = make_asset(support=support)
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.filter(pk=asset.pk).update(point=EAST)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_asset(EAST, support=support)
    free = make_asset(EAST)
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.filter(pk=free.pk).update(support=support)


def test_a_support_takes_its_faces_along_even_in_raw_sql(district: District) -> None:
    support = make_support(WEST)
    faces = [make_asset(support=support) for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE assets_support SET point = ST_SetSRID(ST_MakePoint(117.01, 36.69), 4326) WHERE id = %s",
            [support.pk],
        )
    for face in faces:
        face.refresh_from_db()
        assert (face.point, face.version) == (EAST, 2)
    Support.objects.update(name="same place")
    faces[0].refresh_from_db()
    assert faces[0].version == 2


@pytest.mark.parametrize(
    "values",
    [
        {"condition": 0},
        {"condition": 6},
        {"voided_at": "2026-01-01T00:00:00Z"},
        {"void_reason": "why"},
    ],
)
def test_an_impossible_inspection_is_refused(district: District, values: dict[str, Any]) -> None:
    fact = {"asset": make_asset(), "condition": 1, "observed_at": "2026-01-01T00:00:00Z", "origin": "web"}
    with pytest.raises(IntegrityError):
        Inspection.objects.create(**(fact | values))


@pytest.mark.parametrize(
    "values", [{"cost": -1}, {"state": "done"}, {"state": "verified"}, {"resulting_condition": 0}]
)
def test_an_impossible_job_is_refused(district: District, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        Maintenance.objects.create(asset=make_asset(), kind="clean", **values)


def test_an_asset_shows_one_artwork_at_a_time(district: District) -> None:
    asset, artwork = make_asset(), make_artwork()
    Posting.objects.create(asset=asset, artwork=artwork, posted_on=date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(asset=asset, artwork=make_artwork(), posted_on=date(2026, 2, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(
            asset=asset, artwork=artwork, posted_on=date(2026, 2, 1), taken_down_on=date(2026, 1, 1)
        )


def test_an_artwork_ends_after_it_begins(db: None) -> None:
    with pytest.raises(IntegrityError):
        make_artwork(valid_from=date(2026, 2, 1), valid_to=date(2026, 1, 1))


def test_a_photo_is_named_by_a_hash_once_per_stage(district: District) -> None:
    asset = make_asset()
    values = {"asset": asset, "sha256": "a" * 64, "width": 1, "height": 1}
    Photo.objects.create(**values)
    Photo.objects.create(**values, stage="after")
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.create(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        Photo.objects.create(**(values | {"sha256": "../../etc/passwd"}))


def test_what_is_in_use_is_not_deleted_from_under_it(district: District) -> None:
    asset = make_asset(WEST)
    for row in (asset.type, asset.type.component, district.northwest):
        with pytest.raises(ProtectedError):
            row.delete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("DELETE FROM assets_assettype WHERE id = %s", [asset.type_id])


def test_an_asset_says_what_it_is_and_where_it_counts(district: District) -> None:
    asset = make_asset(WEST, name="北园大街 419 号宣传栏")
    assert str(asset) == "北园大街 419 号宣传栏"
    assert asset.scope_code == "370105001009"
    outside = make_asset(Point(118, 36.7, srid=4326), name="")
    assert str(outside) == outside.code
    assert outside.scope_code == "370105"
