"""Decide that a record which was refused or held shall not be applied. Its words are kept all the same."""

from accounts.models import User
from field.actions.deciding import decide, deciding, required_reason
from field.models import Decision, Reason, ReviewItem, ReviewKind, Status


def dismiss_record(user: User, item: ReviewItem, reason: str) -> ReviewItem:
    """Dismiss it, saying why; its phone is told the reason when it asks again.

    Raises:
        PermissionDenied: the user does not review there.
        ValidationError: it is decided already, or `reason` is missing.
    """
    kinds = (
        ReviewKind.CONFLICT,
        ReviewKind.PROPOSAL,
        ReviewKind.REMOVED,
        ReviewKind.WAITING,
        ReviewKind.JOB_CLOSED,
        ReviewKind.REJECTED,
        ReviewKind.PHOTO,
    )
    with deciding(user, item, *kinds) as current:
        reason = required_reason(reason)
        operation = current.operation
        if not operation.is_applied and operation.reason != Reason.OTHER_USER:
            operation.status, operation.reason = Status.REJECTED, Reason.DISMISSED
            operation.message = reason
            operation.save(update_fields=["status", "reason", "message"])
        decide(current, user, Decision.DISMISSED, reason)
    return current
