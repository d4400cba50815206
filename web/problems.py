"""What is said when something goes wrong: a page for people, problem details (RFC 9457) for programs.

Which of the two is decided by the address alone, so that a link shows the same to everybody; only /ogc/, whose standard
wants it so, and the API's reference ask what the client prefers.
"""

import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.template import loader
from django.urls import is_valid_path
from django.utils.encoding import iri_to_uri
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from places.database_away import database_is_away, statement_was_ended
from places.parameters import ParameterError
from web.negotiation import wants_page

PROGRAMS = ("/api/", "/tiles/", "/basemap/", "/export/", "/healthz")
# What the pages' own scripts ask for: problem details as for programs, but no token opens it.
SCRIPTS = ("/desk/",)
EITHER = ("/ogc/", "/api/docs")
AWAY_SECONDS = 5
# Servers and proxies take lines of eight kilobytes at most; the rest of the line is for the method and the protocol.
# The map page itself makes none longer than half of that (`state.js`).
LONGEST_ADDRESS = 8_000


def titles() -> dict[int, str]:
    """What each status is called."""
    return {
        400: _("The address cannot be read"),
        401: _("Please sign in"),
        403: _("Not permitted"),
        404: _("Not found"),
        405: _("Not possible this way"),
        410: _("No longer here"),
        413: _("This is too much at once"),
        414: _("The address is too long"),
        422: _("The address cannot be read"),
        429: _("Too many attempts"),
        500: _("A fault in the system"),
        503: _("This takes too long"),
    }


def is_for_programs(request: HttpRequest) -> bool:
    """Whether the address is one that programs read."""
    if request.path.startswith(EITHER):
        return not wants_page(request)
    return request.path.startswith((*PROGRAMS, *SCRIPTS))


def problem(
    status: int, detail: str = "", *, parameter: str | None = None, title: str | None = None, **members: Any
) -> JsonResponse:
    """Problem details; `members` are what a program needs besides."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": title or titles().get(status) or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **members,
    }
    if parameter is not None:
        body["parameter"] = parameter
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/problem+json"
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: most often a filter that does not exist."""
    parameter = exception.parameter if isinstance(exception, ParameterError) else None
    detail = exception.sentence if isinstance(exception, ParameterError) else ""
    return _answer(request, 400, detail, parameter)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the role does not reach that far."""
    detail = str(exception) if isinstance(exception, PermissionDenied) else ""
    return _answer(request, 403, detail)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing there, or nothing that this reader may know of; an address with a slash too many leads on."""
    shorter = request.path.rstrip("/")
    # A view that was found and says 404 means it: the address has no slash too many.
    is_no_address = shorter not in ("", request.path) and not is_valid_path(request.path)
    if request.method in ("GET", "HEAD") and is_no_address and is_valid_path(shorter):
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(
            escape_leading_slashes(iri_to_uri(shorter)) + (f"?{query}" if query else "")
        )
    return _answer(request, 404)


def too_long(request: HttpRequest) -> HttpResponse:
    """414: more in the address than this server, or a proxy before it, can be sure to get."""
    detail = _(
        "An address holds at most %(most)s characters. Choose fewer single assets, or draw a rectangle round them."
    )
    return _answer(request, 414, detail % {"most": LONGEST_ADDRESS})


def too_large(request: HttpRequest, most_megabytes: int) -> HttpResponse:
    """413: a body larger than its address takes; none of it was read."""
    detail = _("This address takes at most %(most)s MB. Nothing was read.") % {"most": most_megabytes}
    response = _answer(request, 413, detail)
    # What was sent stays unread; another request on the same connection would begin in the middle of it.
    response["Connection"] = "close"
    return response


def too_slow(request: HttpRequest, detail: str = "") -> HttpResponse:
    """503: the database was busy with it for longer than one reader may keep it."""
    usual = _("This took too long. Narrow the filter, or ask for fewer rows at once.")
    return _answer(request, 503, detail or usual)


def fault(request: HttpRequest) -> HttpResponse:
    """500: our fault; or 503 where the database is away, or too busy even to tell who asks, which passes."""
    exception = sys.exception()
    if statement_was_ended(exception):
        return _come_back(
            request,
            "busy.html",
            titles()[503],
            _("The database is very busy at the moment. Please try again in a few seconds."),
        )
    if database_is_away(exception):
        return _come_back(
            request,
            "away.html",
            _("Back soon"),
            _("The database cannot be reached at the moment. Please try again in a few seconds."),
        )
    return problem(500) if is_for_programs(request) else render(request, "500.html", status=500)


def _come_back(request: HttpRequest, template: str, title: str, detail: str) -> HttpResponse:
    """503 for a while, by a page that asks the database for nothing."""
    if is_for_programs(request):
        response: HttpResponse = problem(503, detail, title=title)
    else:
        response = HttpResponse(loader.render_to_string(template), status=503)
        response["Cache-Control"] = "no-store"
    response["Retry-After"] = str(AWAY_SECONDS)
    return response


def _answer(
    request: HttpRequest, status: int, detail: str = "", parameter: str | None = None
) -> HttpResponse:
    if is_for_programs(request):
        return problem(status, detail, parameter=parameter)
    context = {"detail": detail, "parameter": parameter, "title": titles()[status]}
    return render(request, f"{status}.html", context, status=status)


class UnreadableAddressMiddleware:
    """Answers in words, before anybody reads it, an address that is too long or has a NUL, which no database takes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        if len(request.get_full_path()) > LONGEST_ADDRESS:
            return too_long(request)
        if "\0" in request.path:
            return not_found(request)
        if "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.META.get("QUERY_STRING", ""):
            for name, values in request.GET.lists():
                if "\0" in name or any("\0" in value for value in values):
                    return bad_request(
                        request, ParameterError(name.replace("\0", ""), _("This contains a NUL character."))
                    )
        return self.get_response(request)


class ProblemDetailsMiddleware:
    """Gives bare refusals on addresses for programs (405 of Django's own, say) their problem details."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        response = self.get_response(request)
        if response.status_code < 400 or not is_for_programs(request):
            return response
        if response.get("Content-Type", "").startswith(("application/problem+json", "application/json")):
            return response
        answer = problem(response.status_code)
        for header in ("Allow", "Retry-After", "WWW-Authenticate"):
            if header in response:
                answer[header] = response[header]
        return answer
