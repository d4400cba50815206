"""Take an artwork down (下刊) without hanging another: the asset then shows none."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import POST_ARTWORK
from assets.actions.locking import locked
from assets.history import Actor, acting, authorise
from assets.models import Asset
from assets.postings import close_open_posting


def take_down_artwork(actor: Actor, asset: Asset, *, taken_down_on: date | None = None) -> Asset:
    """Take down what hangs on an asset. Wording that came from the artwork goes with it.

    Args:
        taken_down_on: the day it came down; today when not given.

    Raises:
        PermissionDenied: the actor may not post on this asset.
        ValidationError: naming `artwork` (nothing hangs there) or `taken_down_on`.
    """
    on = taken_down_on or timezone.localdate()
    with acting(actor):
        current = locked(asset)
        authorise(actor, POST_ARTWORK, current)
        if current.artwork is None:
            raise ValidationError({"artwork": _("Nothing hangs there.")})
        if on > timezone.localdate():
            raise ValidationError({"taken_down_on": _("The day lies in the future.")})
        hanging = current.postings.filter(taken_down_on__isnull=True).first()
        if hanging is not None and on < hanging.posted_on:
            raise ValidationError(
                {"taken_down_on": _("It was posted later, on %(day)s.") % {"day": hanging.posted_on}}
            )
        close_open_posting(current, on)
        if current.wording == current.artwork.wording:
            current.wording = ""
        current.artwork = None
        current.content_changed_on = on
        current.save(update_fields=["artwork", "wording", "content_changed_on"])
        current.refresh_from_db()
    return current
