"""Remove an asset from the street: it keeps its row, its id and its history, with a date and a reason."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import REMOVE
from assets.actions.locking import locked, refuse_if_removed
from assets.history import Actor, acting, authorise
from assets.models import Asset, Lifecycle, MaintenanceState
from assets.models.maintenance import OPEN_STATES
from assets.postings import close_open_posting


def remove_asset(actor: Actor, asset: Asset, *, reason: str, removed_on: date | None = None) -> Asset:
    """Mark an asset as removed. What hung on it is taken down, and its open jobs are cancelled with it.

    Args:
        removed_on: the day it went; today when not given.

    Raises:
        PermissionDenied: the actor may not remove this asset.
        ValidationError: naming `removal_reason`, `removed_on` or `lifecycle`.
    """
    with acting(actor):
        current = locked(asset)
        authorise(actor, REMOVE, current)
        withdraw(current, reason=reason, removed_on=removed_on or timezone.localdate())
    return current


def withdraw(asset: Asset, *, reason: str, removed_on: date) -> None:
    """The removal itself, of a locked asset inside an action: also what a finished removal job comes to.

    Raises:
        ValidationError: naming `removal_reason`, `removed_on` or `lifecycle`.
    """
    refuse_if_removed(asset)
    if not reason.strip():
        raise ValidationError({"removal_reason": _("Say why it was removed.")})
    if removed_on > timezone.localdate():
        raise ValidationError({"removed_on": _("The day lies in the future.")})
    asset.lifecycle = Lifecycle.REMOVED
    asset.removed_on = removed_on
    asset.removal_reason = reason.strip()
    asset.clean_fields(exclude={field.name for field in asset._meta.fields} - {"removal_reason"})
    close_open_posting(asset, removed_on)
    asset.artwork = None
    asset.save(update_fields=["lifecycle", "removed_on", "removal_reason", "artwork"])
    asset.maintenance.filter(state__in=OPEN_STATES).update(state=MaintenanceState.CANCELLED)
    asset.refresh_from_db()
