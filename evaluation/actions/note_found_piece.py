"""Note that an asset was registered because an evaluation found it, at which site of which round."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.history import Actor, acting
from assets.models import Asset
from evaluation.models import FoundPiece, Round
from evaluation.standing import require_evaluating
from places.models import Site


def note_found_piece(actor: Actor, round_: Round, site: Site, asset: Asset, found_at: datetime) -> FoundPiece:
    """Note it, once however often it comes.

    Raises:
        PermissionDenied: the actor evaluates nothing there.
        ValidationError: naming `site`: it is their own, or not one that they were sent to in this round.
    """
    require_evaluating(actor, round_, site, timezone.localdate(found_at))
    if not round_.stops.filter(site=site, evaluator=actor.user).exists():
        raise ValidationError({"site": _("%(site)s is not a site of yours in this round.") % {"site": site}})
    with acting(actor):
        piece, _new = FoundPiece.objects.get_or_create(
            asset=asset,
            defaults={"round": round_, "site": site, "found_by": actor.user, "found_at": found_at},
        )
    return piece
