"""The tiles of the base map, and what there is to know of it.

A build's tiles never change, so a browser keeps them for ever; which build is the present one it asks again.
"""

import gzip

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assets.filter_parameters import FilterError
from mapping.basemap.archive import Archive, current
from mapping.basemap.describing import description
from mapping.basemap.errors import BasemapError
from mapping.tiles.grid import existing_tile
from web.access import phones_too, readers_only
from web.problems import problem

MVT = "application/vnd.mapbox-vector-tile"
_FOR_EVER = "private, max-age=31536000, immutable"


@phones_too
@readers_only()
def tile(request: HttpRequest, build: str, z: int, x: int, y: int) -> HttpResponse:
    """A tile of a build, as it lies in the file: gzipped."""
    existing_tile(z, x, y)
    _no_parameters(request)
    archive = current()
    if archive is None or archive.about.build != build:
        return problem(410, _("There is another base map now."))
    etag = f'W/"{build}-{z}-{x}-{y}"'
    response = get_conditional_response(request, etag=etag) or _tile(request, archive, z, x, y)
    if response.status_code < 400:
        response["ETag"] = etag
        response["Cache-Control"] = _FOR_EVER
        patch_vary_headers(response, ("Accept-Encoding",))
    # A policy is for pages; for every tile it would be put together again.
    response._csp_exempt = True  # type: ignore[attr-defined]  # django-csp's own mark
    return response


@readers_only()
def present(request: HttpRequest) -> HttpResponse:
    """The base map that is served now."""
    _no_parameters(request)
    archive = current()
    if archive is None:
        return problem(404, _("No base map has been built."))
    etag = f'W/"{archive.about.build}-{archive.about.built_at.timestamp():.0f}-{get_language()}"'
    response = get_conditional_response(request, etag=etag) or JsonResponse(
        description(archive.about), json_dumps_params={"ensure_ascii": False}
    )
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _tile(request: HttpRequest, archive: Archive, z: int, x: int, y: int) -> HttpResponse:
    try:
        content = archive.tile(z, x, y)
        if content is None:
            return HttpResponse(status=204)
        takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(content if takes_gzip else gzip.decompress(content), content_type=MVT)
    except (BasemapError, OSError, EOFError):
        return problem(404, _("The base map is damaged here; it has to be built again."))
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    return response


def _no_parameters(request: HttpRequest) -> None:
    for name in request.GET:
        raise FilterError(name, _("There is no such parameter."))
