"""What every page for residents shares: open only where the operator says so, a brake, and answers that nobody keeps.

Brakes count by address (`accounts.forms.client_address`, which knows our proxy and takes an IPv6 /64 for one), and by
the code of a card or of a report.
"""

from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from accounts.forms import client_address
from accounts.throttle import RESIDENT_PAGES, RESIDENT_UPLOADS, Bucket, take
from web.answers import private

View = Callable[..., HttpResponseBase]


def where_open(view: View) -> View:
    """Stands before every view for residents: without `PUBLIC_REPORTS` nothing is there."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.PUBLIC_REPORTS:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def unhurried(view: View) -> View:
    """Stands before what is only looked at: a program that fetches on and on is told to wait."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return wait_for(request, RESIDENT_PAGES, client_address(request)) or view(request, *args, **kwargs)

    return guarded


def may_upload(request: HttpRequest) -> bool:
    """Whether residents may send photos here at all; asked before any of them is read."""
    return bool(settings.PUBLIC_REPORTS)


def not_too_many_photos(request: HttpRequest) -> HttpResponse | None:
    """The answer to an address that sends photos too often; asked before any of them is read."""
    return wait_for(request, RESIDENT_UPLOADS, client_address(request))


def wait_for(request: HttpRequest, bucket: Bucket, *parts: str) -> HttpResponse | None:
    """The answer to whoever comes too often; None to whoever does not."""
    wait = take(bucket, *parts)
    if not wait:
        return None
    seconds = ceil(wait.total_seconds())
    response = show(request, "residents/too_often.html", {"seconds": seconds}, 429)
    response["Retry-After"] = str(seconds)
    return response


def show(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page that no cache keeps and no search finds."""
    response = private(render(request, template, context or {}, status=status))
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
