"""The first statement of a request, which shows by itself whether a connection from before still works.

Django asks every connection that it has kept `SELECT 1` before a request uses it (`conn_health_checks`): for a tile
that is answered from memory, half of all that is asked of the database. A statement that only reads is sent at once
instead, and once more on a new connection when the old one turns out to be gone.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from places.database_away import database_is_away

Found = TypeVar("Found")


def first_look(read: Callable[[], Found]) -> Found:
    """What `read` finds, which asks the database and writes nothing."""
    if connection.connection is None or connection.in_atomic_block:
        return read()
    connection.health_check_done = True  # type: ignore[attr-defined]  # Django's own, and missing in its stubs
    try:
        return read()
    except (OperationalError, InterfaceError) as error:
        if not database_is_away(error):
            raise
        connection.close()
        return read()
