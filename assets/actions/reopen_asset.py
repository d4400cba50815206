"""Bring an asset into use: a planned one that now stands, a suspended one, or one removed by mistake."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import EDIT, REMOVE
from assets.actions.locking import locked
from assets.history import Actor, acting, authorise
from assets.models import Asset, Lifecycle


def reopen_asset(actor: Actor, asset: Asset) -> Asset:
    """Set an asset in use. Undoing a removal asks for the right to remove.

    Raises:
        PermissionDenied: the actor may not edit (or, after a removal, remove) this asset.
        ValidationError: naming `lifecycle`: it is in use already.
    """
    with acting(actor):
        current = locked(asset)
        authorise(actor, REMOVE if current.lifecycle == Lifecycle.REMOVED else EDIT, current)
        if current.lifecycle == Lifecycle.IN_USE:
            raise ValidationError({"lifecycle": _("The asset is in use already.")})
        current.lifecycle = Lifecycle.IN_USE
        current.removed_on = None
        current.removal_reason = ""
        current.save(update_fields=["lifecycle", "removed_on", "removal_reason"])
        current.refresh_from_db()
    return current
