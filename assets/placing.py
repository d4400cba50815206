"""Where an asset lies: checks a point and finds the areas it falls in, for the actions that put something somewhere."""

import math
from dataclasses import dataclass

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import Placed
from assets.models import Asset, Support
from places.models import Area, Level

PLACEMENT_FIELDS = ("area", "district", "street", "community")


@dataclass(frozen=True)
class Placement:
    """The deepest area at a point, and its ancestors by level."""

    area: Area | None
    district: Area | None
    street: Area | None
    community: Area | None

    @property
    def scope_code(self) -> str:
        """What permission checks compare with; outside every known area the managing district answers."""
        return self.area.code if self.area else settings.MANAGING_DISTRICT

    @property
    def district_code(self) -> str:
        """The six digits that component ids issued here begin with."""
        return self.scope_code[:6]

    def put(self, asset: Asset) -> None:
        """Set the four columns of an asset (not saved)."""
        asset.area = self.area
        asset.district = self.district
        asset.street = self.street
        asset.community = self.community


def standing(support: Support) -> Placed:
    """What permission is asked for: a support's area, or of one without an area the place where it stands.

    Such supports were entered before their area was drawn, or stand outside all of them. There the managing district
    answers, so that whoever writes in the whole of it may put them right.
    """
    return support if support.area_id else placement_at(support.point)


def check_point(point: Point) -> None:
    """Whether a point can be a position at all.

    Raises:
        ValidationError: naming `point`: not WGS84, empty, outside the world, or the zero that means "not measured".
    """
    if point.srid != 4326 or point.empty:
        raise ValidationError({"point": _("Give a position in longitude and latitude (WGS84).")})
    if not (-180 <= point.x <= 180 and -90 <= point.y <= 90):
        raise ValidationError({"point": _("Longitude lies within ±180°, latitude within ±90°.")})
    if point.x == 0 and point.y == 0:
        raise ValidationError({"point": _("The position is zero: it was not measured.")})


def check_accuracy(metres: float | None) -> None:
    """Whether something can be known to so many metres.

    Raises:
        ValidationError: naming `position_accuracy`.
    """
    if metres is not None and not (math.isfinite(metres) and metres >= 0):
        raise ValidationError({"position_accuracy": _("Give the accuracy in metres: 0 or more.")})


def placement_at(point: Point) -> Placement:
    """The areas a WGS84 point falls in.

    Raises:
        ValidationError: naming `point` (see `check_point`).
    """
    check_point(point)
    # The rule of places.resolving (deepest, then lowest code), for a single point.
    area = (
        Area.objects.filter(boundary__covers=point)
        .select_related("parent__parent__parent")
        .defer("boundary", "parent__boundary", "parent__parent__boundary", "parent__parent__parent__boundary")
        .order_by("-level", "code")
        .first()
    )
    by_level: dict[int, Area] = {}
    current = area
    while current is not None:
        by_level[current.level] = current
        current = current.parent
    return Placement(
        area=area,
        district=by_level.get(Level.DISTRICT),
        street=by_level.get(Level.STREET),
        community=by_level.get(Level.COMMUNITY),
    )
