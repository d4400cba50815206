"""What the decisions about review items share: the item as it is now, locked, and writing down what was decided."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import REVIEW_FIELD_WORK, require
from assets.history import Actor, acting
from assets.models import Origin
from field.models import Decision, Operation, ReviewItem, ReviewKind
from field.up.envelope import clean

LONGEST_REASON = 300


@contextmanager
def deciding(user: User, item: ReviewItem, *kinds: ReviewKind) -> Iterator[ReviewItem]:
    """The item and its operation, locked, in the transaction of a decision.

    Raises:
        PermissionDenied: the user does not review what belongs there.
        ValidationError: it is decided already, or not of a kind that is decided this way.
    """
    with acting(Actor(user, Origin.WEB)):
        operation = Operation.objects.select_for_update(of=("self",)).get(pk=item.operation_id)
        current = ReviewItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
        current.operation = operation
        require(user, REVIEW_FIELD_WORK, current)
        if current.decision:
            raise ValidationError(_("Somebody has decided this already."))
        if current.kind not in kinds:
            raise ValidationError(_("This cannot be decided that way."))
        yield current


def decide(item: ReviewItem, user: User, decision: Decision, reason: str = "") -> None:
    """Write down a decision."""
    item.decision = decision
    item.reason = clean(reason)
    item.decided_by = user
    item.decided_at = timezone.now()
    item.save(update_fields=["decision", "reason", "decided_by", "decided_at"])


def required_reason(reason: str) -> str:
    """A reason that has been given.

    Raises:
        ValidationError: naming `reason`: none, or too long.
    """
    reason = clean(reason)
    if not reason:
        raise ValidationError({"reason": _("Say why.")})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("At most %(most)s characters.") % {"most": LONGEST_REASON}})
    return reason
