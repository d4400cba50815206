"""Decide that a record which was flagged is right as it is."""

from accounts.models import User
from field.actions.deciding import decide, deciding
from field.models import Decision, ReviewItem, ReviewKind


def accept_record(user: User, item: ReviewItem, *, reason: str = "") -> ReviewItem:
    """Let a flagged record stand.

    Raises:
        PermissionDenied: the user does not review there.
        ValidationError: it is decided already, or it is no flag.
    """
    with deciding(user, item, ReviewKind.FAR, ReviewKind.REMOVED) as current:
        decide(current, user, Decision.ACCEPTED, reason)
    return current
