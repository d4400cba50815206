"""/photos/<uid>/<size>: the way out for photos, past a permission check (never as static files)."""

from uuid import UUID

from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from assets.models import Asset, Photo
from assets.photos import SIZES, photo_file
from web.access import SignedInRequest, phones_too, readers_only

# A photo's file never changes: it is stored under its content's hash.
_KEEP = "private, max-age=86400, immutable"


@phones_too
@readers_only()
def photo(request: SignedInRequest, uid: UUID, size: str) -> HttpResponseBase:
    """One size of a photo of an asset that the reader may see."""
    if size not in SIZES:
        raise Http404
    found = Photo.objects.filter(uid=uid, asset__in=Asset.objects.visible_to(request.user)).first()
    if found is None:
        raise Http404
    etag = f'"{found.sha256}-{size}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = FileResponse(photo_file(found, size).open("rb"), content_type="image/jpeg")
        except FileNotFoundError:
            raise Http404 from None
    response["ETag"] = etag
    response["Cache-Control"] = _KEEP
    return response
