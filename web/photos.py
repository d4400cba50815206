"""Answers with one size of a stored photo. Whether its reader may see it, the page that calls this has decided."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response

from assets.models import Photo
from assets.photos import SIZES, StoredPhoto, photo_file

# What an address shows never changes, but a day later the right to see it is asked for again.
_FOR_A_DAY = "private, max-age=86400, immutable"


def photo_answer(stored: Photo | StoredPhoto, size: str) -> FileResponse:
    """The JPEG; how long it may be kept is for the caller to say.

    Raises:
        Http404: there is no such size, or its file is gone.
    """
    if size not in SIZES:
        raise Http404
    try:
        return FileResponse(photo_file(stored, size).open("rb"), content_type="image/jpeg")
    except FileNotFoundError:
        raise Http404 from None


def lasting_photo(request: HttpRequest, stored: Photo | StoredPhoto, size: str) -> HttpResponseBase:
    """The JPEG for a reader's browser to keep, or 304 when it has it.

    Raises:
        Http404: as of `photo_answer`.
    """
    if size not in SIZES:
        raise Http404
    etag = f'"{stored.sha256}-{size}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = photo_answer(stored, size)
    response["ETag"] = etag
    response["Cache-Control"] = _FOR_A_DAY
    return response
