"""What waits for somebody, told by whoever knows: this room's own, and rooms further left from their `AppConfig.ready`.

Rooms further right cannot import this one: what they know is asked in `reports/start/waiting.py`, by their own
functions. An offer says numbers that lead somewhere; those that are nothing are not shown.
"""

from collections.abc import Callable, Iterable

from accounts.models import User
from reports.counting import Number

Offer = Callable[[User], Iterable[Number]]
_offers: list[Offer] = []


def offer_needs(offer: Offer) -> None:
    """Add numbers of what waits for a reader."""
    _offers.append(offer)


def further_needs(user: User) -> list[Number]:
    """What all offers have for a reader."""
    return [number for offer in _offers for number in offer(user) if number.count]
