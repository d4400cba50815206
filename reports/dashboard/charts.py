"""A chart, which is a table first: the page shows the table, and its script draws it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from reports.dashboard.asking import Asked

Value = int | float | Decimal | None


@dataclass(frozen=True)
class Column:
    """One series.

    Args:
        tone: whose colour it has: a condition's (`good` … `missing`, `unknown`) or a lamp's (`green` … `none`);
            empty for the next of the series' own colours.
    """

    title: str
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """A value of each series for one day, street, bucket …; an address where there is a list behind it."""

    title: str
    values: Sequence[Value]
    address: str = ""


@dataclass(frozen=True)
class Chart:
    """What is shown of one question.

    Args:
        kind: `area` and `line` over time, `bars` side by side, `stack` of parts, `rows` of parts lying on their side.
        first: what the rows are: day, street …
        without: why there is nothing, in a sentence.
        decimals: of its values: 0 for counts, 1 for percents, 2 for money.
    """

    name: str
    title: str
    kind: str
    first: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    note: str = ""
    without: str = ""
    decimals: int = 0
    unit: str = ""
    address: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for row in self.rows for value in row.values)

    @property
    def shown(self) -> list[tuple[Row, list[tuple[str, str]]]]:
        """The rows with each value as it is read and as a script reads it."""
        return [(row, [self._as_texts(value) for value in row.values]) for row in self.rows]

    def _as_texts(self, value: Value) -> tuple[str, str]:
        if value is None:
            return "–", ""
        return f"{value:,.{self.decimals}f}", f"{value:.{self.decimals}f}"


Offer = Callable[[Asked, User], Iterable[Chart]]


_offers: list[Offer] = []


def offer_charts(offer: Offer) -> None:
    """Add charts to the dashboard (from an `AppConfig.ready` further left)."""
    _offers.append(offer)


def further_charts(asked: Asked, user: User) -> list[Chart]:
    """The charts of rooms further left."""
    return [chart for offer in _offers for chart in offer(asked, user)]
