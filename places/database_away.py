"""Telling apart why a statement failed: the database is away, which passes; its time is up; or another reason."""

from django.db import InterfaceError, OperationalError
from psycopg2.errors import QueryCanceled

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


def statement_was_ended(exception: BaseException | None) -> bool:
    """Whether an exception says that a statement ran into its time limit (`web.patience`), or was ended by hand."""
    return isinstance(exception, OperationalError) and isinstance(exception.__cause__, QueryCanceled)
