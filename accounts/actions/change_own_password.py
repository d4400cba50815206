"""Choose a new password of one's own."""

import pghistory
from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from accounts.models import User


@transaction.atomic
def change_own_password(user: User, password: str) -> None:
    """Set it; every session and token of the user ends by that (the caller keeps the one in use).

    Raises:
        ValidationError: the password is too easily guessed.
    """
    with pghistory.context(origin="web", actor=str(user), user=user.pk):
        validate_password(password, user)
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
