"""Satisfaction as it may be shown: always with n, and no street ranked by fewer than twenty answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.permissions import FILE_CASE, scope_of
from portal.models import ResidentAnswer, Satisfied

Row = TypeVar("Row", bound=Model)

FEWEST_TO_RANK = 20
MOST_SITES = 50


@dataclass(frozen=True)
class Share:
    """The answers about one street, one site, or everything."""

    name: str
    yes: int
    fairly: int
    no: int
    code: str = ""
    rank: int | None = None

    @property
    def n(self) -> int:
        """How many answered."""
        return self.yes + self.fairly + self.no

    @property
    def rate(self) -> float | None:
        """Satisfied or mostly so, in percent; None where nobody answered."""
        return 100 * (self.yes + self.fairly) / self.n if self.n else None

    @property
    def is_ranked(self) -> bool:
        """Whether there are answers enough to be compared."""
        return self.n >= FEWEST_TO_RANK


def in_reach(rows: QuerySet[Row], user: User) -> QuerySet[Row]:
    """What was said where the reader decides about reports."""
    scope = scope_of(user, FILE_CASE)
    if scope.is_everywhere:
        return rows
    within = (Q(scope_code__startswith=prefix) for prefix in scope.prefixes)
    return rows.filter(reduce(or_, within, Q(pk__in=[])))


def total(answers: QuerySet[ResidentAnswer]) -> Share:
    """All of them; what is spam does not count."""
    counted = answers.filter(spam=False).aggregate(**_BY_ANSWER)
    return Share("", **counted)


def by_street(answers: QuerySet[ResidentAnswer]) -> list[Share]:
    """Each street: those with answers enough in order of their rate, then the others by name, without a rank."""
    rows = answers.filter(spam=False).order_by().values("street").annotate(**_BY_ANSWER)
    counted = rows.values_list("street__name", *_BY_ANSWER)
    shares = [Share(name or "", yes, fairly, no) for name, yes, fairly, no in counted]
    others = sorted((share for share in shares if not share.is_ranked), key=lambda share: share.name)
    return [*ranked(share for share in shares if share.is_ranked), *others]


def ranked(shares: Iterable[Share]) -> Iterable[Share]:
    """The best first; equal rates share a place."""
    ordered = sorted(shares, key=lambda share: (-(share.rate or 0), share.name))
    place = 0
    for number, share in enumerate(ordered, 1):
        if number == 1 or share.rate != ordered[number - 2].rate:
            place = number
        yield Share(share.name, share.yes, share.fairly, share.no, share.code, place)


def by_site(answers: QuerySet[ResidentAnswer]) -> list[Share]:
    """The sites with most answers, about themselves or about what stands there; never ranked."""
    rows = (
        answers.filter(spam=False)
        .order_by()
        .annotate(
            of_site=Coalesce("site__code", "asset__site__code"),
            of_name=Coalesce("site__name", "asset__site__name"),
        )
        .filter(of_site__isnull=False)
        .values("of_site", "of_name")
        .annotate(**_BY_ANSWER)
    )
    counted = rows.values_list("of_site", "of_name", *_BY_ANSWER)
    shares = [Share(name, yes, fairly, no, code) for code, name, yes, fairly, no in counted]
    return sorted(shares, key=lambda share: (-share.n, share.name))[:MOST_SITES]


_BY_ANSWER = {answer.value: Count("pk", filter=Q(answer=answer.value)) for answer in Satisfied}
