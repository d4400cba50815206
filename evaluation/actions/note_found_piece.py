"""Note that an asset was registered because an evaluation found it, at which site of which round."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from assets.history import Actor, acting
from assets.models import Asset
from evaluation.models import FoundPiece, Round
from evaluation.standing import require_evaluating
from places.models import Site


def note_found_piece(
    actor: Actor, finder: User, round_: Round, site: Site, asset: Asset, found_at: datetime
) -> FoundPiece:
    """Note it, once however often it comes.

    Args:
        actor: whoever registers the piece: its finder, or an office that applies what the finder recorded.
        finder: whose right to evaluate there counts.

    Raises:
        PermissionDenied: the finder evaluates nothing there.
        ValidationError: naming `site`: it is their own, or not one that they were sent to in this round.
    """
    require_evaluating(Actor(finder, actor.origin), round_, site, timezone.localdate(found_at))
    if not round_.stops.filter(site=site, evaluator=finder).exists():
        raise ValidationError({"site": _("%(site)s is not a site of yours in this round.") % {"site": site}})
    with acting(actor):
        piece, _new = FoundPiece.objects.get_or_create(
            asset=asset,
            defaults={"round": round_, "site": site, "found_by": finder, "found_at": found_at},
        )
    return piece
