"""Postings (上刊, 下刊): what several actions write when an artwork goes up or comes down.

Called inside an action, on a locked asset, after its permission check; each asset has one open posting at most.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import Artwork, Asset, Posting
from assets.rules.hanging import check_may_hang


def hang(asset: Asset, artwork: Artwork, on: date) -> Posting:
    """Close the open posting, open the new one, and have the asset show the artwork's wording and themes.

    Hanging what hangs already changes nothing.

    Raises:
        ValidationError: naming `artwork` or `posted_on`.
    """
    if on > timezone.localdate():
        raise ValidationError({"posted_on": _("The day lies in the future.")})
    hanging = asset.postings.filter(taken_down_on__isnull=True).first()
    if hanging is not None and hanging.artwork_id == artwork.pk and asset.artwork_id == artwork.pk:
        return hanging
    check_may_hang(artwork, on)
    if hanging is not None and on < hanging.posted_on:
        raise ValidationError(
            {
                "posted_on": _("What hangs there now was posted later, on %(day)s.")
                % {"day": hanging.posted_on.isoformat()}
            }
        )
    close_open_posting(asset, on)
    posting = Posting.objects.create(asset=asset, artwork=artwork, posted_on=on)
    asset.artwork = artwork
    asset.content_changed_on = on
    asset.wording = artwork.wording or asset.wording
    asset.themes = artwork.themes or asset.themes
    asset.save(update_fields=["artwork", "content_changed_on", "wording", "themes"])
    asset.refresh_from_db()
    return posting


def close_open_posting(asset: Asset, on: date) -> Posting | None:
    """End the open posting on a day (never before it began); returns it, or None when nothing hung."""
    hanging = asset.postings.filter(taken_down_on__isnull=True).first()
    if hanging is not None:
        hanging.taken_down_on = max(on, hanging.posted_on)
        hanging.save(update_fields=["taken_down_on"])
    return hanging
