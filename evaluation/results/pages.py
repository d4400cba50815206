"""/evaluation/results/: rates with n by what one chooses, of one round or between two, as page, CSV and XLSX."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import EXPORT, READ_EVALUATION, can
from assets.filter_parameters import FilterError
from evaluation.models import Round, Visit
from evaluation.results import (
    By,
    Group,
    by_item_and_theme,
    compare,
    critical_findings,
    overall,
    rates,
    trend,
    worst_items,
)
from mapping.basemap.describing import offered_basemap
from mapping.exports.table_files import Content, answer_with
from mapping.exports.tables import Table, Value
from web.access import SignedInRequest, readers_only
from web.answers import show_page
from web.paging import only_parameters

MOST_ROUNDS = 60
ROUNDS_IN_A_TREND = 12
ROWS_ON_A_PAGE = 300
MOST_CRITICAL = 30

TITLES = {
    By.STREET: gettext_lazy("Street"),
    By.KIND: gettext_lazy("Site kind"),
    By.VIEW: gettext_lazy("Area · line · point"),
    By.SITE: gettext_lazy("Site"),
    By.ITEM: gettext_lazy("Item"),
    By.THEME: gettext_lazy("Theme"),
    By.EVALUATOR: gettext_lazy("Evaluator"),
}


@dataclass(frozen=True)
class Asked:
    """What an address asks for: of which round, compared with which, by what, of one evaluator or street."""

    rounds: Sequence[Round]
    round: Round | None
    against: Round | None
    by: By
    evaluator: str
    other_evaluator: str

    @classmethod
    def read(cls, request: SignedInRequest) -> "Asked":
        """Of an address; without a round the latest that has visits.

        Raises:
            FilterError: naming the parameter.
        """
        only_parameters(request, "round", "against", "by", "evaluator", "other_evaluator")
        seen = Round.objects.visible_to(request.user).filter(opened_at__isnull=False)
        rounds = list(seen.select_related("edition", "area").defer("area__boundary")[:MOST_ROUNDS])
        round_ = _round_of(rounds, request.GET.get("round", ""), "round")
        by = request.GET.get("by") or By.STREET.value
        if by not in [grouping.value for grouping in TITLES]:
            raise FilterError("by", _("Use one of %(codes)s.") % {"codes": ", ".join(TITLES)})
        people = {}
        for name in ("evaluator", "other_evaluator"):
            people[name] = request.GET.get(name, "")
            if "\0" in people[name]:
                raise FilterError(name, _("There is no such evaluator."))
        return cls(
            rounds,
            round_ or _latest_visited(rounds, request.user),
            _round_of(rounds, request.GET.get("against", ""), "against"),
            By(by),
            **people,
        )

    @property
    def query(self) -> str:
        """As an address carries it."""
        given = {
            "round": str(self.round.uid) if self.round else "",
            "against": str(self.against.uid) if self.against else "",
            "by": self.by.value,
            "evaluator": self.evaluator,
            "other_evaluator": self.other_evaluator,
        }
        return "&".join(f"{name}={value}" for name, value in given.items() if value)

    def visits(self, user: User) -> QuerySet[Visit]:
        """The visits asked for."""
        return _of(user, self.round, self.evaluator)

    def other(self, user: User) -> QuerySet[Visit] | None:
        """Those they are compared with: of another round, or of another evaluator of the same."""
        if self.against is not None:
            return _of(user, self.against, self.evaluator)
        if self.other_evaluator:
            return _of(user, self.round, self.other_evaluator)
        return None


def _of(user: User, round_: Round | None, evaluator: str) -> QuerySet[Visit]:
    visits = Visit.objects.visible_to(user).standing().filter(round=round_)
    return visits.filter(evaluator__username=evaluator) if evaluator else visits


def _latest_visited(rounds: Sequence[Round], user: User) -> Round | None:
    """Of rounds, the latest first, the first that was visited; else the first."""
    visits = Visit.objects.visible_to(user).standing().filter(round__in=rounds)
    visited = set(visits.order_by().values_list("round", flat=True).distinct())
    return next((round_ for round_ in rounds if round_.pk in visited), rounds[0] if rounds else None)


def _round_of(rounds: Sequence[Round], given: str, name: str) -> Round | None:
    if not given:
        return None
    found = next((round_ for round_ in rounds if str(round_.uid) == given), None)
    if found is None:
        raise FilterError(name, _("There is no such round that you can see."))
    return found


@readers_only(READ_EVALUATION)
def results_page(request: SignedInRequest) -> HttpResponse:
    """The figures of a round."""
    asked = Asked.read(request)
    user = request.user
    visits = asked.visits(user)
    other = asked.other(user)
    # Each table is added up once, however many parts of the page show it.
    tables: dict[By, list[Group]] = {}

    def told(by: By) -> list[Group]:
        if by is By.THEME and by not in tables:
            tables[By.ITEM], tables[by] = by_item_and_theme(visits)
        if by not in tables:
            tables[by] = rates(visits, by)
        return tables[by]

    groups = told(asked.by) if other is None else []
    sites = told(By.SITE) if asked.round else []
    people: list[Group] = []
    if asked.round:
        everybody = _of(user, asked.round, "")
        people = rates(everybody, By.EVALUATOR) if asked.evaluator else told(By.EVALUATOR)
    critical = critical_findings(visits)
    context = {
        "asked": asked,
        "query": asked.query,
        "whole": overall(visits),
        "other_whole": overall(other) if other is not None else None,
        "groups": groups[:ROWS_ON_A_PAGE],
        "rows": len(groups),
        "changes": compare(other, visits, asked.by)[:ROWS_ON_A_PAGE] if other is not None else [],
        "tabs": [{"title": title, "by": by.value, "current": by is asked.by} for by, title in TITLES.items()],
        "trend": trend(asked.rounds[:ROUNDS_IN_A_TREND], Visit.objects.visible_to(user).standing()),
        "worst": worst_items(visits, items=told(By.ITEM)),
        "critical": critical[:MOST_CRITICAL],
        "critical_count": critical.count(),
        "people": people,
        "map": [
            {
                "lon": round(group.place[0], 6),
                "lat": round(group.place[1], 6),
                "name": group.title,
                "percent": float(group.rate.percent),
                "n": group.rate.observations,
            }
            for group in sites
            if group.place is not None and group.rate.percent is not None
        ],
        "basemap": offered_basemap(),
        "may_export": can(user, EXPORT),
    }
    return show_page(request, "evaluation/results.html", context)


@readers_only(EXPORT)
def results_file(request: SignedInRequest, ending: str) -> HttpResponse:
    """The same table as a file."""
    if ending not in ("csv", "xlsx") or not can(request.user, READ_EVALUATION):
        raise Http404
    asked = Asked.read(request)
    title = str(TITLES[asked.by])
    other = asked.other(request.user)
    visits = asked.visits(request.user)
    table = _compared(visits, other, asked.by) if other is not None else _table(visits, asked.by)
    about = _("%(round)s: score rates by %(by)s, with how many observations they rest on") % {
        "round": asked.round,
        "by": title,
    }
    content = Content("evaluation_results", _("Evaluation"), table, about, asked.query)
    return answer_with(content, ending, request.user)


def _table(visits: QuerySet[Visit], by: By) -> Table:
    rows: list[Sequence[Value]] = [
        [
            group.key,
            group.title,
            group.rate.percent,
            group.rate.observations,
            group.rate.sites,
            group.rate.failing,
            group.rate.critical,
        ]
        for group in rates(visits, by)
    ]
    headings = [
        _("Code"),
        str(TITLES[by]),
        _("Score rate %"),
        _("Observations"),
        _("Sites"),
        _("Not conforming"),
        _("Critical"),
    ]
    return Table(_("Score rates"), headings, rows, [16, 44, 12, 12, 10, 12, 10])


def _compared(visits: QuerySet[Visit], other: QuerySet[Visit], by: By) -> Table:
    rows: list[Sequence[Value]] = [
        [
            row.key,
            row.title,
            row.before.percent if row.before else None,
            row.before.observations if row.before else 0,
            row.after.percent if row.after else None,
            row.after.observations if row.after else 0,
            row.points,
        ]
        for row in compare(other, visits, by)
    ]
    headings = [
        _("Code"),
        str(TITLES[by]),
        _("Before %"),
        _("n before"),
        _("After %"),
        _("n after"),
        _("Change"),
    ]
    return Table(_("Comparison"), headings, rows, [16, 44, 12, 10, 12, 10, 12])
