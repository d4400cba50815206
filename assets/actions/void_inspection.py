"""Void an inspection that was wrong: it stays, says who voided it and why, and no longer counts."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import VOID
from assets.followups import reopen_inspection_jobs
from assets.history import Actor, acting, authorise
from assets.models import Inspection


def void_inspection(actor: Actor, inspection: Inspection, reason: str) -> Inspection:
    """Take an inspection out of the count; the asset's condition falls back to the latest one that stands.

    A job to inspect that rested on it is open again, unless another inspection did it too or somebody verified it.

    Raises:
        PermissionDenied: the actor may not void inspections of this asset.
        ValidationError: naming `void_reason` (none given) or `voided_at` (voided already).
    """
    reason = reason.strip()
    with acting(actor):
        current = (
            Inspection.objects.select_for_update(of=("self",))
            .select_related("asset__area")
            .get(pk=inspection.pk)
        )
        authorise(actor, VOID, current.asset)
        if not reason:
            raise ValidationError({"void_reason": _("Say why it is void.")})
        if current.voided_at is not None:
            raise ValidationError({"voided_at": _("This inspection has been voided already.")})
        current.voided_at = timezone.now()
        current.voided_by = actor.user
        current.void_reason = reason
        current.clean_fields(exclude={field.name for field in current._meta.fields} - {"void_reason"})
        current.save(update_fields=["voided_at", "voided_by", "void_reason"])
        reopen_inspection_jobs(Inspection.objects.filter(pk=current.pk))
    return current
