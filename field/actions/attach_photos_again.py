"""Put a photo to its record that could not be, under the rights of whoever decides."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from assets.history import Actor
from assets.models import Origin
from field.actions.deciding import decide, deciding
from field.models import ClaimState, Decision, ReviewItem, ReviewKind
from field.up.claims import attach_what_is_here


def attach_photos_again(user: User, item: ReviewItem, *, reason: str = "") -> ReviewItem:
    """Attach them now.

    Raises:
        PermissionDenied: the user does not review there.
        ValidationError: it is decided already, or they still cannot be attached.
    """
    with deciding(user, item, ReviewKind.PHOTO) as current:
        operation = current.operation
        operation.claims.filter(state=ClaimState.REFUSED).update(state=ClaimState.WAITING)
        attach_what_is_here(operation, Actor(user, Origin.PHONE))
        left = operation.claims.exclude(state=ClaimState.ATTACHED).first()
        if left is not None:
            raise ValidationError(left.problem or _("The photo is not here."))
        decide(current, user, Decision.APPLIED, reason)
    return current
