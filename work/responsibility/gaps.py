"""No gap is a page (无缝隙): what nobody answers for today, who overlaps, what has expired, whom nobody can call.

`gap_counts` is what a start page shows; each number leads to its list. Everything is counted in the reader's districts.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import READ, AnyUser, Scope, scope_of
from assets.answering import rows_within
from places.models import Area, Indicator, Level, Responsibility, ResponsibilityKind, Road, Site
from places.models.responsibility import EXACTLY_ONE, ResponsibilityQuerySet

Rows = QuerySet[Any]


@dataclass(frozen=True)
class Gap:
    """One kind of gap: what it is called, and what is found on a day within a scope."""

    name: str
    title: Promise
    found: Callable[[Scope, date], Rows]
    kind: ResponsibilityKind | None = None  # of things that have nobody; else rows are found


@dataclass(frozen=True)
class GapCount:
    """How many there are of one kind of gap, and where their list is."""

    name: str
    title: Promise
    count: int
    address: str


def _held(kind: ResponsibilityKind, column: str, day: date) -> Any:
    return Responsibility.objects.on(day).filter(kind=kind).values(column)


def _streets(scope: Scope, day: date) -> Rows:
    held = _held(ResponsibilityKind.LEADER, "area", day)
    return Area.objects.filter(scope.within("code"), level=Level.STREET).exclude(pk__in=held)


def _communities(scope: Scope, day: date) -> Rows:
    held = _held(ResponsibilityKind.UNIT, "area", day)
    found = Area.objects.filter(scope.within("code"), level=Level.COMMUNITY).exclude(pk__in=held)
    return found.select_related("parent").defer("boundary", "parent__boundary")


def _indicators(scope: Scope, day: date) -> Rows:
    held = _held(ResponsibilityKind.HEAD, "indicator", day)
    return Indicator.objects.filter(scope.within("district__code"), active=True).exclude(pk__in=held)


def _roads(scope: Scope, day: date) -> Rows:
    held = _held(ResponsibilityKind.CHIEF, "road", day)
    return Road.objects.filter(scope.within("district__code")).exclude(pk__in=held).defer("line")


def _sites(scope: Scope, day: date) -> Rows:
    held = _held(ResponsibilityKind.KEEPER, "site", day)
    found = Site.objects.filter(scope.within("area__code")).exclude(pk__in=held)
    return found.select_related("kind", "area").defer("outline", "area__boundary")


# The key of what a row is for, whatever that is.
_THING = Coalesce("area_id", "road_id", "site_id", "indicator_id")


def _same_thing() -> ResponsibilityQuerySet:
    rows = Responsibility.objects.standing().annotate(thing=_THING)
    return rows.filter(kind=OuterRef("kind"), thing=OuterRef("thing"), building=OuterRef("building"))


def _rows(scope: Scope) -> ResponsibilityQuerySet:
    return Responsibility.objects.standing().filter(rows_within(scope)).annotate(thing=_THING)


def _overlaps(scope: Scope, day: date) -> Rows:
    """Rows, not over yet, that begin while another one has the same thing where only one may; the later of each two."""
    earlier = (
        _same_thing()
        .filter(
            Q(begins_on__lt=OuterRef("begins_on")) | Q(begins_on=OuterRef("begins_on"), pk__lt=OuterRef("pk"))
        )
        .exclude(ends_on__lt=OuterRef("begins_on"))
    )
    alone = [kind.value for kind in EXACTLY_ONE]
    return (
        _rows(scope)
        .exclude(ends_on__lt=day)
        .filter(Q(Exists(earlier), kind__in=alone) | Q(Exists(earlier.filter(holder=OuterRef("holder")))))
        .told()
    )


def _expired(scope: Scope, day: date) -> Rows:
    """The last row of what had somebody once and has nobody now."""
    later = _same_thing().filter(
        Q(ends_on=None)
        | Q(ends_on__gt=OuterRef("ends_on"))
        | Q(ends_on=OuterRef("ends_on"), pk__gt=OuterRef("pk"))
    )
    return _rows(scope).filter(~Exists(later), ends_on__lt=day).told()


def _without_telephone(scope: Scope, day: date) -> Rows:
    """Rows that hold now, of somebody whom nobody can call: neither a telephone of their own nor their unit's."""
    rows = Responsibility.objects.on(day).filter(rows_within(scope), holder__telephone="")
    return rows.exclude(~Q(holder__unit__contact_phone="") & Q(holder__unit__isnull=False)).told()


GAPS = (
    Gap("streets", _("Streets without a leader"), _streets, ResponsibilityKind.LEADER),
    Gap("communities", _("Communities without a unit"), _communities, ResponsibilityKind.UNIT),
    Gap("indicators", _("Indicators without a head"), _indicators, ResponsibilityKind.HEAD),
    Gap("roads", _("Roads without a chief"), _roads, ResponsibilityKind.CHIEF),
    Gap("sites", _("Sites without a keeper"), _sites, ResponsibilityKind.KEEPER),
    Gap("overlaps", _("Overlapping"), _overlaps),
    Gap("expired", _("Expired, nobody since"), _expired),
    Gap("telephone", _("Without a telephone"), _without_telephone),
)
GAPS_BY_NAME = {gap.name: gap for gap in GAPS}


def found(gap: Gap, user: AnyUser) -> Rows:
    """What a reader finds of one kind today."""
    return gap.found(scope_of(user, READ), timezone.localdate())


def gap_counts(user: AnyUser) -> list[GapCount]:
    """How many gaps of each kind there are for a reader today; one query a kind."""
    return [
        GapCount(gap.name, gap.title, found(gap, user).count(), f"{reverse('gaps')}?gap={gap.name}")
        for gap in GAPS
    ]
