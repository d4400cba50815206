"""The tables of a month: what stood at its end, what was done in it, how much was put right in time, how it scored.

The same tables are shown on the page and written into workbook and document, so that the three say the same.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from accounts.permissions import READ, scope_of
from assets.dictionaries import Dictionaries, dictionaries, read_generation
from assets.legend import areas_in_scope
from assets.models import Condition, Inspection, Maintenance, MaintenanceKind
from cases.lamps import LAMPS as WORDS
from cases.models import Case, CaseStep, Source, State, Verb
from mapping.exports.tables import Table, Value
from places.models import Level
from reports.figures.keeping import CONDITIONS, LAMPS
from reports.figures.standing import assets_standing, cases_standing, end_of
from reports.in_time import InTime, in_time
from reports.models import AssetFigure, CaseFigure, Night
from reports.monthly.evaluated import evaluation_tables
from web.months import after, begin_of
from work.job_filter import of_assets
from work.job_queries import FINISHED_STATES


@dataclass(frozen=True)
class Month:
    """A month that is asked about: until its end, or until yesterday while it runs."""

    first: date
    last: date
    user: User
    lists: Dictionaries

    @property
    def is_running(self) -> bool:
        """Whether it is not over yet."""
        return self.last + timedelta(days=1) != after(self.first)

    @property
    def streets(self) -> list[tuple[int | None, str, str]]:
        """Key, code and name of the streets that the reader sees; the last for what lies in none."""
        found = areas_in_scope(self.lists.areas_at(Level.STREET).values(), scope_of(self.user, READ))
        return [*((area.id, area.code, area.name) for area in found), (None, "", _("Area unknown"))]


def month_of(first: date, user: User) -> Month:
    """The month that begins on a day; of one that runs, what is over of it."""
    yesterday = timezone.localdate() - timedelta(days=1)
    last = after(first) - timedelta(days=1)
    return Month(first, max(min(last, yesterday), first), user, dictionaries(read_generation()))


def tables_of(month: Month) -> list[Table]:
    """All tables of a month."""
    return [
        _conditions(month),
        _work(month),
        _costs(month),
        _cases(month),
        _sources(month),
        _lamps(month),
        *evaluation_tables(month.user, begin_of(month.first), end_of(month.last)),
    ]


def _conditions(month: Month) -> Table:
    """Condition at the end of the last day, by street."""
    standing: dict[str, Counter[str]] = defaultdict(Counter)
    night = Night.objects.filter(day=month.last).first()
    if night is not None:
        figures = AssetFigure.objects.filter(night=night).order_by().values_list("place")
        for place, *counts in figures.annotate(*(Sum(name) for name in (*CONDITIONS, "overdue"))):
            standing[place].update(dict(zip((*CONDITIONS, "overdue"), counts, strict=True)))
    else:
        for row in assets_standing(month.last, min(end_of(month.last), timezone.now())):
            standing[row.place].update(dict(zip(CONDITIONS, row.conditions, strict=True)))
            standing[row.place]["overdue"] += row.overdue
    headings = [
        _("Street"),
        _("Code"),
        *(str(condition.label) for condition in Condition),
        _("Together"),
        _("Inspections overdue"),
    ]

    def cells(code: str) -> list[Value]:
        found = standing[code] if code else _of_no_street(standing, month)
        return [
            *(found[name] for name in CONDITIONS),
            sum(found[name] for name in CONDITIONS),
            found["overdue"],
        ]

    return _by_street(month, _("Condition"), headings, lambda _key, code: cells(code))


def _work(month: Month) -> Table:
    """Inspections, and finished jobs by kind, by street."""
    begin, end = begin_of(month.first), end_of(month.last)
    inspections = dict(
        Inspection.objects.filter(
            of_assets(month.user), voided_at__isnull=True, effective_at__gte=begin, effective_at__lt=end
        )
        .order_by()
        .values_list("asset__street_id")
        .annotate(Count("pk"))
    )
    kinds = list(MaintenanceKind)
    jobs = {
        street: counts
        for street, *counts in _finished(month)
        .values_list("asset__street_id")
        .annotate(**{f"of_{kind.value}": Count("pk", filter=Q(kind=kind)) for kind in kinds})
    }
    headings = [_("Street"), _("Code"), _("Inspections"), *(str(kind.label) for kind in kinds)]
    return _by_street(
        month,
        _("Work done"),
        headings,
        lambda key, _code: [inspections.get(key, 0), *jobs.get(key, [0] * len(kinds))],
    )


def _costs(month: Month) -> Table:
    """What finished jobs cost, and how many say nothing about it."""
    costs = {
        street: (yuan or Decimal(0), count, without)
        for street, yuan, count, without in _finished(month)
        .values_list("asset__street_id")
        .annotate(Sum("cost"), Count("pk"), without=Count("pk", filter=Q(cost__isnull=True)))
    }
    headings = [_("Street"), _("Code"), _("Total (yuan)"), _("Jobs"), _("Jobs without a cost")]
    return _by_street(
        month, _("Costs"), headings, lambda key, _code: list(costs.get(key, (Decimal(0), 0, 0)))
    )


def _finished(month: Month) -> QuerySet[Maintenance]:
    return Maintenance.objects.filter(
        of_assets(month.user),
        state__in=FINISHED_STATES,
        completed_at__gte=begin_of(month.first),
        completed_at__lt=end_of(month.last),
    ).order_by()


def _cases(month: Month) -> Table:
    """Cases reported and closed, limits and how many were kept, and what came back, by street."""
    begin, end, now = begin_of(month.first), end_of(month.last), timezone.now()
    seen = Case.objects.visible_to(month.user)
    reported = _counted(seen.exclude(state=State.DRAFT).filter(reported_at__gte=begin, reported_at__lt=end))
    steps = CaseStep.objects.filter(
        case__in=seen.order_by().values("pk"), at__gte=begin, at__lt=end
    ).order_by()
    done = {
        street: counts
        for street, *counts in steps.values_list("case__street_id").annotate(
            closed=Count(
                "case", filter=Q(state_after=State.CLOSED) & ~Q(state_before=State.CLOSED), distinct=True
            ),
            rejected=Count("pk", filter=Q(verb=Verb.REJECT_FIX)),
            reopened=Count("pk", filter=Q(verb=Verb.REOPEN)),
        )
    }
    kept = {street: limits for (street, _month), limits in in_time(seen, begin, end, now).items()}
    headings = [
        _("Street"),
        _("Code"),
        _("Reported"),
        pgettext("cases", "Closed"),
        _("Not good enough when checked"),
        _("Opened again"),
        _("Limits in the month"),
        _("Of them kept"),
    ]

    def cells(key: int | None) -> list[Value]:
        limits = kept.get(key, InTime())
        return [reported.get(key, 0), *done.get(key, [0, 0, 0]), limits.due, limits.kept]

    return _by_street(month, _("Cases"), headings, lambda key, _code: cells(key))


def _counted(cases: QuerySet[Case]) -> dict[int | None, int]:
    return dict(cases.order_by().values_list("street_id").annotate(Count("pk")))


def _sources(month: Month) -> Table:
    """Reported cases by source."""
    counts = dict(
        Case.objects.visible_to(month.user)
        .exclude(state=State.DRAFT)
        .filter(reported_at__gte=begin_of(month.first), reported_at__lt=end_of(month.last))
        .order_by()
        .values_list("source")
        .annotate(Count("pk"))
    )
    rows: list[list[Value]] = [[str(source.label), counts.get(source.value, 0)] for source in Source]
    rows.append([_("Total"), sum(counts.values())])
    return Table(_("Sources"), [_("Source"), _("Reported")], rows, [26, 14])


def _lamps(month: Month) -> Table:
    """Open cases at the end of the last day, by street and lamp."""
    standing: dict[str, Counter[str]] = defaultdict(Counter)
    night = Night.objects.filter(day=month.last).first()
    if night is not None:
        figures = CaseFigure.objects.filter(night=night).order_by().values_list("place")
        for place, *counts in figures.annotate(*(Sum(lamp) for lamp in LAMPS)):
            standing[place].update(dict(zip(LAMPS, counts, strict=True)))
    else:
        for row in cases_standing(min(end_of(month.last), timezone.now())):
            standing[row.place].update({lamp: getattr(row, lamp) for lamp in LAMPS})
    headings = [_("Street"), _("Code"), *(str(WORDS[lamp]) for lamp in LAMPS), _("Together")]

    def cells(code: str) -> list[Value]:
        found = standing[code] if code else _of_no_street(standing, month)
        return [*(found[lamp] for lamp in LAMPS), sum(found[lamp] for lamp in LAMPS)]

    return _by_street(month, _("Open cases"), headings, lambda _key, code: cells(code))


def _of_no_street(standing: Mapping[str, Counter[str]], month: Month) -> Counter[str]:
    """What stands in no known street: the figures of the districts that the reader sees."""
    scope = scope_of(month.user, READ)
    found: Counter[str] = Counter()
    for place, counts in standing.items():
        if len(place) == 6 and scope.covers(place):
            found.update(counts)
    return found


def _by_street(
    month: Month,
    title: str,
    headings: Iterable[str],
    cells: Callable[[int | None, str], list[Value]],
) -> Table:
    """A row for each street, and their sum."""
    rows: list[list[Value]] = []
    for key, code, name in month.streets:
        found = cells(key, code)
        if key is not None or any(found):
            rows.append([name, code, *found])
    sums = [sum(row[place] or 0 for row in rows) for place in range(2, len(rows[0]))] if rows else []  # type: ignore[misc]
    names = list(headings)
    return Table(title, names, [*rows, [_("Total"), "", *sums]], [26, 14, *[14] * (len(names) - 2)])
