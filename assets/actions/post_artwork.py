"""Post an artwork (上刊): hang it on an asset in place of what hung there."""

from datetime import date

from django.utils import timezone

from accounts.permissions import POST_ARTWORK
from assets.actions.locking import locked, refuse_if_removed
from assets.history import Actor, acting, authorise
from assets.models import Artwork, Asset, Posting
from assets.postings import hang


def post_artwork(actor: Actor, asset: Asset, artwork: Artwork, *, posted_on: date | None = None) -> Posting:
    """Hang an approved artwork; the asset takes over its wording and themes. Repeating it changes nothing.

    Args:
        posted_on: the day it went up; today when not given.

    Raises:
        PermissionDenied: the actor may not post on this asset.
        ValidationError: naming `artwork`, `posted_on` or `lifecycle`.
    """
    with acting(actor):
        current = locked(asset)
        authorise(actor, POST_ARTWORK, current)
        refuse_if_removed(current)
        return hang(current, artwork, posted_on or timezone.localdate())
