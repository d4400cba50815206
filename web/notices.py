"""Sentences that stand above every page of the office for a while; rooms offer theirs from `AppConfig.ready`."""

from collections.abc import Callable

Notice = Callable[[], str]
_notices: list[Notice] = []


def offer_notice(notice: Notice) -> None:
    """Add what may have something to say; an empty sentence is none."""
    _notices.append(notice)


def notices() -> list[str]:
    """What is to be said now."""
    return [sentence for notice in _notices if (sentence := notice())]
