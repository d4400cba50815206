"""/photos/<uid>/<size>: the way out for photos, past a permission check (never as static files)."""

from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase

from assets.models import Asset, Photo
from web.access import SignedInRequest, phones_too, readers_only
from web.photos import lasting_photo


@phones_too
@readers_only()
def photo(request: SignedInRequest, uid: UUID, size: str) -> HttpResponseBase:
    """One size of a photo of an asset that the reader may see."""
    found = Photo.objects.filter(uid=uid, asset__in=Asset.objects.visible_to(request.user)).first()
    if found is None:
        raise Http404
    return lasting_photo(request, found, size)
