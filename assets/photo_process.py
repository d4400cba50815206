"""A process of its own for decoding one photo; a script, not a module: it imports nothing of this project.

A file of two kilobytes can unfold to gigabytes, and decoders of pictures are where damaged files do harm. So they run
here, under limits of memory and processor time, and whoever started it sees no more than a status.

Started with a JSON object: "sizes" (longest side in pixels by name), "quality" (of JPEG, by name), "pixels" (at most,
by format). The photo comes on stdin. Answers one pickle on stdout: {"taken": what EXIF says or None, "sizes": {name:
(JPEG, width, height)}}, or {"refused": why}: "not_a_photo", "too_many_pixels" (with "limit"), "damaged".
"""

import json
import pickle
import resource
import sys
from contextlib import suppress
from io import BytesIO

import pillow_heif
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

# Twice what the largest accepted picture needs; libraries and their tables are in it.
MEMORY_LIMIT = 1 << 30
PROCESSOR_SECONDS = 60


class TooManyPixels(Exception):
    """More than a picture of its format may have; says how many those are."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


def answer(data: bytes, sizes: dict[str, int], quality: dict[str, int], pixels: dict[str, int]) -> object:
    """The photo in all sizes, or why not."""
    try:
        picture, taken = decoded(data, max(sizes.values()), pixels)
        return {
            "taken": taken,
            "sizes": {name: encoded(picture, longest, quality[name]) for name, longest in sizes.items()},
        }
    except UnidentifiedImageError:
        return {"refused": "not_a_photo"}
    except TooManyPixels as error:
        return {"refused": "too_many_pixels", "limit": error.limit}
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError):
        # Pillow's decoders report damaged files by any of these.
        return {"refused": "damaged"}


def decoded(data: bytes, longest: int, pixels: dict[str, int]) -> tuple[Image.Image, str | None]:
    """The upright picture in RGB, no larger than it is kept, and when the camera says it was taken.

    It is made small before anything else is done to it, so that there is one full copy at a time.
    """
    with Image.open(BytesIO(data), formats=list(pixels)) as opened:
        limit = pixels[opened.format or ""]
        if opened.width * opened.height > limit:
            raise TooManyPixels(limit)
        taken = camera_time(opened)
        opened.draft("RGB", (longest, longest))
        if opened.mode in ("P", "PA", "1"):
            # Colours of a palette cannot be mixed. A picture with a line of text is wanted as grey, not as dots.
            small = opened.convert(_mixable(opened))
            small.info.update(opened.info)
        else:
            small = opened
        small.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
        return plain_rgb(ImageOps.exif_transpose(small)), taken


def _mixable(picture: Image.Image) -> str:
    if picture.mode == "1":
        return "L"
    return "RGBA" if picture.mode == "PA" or "transparency" in picture.info else "RGB"


def camera_time(picture: Image.Image) -> str | None:
    """What EXIF says of when it was taken, as it is written there."""
    with suppress(Exception):  # a damaged EXIF block is no reason to refuse a good picture
        written = picture.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        return None if written is None else str(written)[:40]
    return None


def plain_rgb(picture: Image.Image) -> Image.Image:
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
    if picture.mode in ("RGBA", "LA") or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        paper = Image.new("RGBA", with_alpha.size, "white")
        picture = Image.alpha_composite(paper, with_alpha)
    plain = picture.convert("RGB")
    plain.info.clear()
    return plain


def encoded(picture: Image.Image, longest: int, quality: int) -> tuple[bytes, int, int]:
    """A JPEG no larger than `longest`, and its width and height."""
    scaled = picture.copy()
    scaled.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    out = BytesIO()
    scaled.save(out, "JPEG", quality=quality, optimize=True, progressive=longest > 500)
    return out.getvalue(), scaled.width, scaled.height


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_SECONDS, PROCESSOR_SECONDS))
    # Threads of decoders take memory and processors that web processes want.
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # the limits by format come first
    pickle.dump(answer(sys.stdin.buffer.read(), **json.loads(sys.argv[1])), sys.stdout.buffer)
