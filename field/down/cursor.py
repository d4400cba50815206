"""How far a phone's copy has come, as an opaque text that only this server reads.

It counts transactions, not time: below `since` nothing can appear any more (`settled_transaction`), so
an import that began long ago and commits late is not missed. Lists, places and jobs are compared as wholes.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

from assets.dictionaries import Generation

_EDITION = 1


class CursorLost(Exception):
    """The cursor cannot be continued: of another edition, database or choice of areas."""


@dataclass(frozen=True)
class Cursor:
    """What a phone has.

    Attributes:
        since: every transaction below it.
        until: where this round of pages ends; 0 between rounds.
        after: (transaction, primary key) of the last row of the page before.
        lists, places: generations; jobs: a digest of the whole list.
        areas, database: digests of what the rest is valid for.
    """

    areas: str
    database: str
    since: int
    lists: int
    places: int
    jobs: str
    until: int = 0
    after: tuple[int, int] = (0, 0)

    @classmethod
    def starting(cls, generation: Generation, areas: Iterable[str], *, since: int, jobs: str) -> "Cursor":
        """The cursor of a fresh pack."""
        return cls(
            areas=digest(",".join(areas)),
            database=generation.database,
            since=since,
            lists=generation.lists,
            places=generation.places,
            jobs=jobs,
        )

    @classmethod
    def read(cls, text: str, generation: Generation, areas: Iterable[str]) -> "Cursor":
        """The cursor of a text.

        Raises:
            CursorLost: it is none of ours, or not for this.
        """
        try:
            edition, *values = json.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=="))
            areas_digest, database, since, lists, places, jobs, until, after = values
            cursor = cls(
                str(areas_digest),
                str(database),
                int(since),
                int(lists),
                int(places),
                str(jobs),
                int(until),
                (int(after[0]), int(after[1])),
            )
        except (ValueError, TypeError, IndexError, KeyError, binascii.Error, RecursionError):
            raise CursorLost from None
        if edition != _EDITION or cursor.database != generation.database:
            raise CursorLost
        if cursor.areas != digest(",".join(areas)):
            raise CursorLost
        if not all(0 <= number < 2**63 for number in (cursor.since, cursor.until, *cursor.after)):
            raise CursorLost
        return cursor

    @property
    def text(self) -> str:
        """As the phone keeps it."""
        written = json.dumps([_EDITION, *asdict(self).values()], separators=(",", ":"))
        return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")

    def moved(self, generation: Generation, *, jobs: str) -> "Cursor":
        """With lists, places and jobs as they are now."""
        return replace(self, lists=generation.lists, places=generation.places, jobs=jobs)


def digest(text: str) -> str:
    """Enough of a hash to tell one text from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
