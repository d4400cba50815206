"""Take an asset off the support it hangs on: from now on it stands for itself, at a point of its own."""

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MOVE
from assets.actions.locking import locked, refuse_if_removed
from assets.history import Actor, acting, authorise
from assets.models import Asset
from assets.placing import PLACEMENT_FIELDS, check_accuracy, placement_at


def take_off_support(
    actor: Actor, asset: Asset, point: Point, *, position_accuracy: float | None = None
) -> Asset:
    """Put an asset at a point without the support and what else hangs there, and into the areas that point lies in.

    Args:
        point: WGS84; `position_accuracy` in metres.

    Raises:
        PermissionDenied: the actor may not move assets where it hangs, or where it is to stand.
        ValidationError: naming `point`, `support` (it hangs on none), `position_accuracy` or `lifecycle`.
    """
    with acting(actor):
        current = locked(asset)
        authorise(actor, MOVE, current)
        refuse_if_removed(current)
        if current.support_id is None:
            raise ValidationError({"support": _("It hangs on no support.")})
        placement = placement_at(point)
        authorise(actor, MOVE, placement)
        current.support = None
        current.point = point
        check_accuracy(position_accuracy)
        current.position_accuracy = position_accuracy
        placement.put(current)
        current.save(update_fields=["support", "point", "position_accuracy", *PLACEMENT_FIELDS])
        current.refresh_from_db()
    return current
