"""Give a phone a token of its own, by which it sends as its user."""

from accounts.models import AccessToken, TokenPurpose, User
from accounts.tokens import issue_token
from field.envelope import clean
from field.permission import require_field_work


def issue_device(user: User, label: str) -> tuple[AccessToken, str]:
    """A new token for a phone of the user's, and its secret, which is shown this once.

    Args:
        label: what the phone is called in lists.

    Raises:
        PermissionDenied: the user's role does no field work.
    """
    require_field_work(user)
    return issue_token(user, TokenPurpose.FIELD, clean(label)[:100])
