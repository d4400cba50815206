"""The pages that the header leads to: each is offered to whoever may do there what it is for.

A page that is offered is not opened by that: every view asks again. Each room offers its own from its
`AppConfig.ready`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import User
from accounts.permissions import AnyUser, can


@dataclass(frozen=True)
class Entry:
    """One entry of the header.

    Args:
        page: name of the address it leads to; every page below it belongs to it.
        verb: what a reader must be allowed somewhere to be offered it.
        place: entries stand in this order; those from `MORE` on stand in the menu "More".
        also: names of further addresses whose pages belong to it.
        waiting: how many things there wait for a reader, shown beside the title.
        or_verb: another verb that leads there.
    """

    page: str
    title: Promise
    verb: str
    place: int
    also: tuple[str, ...] = ()
    waiting: Callable[[User], int] | None = None
    or_verb: str = ""

    def is_for(self, user: AnyUser | None) -> bool:
        """Whether a reader is offered it."""
        verbs = filter(None, (self.verb, self.or_verb))
        return user is not None and any(can(user, verb) for verb in verbs)

    @property
    def address(self) -> str:
        """Where it leads."""
        return reverse(self.page)

    @property
    def tree(self) -> tuple[str, ...]:
        """What the addresses of its pages begin with."""
        return (self.address, *map(reverse, self.also))


@dataclass(frozen=True)
class Link:
    """An entry as one reader sees it."""

    address: str
    title: Promise
    waiting: int


MORE = 50
_entries: list[Entry] = []


def offer(entry: Entry) -> None:
    """Add an entry to the header."""
    _entries.append(entry)


def header_of(request: HttpRequest) -> dict[str, Any]:
    """What the header shows to a reader: entries in a row, entries under "More", and the one we are in."""
    user = getattr(request, "user", None)
    offered = sorted(
        (entry for entry in set(_entries) if entry.is_for(user)),
        key=lambda entry: (entry.place, entry.address),
    )
    links = {entry: Link(entry.address, entry.title, _waiting(entry, user)) for entry in offered}
    here = next((entry for entry in offered if request.path.startswith(entry.tree)), None)
    return {
        "row": [link for entry, link in links.items() if entry.place < MORE],
        "more": [link for entry, link in links.items() if entry.place >= MORE],
        "here": links[here] if here is not None else None,
    }


def _waiting(entry: Entry, user: AnyUser | None) -> int:
    return entry.waiting(user) if entry.waiting is not None and isinstance(user, User) else 0
