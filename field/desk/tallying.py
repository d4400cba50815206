"""What crews did in some days, counted: by person and day, by street, by kind, and altogether."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import Left, TruncDate
from django.utils.translation import gettext as _

from assets.dictionaries import dictionaries, read_generation
from field.models import ClaimState, Kind, Operation, PhotoClaim, Status

NONE = "none"
_STREET_DIGITS = 9
_COLUMN_OF = {
    Kind.INSPECT.value: "inspections",
    Kind.JOB_DONE.value: "jobs",
    Kind.CREATE.value: "creations",
    Kind.EDIT.value: "edits",
}


@dataclass
class Counts:
    """How much of each. Jobs are those finished; what was only begun or put aside counts as a record and no more."""

    records: int = 0
    inspections: int = 0
    jobs: int = 0
    creations: int = 0
    edits: int = 0
    photos: int = 0
    waiting: int = 0  # with the office
    refused: int = 0

    def count(self, kind: str, status: str, number: int) -> None:
        """Add records of one kind that ended the same way."""
        self.records += number
        if status == Status.CONFLICT:
            self.waiting += number
        elif status == Status.REJECTED:
            self.refused += number
        elif kind in _COLUMN_OF:
            name = _COLUMN_OF[kind]
            setattr(self, name, getattr(self, name) + number)

    @property
    def applied(self) -> int:
        """Records that have had their effect."""
        return self.records - self.waiting - self.refused


@dataclass
class PersonsDay(Counts):
    """One person's day."""

    day: date = date.min
    username: str = ""
    name: str = ""
    first: datetime | None = None
    last: datetime | None = None
    by_street: dict[str, int] = field(default_factory=dict)

    @property
    def streets(self) -> list[str]:
        """Names of the streets, the one with most records first."""
        return sorted(self.by_street, key=lambda name: (-self.by_street[name], name))


@dataclass
class Named(Counts):
    """What belongs to one street or one kind."""

    code: str = ""
    name: str = ""


@dataclass
class Tally:
    """All of it. The sums of `days`, `streets` and `kinds` are `total`."""

    days: list[PersonsDay]
    streets: list[Named]
    kinds: list[Named]
    total: Counts
    people: int


def tally(operations: QuerySet[Operation]) -> Tally:
    """Count some operations; two queries, however many there are."""
    days: dict[tuple[int, date], PersonsDay] = {}
    streets: dict[str, Named] = {}
    kinds: dict[str, Named] = {}
    total = Counts()
    names = _Names()
    for row in _groups(operations):
        user, day, kind = row["user_id"], row["day"], row["kind"]
        street = names.street(row["street"])
        persons = days.setdefault(
            (user, day),
            PersonsDay(
                day=day,
                username=row["user__username"],
                name=row["user__display_name"] or row["user__username"],
            ),
        )
        persons.first = min(filter(None, (persons.first, row["first"])))
        persons.last = max(filter(None, (persons.last, row["last"])))
        where = streets.setdefault(street, Named(code=street, name=names.of_street(street)))
        what = kinds.setdefault(kind, Named(code=kind, name=names.of_kind(kind)))
        persons.by_street[where.name] = persons.by_street.get(where.name, 0) + row["n"]
        for counts in (persons, where, what, total):
            counts.count(kind, row["status"], row["n"])
    for user, day, street, kind, photos in _photos(operations):
        for counts in (days[user, day], streets[names.street(street)], kinds[kind], total):
            counts.photos += photos
    return Tally(
        days=sorted(days.values(), key=lambda person_day: (-person_day.day.toordinal(), person_day.username)),
        streets=_most_first(streets.values()),
        kinds=_most_first(kinds.values()),
        total=total,
        people=len({user for user, _day in days}),
    )


def _groups(operations: QuerySet[Operation]) -> Any:
    return (
        operations.order_by()
        .values(
            "user_id",
            "user__username",
            "user__display_name",
            "kind",
            "status",
            day=TruncDate("happened_at"),
            street=Left("scope_code", _STREET_DIGITS),
        )
        .annotate(n=Count("pk"), first=Min("happened_at"), last=Max("happened_at"))
    )


def _photos(operations: QuerySet[Operation]) -> Any:
    """Photos that have arrived, by where and when they were taken."""
    return (
        PhotoClaim.objects.filter(operation__in=operations.order_by(), state=ClaimState.ATTACHED)
        .order_by()
        .values_list(
            "operation__user_id",
            TruncDate("operation__happened_at"),
            Left("operation__scope_code", _STREET_DIGITS),
            "operation__kind",
        )
        .annotate(n=Count("sha256", distinct=True))
    )


def _most_first(rows: Iterable[Named]) -> list[Named]:
    return sorted(rows, key=lambda row: (-row.records, row.code))


class _Names:
    """What streets and kinds are called."""

    def __init__(self) -> None:
        self._areas = dictionaries(read_generation()).areas

    def street(self, code: str) -> str:
        """The code of a street; `none` for what lies in none."""
        return code if len(code) == _STREET_DIGITS and code in self._areas else NONE

    def of_street(self, code: str) -> str:
        """What a street is called."""
        return str(_("Area unknown")) if code == NONE else str(self._areas[code].name)

    def of_kind(self, kind: str) -> str:
        """A kind; one that this server does not know is a record."""
        return str(Kind(kind).label) if kind in Kind.values else str(_("Record"))
