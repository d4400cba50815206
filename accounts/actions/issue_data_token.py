"""Give somebody a token by which a program reads and exports in their name."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import AccessToken, TokenPurpose, User
from accounts.permissions import EXPORT, require
from accounts.tokens import issue_token

LONGEST_LABEL = 100
# Somebody who needs more has forgotten to revoke some.
MOST_TOKENS = 20


@transaction.atomic
def issue_data_token(user: User, label: str) -> tuple[AccessToken, str]:
    """A new token of a user's own, and its secret, which nobody can be shown again.

    Raises:
        PermissionDenied: the user may not export.
        ValidationError: no label, too long a one, or too many tokens already.
    """
    require(user, EXPORT)
    label = label.strip()
    if not label or "\0" in label:
        raise ValidationError(_("Say which program the token is for."))
    if len(label) > LONGEST_LABEL:
        raise ValidationError(_("More than %(most)s characters.") % {"most": LONGEST_LABEL})
    # Two requests at once count one another: the user's row is held until the end.
    User.objects.select_for_update().get(pk=user.pk)
    live = AccessToken.objects.live().filter(user=user, purpose=TokenPurpose.DATA).count()
    if live >= MOST_TOKENS:
        raise ValidationError(
            _("You have %(most)s tokens already. Revoke one that is not used any more.")
            % {"most": MOST_TOKENS}
        )
    return issue_token(user, TokenPurpose.DATA, label)
