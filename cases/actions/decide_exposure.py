"""Decide on an exposure that somebody else proposed, or withdraw one. One who proposes never approves."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import APPROVE_CASE, EXPOSE_CASE, AnyUser, can
from assets.history import Actor, acting, authorise
from cases.models import Exposure, ExposureState

LONGEST_REASON = 300


def may_decide(user: AnyUser, exposure: Exposure) -> bool:
    """Whether somebody may approve or refuse it: of the office or a leader, and not who proposed it."""
    may = can(user, EXPOSE_CASE, exposure) or can(user, APPROVE_CASE, exposure)
    return may and exposure.proposed_by_id != user.pk


def approve_exposure(actor: Actor, exposure: Exposure) -> Exposure:
    """Approve what somebody else proposed; it may be shown from then on.

    Raises:
        PermissionDenied: the actor may not, or proposed it.
        ValidationError: naming `state` (it is decided already).
    """
    _require_deciding(actor, exposure)
    with acting(actor):
        current = _proposed(exposure)
        current.approved_at, current.approved_by = timezone.now(), actor.user
        current.save(update_fields=["approved_at", "approved_by"])
    return current


def refuse_exposure(actor: Actor, exposure: Exposure, reason: str) -> Exposure:
    """Refuse what somebody else proposed.

    Raises:
        PermissionDenied: the actor may not, or proposed it.
        ValidationError: naming `reason` or `state`.
    """
    _require_deciding(actor, exposure)
    why = _required_reason(reason)
    with acting(actor):
        current = _proposed(exposure)
        current.refused_at, current.refused_by, current.reason = timezone.now(), actor.user, why
        current.save(update_fields=["refused_at", "refused_by", "reason"])
    return current


def withdraw_exposure(actor: Actor, exposure: Exposure, reason: str) -> Exposure:
    """Take an exposure back, approved or not: one person is enough to show less.

    Raises:
        PermissionDenied: the actor exposes nothing there.
        ValidationError: naming `reason` or `state`.
    """
    authorise(actor, EXPOSE_CASE, exposure)
    why = _required_reason(reason)
    with acting(actor):
        current = Exposure.objects.select_for_update(of=("self",)).get(pk=exposure.pk)
        if current.state not in (ExposureState.PROPOSED, ExposureState.APPROVED, ExposureState.ENDED):
            raise ValidationError({"state": _("It is refused or withdrawn already.")})
        current.withdrawn_at, current.withdrawn_by, current.reason = timezone.now(), actor.user, why
        current.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
    return current


def _require_deciding(actor: Actor, exposure: Exposure) -> None:
    """A command decides nothing either: it is nobody, and so no second person."""
    if actor.user is None or not may_decide(actor.user, exposure):
        if actor.user is not None and exposure.proposed_by_id == actor.user.pk:
            raise PermissionDenied(_("This takes a second person: you proposed it yourself."))
        raise PermissionDenied(_("Your role does not allow this here."))


def _proposed(exposure: Exposure) -> Exposure:
    current = Exposure.objects.select_for_update(of=("self",)).get(pk=exposure.pk)
    if current.state is not ExposureState.PROPOSED:
        raise ValidationError({"state": _("It is decided already.")})
    return current


def _required_reason(reason: str) -> str:
    text = reason.strip()
    if not 0 < len(text) <= LONGEST_REASON:
        raise ValidationError(
            {"reason": _("Say why, in at most %(most)s characters.") % {"most": LONGEST_REASON}}
        )
    return text
