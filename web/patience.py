"""How long a page, a tile or an interface may keep the database busy with one statement: then it is told to ask less.

Filters are free to combine, CQL2 more than others, so some question will always be too much for a busy server; a few
of them at once would leave nobody else a connection. The limit holds for what reads and for its own request only:
writing, exports and snapshots, what phones fetch, background runs and commands take the time they take.

A connection keeps its limit until a request asks for another or for none, so that a tile does not pay two statements
for it.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from places.database_away import statement_was_ended
from web.kept_answers import BeingCountedError
from web.problems import too_slow

_READING = ("GET", "HEAD")
# Where anybody's filter is computed as it comes, a statement has less time than one of the product's own pages.
_SECONDS_OF_FREE_FILTERS = 5
_FREE_FILTERS = "/ogc/"
# What a page waits before it asks again for what the worker counts.
_SECONDS_OF_COUNTING = 15
# A file of everything is slow for good reasons, and a phone has no filter to narrow.
_UNLIMITED = ("/export/", "/snapshot/", "/jobs/costs.", "/api/field/", "/static/")


class SlowReadsMiddleware:
    """Ends a reading request's statement that takes longer than `SLOWEST_READ_SECONDS`; answers 503 in words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        if not _is_limited(request):
            lift()
            return self.get_response(request)
        with connection.execute_wrapper(_Limit(_seconds_for(request))):
            response = self.get_response(request)
        if response.streaming:
            lift()
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A statement that was ended becomes an answer, and a count left to the worker; every other fault stays one."""
        if isinstance(exception, BeingCountedError):
            response = too_slow(
                request, _("This takes long, and is being counted. Please come back in a moment.")
            )
            response["Retry-After"] = str(_SECONDS_OF_COUNTING)
            return response
        if not statement_was_ended(exception) or not _is_limited(request):
            return None
        return too_slow(request)


def _is_limited(request: HttpRequest) -> bool:
    return request.method in _READING and not request.path.startswith(_UNLIMITED)


def _seconds_for(request: HttpRequest) -> float:
    seconds: float = settings.SLOWEST_READ_SECONDS
    if seconds and request.path.startswith(_FREE_FILTERS):
        return min(seconds, _SECONDS_OF_FREE_FILTERS)
    return seconds


class _Limited(threading.local):
    """The connection of this thread that has a limit, and which."""

    driver: Any = None
    milliseconds = 0


_limited = _Limited()


class _Limit:
    """Set with the first statement of a request, so that one which asks nothing costs nothing."""

    def __init__(self, seconds: float) -> None:
        self._milliseconds = int(seconds * 1000)

    def __call__(self, execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """Wraps every statement (`connection.execute_wrapper`)."""
        driver = connection.connection
        has_it = _limited.driver is driver and _limited.milliseconds == self._milliseconds
        if not has_it and not connection.in_atomic_block:
            with connection.wrap_database_errors, driver.cursor() as cursor:
                cursor.execute("SET statement_timeout = %s", [self._milliseconds])
            _limited.driver, _limited.milliseconds = driver, self._milliseconds
        return execute(sql, params, many, context)


def lift() -> None:
    """Take the limit away from this thread's connection: what comes next takes the time it takes."""
    driver, _limited.driver = _limited.driver, None
    if driver is None or driver is not connection.connection:
        return
    with suppress(psycopg2.Error), driver.cursor() as cursor:
        cursor.execute("RESET statement_timeout")
