"""Who may come in at /api/field/: whoever sends the live token of a phone and does field work.

A token is the only way in, so that no request a phone has stored carries the authority of a cookie. `devices` alone
takes the session too, since that is where a token comes from.
"""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from accounts.models import AccessToken, TokenPurpose, User
from accounts.permissions import (
    DO_MAINTENANCE,
    DO_PATROL,
    EDIT,
    EVALUATE,
    INSPECT,
    MOVE,
    REGISTER,
    REPORT_PROBLEM,
)
from accounts.throttle import Bucket, take
from accounts.tokens import token_of
from field.api.problems import Refusal
from field.permission import require_field_work

# What a day's work sent at once needs is let through; a phone gone wild is not.
PER_PHONE = Bucket("phone", 60, timedelta(milliseconds=250))
# Ten times what a crew has ever sent in a day; what is beyond stays on the phone and comes later.
KILOBYTES_A_DAY = Bucket("operations", 200 * 1024, timedelta(days=1) / (200 * 1024))
PHOTO_MEGABYTES_A_DAY = Bucket("photos", 4_096, timedelta(days=1) / 4_096)
ABILITIES = {
    "register": REGISTER,
    "inspect": INSPECT,
    "edit": EDIT,
    "move": MOVE,
    "do_maintenance": DO_MAINTENANCE,
    "patrol": DO_PATROL,
    "report_problem": REPORT_PROBLEM,
    "evaluate": EVALUATE,
}


class FieldRequest(HttpRequest):
    """A request of somebody who does field work, from the phone that `token` was given to."""

    user: User
    auth: AccessToken


class FieldToken(HttpBearer):
    """The token of a phone, in the Authorization header."""

    def authenticate(self, request: HttpRequest, token: str) -> AccessToken | None:
        """The token, with `request.user` set to whose it is; None (401) when it is none, or no longer.

        Raises:
            PermissionDenied: the user does no field work.
            Refusal: too many requests.
        """
        found = token_of(token, TokenPurpose.FIELD)
        if found is None:
            return None
        wait = take(PER_PHONE, "phone", str(found.uid))
        if wait:
            raise Refusal(429, "too_often", _("Too many requests from this phone."), retry_after=wait)
        request.user = found.user
        require_field_work(found.user)
        return found


def take_of_the_day(user: User, bucket: Bucket, amount: int) -> None:
    """Take what somebody sends from what they may send in a day, with all their phones.

    Raises:
        Refusal: it was all used up; when to come again stands in it.
    """
    wait = take(bucket, str(user.pk), tokens=amount)
    if wait:
        message = _("More than may be sent in a day. It stays on the phone and is sent later.")
        raise Refusal(429, "too_often", message, retry_after=wait)
