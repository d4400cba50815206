"""The assets of each street in all numbers that the start page shows: counted in one query, kept where that takes long.

Whoever sees a whole province asks for counts over millions of rows; the page shows those of a moment ago then, with
their age, while the worker counts anew (`web.kept_answers`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.models import User
from assets.filters import AssetFilter, read_filter
from web.kept_answers import counted, counts

KIND = "start_assets"
# What is counted, by name, and the filter whose list the number leads to.
NUMBERS: Mapping[str, str] = {
    "all": "",
    "psa": "family=psa",
    "signboard": "family=signboard",
    "unknown": "condition=unknown",
    "damaged": "condition=damaged,severe,missing",
    "severe": "condition=severe,missing",
    "overdue": "overdue=inspection",
    "expired": "artwork=expired",
}


@dataclass(frozen=True)
class StreetAssets:
    """The numbers of each street by name; `None` is what lies in no known street.

    Args:
        counted_at: None where they are as true now as when they were counted.
    """

    by_street: Mapping[int | None, Mapping[str, int]]
    counted_at: datetime | None = None

    def total(self, name: str) -> int:
        """A number over all streets."""
        return sum(numbers[name] for numbers in self.by_street.values())


def street_assets(user: User, query: str) -> StreetAssets:
    """The numbers of what a reader sees.

    Args:
        query: `street=…`, `community=…` or nothing.

    Raises:
        BeingCountedError: it takes longer than a page may take, and has not been counted yet.
    """
    answer = counted(KIND, read_filter(query), user)
    return _read(answer.body, answer.counted_at)


def street_assets_now(reader: User) -> StreetAssets:
    """The numbers of one district, counted now: of a wall's passer-by, who has no account to keep them for."""
    return _read(count_street_assets(read_filter(""), reader, ""))


def _read(body: bytes, counted_at: datetime | None = None) -> StreetAssets:
    rows = json.loads(body)
    return StreetAssets(
        {street: dict(zip(NUMBERS, numbers, strict=True)) for street, *numbers in rows}, counted_at
    )


@counts(KIND)
def count_street_assets(asset_filter: AssetFilter, user: User, _asked: str) -> bytes:
    """Rows of a street's key and its numbers, in the order of `NUMBERS`, as JSON."""
    rows = (
        asset_filter.assets(user)
        .order_by()
        .values_list("street_id")
        .annotate(**{name: Count("pk", filter=_condition(query)) for name, query in NUMBERS.items()})
    )
    return json.dumps(list(rows)).encode()


def _condition(query: str) -> Q | None:
    """What a filter says beside its defaults, which the filter of the page has too."""
    if not query:
        return None
    return read_filter(query).conditions[query.partition("=")[0]]
