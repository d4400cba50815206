"""The tabs above the pages of evaluation: each part of the room offers its own, from `AppConfig.ready`."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class Tab:
    """A page of the room, and what a reader must be allowed somewhere to be offered it.

    Args:
        place: tabs stand in this order.
    """

    page: str
    title: Promise
    verb: str
    place: int

    @property
    def address(self) -> str:
        """Where it leads."""
        return reverse(self.page)


_tabs: set[Tab] = set()


def offer_tab(tab: Tab) -> None:
    """Add a page to the tabs."""
    _tabs.add(tab)


def tabs() -> list[Tab]:
    """All of them, in order."""
    return sorted(_tabs, key=lambda tab: tab.place)
