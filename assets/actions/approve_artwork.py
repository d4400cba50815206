"""Approve an artwork (审核), as somebody signed it: from now on it may hang, on its days."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_LISTS
from assets.history import Actor, acting, authorise
from assets.models import Approval, Artwork


def approve_artwork(
    actor: Actor, artwork: Artwork, *, approved_by: str, approved_on: date, document: str = ""
) -> Artwork:
    """Write down who approved it, when, and under which number.

    Raises:
        PermissionDenied: the actor does not keep the lists of the whole district.
        ValidationError: naming `approved_by`, `approved_on`, `approval_document`, or none (it is approved already).
    """
    authorise(actor, MANAGE_LISTS)
    with acting(actor):
        current = Artwork.objects.select_for_update().get(pk=artwork.pk)
        if current.approval == Approval.APPROVED:
            raise ValidationError(_("It is approved already."))
        if not approved_by.strip():
            raise ValidationError({"approved_by": _("Say who approved it.")})
        if approved_on > timezone.localdate():
            raise ValidationError({"approved_on": _("The day lies in the future.")})
        current.approval = Approval.APPROVED
        current.approved_by = approved_by.strip()
        current.approved_on = approved_on
        current.approval_document = document.strip()
        current.full_clean()
        current.save(update_fields=["approval", "approved_by", "approved_on", "approval_document"])
    return current
