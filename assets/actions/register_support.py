"""Register a support: the pole, wall or shelter that assets are then registered on."""

from django.contrib.gis.geos import Point

from accounts.permissions import REGISTER
from assets.history import Actor, acting, authorise
from assets.models import Support, SupportKind
from assets.placing import placement_at


def register_support(actor: Actor, kind: SupportKind, point: Point, *, name: str = "") -> Support:
    """Put a support on the map.

    Args:
        point: WGS84.

    Raises:
        PermissionDenied: the actor may not register there.
        ValidationError: naming `kind`, `name` or `point`.
    """
    placement = placement_at(point)
    authorise(actor, REGISTER, placement)
    support = Support(kind=kind, name=name.strip(), point=point, area=placement.area)
    support.full_clean()
    with acting(actor):
        support.save()
    return support
