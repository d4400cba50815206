"""/api/field/photos/{sha256}: photos in pieces, proved by their hash, put to every record that names them."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from accounts.models import User
from assets.models import Asset, Inspection, Maintenance, MaintenanceKind, Photo
from field.models import ClaimState, PhotoClaim, PhotoUpload, ReviewItem
from tests.factories import make_asset, make_support
from tests.field.conftest import Phone, jpeg, named, phone_of, sha256_of

pytestmark = pytest.mark.django_db


def test_a_photo_belongs_to_its_inspection(phone: Phone, board: Asset) -> None:
    data = jpeg()
    (result,) = phone.send(phone.inspect(board, photos=[named(data)]))
    assert result["photos_wanted"] == [sha256_of(data)]
    answer = phone.put_photo(data)
    assert answer.json() == {"sha256": sha256_of(data), "received": len(data), "complete": True}
    photo = Photo.objects.get()
    assert (photo.asset, photo.inspection, photo.stage) == (board, Inspection.objects.get(), "inspection")
    assert photo.uploaded_by == phone.user
    assert not list((Path(settings.MEDIA_ROOT) / "incoming").rglob("*.*"))


def test_it_comes_in_pieces_and_goes_on_where_it_stopped(phone: Phone, board: Asset) -> None:
    data = jpeg(size=128)
    sha256 = sha256_of(data)
    phone.send(phone.inspect(board, photos=[named(data)]))
    assert phone.head_photo(sha256)["X-Received"] == "0"
    first = phone.put_photo(data, end=100)
    assert first.json() == {"sha256": sha256, "received": 100, "complete": False}
    head = phone.head_photo(sha256)
    assert (head.status_code, head["X-Received"]) == (404, "100")
    for start, end in ((0, 100), (50, 150), (200, 300)):
        wrong = phone.put_photo(data, start=start, end=end)
        assert (wrong.status_code, wrong.json()["code"], wrong.json()["received"]) == (
            409,
            "wrong_offset",
            100,
        )
    assert phone.put_photo(data, start=100).json()["complete"] is True
    head = phone.head_photo(sha256)
    assert (head.status_code, head["X-Received"]) == (200, str(len(data)))


def test_a_lost_answer_costs_one_repeat(phone: Phone, board: Asset) -> None:
    data = jpeg()
    op = phone.inspect(board, photos=[named(data)])
    phone.send(op)
    phone.put_photo(data)
    assert phone.put_photo(data).json()["complete"] is True
    assert phone.send(op)[0]["photos_wanted"] == []
    assert Photo.objects.count() == 1


def test_a_photo_nobody_named_is_refused(phone: Phone, board: Asset, crew: User, owner: User) -> None:
    data = jpeg()
    assert phone.put_photo(data).json()["code"] == "unclaimed"
    somebody = phone_of(owner)
    somebody.send(somebody.inspect(board, photos=[named(data)]))
    answer = phone.put_photo(data)
    assert (answer.status_code, answer.json()["code"]) == (409, "unclaimed")


def test_other_bytes_than_named_are_thrown_away(phone: Phone, board: Asset) -> None:
    data = jpeg()
    other = bytes(len(data))
    phone.send(phone.inspect(board, photos=[named(data)]))
    answer = phone.put_photo(other, sha256=sha256_of(data))
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_hash")
    assert phone.head_photo(sha256_of(data))["X-Received"] == "0"
    assert phone.put_photo(data).json()["complete"] is True


def test_what_is_no_photo_is_refused_for_good(phone: Phone, board: Asset) -> None:
    data = b"no photo at all"
    op = phone.inspect(board, photos=[named(data)])
    phone.send(op)
    answer = phone.put_photo(data)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_a_photo")
    assert PhotoClaim.objects.get().state == ClaimState.REFUSED
    assert phone.send(op)[0]["photos_wanted"] == []
    assert ReviewItem.objects.filter(kind="photo").exists()


@pytest.mark.parametrize(
    "content_range, size, status, code",
    [
        ("", 10, 400, "bad_range"),
        ("bytes 0-9", 10, 400, "bad_range"),
        ("bytes 0-10/30", 10, 400, "bad_range"),
        ("bytes 5-3/30", 10, 400, "bad_range"),
        ("bytes 0-9/5", 10, 400, "bad_range"),
        ("bytes 0-9/999999999", 10, 413, "too_large"),
        ("bytes 0-4194304/5000000", 4 * 1024 * 1024 + 1, 413, "too_large"),
    ],
)
def test_a_piece_that_does_not_fit_is_refused(
    phone: Phone, board: Asset, content_range: str, size: int, status: int, code: str
) -> None:
    answer = phone.client.put(
        f"/api/field/photos/{'a' * 64}",
        bytes(size),
        content_type="application/octet-stream",
        headers={**phone.headers, **({"Content-Range": content_range} if content_range else {})},
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_another_size_than_named_is_refused(phone: Phone, board: Asset) -> None:
    data = jpeg()
    phone.send(phone.inspect(board, photos=[{**named(data), "size": 5}]))
    assert phone.put_photo(data).json()["code"] == "wrong_size"


@pytest.mark.parametrize("name", ["A" * 64, "a" * 63, "..%2f..%2fetc"])
def test_a_name_that_is_no_hash(phone: Phone, board: Asset, name: str) -> None:
    answer = phone.client.put(f"/api/field/photos/{name}", b"x", headers=phone.headers)
    assert answer.status_code in (400, 404)


def test_one_photo_of_all_faces(phone: Phone, board: Asset) -> None:
    pole = make_support()
    faces = [make_asset(support=pole) for _side in range(2)]
    data = jpeg()
    phone.send(phone.inspect(faces[0], photos=[named(data)], fields={"also": [str(faces[1].uid)]}))
    phone.put_photo(data)
    assert {photo.asset for photo in Photo.objects.all()} == set(faces)
    assert all(photo.inspection is not None for photo in Photo.objects.all())


def test_before_and_after_a_repair(phone: Phone, board: Asset) -> None:
    job = Maintenance.objects.create(asset=board, kind=MaintenanceKind.REPAIR)
    before, after = jpeg("red"), jpeg("green")
    phone.send(
        phone.op("job_start", job=job.pk, photos=[named(before)]),
        phone.op("job_done", job=job.pk, photos=[named(after)]),
    )
    for data in (before, after):
        phone.put_photo(data)
    assert sorted((photo.stage, photo.maintenance) for photo in Photo.objects.all()) == [
        ("after", job),
        ("before", job),
    ]


def test_the_same_photo_in_a_later_record_is_not_sent_again(phone: Phone, board: Asset) -> None:
    data = jpeg()
    phone.send(phone.inspect(board, photos=[named(data)]))
    phone.put_photo(data)
    other = make_asset()
    (result,) = phone.send(phone.inspect(other, photos=[named(data)]))
    assert result["photos_wanted"] == []
    assert Photo.objects.filter(asset=other).count() == 1


def test_a_photo_of_what_waits_for_the_office_is_kept(board: Asset, crew: User) -> None:
    phone = phone_of(crew)
    data = jpeg()
    (result,) = phone.send(phone.edit(board, {"wording": "新"}, photos=[named(data)]))
    assert (result["status"], result["photos_wanted"]) == ("conflict", [sha256_of(data)])
    assert phone.put_photo(data).json()["complete"] is True
    assert (Photo.objects.count(), PhotoClaim.objects.get().state) == (0, ClaimState.WAITING)
    assert PhotoUpload.objects.get().stored_sha256


def test_where_a_photo_was_taken_does_not_survive(phone: Phone, board: Asset) -> None:
    out = BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (16, 16)).save(out, "JPEG", exif=exif)
    data = out.getvalue()
    phone.send(phone.inspect(board, photos=[named(data)]))
    phone.put_photo(data)
    kept = phone.client.get(f"/photos/{Photo.objects.get().uid}/original", headers=phone.headers)
    with Image.open(BytesIO(b"".join(kept.streaming_content))) as picture:
        assert not picture.getexif()


def test_thumbnails_take_the_token_too(phone: Phone, board: Asset, stranger: User) -> None:
    data = jpeg()
    phone.send(phone.inspect(board, photos=[named(data)]))
    phone.put_photo(data)
    address = f"/photos/{Photo.objects.get().uid}/thumb"
    assert Client().get(address, headers=phone.headers).status_code == 200
    assert Client().get(address, headers={"Authorization": "Bearer tqf_wrong"}).status_code in (302, 401)
    assert Client().get(address, headers=phone_of(stranger).headers).status_code == 404


def test_a_torn_write_is_noticed(phone: Phone, board: Asset) -> None:
    data = jpeg()
    sha256 = sha256_of(data)
    phone.send(phone.inspect(board, photos=[named(data)]))
    phone.put_photo(data, end=100)
    (file,) = (path for path in (Path(settings.MEDIA_ROOT) / "incoming").rglob("*") if path.is_file())
    file.write_bytes(data)
    assert phone.head_photo(sha256)["X-Received"] == "0"
    assert phone.put_photo(data).json()["complete"] is True
    assert hashlib.sha256(data).hexdigest() == sha256
