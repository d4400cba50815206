"""The pages that the header leads to: each is offered to whoever may do there what it is for.

A page that is offered is not opened by that: every view asks again. Each room offers its own from its
`AppConfig.ready`.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from accounts.permissions import can


@dataclass(frozen=True)
class Entry:
    """One entry of the header.

    Args:
        page: name of the address it leads to; every page below it belongs to it.
        verb: what a reader must be allowed somewhere to be offered it.
        place: entries stand in this order; those from `MORE` on stand in the menu "More".
        also: names of further addresses whose pages belong to it.
    """

    page: str
    title: Promise
    verb: str
    place: int
    also: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where it leads."""
        return reverse(self.page)

    @property
    def tree(self) -> tuple[str, ...]:
        """What the addresses of its pages begin with."""
        return (self.address, *map(reverse, self.also))


MORE = 50
_entries: list[Entry] = []


def offer(entry: Entry) -> None:
    """Add an entry to the header."""
    _entries.append(entry)


def header_of(request: HttpRequest) -> dict[str, Any]:
    """What the header shows to a reader: entries in a row, entries under "More", and the one we are in."""
    user = getattr(request, "user", None)
    offered = sorted(
        (entry for entry in set(_entries) if user is not None and can(user, entry.verb)),
        key=lambda entry: entry.place,
    )
    return {
        "row": [entry for entry in offered if entry.place < MORE],
        "more": [entry for entry in offered if entry.place >= MORE],
        "here": next((entry for entry in offered if request.path.startswith(entry.tree)), None),
    }
