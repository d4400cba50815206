"""Who may come in at /api/field/: whoever sends the live token of a phone and does field work.

A token is the only way in, so that no request a phone has stored carries the authority of a cookie. `devices` alone
takes the session too, since that is where a token comes from.
"""

from datetime import timedelta

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from accounts.models import AccessToken, TokenPurpose, User
from accounts.permissions import DO_MAINTENANCE, EDIT, INSPECT, MOVE, REGISTER
from accounts.throttle import Bucket, take
from accounts.tokens import token_of
from field.api.problems import Refusal
from field.permission import require_field_work

# What a day's work sent at once needs is let through; a phone gone wild is not.
PER_PHONE = Bucket("phone", 60, timedelta(milliseconds=250))
ABILITIES = {
    "register": REGISTER,
    "inspect": INSPECT,
    "edit": EDIT,
    "move": MOVE,
    "do_maintenance": DO_MAINTENANCE,
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
