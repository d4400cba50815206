"""What goes along when a responsibility is handed over: rooms further left register it from `AppConfig.ready`."""

from typing import Protocol

from assets.history import Actor
from places.models import Holder, Responsibility


class Follower(Protocol):
    """Something that whoever answers has in hand, such as open cases."""

    def going_with(self, row: Responsibility) -> int:
        """How many would move to a successor of another unit."""
        ...

    def follow(self, actor: Actor, row: Responsibility, successor: Holder) -> int:
        """Move them, inside the transaction of the handover; returns how many."""
        ...


_followers: list[Follower] = []


def offer_follower(follower: Follower) -> None:
    """Have something move with handovers."""
    _followers.append(follower)


def going_with(row: Responsibility) -> int:
    """How many things would move to a successor of another unit."""
    return sum(follower.going_with(row) for follower in _followers)


def follow(actor: Actor, row: Responsibility, successor: Holder) -> int:
    """Move all of them; returns how many."""
    return sum(follower.follow(actor, row, successor) for follower in _followers)
