"""/photos/<uid>/<size>: photos leave past a permission check only."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import User
from assets.models import Photo
from assets.photos import photo_file, store_photo
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]


@pytest.fixture
def photo(town: Town, settings: Settings, tmp_path: Path) -> Photo:
    settings.MEDIA_ROOT = tmp_path
    picture = BytesIO()
    Image.new("RGB", (400, 300), "navy").save(picture, "JPEG")
    stored = store_photo(picture.getvalue())
    return Photo.objects.create(
        asset=town.board, sha256=stored.sha256, width=stored.width, height=stored.height
    )


@pytest.mark.parametrize("size", ["thumb", "medium", "original"])
def test_each_size_is_a_picture(photo: Photo, reader: Client, size: str) -> None:
    response = reader.get(f"/photos/{photo.uid}/{size}")
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(BytesIO(response.getvalue())).width == (240 if size == "thumb" else 400)
    assert "private" in response["Cache-Control"]


def test_a_browser_that_holds_it_is_told_so(photo: Photo, reader: Client) -> None:
    held = reader.get(f"/photos/{photo.uid}/thumb")["ETag"]
    assert reader.get(f"/photos/{photo.uid}/thumb", headers={"If-None-Match": held}).status_code == 304


def test_who_may_not_see_the_asset_sees_no_photo_of_it(
    photo: Photo, as_user: Looking, stranger: User, colleague: User, client: Client
) -> None:
    address = f"/photos/{photo.uid}/thumb"
    assert as_user(stranger).get(address).status_code == 404
    assert as_user(colleague).get(address).status_code == 200
    assert client.get(address).status_code == 302


def test_other_sizes_and_photos_are_not_there(photo: Photo, reader: Client) -> None:
    assert reader.get(f"/photos/{photo.uid}/huge").status_code == 404
    assert reader.get(f"/photos/{uuid4()}/thumb").status_code == 404
    photo_file(photo, "thumb").unlink()
    assert reader.get(f"/photos/{photo.uid}/thumb").status_code == 404
