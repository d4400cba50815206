"""Hang an asset on a support that stands there already: it then shares the support's point, and moves with it."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MOVE
from assets.actions.locking import locked, refuse_if_removed
from assets.history import Actor, acting, authorise
from assets.models import Asset, Support
from assets.placing import PLACEMENT_FIELDS, check_accuracy, placement_at


def hang_on_support(
    actor: Actor, asset: Asset, support: Support, *, position_accuracy: float | None = None
) -> Asset:
    """Put an asset on a support, where that stands, and into the areas that lies in.

    Args:
        position_accuracy: in metres.

    Raises:
        PermissionDenied: the actor may not move assets where it stands, or where the support does.
        ValidationError: naming `support` (it hangs there already), `position_accuracy` or `lifecycle`.
    """
    with acting(actor):
        current = locked(asset)
        authorise(actor, MOVE, current)
        refuse_if_removed(current)
        if current.support_id == support.pk:
            raise ValidationError({"support": _("It hangs on this support already.")})
        # Locked, so that it is not moved away meanwhile.
        carrier = Support.objects.select_for_update(of=("self",)).get(pk=support.pk)
        placement = placement_at(carrier.point)
        authorise(actor, MOVE, placement)
        current.support = carrier
        current.point = carrier.point
        check_accuracy(position_accuracy)
        current.position_accuracy = position_accuracy
        placement.put(current)
        current.save(update_fields=["support", "point", "position_accuracy", *PLACEMENT_FIELDS])
        current.refresh_from_db()
    return current
