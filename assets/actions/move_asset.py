"""Move an asset that stands for itself; what hangs on a support moves with it (`move_support`)."""

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MOVE
from assets.actions.locking import locked, refuse_if_removed
from assets.history import Actor, acting, authorise
from assets.models import Asset
from assets.placing import PLACEMENT_FIELDS, check_accuracy, placement_at


def move_asset(actor: Actor, asset: Asset, point: Point, *, position_accuracy: float | None = None) -> Asset:
    """Put an asset at another point, and into the areas that point lies in. Its component id stays.

    Args:
        point: WGS84; `position_accuracy` in metres.

    Raises:
        PermissionDenied: the actor may not move assets where it stands, or where it is to stand.
        ValidationError: naming `point`, `support` or `lifecycle`.
    """
    with acting(actor):
        current = locked(asset)
        authorise(actor, MOVE, current)
        refuse_if_removed(current)
        if current.support_id is not None:
            raise ValidationError({"support": _("It hangs on a support: move the support.")})
        placement = placement_at(point)
        authorise(actor, MOVE, placement)
        current.point = point
        check_accuracy(position_accuracy)
        current.position_accuracy = position_accuracy
        placement.put(current)
        current.save(update_fields=["point", "position_accuracy", *PLACEMENT_FIELDS])
        current.refresh_from_db()
    return current
