"""Apply after all what was refused or held: the fault is repaired, a role was given, the asset is there."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from assets.history import Actor
from assets.models import Origin
from field.actions.deciding import decide, deciding
from field.models import Decision, Reason, ReviewItem, ReviewKind
from field.up.applying.work import Held
from field.up.attempting import End
from field.up.reapplying import reapply


def rescue_record(user: User, item: ReviewItem, *, reason: str = "") -> End:
    """Apply it now, under the rights of whoever rescues it; what was seen stays its author's.

    Returns:
        What came of it: applied, or held with another question than before.

    Raises:
        PermissionDenied: the user does not review there.
        ValidationError: it is decided already, it belongs to somebody whose phone will send it, or it still cannot
            be applied, with the reason.
    """
    with deciding(user, item, ReviewKind.REJECTED, ReviewKind.WAITING, ReviewKind.JOB_CLOSED) as current:
        operation = current.operation
        if operation.reason == Reason.OTHER_USER:
            raise ValidationError(_("Whoever recorded this sends it from their own phone."))
        end = reapply(operation, Actor(user, Origin.PHONE))
        if not operation.is_applied and (not isinstance(end, Held) or end.kind == current.kind):
            raise ValidationError(str(end))
        decide(current, user, Decision.APPLIED if operation.is_applied else Decision.TURNED, reason)
    return end
