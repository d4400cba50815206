"""Telling a database that is away from a statement that failed. The first passes by itself; the second does not."""

from django.db import InterfaceError, OperationalError

# SQLSTATE: connection exceptions, shutting down or starting, too many connections.
_AWAY_STATES = ("08", "57P", "53300")


def database_is_away(exception: BaseException | None) -> bool:
    """Whether an exception says that the database does not answer: stopped, starting, or out of connections.

    A statement that failed has an SQLSTATE of another class; a connection that is gone has none.
    """
    if not isinstance(exception, OperationalError | InterfaceError):
        return False
    state = getattr(exception.__cause__, "pgcode", None)
    return state is None or state.startswith(_AWAY_STATES)
