"""Withdraw an artwork: it may hang nowhere any more. What hangs counts as to be replaced, and stays up till then."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_LISTS
from assets.history import Actor, acting, authorise
from assets.models import Approval, Artwork


def withdraw_artwork(actor: Actor, artwork: Artwork) -> Artwork:
    """Take the approval back; who had given it stays written.

    Raises:
        PermissionDenied: the actor does not keep the lists of the whole district.
        ValidationError: it is withdrawn already.
    """
    authorise(actor, MANAGE_LISTS)
    with acting(actor):
        current = Artwork.objects.select_for_update().get(pk=artwork.pk)
        if current.approval == Approval.WITHDRAWN:
            raise ValidationError(_("It is withdrawn already."))
        current.approval = Approval.WITHDRAWN
        current.save(update_fields=["approval"])
    return current
