"""Give a unit without an account a link to its case, and end it."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import DISPATCH_CASE
from accounts.tokens import digest_of
from assets.history import Actor, acting, authorise
from cases.actions.stepping import current_case, locked_case
from cases.links import LIFETIME, new_secret
from cases.models import Case, CaseLink, State

# Before and after these there is nothing for a unit to do.
WITH_A_UNIT = (State.DISPATCHED, State.IN_HAND, State.ON_HOLD, State.FIXED)


def issue_link(actor: Actor, case: Case, *, at: datetime | None = None) -> tuple[CaseLink, str]:
    """Make a link for the unit that answers for a case; the case's former one ends.

    Returns:
        The link and its secret, which nobody can be shown again.

    Raises:
        PermissionDenied: the actor may not dispatch here.
        ValidationError: naming `state`: no unit answers for it now.
    """
    moment = at or timezone.now()
    authorise(actor, DISPATCH_CASE, current_case(case))
    with acting(actor):
        current = locked_case(case)
        if current.unit is None or current.state not in WITH_A_UNIT:
            raise ValidationError(
                {"state": _("Dispatch the case first: a link is for the unit that has it.")}
            )
        current.links.filter(revoked_at=None).update(revoked_at=moment)
        secret = new_secret()
        link = CaseLink.objects.create(
            case=current,
            unit=current.unit,
            digest=digest_of(secret),
            issued_by=actor.user,
            issued_at=moment,
            expires_at=moment + LIFETIME,
        )
    return link, secret


def revoke_link(actor: Actor, case: Case, *, at: datetime | None = None) -> bool:
    """End a case's link now; whether there was one.

    Raises:
        PermissionDenied: the actor may not dispatch here.
    """
    authorise(actor, DISPATCH_CASE, current_case(case))
    with acting(actor):
        locked_case(case)
        return bool(case.links.filter(revoked_at=None).update(revoked_at=at or timezone.now()))
