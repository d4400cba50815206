"""/photos/<uid>/<size>: the way out for photos, past a permission check (never as static files)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from accounts.models import TokenPurpose
from accounts.tokens import bearer_token
from assets.models import Asset, Photo
from assets.photos import SIZES, photo_file
from web.access import SignedInRequest, readers_only

# A photo's file never changes: it is stored under its content's hash.
_KEEP = "private, max-age=86400, immutable"


def _phones_too(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A phone comes with its token: then it is its user who reads."""

    @wraps(view)
    def recognising(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        token = bearer_token(request, TokenPurpose.FIELD)
        if token is not None:
            request.user = token.user
        return view(request, *args, **kwargs)

    return recognising


@_phones_too
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
