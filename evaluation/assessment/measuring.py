"""Who measures what of a month: figures by street with what is behind each, and what the bulletin tells.

The rooms to the right of this one are asked here; what is known further left (residents' answers), or comes in by
another subject of this room, registers itself from `AppConfig.ready`. A figure that nobody measures is not measured:
its weight is shared.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from evaluation.assessment.formulas import Rate
from evaluation.assessment.scheme import Scheme
from places.models import Area, Level
from web.months import after, begin_of


@dataclass(frozen=True)
class Period:
    """One month of one district, by local time.

    Args:
        end: the first moment that is no longer in it.
        as_of: up to when things are looked at: the end, or now while the month runs.
    """

    district: Area
    month: date
    begin: datetime
    end: datetime
    as_of: datetime

    @classmethod
    def of(cls, district: Area, month: date, now: datetime | None = None) -> "Period":
        """The month that a day lies in."""
        first = month.replace(day=1)
        begin, end = begin_of(first), begin_of(after(first))
        return cls(district, first, begin, end, min(end, now or timezone.now()))

    @property
    def has_ended(self) -> bool:
        """Whether nothing more can happen in it."""
        return self.as_of >= self.end

    @property
    def last_day(self) -> date:
        """Its last day."""
        return after(self.month) - timedelta(days=1)

    @property
    def day(self) -> date:
        """The day up to which it is looked at."""
        return timezone.localdate(self.as_of - timedelta(microseconds=1))

    @property
    def streets(self) -> list[Area]:
        """The streets of the district in the order of their codes."""
        below = Area.objects.filter(level=Level.STREET, code__startswith=self.district.code)
        return list(below.defer("boundary").order_by("code"))


@dataclass(frozen=True)
class Behind:
    """One row behind a figure: what it is, which one, and what it came to."""

    kind: str  # "case", "asset", "answers", "observations", "rule": where its page is
    code: str
    name: str
    outcome: str
    facts: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The row as a sheet stores it."""
        return asdict(self)


@dataclass(frozen=True)
class Measured:
    """A figure of one street, with the rows behind it."""

    rate: Rate
    behind: tuple[Behind, ...] = ()


# By figure, then by the code of the street.
ByFigure = Mapping[str, Mapping[str, Measured]]
Measure = Callable[[Period, Scheme], ByFigure]
Telling = Callable[[Period], Mapping[str, Any]]
Holders = Callable[[Iterable[str], date], Mapping[str, str]]

_measures: list[Measure] = []
_tellings: list[Telling] = []
_holders: list[Holders] = []


def register_measure(measure: Measure) -> None:
    """Have figures measured by somebody."""
    if measure not in _measures:
        _measures.append(measure)


def register_telling(telling: Telling) -> None:
    """Have the bulletin told something, under keys of its own; numbers as text or whole."""
    if telling not in _tellings:
        _tellings.append(telling)


def register_holders(holders: Holders) -> None:
    """Have streets say who answered for them on a day: scores follow the holder at the time."""
    if holders not in _holders:
        _holders.append(holders)


def measure_all(period: Period, scheme: Scheme) -> dict[str, dict[str, Measured]]:
    """Every figure that somebody measures."""
    found: dict[str, dict[str, Measured]] = {}
    for measure in _measures:
        for figure, by_street in measure(period, scheme).items():
            found.setdefault(figure, {}).update(by_street)
    return found


def tell_all(period: Period) -> dict[str, Any]:
    """All that the bulletin is told."""
    told: dict[str, Any] = {}
    for telling in _tellings:
        told |= telling(period)
    return told


def holders_of(streets: Iterable[str], day: date) -> dict[str, str]:
    """Who answered for the streets on a day, in words; nobody where nobody says so."""
    codes = list(streets)
    named: dict[str, str] = {}
    for holders in _holders:
        named |= holders(codes, day)
    return named
