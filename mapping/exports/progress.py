"""How a writer says how far it is."""

from typing import Protocol


class Watcher(Protocol):
    """Called with the rows just written, and with a total where one becomes known."""

    def __call__(self, written: int, expected: int = 0) -> None:
        """`expected` more rows are to come than were known of so far."""


def unwatched(written: int, expected: int = 0) -> None:
    """For exports that nobody watches."""
