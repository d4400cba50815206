"""How many heavy requests one person may have under way at once: the next one is told to come back in a moment.

A filter that takes its five seconds, sixteen times at once, would leave nobody else a thread. Turns are advisory locks
of the session that answers: several server processes share them, and a killed one leaves none behind.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, TypeVar

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from web.problems import problem

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

# QGIS asks for several layers at once; of sixteen threads the others keep ten.
MOST_AT_ONCE = 6
_WAIT_SECONDS = 2
_LOCKS = 0x7475726E  # the advisory lock's first key: "turn"


def in_turn(view: View) -> View:
    """Answer at most `MOST_AT_ONCE` requests of one person at once, 429 beyond; for views of somebody signed in.

    A stream holds its turn until it has been sent, or was given up.
    """

    @wraps(view)
    def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        turn = _Turn.of(request.user.pk or 0)
        if turn is None:
            return _come_back()
        try:
            response = view(request, *args, **kwargs)
        except BaseException:
            turn.give_back()
            raise
        if response.streaming:
            # Django's own hook for what is to end with an answer; not in django-stubs.
            response._resource_closers.append(turn.give_back)  # type: ignore[attr-defined]
        else:
            turn.give_back()
        return response

    return limited  # type: ignore[return-value]


def _come_back() -> HttpResponseBase:
    response = problem(429, _("You have %(most)s such requests under way already.") % {"most": MOST_AT_ONCE})
    response["Retry-After"] = str(_WAIT_SECONDS)
    return response


class _Turn:
    """One of a person's turns, held by the session that took it."""

    def __init__(self, key: int) -> None:
        self._key = key
        self._session = connection.connection

    @classmethod
    def of(cls, person: int) -> "_Turn | None":
        """A free one, or None."""
        # The second key has 31 bits: two people far apart may share turns, which does no harm.
        keys = [(person * MOST_AT_ONCE + number) % (1 << 31) for number in range(MOST_AT_ONCE)]
        with connection.cursor() as cursor:
            # Takes the first that is free and no other: a CASE evaluates no more than it needs.
            tries = " ".join("WHEN pg_try_advisory_lock(%s, %s) THEN %s" for _key in keys)
            params = [value for key in keys for value in (_LOCKS, key, key)]
            cursor.execute(f"SELECT CASE {tries} END", params)
            taken = cursor.fetchone()[0]
        return None if taken is None else cls(taken)

    def give_back(self) -> None:
        """Let the next one have it; a session that was lost meanwhile has taken its locks with it."""
        if connection.connection is not self._session:
            return
        with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, self._key])
