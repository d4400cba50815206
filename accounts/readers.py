"""Who reads, known without asking the database three times for every tile: the session's store and the users held.

A reading request begins with one statement that finds its session (or its token, `accounts/tokens.py`) together with
all change marks. Users and their memberships are held under the marks of people and places: whoever is switched off,
loses a role or changes a password is another mark, and so is read anew with the next request. A session that has ended
is found by nobody. Nothing is held for requests that write, nor in a transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import lru_cache
from typing import Any, cast

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.models import User
from accounts.permissions import grants_of
from places.first_look import first_look
from places.generation import MARKS_SQL, current, note, noted, once_a_request
from places.models import Topic

_MOST_HELD = 2000
_READING = ("GET", "HEAD")


class OneLookMiddleware:
    """Lets a request that only reads look at the marks once; stands before the session's middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; what a stream reads after that, it reads for itself."""
        if request.method not in _READING:
            return self._get_response(request)
        with once_a_request():
            return self._get_response(request)


class SessionStore(db.SessionStore):
    """Django's sessions in the database, found together with the change marks (`SESSION_ENGINE` names this module)."""

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        session_data, expire_date, marks = first_look(self._session_and_marks)
        note(marks)
        if session_data is None:
            self._session_key = None
            return None
        return self.model(
            session_key=self.session_key or "", session_data=session_data, expire_date=expire_date
        )

    def _session_and_marks(self) -> tuple[Any, ...]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT session_data, expire_date, marks FROM "  # noqa: S608 -- constants
                f"(SELECT {MARKS_SQL} AS marks) now LEFT JOIN django_session "
                "ON session_key = %s AND expire_date > %s",
                [self.session_key, timezone.now()],
            )
            return cast(tuple[Any, ...], cursor.fetchone())

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        """Django's own table."""
        return db.SessionStore.get_model_class()


def known_user(user_id: int) -> User | None:
    """A user with their memberships, an object of the caller's own; None when there is none."""
    if noted() is None:
        return User.objects.filter(pk=user_id).first()
    held = _held(user_id, current(Topic.PEOPLE, Topic.PLACES))
    return copy(held) if held is not None else None


@lru_cache(maxsize=_MOST_HELD)
def _held(user_id: int, marks: tuple[int, ...]) -> User | None:
    """A user as they were when these marks had been seen, or later."""
    user = User.objects.filter(pk=user_id).first()
    if user is not None:
        grants_of(user)
    return user


def forget() -> None:
    """Read users anew, whatever the marks say (for tests, whose marks begin anew)."""
    _held.cache_clear()
