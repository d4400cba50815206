"""The one way a photo comes in: decoded, turned upright, made small, stripped of everything but its pixels.

Pages, admin, importer and phone all call `store_photo`; what the demonstration draws itself is kept by `keep_drawing`.
What is kept is a fresh JPEG: EXIF (and with it the position of somebody's home), colour profiles, thumbnails and
whatever else a file may carry do not survive. Files are stored under the SHA-256 of their own bytes, so a repeat costs
nothing and a file never changes; they are on disk before a row names them. `photo_file` is the way out, behind a view
that checks permission.
"""

import hashlib
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from assets.models import Photo
from assets.photo_process import encoded, plain_rgb

# Longest side in pixels by size name; `original` is the largest we keep.
SIZES: dict[str, int] = {"original": 2048, "medium": 1024, "thumb": 240}
LARGEST_UPLOAD_BYTES = 30 * 1024 * 1024
# What is accepted, and how many pixels of it. The largest phone cameras take 200 million pixels and offer 50, as JPEG
# (which is decoded small) or HEIC. PNG and WebP come from screens, and unfold whole.
MOST_PIXELS = {"JPEG": 64_000_000, "HEIF": 64_000_000, "PNG": 40_000_000, "WEBP": 40_000_000}
_QUALITY = {"original": 85, "medium": 82, "thumb": 78}
_DECODER = Path(__file__).with_name("photo_process.py")
_PATIENCE_S = 120
# A decoder may take a gigabyte: each process of the server runs one of them.
_ONE_AT_A_TIME = threading.Lock()


class _Decoded(NamedTuple):
    """JPEG, width and height by name of the size, and when the photo was taken."""

    sizes: dict[str, tuple[bytes, int, int]]
    taken_at: datetime | None


@dataclass(frozen=True)
class StoredPhoto:
    """What `store_photo` kept: the fields of a `Photo` row that follow from the file."""

    sha256: str
    width: int
    height: int
    taken_at: datetime | None


def store_photo(file: bytes | BinaryIO) -> StoredPhoto:
    """Keep a photo on disk in three sizes and say how to find it again; storing the same photo twice is harmless.

    Raises:
        ValidationError: naming `photo`: no picture, too large, damaged, or of a kind that is not accepted.
    """
    data = file if isinstance(file, bytes) else file.read(LARGEST_UPLOAD_BYTES + 1)
    if len(data) > LARGEST_UPLOAD_BYTES:
        raise _refusal(
            _("The photo is larger than %(limit)s MB.") % {"limit": LARGEST_UPLOAD_BYTES // 1024**2}
        )
    return _keep(_decode(data))


def keep_drawing(drawing: Image.Image) -> StoredPhoto:
    """Keep a picture that this program drew itself, in the same sizes: there is no foreign file to be decoded apart."""
    plain = plain_rgb(drawing)
    return _keep(_Decoded({name: encoded(plain, side, _QUALITY[name]) for name, side in SIZES.items()}, None))


def _keep(decoded: _Decoded) -> StoredPhoto:
    """Write the files of a photo, under the hash of the largest."""
    original, width, height = decoded.sizes["original"]
    sha256 = hashlib.sha256(original).hexdigest()
    for name, (content, _width, _height) in decoded.sizes.items():
        _write_once(_path(sha256, name), content)
    return StoredPhoto(sha256=sha256, width=width, height=height, taken_at=decoded.taken_at)


def photo_file(photo: Photo | StoredPhoto, size: str = "original") -> Path:
    """Where one size of a photo lies on disk.

    Raises:
        KeyError: there is no such size.
    """
    if size not in SIZES:
        raise KeyError(size)
    return _path(photo.sha256, size)


def photo_name(photo: StoredPhoto, size: str = "original") -> str:
    """The name of one size below `MEDIA_ROOT`, as a file field keeps it."""
    return _name(photo.sha256, size)


def _path(sha256: str, size: str) -> Path:
    return Path(settings.MEDIA_ROOT) / _name(sha256, size)


def _name(sha256: str, size: str) -> str:
    return f"photos/{sha256[:2]}/{sha256}-{size}.jpg"


def _refusal(sentence: str) -> ValidationError:
    return ValidationError({"photo": sentence})


def _decode(data: bytes) -> _Decoded:
    """The photo in every size and what the camera says, from a process with limits of its own."""
    options = {"sizes": SIZES, "quality": _QUALITY, "pixels": MOST_PIXELS}
    command = [sys.executable, "-P", str(_DECODER), json.dumps(options)]
    with _ONE_AT_A_TIME:
        try:
            ended = subprocess.run(command, input=data, capture_output=True, timeout=_PATIENCE_S, check=False)
        except subprocess.TimeoutExpired:
            raise _damaged() from None
    if ended.returncode != 0:  # out of memory or time, or a decoder that fell over
        raise _damaged()
    answer = pickle.loads(ended.stdout)
    match answer.get("refused"):
        case "not_a_photo":
            raise _refusal(_("This is not a photo: a JPEG, PNG, WebP or HEIC file is needed."))
        case "too_many_pixels":
            raise _refusal(
                _("The photo has more than %(limit)s million pixels.")
                % {"limit": answer["limit"] // 1_000_000}
            )
        case "damaged":
            raise _damaged()
    return _Decoded(answer["sizes"], _taken_at(answer["taken"]))


def _damaged() -> ValidationError:
    return _refusal(_("The photo is damaged and cannot be read."))


def _taken_at(written: str | None) -> datetime | None:
    """The camera's time in EXIF, read as local time; None when absent, in the future or nonsense."""
    try:
        taken = timezone.make_aware(datetime.strptime(str(written), "%Y:%m:%d %H:%M:%S"))  # noqa: DTZ007
    except (ValueError, OverflowError):
        return None
    return taken if taken <= timezone.now() else None


def _write_once(path: Path, content: bytes) -> None:
    """Have the whole file there or none of it, and safe on disk before any row can name it."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".incoming-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, 0o640)
        os.replace(temporary, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
