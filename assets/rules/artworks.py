"""What is written about an artwork by hand, and what of it is fixed once it has been approved."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assets.models import Approval, Artwork, Theme

EDITABLE = ("title", "wording", "themes", "origin", "logo", "picture", "valid_from", "valid_to")
# What somebody approved is what is printed.
_APPROVED_AS_IT_IS = ("wording", "picture")


def check_themes(artwork: Artwork) -> None:
    """Themes are codes of the list.

    Raises:
        ValidationError: naming `themes`.
    """
    known_codes = set(Theme.objects.filter(code__in=artwork.themes).values_list("code", flat=True))
    unknown = sorted(set(artwork.themes) - known_codes)
    if unknown:
        raise ValidationError({"themes": _("Unknown theme: %(codes)s") % {"codes": ", ".join(unknown)}})


def check_still_as_approved(before: Artwork, changed: Collection[str]) -> None:
    """Wording and picture stay as they were approved; what was empty then may be added.

    Raises:
        ValidationError: naming `wording` or `picture`.
    """
    if before.approval != Approval.APPROVED:
        return
    problems = {
        name: _("It stays as it was approved. Make a new version instead.")
        for name in _APPROVED_AS_IT_IS
        if name in changed and getattr(before, name)
    }
    if problems:
        raise ValidationError(problems)
