"""Numbers that lead to what is behind them: a query string of a list, counted by the filter that the list itself reads.

Many numbers of one kind are counted in one query, so a page's queries are bounded by the kinds that it shows. Those of
assets are millions in a province, and are counted apart (`reports.start.assets`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import User
from accounts.permissions import READ
from assets.models import Asset, Maintenance
from cases.filters import read_case_filter, with_clock
from cases.models import Case
from work.job_filter import OF_THE_ASSET, of_assets, read_job_filter

ASSETS, DUE, JOBS, CASES = "map", "due", "job-list", "cases"


@dataclass(frozen=True)
class Asked:
    """What is to be counted.

    Args:
        page: name of the list's address.
        query: what the list is asked for.
        tone: `red` or `amber` where a number above nothing is bad news.
    """

    title: str
    page: str
    query: str
    tone: str = ""

    def answered(self, count: int) -> "Number":
        """The number with where it leads; nothing is no news."""
        return Number(self.title, count, leads_to(self.page, self.query), self.tone if count else "")


@dataclass(frozen=True)
class Number:
    """A number, and where it leads."""

    title: str
    count: int
    address: str
    tone: str = ""


def leads_to(page: str, query: str) -> str:
    """The address of a list with its query string."""
    address = f"{reverse(page)}?{query}" if query else reverse(page)
    return f"{address}#list" if page == ASSETS else address


def numbers(asked: Sequence[Asked], user: User) -> list[Number]:
    """All of them, in their order; a query a kind."""
    counts: dict[Asked, int] = {}
    for page, count in ((JOBS, _count_jobs), (CASES, _count_cases)):
        of_kind = [question for question in asked if question.page == page]
        if of_kind:
            found = count([question.query for question in of_kind], user)
            counts |= dict(zip(of_kind, found, strict=True))
    return [question.answered(counts[question]) for question in asked]


def _count_jobs(queries: Iterable[str], user: User) -> list[int]:
    conditions = []
    for query in queries:
        job_filter = read_job_filter(query, user)
        of_asset = [
            job_filter.asset_filter.conditions[name]
            for name in OF_THE_ASSET
            if name in job_filter.asset_filter.conditions
        ]
        condition = _all_of(job_filter.conditions.values())
        if of_asset:
            condition &= Q(asset__in=Asset.objects.filter(*of_asset).order_by().values("pk"))
        conditions.append(condition)
    return _tally(Maintenance.objects.filter(of_assets(user, READ)), conditions)


def _count_cases(queries: Iterable[str], user: User) -> list[int]:
    conditions = [_all_of(read_case_filter(query, user).conditions.values()) for query in queries]
    return _tally(with_clock(Case.objects.visible_to(user)), conditions)


def _all_of(conditions: Iterable[Q]) -> Q:
    whole = Q()
    for condition in conditions:
        whole &= condition
    return whole


def _tally(rows: Any, conditions: Sequence[Q]) -> list[int]:
    counted = rows.order_by().aggregate(
        **{f"n{place}": Count("pk", filter=condition) for place, condition in enumerate(conditions)}
    )
    return [counted[f"n{place}"] for place in range(len(conditions))]
