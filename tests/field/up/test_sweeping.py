"""Photos that were begun and never finished are swept away; the phone that comes back begins them anew."""

import os
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from assets.models import Asset, Photo
from assets.tasks import tidy
from field.models import PhotoUpload
from field.up.claims import lock_photos
from field.up.sweeping import KEPT, sweep_photos
from field.up.uploads import incoming, path_of
from tests.field.conftest import Phone, jpeg, named, sha256_of

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _empty_queue() -> Iterator[None]:
    yield
    DBTaskResult.objects.all().delete()


def begun(phone: Phone, board: Asset, data: bytes, *, ago: timedelta = timedelta(0)) -> Path:
    """A photo of which a hundred bytes have come, so long ago; its file."""
    phone.send(phone.inspect(board, photos=[named(data)]))
    assert phone.put_photo(data, end=100).json()["received"] == 100
    path = path_of(phone.user.pk, sha256_of(data))
    written(path, ago)
    PhotoUpload.objects.filter(sha256=sha256_of(data)).update(begun_at=timezone.now() - ago)
    return path


def written(path: Path, ago: timedelta) -> None:
    moment = (timezone.now() - ago).timestamp()
    os.utime(path, (moment, moment))


def test_a_phone_that_comes_back_later_begins_anew(phone: Phone, board: Asset) -> None:
    data = jpeg(size=128)
    path = begun(phone, board, data, ago=KEPT + DAY)
    tidy.func()
    assert not path.exists()
    assert not path.parent.exists()
    assert not PhotoUpload.objects.exists()
    head = phone.head_photo(sha256_of(data))
    assert (head.status_code, head["X-Received"]) == (404, "0")
    # Whoever does not ask first is told.
    refused = phone.put_photo(data, start=100)
    assert (refused.status_code, refused.json()["code"], refused.json()["received"]) == (
        409,
        "wrong_offset",
        0,
    )
    assert phone.put_photo(data, end=100).json()["received"] == 100
    assert phone.put_photo(data, start=100).json()["complete"] is True
    assert Photo.objects.get().asset == board


def test_what_is_younger_stays(phone: Phone, board: Asset) -> None:
    data = jpeg(size=128)
    path = begun(phone, board, data, ago=KEPT - DAY)
    sweep_photos()
    assert path.stat().st_size == 100
    assert phone.head_photo(sha256_of(data))["X-Received"] == "100"


def test_a_piece_that_came_lately_keeps_an_old_beginning(phone: Phone, board: Asset) -> None:
    data = jpeg(size=128)
    path = begun(phone, board, data, ago=KEPT + DAY)
    phone.put_photo(data, start=100, end=200)
    sweep_photos()
    assert path.stat().st_size == 200
    assert PhotoUpload.objects.exists()


def test_what_is_whole_is_left_alone(phone: Phone, board: Asset) -> None:
    data = jpeg()
    phone.send(phone.inspect(board, photos=[named(data)]))
    phone.put_photo(data)
    PhotoUpload.objects.update(begun_at=timezone.now() - KEPT - DAY)
    sweep_photos()
    assert phone.put_photo(data).json()["complete"] is True
    assert Photo.objects.count() == 1


def test_a_file_whose_row_is_gone_goes_when_it_is_old(phone: Phone, board: Asset) -> None:
    old, young = jpeg(size=128), jpeg("blue", size=128)
    swept, kept = begun(phone, board, old, ago=KEPT + DAY), begun(phone, board, young)
    PhotoUpload.objects.all().delete()
    sweep_photos()
    assert (swept.exists(), kept.exists()) == (False, True)


def test_a_row_whose_file_is_gone_goes_when_it_is_old(phone: Phone, board: Asset) -> None:
    old, young = jpeg(size=128), jpeg("blue", size=128)
    for path in (begun(phone, board, old, ago=KEPT + DAY), begun(phone, board, young)):
        path.unlink()
    sweep_photos()
    assert PhotoUpload.objects.get().sha256 == sha256_of(young)
    assert phone.put_photo(young).json()["complete"] is True


def test_what_is_not_ours_is_left_alone(phone: Phone) -> None:
    other = incoming() / str(phone.user.pk) / "readme.txt"
    other.parent.mkdir(parents=True)
    other.write_text("x")
    written(other, KEPT + DAY)
    sweep_photos()
    assert other.exists()


def test_without_a_folder_there_is_nothing_to_do(db: None) -> None:
    sweep_photos()


def test_what_is_being_written_is_never_touched(phone: Phone, board: Asset, crew: User) -> None:
    """The sweep waits for whoever holds the photo, and looks again then."""
    data = jpeg(size=128)
    path = begun(phone, board, data, ago=KEPT + DAY)

    def sweep() -> None:
        try:
            sweep_photos()
        finally:
            connection.close()

    sweeping = threading.Thread(target=sweep)
    with transaction.atomic():
        lock_photos(crew.pk, [sha256_of(data)])
        sweeping.start()
        while not _somebody_waits():
            time.sleep(0)
        with path.open("ab") as file:
            file.write(data[100:200])
    sweeping.join()
    assert path.stat().st_size == 200
    assert PhotoUpload.objects.exists()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database base ON base.oid = database"
            " WHERE base.datname = current_database() AND locktype = 'advisory' AND NOT granted)"
        )
        return bool(cursor.fetchone()[0])
