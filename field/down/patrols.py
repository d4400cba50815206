"""What a phone needs for patrols: those of its user's teams with their sites, the categories, and open cases nearby."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.permissions import DO_PATROL, REPORT_PROBLEM, can
from assets.dictionaries import KnownArea
from cases.models import (
    OPEN_STATES,
    Case,
    CaseCategory,
    Patrol,
    PatrolRecord,
    PatrolSite,
    PatrolState,
    RecordKind,
)
from places.models import Level

# A phone shows what is near in time; an outing that nobody ended is shown until the desk voids or ends it.
_AHEAD = timedelta(days=14)
_BEHIND = timedelta(days=3)
_AFTER_ITS_END = timedelta(hours=12)
MOST_PATROLS = 40
MOST_CASES = 2_000
_WORDS = 80


def patrols_for(user: User, areas: list[KnownArea]) -> dict[str, Any]:
    """The whole document; a phone replaces what it has by it.

    Args:
        areas: what the phone has downloaded; open cases there come along, besides those around the patrols.
    """
    patrols = list(_patrols(user)) if can(user, DO_PATROL) else []
    cases = _cases(user, patrols, areas)
    return {
        "patrols": [_patrol(patrol) for patrol in patrols],
        "categories": _categories() if can(user, REPORT_PROBLEM) else [],
        "cases": [_case(case) for case in cases[:MOST_CASES]],
        "cases_matched": len(cases) if len(cases) < MOST_CASES else cases.count(),
        "generated_at": timezone.localtime(),
    }


def _patrols(user: User) -> "QuerySet[Patrol]":
    now = timezone.now()
    near = Q(planned_for__gt=now - _BEHIND, planned_for__lt=now + _AHEAD, started_at=None, ended_at=None)
    underway = Q(started_at__isnull=False, ended_at=None)
    just_ended = Q(ended_at__gt=now - _AFTER_ITS_END)
    seen = PatrolRecord.objects.filter(patrol=OuterRef("patrol"), site=OuterRef("site"))
    found = (RecordKind.PROBLEM, RecordKind.ADDITION)
    stops = (
        PatrolSite.objects.select_related("site__kind", "site__area")
        .defer("site__outline", "site__area__boundary")
        .annotate(visited=Exists(seen), found=Exists(seen.filter(kind__in=found)))
        .order_by("place", "pk")
    )
    return (
        Patrol.objects.filter(near | underway | just_ended, team__members=user, voided_at=None)
        .select_related("team", "campaign")
        .prefetch_related(Prefetch("stops", stops), "areas", "roads")
        .order_by("planned_for", "pk")[:MOST_PATROLS]
    )


def _patrol(patrol: Patrol) -> dict[str, Any]:
    return {
        "uid": patrol.uid,
        "team": patrol.team.name,
        "planned_for": patrol.planned_for,
        "announced": patrol.announced,
        "campaign": str(patrol.campaign or ""),
        "remarks": patrol.remarks,
        "state": PatrolState(patrol.state).value,
        "started_at": patrol.started_at,
        "ended_at": patrol.ended_at,
        "people": patrol.people,
        "places": [str(place) for place in (*patrol.areas.all(), *patrol.roads.all())],
        "stops": [_stop(stop) for stop in patrol.stops.all()],
    }


def _stop(stop: Any) -> dict[str, Any]:
    site = stop.site
    return {
        "code": site.code,
        "name": site.name,
        "kind": {"zh": site.kind.name_zh, "en": site.kind.name_en},
        "lon": round(site.point.x, 6),
        "lat": round(site.point.y, 6),
        "address": site.address,
        "visited": stop.visited,
        "found": stop.found,
    }


def _categories() -> list[dict[str, Any]]:
    """Those in use that one reports by: of a branch its leaves."""
    rows = CaseCategory.objects.filter(active=True).order_by("order", "code")
    parents = {row.parent_id for row in rows}
    return [
        {"code": row.code, "zh": row.name_zh, "en": row.name_en, "urgent": row.urgent}
        for row in rows
        if row.pk not in parents
    ]


def _cases(user: User, patrols: list[Patrol], areas: list[KnownArea]) -> "QuerySet[Case]":
    """Open cases in the downloaded areas and in the streets of the patrols, the latest first."""
    streets = {area.id for area in areas if area.level == Level.STREET}
    communities = {area.id for area in areas if area.level == Level.COMMUNITY}
    codes = {
        stop.site.area.code[:9]
        for patrol in patrols
        for stop in patrol.stops.all()
        if stop.site.area is not None
    }
    codes |= {area.code[:9] for patrol in patrols for area in patrol.areas.all()}
    within = Q(street__in=streets) | Q(community__in=communities) | Q(street__code__in=codes)
    return (
        Case.objects.visible_to(user)
        .filter(within, state__in=OPEN_STATES)
        .select_related("category", "asset")
        .defer("asset__footprint")
        .order_by("-pk")
    )


def _case(case: Case) -> dict[str, Any]:
    return {
        "code": case.code,
        "category": case.category.code,
        "asset": case.asset.uid if case.asset else None,
        "lon": round(case.point.x, 6),
        "lat": round(case.point.y, 6),
        "state": case.state,
        "reported_at": case.reported_at,
        "words": case.description[:_WORDS],
    }
