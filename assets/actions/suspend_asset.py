"""Suspend an asset: it stands, but is out of use for a while (a building site, a dispute, a repair)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import EDIT
from assets.actions.locking import locked, refuse_if_removed
from assets.history import Actor, acting, authorise
from assets.models import Asset, Lifecycle


def suspend_asset(actor: Actor, asset: Asset) -> Asset:
    """Put an asset out of use until `reopen_asset`.

    Raises:
        PermissionDenied: the actor may not edit this asset.
        ValidationError: naming `lifecycle`: it is not in use.
    """
    with acting(actor):
        current = locked(asset)
        authorise(actor, EDIT, current)
        refuse_if_removed(current)
        if current.lifecycle != Lifecycle.IN_USE:
            raise ValidationError({"lifecycle": _("Only an asset in use can be suspended.")})
        current.lifecycle = Lifecycle.SUSPENDED
        current.save(update_fields=["lifecycle"])
        current.refresh_from_db()
    return current
