"""What can be counted of a campaign, and what can join one; each room offers its own from `AppConfig.ready`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.functional import Promise

from accounts.models import User
from assets.history import Actor
from assets.models import Campaign
from places.models import Area

# (campaign's key, street's key or None where no street is known) → how many.
Counts = dict[tuple[int, int | None], int]


@dataclass(frozen=True)
class Counted:
    """One thing that can be counted, as far as a reader may see it, in one query for any number of campaigns.

    Args:
        address: the list behind a number, of one street or of all; nothing where there is no such list.
    """

    code: str
    title: Promise
    count: Callable[[Sequence[Campaign], User], Counts]
    address: Callable[[Campaign, Area | None], str]


@dataclass(frozen=True)
class Joinable:
    """One thing that can join a campaign: who may, and the actions; `text` is numbers or a filter's address."""

    code: str
    title: Promise
    verb: str
    join: Callable[[Actor, Campaign, str], int]
    leave: Callable[[Actor, Campaign, str], int]


_counted: dict[str, Counted] = {}
_joinable: dict[str, Joinable] = {}


def offer_counted(*counted: Counted) -> None:
    """Add what a room counts."""
    _counted.update({thing.code: thing for thing in counted})


def offer_joinable(joinable: Joinable) -> None:
    """Add what joins from a room."""
    _joinable[joinable.code] = joinable


def all_counted() -> dict[str, Counted]:
    """What can be counted, by code."""
    return dict(_counted)


def all_joinable() -> dict[str, Joinable]:
    """What can join, by code."""
    return dict(_joinable)


def grouped(rows: QuerySet, campaign: str, street: str) -> Counts:
    """How many rows there are for each campaign and street, these being paths of the rows' model."""
    counted: Iterable[tuple[int, int | None, int]] = (
        rows.order_by().values_list(campaign, street).annotate(n=Count("pk", distinct=True))
    )
    return {(key, where): number for key, where, number in counted}
