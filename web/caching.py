"""Answers that a browser may keep, and the server too, for as long as nothing changes (docs/design.md).

An ETag is a hash of everything an answer depends on: generation of data, places and lists, the local date, the filter,
what the reader may see, the language and the address. No answer is ever told from another by its age.
"""

import gzip
import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language

from accounts.permissions import READ, scope_of
from assets.chosen_sql import settled_transaction
from assets.dictionaries import Generation
from assets.filters import AssetFilter
from web.kept_answers import BUILD, Answer

KEPT_SECONDS = 24 * 3600
SMALLEST_TO_COMPRESS = 400


def key_of(request: HttpRequest, generation: Generation, *parts: Any) -> str:
    """The hash of all an answer to this reader depends on, with `parts` beside generation, day, scope, language."""
    parts_of_key = (
        BUILD,
        generation.key,
        timezone.localdate().isoformat(),
        scope_of(request.user, READ).key,
        get_language(),
        settings.BASEMAP_CRS,
        *parts,
    )
    return hashlib.sha256(repr(parts_of_key).encode()).hexdigest()[:40]


def filter_part(asset_filter: AssetFilter) -> str:
    """What a filter adds to a key. What a cursor leaves also depends on the transactions that run now."""
    if isinstance(asset_filter.values.get("updated_since"), int):
        return f"{asset_filter.query_string} {settled_transaction()}"
    return asset_filter.query_string


def remembered(key: str, make: Callable[[], Any]) -> Any:
    """A value made once for a key."""
    value = cache.get(key)
    if value is None:
        value = make()
        cache.set(key, value, KEPT_SECONDS)
    return value


def remembered_answer(key: str, make: Callable[[], Answer]) -> Answer:
    """A counted answer, made once for a key; one that is older than its key is not remembered under it."""
    answer: Answer | None = cache.get(key)
    if answer is None:
        answer = make()
        if answer.counted_at is None:
            cache.set(key, answer, KEPT_SECONDS)
    return answer


def conditional_answer(
    request: HttpRequest, key: str, content_type: str, make: Callable[[], Answer]
) -> HttpResponse:
    """Like `conditional`, for counted answers: an old one says its age, and no browser takes it for the new one."""
    aged: list[Answer] = []

    def fresh() -> HttpResponse:
        body = cache.get(key)
        if body is None:
            answer = make()
            body = _compressed(answer.body)
            if answer.counted_at is None:
                cache.set(key, body, KEPT_SECONDS)
            else:
                aged.append(answer)
        return _sent(request, body, content_type)

    response = _validated(request, key, fresh)
    for answer in aged:
        del response["ETag"]
        response["Age"] = str(answer.seconds_ago)
    response._csp_exempt = True  # type: ignore[attr-defined]  # as in `conditional`
    return response


def conditional(request: HttpRequest, key: str, content_type: str, make: Callable[[], bytes]) -> HttpResponse:
    """Answer 304 to a browser that holds the answer of this key, else the answer, 204 when it is empty.

    Bodies are kept compressed; `make` runs only when this process has not made the answer yet.
    """
    response = _validated(request, key, lambda: _fresh(request, key, content_type, make))
    # A policy is for pages; for every tile it would be put together again.
    response._csp_exempt = True  # type: ignore[attr-defined]  # django-csp's own mark
    return response


def conditional_once(
    request: HttpRequest, key: str, content_type: str, make: Callable[[], bytes]
) -> HttpResponse:
    """Like `conditional`, for answers too large or too rarely asked for again to be kept here."""

    def fresh() -> HttpResponse:
        content = make()
        takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
        if not takes_gzip or len(content) < SMALLEST_TO_COMPRESS:
            return HttpResponse(content, content_type=content_type)
        response = HttpResponse(gzip.compress(content, 1, mtime=0), content_type=content_type)
        response["Content-Encoding"] = "gzip"
        return response

    return _validated(request, key, fresh)


def _validated(request: HttpRequest, key: str, fresh: Callable[[], HttpResponse]) -> HttpResponse:
    etag = f'W/"{key}"'
    response = get_conditional_response(request, etag=etag) or fresh()
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    patch_vary_headers(response, ("Accept-Encoding", "Authorization", "Cookie"))
    return response


def _fresh(request: HttpRequest, key: str, content_type: str, make: Callable[[], bytes]) -> HttpResponse:
    kept: bytes = remembered(key, lambda: _compressed(make()))
    return _sent(request, kept, content_type)


def _compressed(body: bytes) -> bytes:
    return gzip.compress(body, 5, mtime=0) if len(body) >= SMALLEST_TO_COMPRESS else body


def _sent(request: HttpRequest, kept: bytes, content_type: str) -> HttpResponse:
    """What is kept, as this browser takes it."""
    if not kept:
        return HttpResponse(status=204)
    compressed = kept[:2] == b"\x1f\x8b"
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    content = kept if takes_gzip or not compressed else gzip.decompress(kept)
    response = HttpResponse(content, content_type=content_type)
    if compressed and takes_gzip:
        response["Content-Encoding"] = "gzip"
    return response
