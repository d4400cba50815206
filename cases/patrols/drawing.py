"""Drawing sites at random, so that anybody can draw the same again: by street and kind, from a seed.

Within each street and each kind of site the codes are put in order, then shuffled by the seed together with the group's
name, and the first so many are taken. So a group's draw depends on nothing but the seed and the sites of that group.
Pure: it looks into no database.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Candidate:
    """A site that may be drawn."""

    code: str
    street: str
    kind: str


def draw(pool: Iterable[Candidate], per_group: int, seed: int) -> list[str]:
    """The codes of the sites drawn, group by group (street, then kind), each group's in the order they were drawn."""
    groups: dict[tuple[str, str], list[str]] = {}
    for site in pool:
        groups.setdefault((site.street, site.kind), []).append(site.code)
    drawn: list[str] = []
    for group in sorted(groups):
        drawn += sorted(groups[group], key=lambda code: _lot(seed, *group, code))[:per_group]
    return drawn


def _lot(seed: int, *parts: str) -> str:
    """A site's lot: the same in every version of the language, which its random numbers are not."""
    return hashlib.sha256("\x1f".join([str(seed), *parts]).encode()).hexdigest()


def new_seed() -> int:
    """A seed that nobody could foresee."""
    return secrets.randbelow(LARGEST_SEED) + 1
