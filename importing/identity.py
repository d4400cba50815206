"""What identifies a row of a ledger that has no number of its own, and which rows say the same.

Such a row gets a number derived from its *identifying* values: name, type, address, building and position as written.
The same ledger therefore finds its own assets again, in whatever order it is sorted, and a corrected wording or
condition is an update. A corrected name or position makes a new asset, which the check for near-duplicates names.

Rows that agree in all of these (two faces of one board, banners along a road at one surveyed point) are told apart by
rank among their equals, ordered by what else they say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

DERIVED = "~"
"""What a derived number begins with; no office writes one."""


def copies(columns: Sequence[Sequence[Any]]) -> dict[int, int]:
    """The places of rows equal to an earlier one in every column, each with the place of the first such row."""
    first: dict[tuple[Any, ...], int] = {}
    repeated = {}
    for place, row in enumerate(zip(*columns, strict=True)):
        earlier = first.setdefault(row, place)
        if earlier != place:
            repeated[place] = earlier
    return repeated


def derived_numbers(
    identifying: Sequence[Sequence[Any]], everything: Sequence[Sequence[Any]], places: Sequence[int]
) -> dict[int, str]:
    """A number for each of the rows at `places`, from the columns that identify them and, among equals, from all.

    The columns hold plain values (text, numbers, dates, None), one element a row.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    identities = list(zip(*identifying, strict=True))
    for place in places:
        groups[_digest(identities[place])].append(place)
    contents = None
    numbers = {}
    for digest, members in groups.items():
        if len(members) > 1:
            contents = contents or list(zip(*everything, strict=True))
            members = sorted(members, key=lambda place: (repr(contents[place]), place))
        for rank, place in enumerate(members, 1):
            numbers[place] = f"{DERIVED}{digest}" if rank == 1 else f"{DERIVED}{digest}-{rank}"
    return numbers


def _digest(values: tuple[Any, ...]) -> str:
    return blake2b("\x1f".join(map(_plain, values)).encode(), digest_size=12).hexdigest()


def _plain(value: Any) -> str:
    """A value as text that does not depend on how a file type stores it: 117.0 and "117.0" are one."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value + 0.0)
    return str(value).strip()
