import uuid
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from PIL import Image

from accounts.models import User
from assets.actions.attach_photo import attach_photo
from assets.actions.plan_maintenance import plan_maintenance
from assets.actions.record_inspection import record_inspection
from assets.history import Actor
from assets.models import Asset, Condition, MaintenanceKind, Origin, Photo, PhotoStage
from assets.photos import photo_file
from tests.factories import make_asset


def phone(user: User) -> Actor:
    return Actor(user, Origin.PHONE)


def picture(colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def own_media(settings: object, tmp_path: object) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def asset(district: object) -> Asset:
    return make_asset()


def test_a_photo_is_kept_with_its_inspection(asset: Asset, crew: User) -> None:
    inspection = record_inspection(phone(crew), asset, Condition.GOOD)
    photo = attach_photo(phone(crew), asset, picture(), stage=PhotoStage.INSPECTION, inspection=inspection)
    assert photo_file(photo).exists()
    assert (photo.uploaded_by, photo.width, photo.height) == (crew, 64, 48)
    assert list(inspection.photos.all()) == [photo]


def test_the_same_photo_twice_is_one(asset: Asset, crew: User) -> None:
    uid = uuid.uuid4()
    first = attach_photo(phone(crew), asset, picture(), uid=uid)
    assert attach_photo(phone(crew), asset, picture(), uid=uid).pk == first.pk
    assert attach_photo(phone(crew), asset, picture()).pk == first.pk
    assert Photo.objects.count() == 1


def test_two_assets_may_show_one_file(asset: Asset, crew: User) -> None:
    first = attach_photo(phone(crew), asset, picture())
    second = attach_photo(phone(crew), make_asset(), picture())
    assert first.pk != second.pk
    assert photo_file(first) == photo_file(second)


def test_a_foreign_inspection_or_job_is_refused(asset: Asset, crew: User, owner: User) -> None:
    other = make_asset()
    inspection = record_inspection(phone(crew), other, Condition.GOOD)
    job = plan_maintenance(phone(owner), other, MaintenanceKind.CLEAN)
    for parent in ({"inspection": inspection}, {"maintenance": job}):
        with pytest.raises(ValidationError) as refused:
            attach_photo(phone(crew), asset, picture(), **parent)  # type: ignore[arg-type]
        assert list(refused.value.message_dict) == list(parent)


def test_what_is_no_photo_is_refused(asset: Asset, crew: User) -> None:
    with pytest.raises(ValidationError) as refused:
        attach_photo(phone(crew), asset, b"no photo")
    assert list(refused.value.message_dict) == ["photo"]


@pytest.mark.parametrize("name", ["viewer", "planner", "colleague", "stranger"])
@pytest.mark.parametrize("stage", [PhotoStage.OVERVIEW, PhotoStage.AFTER])
def test_who_may_not_write_here_cannot(
    asset: Asset, name: str, stage: PhotoStage, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        attach_photo(phone(request.getfixturevalue(name)), asset, picture(), stage=stage)
