"""Covered copies of a case's photos: made, looked at and offered by the room that has the tool (`portal`)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assets.models import PhotoStage
from assets.photos import StoredPhoto
from cases.models import Case


@dataclass(frozen=True)
class Covered:
    """One copy with boxes burnt in, where a person sees it, and where its file is found."""

    uid: str
    stage: str
    stored: StoredPhoto
    address: str


Offer = Callable[[Case], Iterable[Covered]]
_offers: list[Offer] = []


def offer_covered(offer: Offer) -> None:
    """Say where covered copies come from (from `AppConfig.ready`)."""
    _offers.append(offer)


def covered_of(case: Case) -> dict[PhotoStage, Covered]:
    """The last copy from before and the last from afterwards, where there are any."""
    found: dict[PhotoStage, Covered] = {}
    for offer in _offers:
        for copy in offer(case):
            found.setdefault(PhotoStage(copy.stage), copy)
    return found
