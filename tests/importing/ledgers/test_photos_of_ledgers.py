"""A ZIP of photos: matched by component id, own number or a column of file names; each once, none to a wrong asset."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from assets.models import Asset, LedgerState, Photo
from tests.factories import make_asset
from tests.importing.ledgers.conftest import imported, work
from tests.importing.written_ledgers import row, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)


def picture(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 10, 10)).save(out, "JPEG")
    return out.getvalue()


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def send(client, ledger, content: bytes, name: str = "photos.zip"):
    return client.post(f"/import/{ledger.uid}/photos", {"file": SimpleUploadedFile(name, content)})


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def ledger(client, tmp_path):
    return imported(
        client,
        write_ledger(
            tmp_path,
            {**row(source_id="A-1", name="一号"), "照片": "IMG_001.jpg、现场/IMG_002.JPG"},
            {**row(source_id="A-2", name="二号"), "照片": "IMG_003"},
            {**row(source_id="A-3", name="三号"), "照片": ""},
        ),
    )


def result(ledger) -> dict:
    work()
    ledger.refresh_from_db()
    return ledger.photos_run.result


def test_photos_find_their_assets_in_every_way(client, ledger):
    three = Asset.objects.get(source_id="A-3")
    files = {
        "台账照片/IMG_001.jpg": picture(1),
        "IMG_002.JPG": picture(2),
        "IMG_003.jpeg": picture(3),
        f"{three.code}.jpg": picture(4),
        f"{three.code}-2.jpg": picture(5),
        "A-3 (3).jpg": picture(6),
        "合影.jpg": picture(7),
        "说明.txt": b"text",
        "__MACOSX/._IMG_001.jpg": b"junk",
    }
    assert send(client, ledger, packed(**files)).status_code == 302
    assert result(ledger)["attached"] == 6
    assert result(ledger)["unmatched"] == ["合影.jpg"]
    counted = {asset.source_id: asset.photos.count() for asset in Asset.objects.all()}
    assert counted == {"A-1": 2, "A-2": 1, "A-3": 3}
    page = client.get(f"/import/{ledger.uid}/").content.decode()
    assert "6 photos added, 0 were there already." in page
    assert "合影.jpg" in page


def test_the_same_photo_twice_is_one_photo(client, ledger):
    send(client, ledger, packed(**{"IMG_001.jpg": picture(1), "A-1-2.jpg": picture(1)}))
    assert (result(ledger)["attached"], result(ledger)["known"]) == (1, 1)
    send(client, ledger, packed(**{"IMG_001.jpg": picture(1)}))
    assert (result(ledger)["attached"], result(ledger)["known"]) == (0, 1)
    assert Photo.objects.count() == 1


def test_a_file_that_is_no_photo_is_named_and_the_others_come_in(client, ledger):
    send(client, ledger, packed(**{"IMG_001.jpg": b"not a picture", "IMG_003.jpg": picture(3)}))
    told = result(ledger)
    assert (told["attached"], told["refused_in_all"]) == (1, 1)
    assert told["refused"][0][0] == "IMG_001.jpg"


def test_a_photo_of_another_streets_asset_is_refused(client, ledger, district):
    from django.contrib.gis.geos import Point

    other = make_asset(Point(117.01, 36.68, srid=4326))
    send(client, ledger, packed(**{f"{other.code}.jpg": picture(1)}))
    told = result(ledger)
    assert (told["attached"], told["refused"][0][0]) == (0, f"{other.code}.jpg")
    assert not other.photos.exists()


def test_chinese_names_of_a_chinese_windows_are_read(client, tmp_path):
    ledger = imported(client, write_ledger(tmp_path, {**row(source_id="1"), "照片": "宣传栏.jpg"}))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("AAAAAA.jpg", picture(9))
    garbled = out.getvalue().replace(b"AAAAAA", "宣传栏".encode("gb18030"))
    send(client, ledger, garbled)
    assert result(ledger)["attached"] == 1


@pytest.mark.parametrize(
    "name, content", [("photos.rar", b"Rar!"), ("photos.zip", b"no zip"), ("photos.jpg", picture(1))]
)
def test_what_is_no_zip_is_refused_at_once(client, ledger, name, content):
    assert send(client, ledger, content, name).status_code == 422
    assert not Photo.objects.exists()


def test_photos_belong_to_an_imported_ledger_only(client, ledger, tmp_path):
    from tests.importing.ledgers.conftest import checked

    open_one = checked(client, write_ledger(tmp_path, row(source_id="x")))
    assert send(client, open_one, packed(**{"x.jpg": picture(1)})).status_code == 422
    client.post(f"/import/{ledger.uid}/undo")
    work()
    ledger.refresh_from_db()
    assert (ledger.state, ledger.undone is not None) == (LedgerState.IMPORTED, True)
    assert send(client, ledger, packed(**{"IMG_001.jpg": picture(1)})).status_code == 422
