"""The one photo function: what it keeps, what it takes away, what it refuses."""

import hashlib
import os
import resource
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from PIL import ExifTags, Image

from assets import photos
from assets.photos import photo_file, store_photo

pillow_heif.register_heif_opener()  # to write some


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def at_home() -> Image.Exif:
    """EXIF of a phone that says where it was, when, and that it was held upright."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:05:06 07:08:09"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (36.0, 40.0, 0.0)
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_position_and_everything_else_attached_is_gone(kind: str) -> None:
    stored = store_photo(encoded(Image.new("RGB", (400, 300), "red"), kind, exif=at_home()))
    for size in photos.SIZES:
        content = photo_file(stored, size).read_bytes()
        assert b"Exif" not in content
        with Image.open(BytesIO(content)) as kept:
            assert kept.format == "JPEG"
            assert not dict(kept.getexif())
            assert not {"exif", "xmp", "icc_profile", "comment"} & set(kept.info)


def test_the_camera_s_time_is_kept_as_local_time() -> None:
    stored = store_photo(encoded(Image.new("RGB", (40, 30)), exif=at_home()))
    assert stored.taken_at is not None
    assert timezone.localtime(stored.taken_at).isoformat() == "2026-05-06T07:08:09+08:00"


def test_a_time_in_the_future_or_nonsense_is_no_time() -> None:
    for written in ("2999:01:01 00:00:00", "0000:00:00 00:00:00", "x"):
        exif = Image.Exif()
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = written
        assert store_photo(encoded(Image.new("RGB", (40, 30)), exif=exif)).taken_at is None


def test_a_photo_taken_upright_is_stored_upright() -> None:
    picture = Image.new("RGB", (400, 300), "white")
    picture.paste("red", (0, 0, 100, 300))  # the left edge, which is the top once turned
    stored = store_photo(encoded(picture, exif=at_home()))
    assert (stored.width, stored.height) == (300, 400)
    with Image.open(photo_file(stored)) as kept:
        red, _green, blue = kept.convert("RGB").getpixel((150, 20))  # type: ignore[misc]
        assert red > 200
        assert blue < 60


def test_three_sizes_no_larger_than_they_say() -> None:
    stored = store_photo(encoded(Image.new("RGB", (5000, 1000), "blue")))
    assert (stored.width, stored.height) == (2048, 410)
    for size, longest in photos.SIZES.items():
        with Image.open(photo_file(stored, size)) as kept:
            assert max(kept.size) == longest


def test_a_small_photo_is_not_blown_up() -> None:
    stored = store_photo(encoded(Image.new("RGB", (50, 20))))
    assert (stored.width, stored.height) == (50, 20)


def test_files_lie_under_the_hash_of_their_own_bytes(own_media: Path) -> None:
    stored = store_photo(encoded(Image.new("RGB", (50, 20))))
    path = photo_file(stored)
    assert path.parent == own_media / "photos" / stored.sha256[:2]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == stored.sha256


def test_the_same_photo_twice_is_written_once(own_media: Path) -> None:
    data = encoded(Image.new("RGB", (50, 20)))
    first = store_photo(data)
    written = {path: path.stat().st_mtime_ns for path in own_media.rglob("*.jpg")}
    assert store_photo(data) == first
    assert {path: path.stat().st_mtime_ns for path in own_media.rglob("*.jpg")} == written


def test_a_crash_while_writing_leaves_no_half_file(own_media: Path, monkeypatch: Any) -> None:
    def crash(*_arguments: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(OSError, match="disk full"):
        store_photo(encoded(Image.new("RGB", (50, 20))))
    assert not [path for path in own_media.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a not really",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xff\xd8\xff\xe0" + b"\0" * 500,
        encoded(Image.effect_noise((300, 300), 90).convert("RGB"))[:4000],
        encoded(Image.new("P", (9, 9)), "GIF"),
    ],
)
def test_what_is_no_sound_photo_is_refused(data: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        store_photo(data)
    assert list(refused.value.message_dict) == ["photo"]


def test_a_small_file_that_unfolds_to_gigabytes_is_refused(own_media: Path) -> None:
    bomb = encoded(Image.new("1", (9000, 9000)), "PNG")
    assert len(bomb) < 20_000
    with pytest.raises(ValidationError, match="40"):
        store_photo(bomb)
    assert not [path for path in own_media.rglob("*") if path.is_file()]


def test_a_file_beyond_the_limit_is_refused_before_it_is_read_whole(monkeypatch: Any) -> None:
    monkeypatch.setattr(photos, "LARGEST_UPLOAD_BYTES", 1000)
    with pytest.raises(ValidationError):
        store_photo(BytesIO(b"x" * 5000))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_becomes_a_jpeg(mode: str) -> None:
    picture = Image.new(mode, (30, 30))
    stored = store_photo(encoded(picture, "JPEG" if mode == "CMYK" else "PNG"))
    with Image.open(photo_file(stored)) as kept:
        assert kept.mode == "RGB"


def test_there_are_no_other_sizes() -> None:
    stored = store_photo(encoded(Image.new("RGB", (50, 20))))
    with pytest.raises(KeyError):
        photo_file(stored, "../../etc/passwd")


@pytest.mark.parametrize(
    "kind, mode, size",
    [
        pytest.param("PNG", "1", (7000, 5700), marks=pytest.mark.slow),
        pytest.param("PNG", "P", (7000, 5700), marks=pytest.mark.slow),
        ("PNG", "RGBA", (7000, 5700)),
        pytest.param("PNG", "LA", (7000, 5700), marks=pytest.mark.slow),
        pytest.param("PNG", "I;16", (7000, 5700), marks=pytest.mark.slow),
        pytest.param("WEBP", "RGBA", (7000, 5700), marks=pytest.mark.slow),
        pytest.param("JPEG", "CMYK", (8160, 6120), marks=pytest.mark.slow),
        ("JPEG", "RGB", (8160, 6120)),
        ("HEIF", "RGB", (8064, 6048)),
    ],
)
def test_the_largest_pictures_go_in_and_take_none_of_the_server_s_memory(
    kind: str, mode: str, size: Any
) -> None:
    """What phones take, and the largest screenshot; pixels of other kinds are the slow ones'."""
    options = {"progressive": True} if (kind, mode) == ("JPEG", "RGB") else {}
    data = encoded(Image.new(mode, size), kind, **options)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    stored = store_photo(data)
    assert max(stored.width, stored.height) == photos.SIZES["original"]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000  # kilobytes


def test_a_decoder_that_dies_or_never_ends_is_a_damaged_photo(monkeypatch: Any, tmp_path: Path) -> None:
    for script in ("import os; os.abort()", "x = bytearray(1 << 40)", "while True: pass"):
        stand_in = tmp_path / "decoder.py"
        stand_in.write_text(script)
        monkeypatch.setattr(photos, "_DECODER", stand_in)
        monkeypatch.setattr(photos, "_PATIENCE_S", 2)
        with pytest.raises(ValidationError) as refused:
            store_photo(encoded(Image.new("RGB", (9, 9))))
        assert list(refused.value.message_dict) == ["photo"]


def test_lines_of_a_black_and_white_picture_stay_lines() -> None:
    picture = Image.new("1", (6000, 6000), 1)
    for row in range(0, 6000, 12):
        picture.paste(0, (0, row, 6000, row + 3))
    with Image.open(photo_file(store_photo(encoded(picture, "PNG")))) as kept:
        darkest, brightest = kept.convert("L").resize((50, 50), Image.Resampling.BOX).getextrema()
        assert (
            128 < darkest <= brightest < 250
        )  # three quarters white everywhere: grey, neither black nor white
