"""What the office asks of artworks: which are out of date and where they still hang, and what could hang instead."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import PLAN_MAINTENANCE, scope_filter, scope_of
from assets.dictionaries import Dictionaries
from assets.models import STANDING, Approval, Artwork, Asset, Maintenance, MaintenanceKind
from assets.models.maintenance import OPEN_STATES
from assets.rules.hanging import comes_later, has_expired, still_to_hang
from places.models import Level, Unit

SOON = timedelta(days=45)
A_YEAR = timedelta(days=365)
ALIKE = 0.5  # how alike two titles must be for the one to be offered in the other's place


@dataclass(frozen=True)
class ArtworkRow:
    """One artwork with the number of assets that show it, and of those for which its replacement is on its way."""

    artwork: Artwork
    shown: int
    planned: int
    status: str  # withdrawn, expired, expiring, coming, draft or current

    @property
    def to_replace(self) -> int:
        """How many assets show it although it may not hang any more, and nobody is to replace it yet."""
        return self.shown - self.planned if self.status in ("withdrawn", "expired") else 0


def status_of(artwork: Artwork, today: date) -> str:
    """What its approval and its days come to."""
    if artwork.approval != Approval.APPROVED:
        return str(artwork.approval)
    if has_expired(artwork, today):
        return "expired"
    if comes_later(artwork, today):
        return "coming"
    if artwork.valid_to is not None and artwork.valid_to <= today + SOON:
        return "expiring"
    return "current"


def _shown_to(user: User) -> QuerySet[Asset]:
    """The assets that stand in the street, of those a user may see, each told whether a replacement is planned."""
    # A list that is made once: asked of each of a province's millions of assets, it took eleven seconds.
    replaced = Maintenance.objects.filter(kind=MaintenanceKind.REPLACE_CONTENT, state__in=OPEN_STATES)
    replacing = Q(pk__in=replaced.order_by().values("asset_id"))
    return (
        Asset.objects.visible_to(user)
        .filter(lifecycle__in=STANDING, artwork__isnull=False)
        .annotate(replacing=ExpressionWrapper(replacing, BooleanField()))
        .order_by()
    )


def artworks(user: User, today: date) -> list[ArtworkRow]:
    """All artworks; what must be replaced first, then what expires soon, then the rest by code."""
    counts = {
        key: (shown, planned)
        for key, shown, planned in _shown_to(user)
        .values_list("artwork_id")
        .annotate(n=Count("pk"), planned=Count("pk", filter=Q(replacing=True)))
    }
    rows = [
        ArtworkRow(artwork, *counts.get(artwork.pk, (0, 0)), status_of(artwork, today))
        for artwork in Artwork.objects.order_by("code")
    ]
    return sorted(
        rows, key=lambda row: (-row.to_replace, row.status != "expiring", -row.shown, row.artwork.code)
    )


def shown_of(some: Iterable[Artwork], user: User) -> dict[int, int]:
    """How many assets that a user may see show each of some artworks, by key; those that hang nowhere are left out."""
    rows = (
        _shown_to(user)
        .filter(artwork__in=[artwork.pk for artwork in some])
        .values_list("artwork_id")
        .annotate(Count("pk"))
    )
    return dict(rows)


def versions_of(artwork: Artwork) -> list[Artwork]:
    """An artwork with all earlier and later versions of it, the newest first."""
    links = dict(Artwork.objects.order_by().values_list("pk", "replaces_id"))
    later = defaultdict(list)
    for key, earlier in links.items():
        later[earlier].append(key)
    first, seen = artwork.pk, {artwork.pk}
    while (earlier := links[first]) is not None and earlier not in seen:
        first = earlier
        seen.add(first)
    family, waiting = set(), [first]
    while waiting:
        key = waiting.pop()
        if key not in family:
            family.add(key)
            waiting += later[key]
    return list(Artwork.objects.filter(pk__in=family).order_by("-pk"))


@dataclass(frozen=True)
class StreetRow:
    """Where an artwork hangs: one street, how often, how many replacements are planned, who works there."""

    id: int | None
    code: str
    name: str
    shown: int
    planned: int
    may_plan: int
    crew: Unit | None


def streets_showing(artwork: Artwork, user: User, lists: Dictionaries) -> list[StreetRow]:
    """By street, most first; `may_plan` counts what the user may have replaced and nobody is to replace yet."""
    areas = {area.id: area for area in lists.areas_at(Level.STREET).values()}
    mine = scope_filter(scope_of(user, PLAN_MAINTENANCE))
    rows = (
        _shown_to(user)
        .filter(artwork=artwork)
        .values_list("street_id")
        .annotate(
            n=Count("pk"),
            planned=Count("pk", filter=Q(replacing=True)),
            may_plan=Count("pk", filter=Q(replacing=False) & mine),
        )
    )
    crews = usual_crews()
    found = [
        StreetRow(
            street,
            areas[street].code if street in areas else "none",
            areas[street].name if street in areas else "",
            shown,
            planned,
            may_plan,
            crews.get(street),
        )
        for street, shown, planned, may_plan in rows
    ]
    return sorted(found, key=lambda row: (-row.shown, row.code))


def usual_crews() -> dict[int | None, Unit]:
    """Street → the crew that had most of the last year's jobs there: whom one would ask again."""
    crews = {crew.pk: crew for crew in Unit.objects.filter(is_crew=True, active=True)}
    counts: dict[Any, Counter[int]] = defaultdict(Counter)
    rows = (
        Maintenance.objects.filter(crew__in=crews, created_at__gte=timezone.now() - A_YEAR)
        .order_by()
        .values_list("asset__street_id", "crew_id")
        .annotate(n=Count("pk"))
    )
    for street, crew, count in rows:
        counts[street][crew] += count
    # Ties go to the one entered first, so that the offer does not change from one look to the next.
    return {
        street: crews[max(sorted(by_crew), key=by_crew.__getitem__)] for street, by_crew in counts.items()
    }


def successors(artwork: Artwork, today: date) -> list[Artwork]:
    """What could hang instead, the likeliest first: approved, valid longer, alike in themes and title."""
    candidates = Artwork.objects.filter(still_to_hang(today)).exclude(pk=artwork.pk).order_by("code")
    return sorted(candidates, key=lambda other: (-_likeness(artwork, other), other.code))


def offered(artwork: Artwork, candidates: list[Artwork]) -> Artwork | None:
    """The one that is filled in already: the likeliest, if it is like the old one at all."""
    if candidates and _likeness(artwork, candidates[0]) >= ALIKE:
        return candidates[0]
    return None


def _likeness(artwork: Artwork, other: Artwork) -> float:
    titles = SequenceMatcher(None, artwork.title, other.title).ratio()
    return titles + (0.3 if set(artwork.themes) & set(other.themes) else 0)
