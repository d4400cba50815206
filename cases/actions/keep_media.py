"""Enter a media piece, change one, or take one out."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import KEEP_MEDIA
from assets.history import Actor, acting, authorise
from assets.models import Campaign
from cases.models import MediaColumn, MediaPiece
from places.models import Area, Level

_COLUMNS = ("title", "outlet", "column", "published_on", "link", "street", "campaign")


@dataclass(frozen=True)
class Piece:
    """What is said of a piece."""

    title: str
    outlet: str
    column: MediaColumn
    published_on: date
    link: str = ""
    street: Area | None = None
    campaign: Campaign | None = None


def keep_media_piece(
    actor: Actor, piece: MediaPiece | None, given: Piece, *, area: Area | None = None
) -> MediaPiece:
    """Enter a piece in a district, or write what one is now.

    Args:
        area: the district of a new one.

    Raises:
        PermissionDenied: the actor keeps no media there.
        ValidationError: naming the field.
    """
    where = piece.area if piece is not None else area
    if where is None:
        raise ValidationError({"area": _("Say in which district.")})
    authorise(actor, KEEP_MEDIA, where)
    check_piece(where, given)
    with acting(actor):
        if piece is None:
            kept = MediaPiece(area=where, entered_by=actor.user)
        else:
            kept = MediaPiece.objects.select_for_update(of=("self",)).get(pk=piece.pk)
            if kept.removed_at is not None:
                raise ValidationError({"title": _("This piece was taken out.")})
        for name in _COLUMNS:
            value = getattr(given, name)
            setattr(kept, name, value.strip() if isinstance(value, str) else value)
        kept.full_clean()
        kept.save()
    return kept


def check_piece(area: Area, given: Piece) -> None:
    """What only shows beside the lists.

    Raises:
        ValidationError: naming `published_on`, `street` or `campaign`.
    """
    if given.published_on > timezone.localdate():
        raise ValidationError({"published_on": _("The day lies in the future.")})
    if given.street is not None and (
        given.street.level != Level.STREET or given.street.code[:6] != area.code[:6]
    ):
        raise ValidationError(
            {"street": _("%(place)s is no street of the district.") % {"place": given.street}}
        )
    if given.campaign is not None and given.campaign.area.code[:6] != area.code[:6]:
        raise ValidationError({"campaign": _("This campaign is not run there.")})


def remove_media_piece(actor: Actor, piece: MediaPiece) -> None:
    """Take a piece out of list and counts; its row stays.

    Raises:
        PermissionDenied: the actor keeps no media there.
    """
    authorise(actor, KEEP_MEDIA, piece)
    with acting(actor):
        MediaPiece.objects.filter(pk=piece.pk, removed_at=None).update(removed_at=timezone.now())
