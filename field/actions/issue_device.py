"""Give a phone a token of its own, by which it sends as its user; the phone silent longest makes room for it."""

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import AccessToken, TokenPurpose, User
from accounts.tokens import issue_token
from field.actions.revoke_device import revoke_device
from field.permission import require_field_work
from field.up.envelope import clean

# Somebody's own, the one the office lent, and those they have forgotten.
MOST_LIVE_DEVICES = 5


def issue_device(user: User, label: str) -> tuple[AccessToken, str]:
    """A new token for a phone of the user's, and its secret, which is shown this once.

    Args:
        label: what the phone is called in lists.

    Raises:
        PermissionDenied: the user's role does no field work.
    """
    require_field_work(user)
    with transaction.atomic():
        # Two phones that ask at once are let in one after the other.
        User.objects.select_for_update().get(pk=user.pk)
        for longest_silent in _live_devices(user)[MOST_LIVE_DEVICES - 1 :]:
            revoke_device(user, longest_silent)
        return issue_token(user, TokenPurpose.FIELD, clean(label)[:100])


def _live_devices(user: User) -> QuerySet[AccessToken]:
    """A user's phones that may send, the one heard of last first."""
    devices = AccessToken.objects.live().filter(user=user, purpose=TokenPurpose.FIELD)
    return devices.order_by(F("last_used_at").desc(nulls_last=True), "-pk")
