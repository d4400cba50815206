"""What rooms further left put on the desk's pages of a case, from `AppConfig.ready`: tabs, links, decisions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import User
from cases.models import Case


@dataclass(frozen=True)
class Tab:
    """A page above the pages of cases, and what a reader must be allowed somewhere to be offered it."""

    name: str
    page: str
    title: Promise
    verb: str

    @property
    def address(self) -> str:
        """Where it leads."""
        return reverse(self.page)


@dataclass(frozen=True)
class Beside:
    """Something further to do with one case: a page that is opened, or a decision that is sent."""

    title: str
    address: str
    decides: bool = False


Offer = Callable[[Case, User], Iterable[Beside]]
_tabs: list[Tab] = []
_offers: list[Offer] = []


def offer_tab(tab: Tab) -> None:
    """Add a page to the tabs."""
    _tabs.append(tab)


def offer_beside(offer: Offer) -> None:
    """Add what else can be done with a case."""
    _offers.append(offer)


def further_tabs() -> tuple[Tab, ...]:
    """The tabs of all rooms further left."""
    return tuple(_tabs)


def beside(case: Case, user: User) -> list[Beside]:
    """What else one reader may do with a case."""
    return [action for offer in _offers for action in offer(case, user)]
