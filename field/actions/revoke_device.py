"""End a phone's token: it was lost, or its user no longer needs it. What it holds unsent stays on it."""

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import AccessToken, User
from accounts.tokens import revoke_token
from field.permission import supervised_devices


def revoke_device(user: User, token: AccessToken) -> None:
    """End a token now: one's own, or that of somebody one answers for.

    Raises:
        PermissionDenied: it is somebody else's.
    """
    if token.user_id != user.pk and not supervised_devices(user).filter(pk=token.pk).exists():
        raise PermissionDenied(_("This phone belongs to somebody you do not answer for."))
    revoke_token(token)
