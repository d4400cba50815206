"""Replace boundaries: areas get new shapes, and everything that stands in them is found out again."""

from collections.abc import Mapping
from typing import cast

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_PLACES
from assets.actions.reassign_areas import Reassigned, reassign_areas
from assets.history import Actor, acting, authorise
from places.models import Area, BoundaryStatus


def replace_boundaries(
    actor: Actor, boundaries: Mapping[Area, shapely.MultiPolygon], *, official: bool, source: str
) -> Reassigned:
    """Give areas new boundaries (WGS84) and reassign assets, supports and sites, in one transaction.

    Args:
        official: whether they are the official ones, or approximate.
        source: where they come from, as shown with them.

    Raises:
        PermissionDenied: the actor may not manage these places.
        ValidationError: naming `boundary`, if one is empty or invalid.
    """
    for area, shape in boundaries.items():
        authorise(actor, MANAGE_PLACES, area)
        if shape.is_empty or not shape.is_valid:
            raise ValidationError(
                {"boundary": _("The boundary of %(area)s is no valid polygon.") % {"area": area.name}}
            )
    with acting(actor):
        current = {
            area.pk: area
            for area in Area.objects.select_for_update().filter(pk__in=[a.pk for a in boundaries])
        }
        for area, shape in boundaries.items():
            row = current[area.pk]
            parts = GEOSGeometry(memoryview(shapely.to_wkb(shapely.force_2d(shape))), srid=4326)
            row.boundary = MultiPolygon(*cast(MultiPolygon, parts), srid=4326)
            row.boundary_status = BoundaryStatus.OFFICIAL if official else BoundaryStatus.APPROXIMATE
            row.boundary_source = source
        Area.objects.bulk_update(
            current.values(), ["boundary", "boundary_status", "boundary_source"], batch_size=200
        )
        return reassign_areas(actor)
