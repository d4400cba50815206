"""What pages ask about patrols, each a bounded number of queries: lists, one outing, what nobody visited, hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import User
from accounts.permissions import READ_CASES, scope_of
from assets.dictionaries import dictionaries, read_generation
from assets.paging import Key, Keyset, Page
from cases.models import Patrol, PatrolRecord, PatrolSite, RecordKind
from places.models import Level, Site

PAGE = 50
NEWEST_FIRST = Keyset(
    "patrols", (Key("planned_for", datetime, descending=True), Key("pk", int, descending=True))
)
# A site that nobody has ever visited has waited longest.
NEVER = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
LONGEST_UNVISITED = Keyset("unvisited", (Key("last", datetime), Key("pk", int)))
_FOUND = (RecordKind.PROBLEM, RecordKind.ADDITION)
_AT_A_SITE = (RecordKind.VISIT, *_FOUND)


@dataclass(frozen=True)
class PatrolRow:
    """A patrol in a list, with what came of it."""

    patrol: Patrol
    sites: int
    visited: int
    found: int


def rows_of(patrols: list[Patrol]) -> list[PatrolRow]:
    """The patrols with how many sites they have, how many of these were visited, and what was found; two queries."""
    keys = [patrol.pk for patrol in patrols]
    stops = dict(
        PatrolSite.objects.filter(patrol__in=keys).order_by().values_list("patrol").annotate(n=Count("pk"))
    )
    on_route = Q(kind__in=_AT_A_SITE, site__patrol_stops__patrol=F("patrol"))
    records = PatrolRecord.objects.filter(patrol__in=keys).order_by().values_list("patrol")
    told = {
        key: (visited, found)
        for key, visited, found in records.annotate(
            visited=Count("site", filter=on_route, distinct=True),
            found=Count("case", filter=Q(kind__in=_FOUND), distinct=True),
        )
    }
    return [PatrolRow(patrol, stops.get(patrol.pk, 0), *told.get(patrol.pk, (0, 0))) for patrol in patrols]


def page_of_patrols(patrols: "QuerySet[Patrol]", cursor: str | None) -> Page[PatrolRow]:
    """One page of patrols, the latest first.

    Raises:
        FilterError: naming `cursor`.
    """
    page = NEWEST_FIRST.page_of(
        patrols.select_related("team", "area", "campaign").defer("area__boundary"), cursor, PAGE
    )
    return Page(rows_of(page.rows), page.next)


@dataclass(frozen=True)
class Stop:
    """A site of a patrol's route, and what was recorded there."""

    place: int
    site: Site
    street: str
    drawn: bool
    records: list[PatrolRecord]

    @property
    def state(self) -> str:
        """`problem`, `visited` or `open`."""
        if any(record.case_id for record in self.records):
            return "problem"
        return "visited" if self.records else "open"


def records_of(patrol: Patrol) -> list[PatrolRecord]:
    """What was recorded, in the order in which it happened."""
    rows = patrol.records.select_related("by", "site__kind", "site__area", "case__category", "case__asset")
    return list(
        rows.defer("site__outline", "site__area__boundary", "case__asset__footprint").order_by("at", "pk")
    )


def stops_of(patrol: Patrol, records: list[PatrolRecord]) -> list[Stop]:
    """The route in its order, with what was recorded at each site."""
    stops = patrol.stops.select_related("site__kind", "site__area").defer(
        "site__outline", "site__area__boundary"
    )
    streets = street_names()
    return [
        Stop(
            stop.place,
            stop.site,
            street_of(stop.site, streets),
            stop.drawn,
            [record for record in records if record.site_id == stop.site_id],
        )
        for stop in stops.order_by("place", "pk")
    ]


def street_names() -> dict[str, str]:
    """Code of each street → its name."""
    streets = dictionaries(read_generation()).areas_at(Level.STREET)
    return {code: area.name for code, area in streets.items()}


def street_of(site: Site, streets: Mapping[str, str]) -> str:
    """The name of the street a site lies in; of the area it does lie in when that is no street."""
    return streets.get(site.area.code[:9], site.area.name) if site.area is not None else ""


# --- What nobody visited --------------------------------------------------------------------------------------------


def unvisited_sites(
    user: User, days: int, *, street: str = "", kind: str = "", now: datetime | None = None
) -> "QuerySet[Site]":
    """Sites that no patrol visited for so many days, longest first, with `last` (`NEVER` for never).

    Only patrols that the reader may know of count: else an unannounced one would show by the site it was at.
    """
    moment = now or timezone.now()
    scope = scope_of(user, READ_CASES)
    sites = Site.objects.filter(scope.within("area__code"))
    if street:
        sites = sites.filter(area__code__startswith=street)
    if kind:
        sites = sites.filter(kind__code=kind)
    patrols = Patrol.objects.visible_to(user).filter(voided_at=None).values("pk")
    last = Max("patrol_records__at", filter=Q(patrol_records__patrol__in=patrols))
    return (
        sites.annotate(last=Coalesce(last, Value(NEVER)))
        .filter(last__lt=moment - timedelta(days=days))
        .select_related("kind", "area__parent")
        .defer("outline", "area__boundary", "area__parent__boundary")
        .order_by("last", "pk")
    )


# --- Hours ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TeamHours:
    """What a team's confirmed patrols come to."""

    team: str
    patrols: int
    people: int
    hours: float


def ended_between(user: User, first: date, last: date) -> "QuerySet[Patrol]":
    """The patrols that ended in these days and count, as the reader may see them; the earliest first."""
    zone = timezone.get_default_timezone()
    begin = datetime(first.year, first.month, first.day, tzinfo=zone)
    end = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)
    patrols = Patrol.objects.visible_to(user).filter(voided_at=None, ended_at__gte=begin, ended_at__lt=end)
    return patrols.select_related("team", "campaign", "confirmed_by").order_by("ended_at", "pk")


def hours_by_team(patrols: list[Patrol]) -> list[TeamHours]:
    """Confirmed hours (people × time) by team, the most first."""
    told: dict[str, list[tuple[int, int]]] = {}
    for patrol in patrols:
        if patrol.confirmed_at is not None:
            people, minutes = patrol.confirmed_people or 0, patrol.confirmed_minutes or 0
            told.setdefault(patrol.team.name, []).append((people, people * minutes))
    rows = [
        TeamHours(
            team, len(confirmed), sum(people for people, _m in confirmed), sum(m for _p, m in confirmed) / 60
        )
        for team, confirmed in told.items()
    ]
    return sorted(rows, key=lambda row: (-row.hours, row.team))
