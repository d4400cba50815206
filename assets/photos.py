"""The one way a photo comes in: decoded, turned upright, made small, stripped of everything but its pixels.

Pages, admin, importer, phone and demonstration all call `store_photo`. What is kept is a fresh JPEG: EXIF (and with it
the position of somebody's home), colour profiles, thumbnails and whatever else a file may carry do not survive. Files
are stored under the SHA-256 of their own bytes, so a repeat costs nothing and a file never changes; they are on disk
before a row names them. `photo_file` is the way out, behind a view that checks permission.
"""

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pillow_heif
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from assets.models import Photo

# Longest side in pixels by size name; `original` is the largest we keep.
SIZES: dict[str, int] = {"original": 2048, "medium": 1024, "thumb": 240}
LARGEST_UPLOAD_BYTES = 30 * 1024 * 1024
# A file of some kilobytes can unfold to gigabytes; the largest phone cameras take 200 million pixels and offer 50.
MOST_PIXELS = 64_000_000
ACCEPTED_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
_QUALITY = {"original": 85, "medium": 82, "thumb": 78}

pillow_heif.register_heif_opener()


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
    picture, taken_at = _decode(data)
    sizes = {name: _encode(picture, name) for name in SIZES}
    original, width, height = sizes["original"]
    sha256 = hashlib.sha256(original).hexdigest()
    for name, (content, _width, _height) in sizes.items():
        _write_once(_path(sha256, name), content)
    return StoredPhoto(sha256=sha256, width=width, height=height, taken_at=taken_at)


def photo_file(photo: Photo | StoredPhoto, size: str = "original") -> Path:
    """Where one size of a photo lies on disk.

    Raises:
        KeyError: there is no such size.
    """
    if size not in SIZES:
        raise KeyError(size)
    return _path(photo.sha256, size)


def _path(sha256: str, size: str) -> Path:
    return Path(settings.MEDIA_ROOT) / "photos" / sha256[:2] / f"{sha256}-{size}.jpg"


def _refusal(sentence: str) -> ValidationError:
    return ValidationError({"photo": sentence})


def _decode(data: bytes) -> tuple[Image.Image, datetime | None]:
    """The upright picture in RGB, and when the camera says it was taken."""
    try:
        with Image.open(BytesIO(data), formats=ACCEPTED_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            taken_at = _taken_at(opened)
            opened.draft("RGB", (SIZES["original"], SIZES["original"]))
            upright = ImageOps.exif_transpose(opened)
            return _plain_rgb(upright), taken_at
    except UnidentifiedImageError:
        raise _refusal(_("This is not a photo: a JPEG, PNG, WebP or HEIC file is needed.")) from None
    except Image.DecompressionBombError:
        raise _refusal(
            _("The photo has more than %(limit)s million pixels.") % {"limit": MOST_PIXELS // 1_000_000}
        ) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        # Pillow's decoders report damaged files by any of these.
        raise _refusal(_("The photo is damaged and cannot be read.")) from None


def _taken_at(picture: Image.Image) -> datetime | None:
    """The camera's time in EXIF, read as local time; None when absent or nonsense."""
    with suppress(Exception):  # a damaged EXIF block is no reason to refuse a good picture
        written = picture.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        taken = timezone.make_aware(datetime.strptime(str(written), "%Y:%m:%d %H:%M:%S"))  # noqa: DTZ007
        if taken <= timezone.now():
            return taken
    return None


def _plain_rgb(picture: Image.Image) -> Image.Image:
    """Pixels in sRGB on white, with nothing attached."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "CMYK", "L"):
        with suppress(ImageCms.PyCMSError, OSError):
            converted = ImageCms.profileToProfile(
                picture,
                ImageCms.ImageCmsProfile(BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
            picture = converted or picture
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        paper = Image.new("RGBA", with_alpha.size, "white")
        picture = Image.alpha_composite(paper, with_alpha)
    plain = picture.convert("RGB")
    plain.info.clear()
    return plain


def _encode(picture: Image.Image, size: str) -> tuple[bytes, int, int]:
    longest = SIZES[size]
    scaled = picture.copy()
    scaled.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = BytesIO()
    scaled.save(out, "JPEG", quality=_QUALITY[size], optimize=True, progressive=size != "thumb")
    return out.getvalue(), scaled.width, scaled.height


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
