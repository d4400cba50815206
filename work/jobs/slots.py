"""What rooms further left put on the page of a job: links to what goes by it (registered from `AppConfig.ready`)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from accounts.models import User
from assets.models import Maintenance


@dataclass(frozen=True)
class Link:
    """One page that a job belongs to: what that is, how far it is, and what is said there."""

    title: str
    label: str
    url: str
    state: str = ""
    words: str = ""


Offer = Callable[[Maintenance, User], Iterable[Link]]
_offers: list[Offer] = []


def offer_links(offer: Offer) -> None:
    """Add a room's links."""
    _offers.append(offer)


def links_of(job: Maintenance, user: User) -> list[Link]:
    """The links of all rooms, for one reader."""
    return [link for offer in _offers for link in offer(job, user)]
