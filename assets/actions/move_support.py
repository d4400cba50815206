"""Move a support with everything on it: one action, however many faces."""

from django.contrib.gis.geos import Point

from accounts.permissions import MOVE
from assets.history import Actor, acting, authorise
from assets.models import Asset, Support
from assets.placing import PLACEMENT_FIELDS, placement_at, standing


def move_support(actor: Actor, support: Support, point: Point) -> Support:
    """Put a support at another point; the database takes its assets along, and their areas are found anew.

    Args:
        point: WGS84.

    Raises:
        PermissionDenied: the actor may not move the support or one of its assets from where it stands, or to there.
        ValidationError: naming `point`.
    """
    with acting(actor):
        current = Support.objects.select_for_update(of=("self",)).select_related("area").get(pk=support.pk)
        faces = list(
            Asset.objects.select_for_update(of=("self",)).select_related("area").filter(support=current)
        )
        authorise(actor, MOVE, standing(current))
        for face in faces:
            authorise(actor, MOVE, face)
        placement = placement_at(point)
        authorise(actor, MOVE, placement)
        current.point = point
        current.area = placement.area
        current.save(update_fields=["point", "area"])
        # The trigger has moved the points; only faces that crossed a boundary are written again.
        areas = {name: getattr(placement, name) for name in PLACEMENT_FIELDS}
        Asset.objects.filter(support=current).exclude(**_same(areas)).update(**areas)
    return current


def _same(areas: dict) -> dict:
    return {
        (name if area is not None else f"{name}__isnull"): (area if area is not None else True)
        for name, area in areas.items()
    }
