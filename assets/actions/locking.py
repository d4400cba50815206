"""What the actions share: the current row, locked, so that two of them never decide on the same stale state."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assets.models import Asset, Lifecycle


def locked(asset: Asset) -> Asset:
    """The asset as it is now, locked until the transaction ends; what the caller holds may be hours old.

    Raises:
        Asset.DoesNotExist: there is no such asset.
    """
    return (
        Asset.objects.select_for_update(of=("self",))
        .select_related("area", "type")
        .defer("area__boundary")
        .get(pk=asset.pk)
    )


def refuse_if_removed(asset: Asset) -> None:
    """Nothing happens to an asset that is no longer there.

    Raises:
        ValidationError: naming `lifecycle`.
    """
    if asset.lifecycle == Lifecycle.REMOVED:
        raise ValidationError({"lifecycle": _("The asset has been removed. Reopen it first.")})
