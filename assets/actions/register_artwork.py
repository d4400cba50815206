"""Register an artwork, or the next version of one: a draft, which hangs nowhere before it is approved."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_LISTS
from assets.history import Actor, acting, authorise
from assets.models import Artwork
from assets.rules.artworks import EDITABLE, check_themes

# A code stands in addresses and on paper: letters of any script, digits, and what joins them.
_CODE = re.compile(r"[\w.-]+")
# Where the page for a new artwork lives.
_TAKEN_BY_PAGES = frozenset({"new"})


def register_artwork(
    actor: Actor, code: str, values: Mapping[str, Any], *, replaces: Artwork | None = None
) -> Artwork:
    """Enter an artwork as a draft.

    Args:
        code: what it is called by in links, ledgers and on paper; never changed later.
        given: values of `assets.rules.artworks.EDITABLE`; `picture` as the name of a stored file.
        replaces: the version that it comes after.

    Raises:
        PermissionDenied: the actor does not keep the lists of the whole district.
        ValidationError: naming the fields.
    """
    authorise(actor, MANAGE_LISTS)
    code = code.strip()
    if code and (not _CODE.fullmatch(code) or code in _TAKEN_BY_PAGES):
        raise ValidationError(
            {
                "code": _("A code has letters, digits, “-”, “_” and “.” only: for example %(code)s.")
                % {"code": "2026-012"}
            }
        )
    artwork = Artwork(
        code=code, replaces=replaces, **{name: values[name] for name in EDITABLE if name in values}
    )
    artwork.title = artwork.title.strip()
    check_themes(artwork)
    artwork.full_clean()
    with acting(actor):
        artwork.save()
    return artwork
