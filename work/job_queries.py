"""What the office asks of maintenance jobs: the board, pages of the list, costs, and how far a campaign is.

All of it takes a `JobFilter` and a user. The queries are as many as there are columns or tables to fill, never as there
are jobs.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EXPORT
from assets.dictionaries import Dictionaries
from assets.filter_parameters import FilterError
from assets.models import Batch, BatchKind, Maintenance, MaintenanceKind, MaintenanceState
from assets.models.maintenance import OPEN_STATES
from assets.paging import Key, Keyset, Page
from assets.rules.lateness import late_jobs
from places.models import Level, Unit
from web.months import after, begin_of, months_between
from work.job_filter import JobFilter, of_assets

BOARD_STATES = (
    MaintenanceState.PLANNED,
    MaintenanceState.ASSIGNED,
    MaintenanceState.IN_PROGRESS,
    MaintenanceState.DONE,
    MaintenanceState.VERIFIED,
)
FINISHED_STATES = (MaintenanceState.DONE, MaintenanceState.VERIFIED)
CARDS = 12
_RELATED = (
    "asset__type",
    "asset__street",
    "asset__community",
    "asset__area",
    "asset__road",
    "crew",
    "artwork",
)
_HEAVY = (
    "asset__footprint",
    "asset__street__boundary",
    "asset__community__boundary",
    "asset__area__boundary",
    "asset__road__line",
)


def with_all_it_names(jobs: QuerySet[Maintenance]) -> QuerySet[Maintenance]:
    """The jobs with asset, places, crew and artwork, without the shapes that nobody looks at."""
    return jobs.select_related(*_RELATED).defer(*_HEAVY)


def first_of(ordered: QuerySet[Maintenance], count: int) -> list[Maintenance]:
    """The first of some sorted jobs, with all they name. Sorted as keys: rows that wide are slow to sort."""
    keys = list(ordered.values_list("pk", flat=True)[:count])
    jobs = with_all_it_names(Maintenance.objects.filter(pk__in=keys)).in_bulk()
    return [jobs[key] for key in keys]


# --- Board ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """One state: how many jobs are in it, how many of them late, and the first of them."""

    state: MaintenanceState
    count: int
    late: int
    jobs: list[Maintenance]


def count_by_state(jobs: QuerySet[Maintenance], today: date) -> dict[str, tuple[int, int]]:
    """State → how many, and how many of them are late."""
    rows = (
        jobs.order_by()
        .values_list("state")
        .annotate(n=Count("pk"), late=Count("pk", filter=late_jobs(today)))
    )
    return {state: (count, late) for state, count, late in rows}


def board(job_filter: JobFilter, user: User) -> list[Column]:
    """The columns; what waits longest comes first, what is verified latest first."""
    jobs = job_filter.jobs(user)
    counts = count_by_state(jobs, job_filter.asset_filter.reference.today)
    columns = []
    for state in BOARD_STATES:
        count, late = counts.get(state, (0, 0))
        column = jobs.filter(state=state)
        if state == MaintenanceState.VERIFIED:
            column = column.order_by("-verified_at", "-pk")
        elif state == MaintenanceState.DONE:
            column = column.order_by("completed_at", "pk")
        else:
            column = column.order_by("-priority", F("due_on").asc(nulls_last=True), "pk")
        first = first_of(column, CARDS) if count else []
        columns.append(Column(state, count, late, first))
    return columns


# --- List -----------------------------------------------------------------------------------------------------------


PAGE = 50
# No day at all comes after every day.
_NO_DAY = date.max
ORDERS = {
    "due": Keyset("due", (Key("day", date), Key("pk", int))),
    "new": Keyset("new", (Key("pk", int, descending=True),)),
}


def page_of_jobs(
    jobs: QuerySet[Maintenance], *, order: str = "due", cursor: str | None = None, size: int = PAGE
) -> Page[Maintenance]:
    """One page of jobs, continued where the cursor says.

    Args:
        order: `due`, what is due first; `new`, what was planned last.

    Raises:
        FilterError: naming `order` or `cursor`.
    """
    if order not in ORDERS:
        raise FilterError("order", _("“%(value)s” does not exist.") % {"value": order[:80]})
    keyset = ORDERS[order]
    ordered = keyset.continued(jobs.annotate(day=Coalesce("due_on", Value(_NO_DAY))), cursor)
    rows = first_of(ordered, size + 1)
    following = None
    if len(rows) > size:
        last = rows[size - 1]
        following = keyset.cursor_of([last.pk] if order == "new" else [last.due_on or _NO_DAY, last.pk])
    return Page(rows[:size], following)


# --- Costs ----------------------------------------------------------------------------------------------------------


@dataclass
class CostRow:
    """One street, type, crew or kind: yuan by month, and how many jobs are behind them."""

    name: str
    code: str
    months: dict[date, Decimal]
    jobs: int = 0
    without_cost: int = 0

    @property
    def total(self) -> Decimal:
        """Yuan over all months."""
        return sum(self.months.values(), Decimal(0))


@dataclass(frozen=True)
class Costs:
    """What finished jobs cost: a row for each value of the group, a column for each month, the totals apart."""

    group: str
    months: list[date]
    rows: list[CostRow]
    total: CostRow


# Where each group stands on a job, and what its rows are called when there is nothing.
GROUPS = {
    "street": "asset__street_id",
    "type": "asset__type_id",
    "crew": "crew_id",
    "kind": "kind",
}


def costs(job_filter: JobFilter, user: User, *, group: str, first: date, last: date) -> Costs:
    """Costs of the jobs finished between two months, both included.

    Args:
        group: a key of `GROUPS`.
        first, last: any day of the month.
    """
    months = months_between(first, last)
    begin, end = begin_of(months[0]), begin_of(after(months[-1]))
    key = GROUPS[group]
    rows = (
        job_filter.jobs(user, EXPORT)
        .filter(state__in=FINISHED_STATES, completed_at__gte=begin, completed_at__lt=end)
        .order_by()
        .annotate(month=TruncMonth("completed_at"))
        .values_list(key, "month")
        .annotate(yuan=Sum("cost"), n=Count("pk"), without=Count("pk", filter=Q(cost__isnull=True)))
    )
    names = _names(group, job_filter.asset_filter.reference.lists)
    found: dict[Any, CostRow] = {}
    total = CostRow(_("Total"), "", dict.fromkeys(months, Decimal(0)))
    for value, month, yuan, jobs, without in rows:
        name, code = names.get(value, (_("Unknown"), ""))
        row = found.setdefault(value, CostRow(name, code, dict.fromkeys(months, Decimal(0))))
        for sums in (row, total):
            sums.months[timezone.localtime(month).date()] += yuan or Decimal(0)
            sums.jobs += jobs
            sums.without_cost += without
    ordered = sorted(found.values(), key=lambda row: (-row.total, row.name))
    return Costs(group, months, ordered, total)


def _names(group: str, lists: Dictionaries) -> dict[Any, tuple[str, str]]:
    """Value of the group → its name and code."""
    if group == "street":
        areas = lists.areas_at(Level.STREET).values()
        return {area.id: (area.name, area.code) for area in areas} | {None: (_("Area unknown"), "none")}
    if group == "type":
        return {entry.pk: (entry.name, entry.code) for entry in lists.types.values()}
    if group == "crew":
        crews = {crew.pk: (str(crew), str(crew.pk)) for crew in Unit.objects.all()}
        return crews | {None: (_("No crew"), "none")}
    return {kind.value: (str(kind.label), kind.value) for kind in MaintenanceKind}


# --- Jobs planned together ------------------------------------------------------------------------------------------


@dataclass
class JobProgress:
    """How far some jobs are: how many are in each state, and how many of the open ones are late."""

    name: str
    code: str = ""
    states: Counter[str] = field(default_factory=Counter)
    late: int = 0

    @property
    def total(self) -> int:
        """All but the cancelled ones, which nobody will do."""
        return self.states.total() - self.cancelled

    @property
    def cancelled(self) -> int:
        """Called off."""
        return self.states[MaintenanceState.CANCELLED]

    @property
    def finished(self) -> int:
        """Done or verified."""
        return sum(self.states[state] for state in FINISHED_STATES)

    @property
    def open(self) -> int:
        """Still to do."""
        return sum(self.states[state] for state in OPEN_STATES)

    @property
    def percent(self) -> int:
        """Finished, rounded down: a hundred only when all are."""
        return 100 * self.finished // self.total if self.total else 100

    @property
    def parts(self) -> list[tuple[str, int]]:
        """State and number in the order of work, for bars and tables."""
        return [(state.value, self.states[state]) for state in BOARD_STATES]

    @property
    def bars(self) -> list[tuple[str, str, str]]:
        """State, beginning and width in percent, furthest first: what a bar draws."""
        begin, drawn = 0.0, []
        for state in reversed(BOARD_STATES):
            width = 100 * self.states[state] / self.total if self.total else 0
            if width:
                drawn.append((state.value, f"{begin:.2f}", f"{width:.2f}"))
            begin += width
        return drawn

    def add(self, state: str, count: int, late: int) -> None:
        """Count some more."""
        self.states[state] += count
        self.late += late


@dataclass(frozen=True)
class Campaign:
    """Jobs planned together, and how far they are: altogether, by street and by crew."""

    batch: Batch
    all: JobProgress
    streets: list[JobProgress]
    crews: list[JobProgress]


CAMPAIGNS_A_PAGE = 20
_LATEST_CAMPAIGN_FIRST = Keyset("new", (Key("pk", int, descending=True),))


def page_of_campaigns(user: User, today: date, cursor: str | None) -> Page[Campaign]:
    """What was planned together and has jobs that the user may see, latest first; continued where the cursor says.

    Raises:
        FilterError: naming `cursor`.
    """
    seen = Maintenance.objects.filter(of_assets(user), batch_id=OuterRef("pk"))
    batches = Batch.objects.filter(Exists(seen), kind=BatchKind.JOBS).select_related("actor")
    page = _LATEST_CAMPAIGN_FIRST.page_of(batches, cursor, CAMPAIGNS_A_PAGE)
    found = page.rows
    counted: dict[int, JobProgress] = defaultdict(lambda: JobProgress(""))
    rows = (
        Maintenance.objects.filter(of_assets(user), batch__in=found)
        .order_by()
        .values_list("batch_id", "state")
        .annotate(n=Count("pk"), late=Count("pk", filter=late_jobs(today)))
    )
    for batch, state, count, late in rows:
        counted[batch].add(state, count, late)
    return Page([Campaign(batch, counted[batch.pk], [], []) for batch in found], page.next)


def campaign(batch: Batch, user: User, lists: Dictionaries, today: date) -> Campaign | None:
    """One of them in full; None when the user may see none of its jobs."""
    rows = (
        Maintenance.objects.filter(of_assets(user), batch=batch)
        .order_by()
        .values_list("asset__street_id", "crew_id", "state")
        .annotate(n=Count("pk"), late=Count("pk", filter=late_jobs(today)))
    )
    street_names, crew_names = _names("street", lists), _names("crew", lists)
    altogether = JobProgress("")
    streets: dict[Any, JobProgress] = {}
    crews: dict[Any, JobProgress] = {}
    for street, crew, state, count, late in rows:
        by_street = streets.setdefault(street, JobProgress(*street_names.get(street, (_("Unknown"), ""))))
        by_crew = crews.setdefault(crew, JobProgress(*crew_names.get(crew, (_("Unknown"), ""))))
        for progress in (altogether, by_street, by_crew):
            progress.add(state, count, late)
    if not altogether.states:
        return None
    return Campaign(
        batch,
        altogether,
        sorted(streets.values(), key=lambda progress: progress.code),
        sorted(crews.values(), key=lambda progress: progress.name),
    )
