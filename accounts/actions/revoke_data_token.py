"""End a data token of one's own."""

from uuid import UUID

from django.db import transaction

from accounts.models import AccessToken, TokenPurpose, User
from accounts.tokens import revoke_token


@transaction.atomic
def revoke_data_token(user: User, uid: UUID) -> AccessToken | None:
    """End it now; None when the user has no such token. Needs no verb: who may no longer export may still do this."""
    token = (
        AccessToken.objects.select_for_update().filter(user=user, purpose=TokenPurpose.DATA, uid=uid).first()
    )
    if token is not None:
        revoke_token(token)
    return token
