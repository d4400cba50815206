"""Open a round, say who goes where, close it: from then on streets see what came of an unannounced one."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EVALUATE, can
from assets.history import Actor, acting
from evaluation.models import Round, RoundSite, RoundState
from evaluation.standing import refuse_own, require_managing


def open_round(actor: Actor, round_: Round) -> Round:
    """Freeze its sites and let phones send.

    Raises:
        PermissionDenied: the actor runs no rounds there.
        ValidationError: naming `state` (it has opened already) or `sites` (none).
    """
    require_managing(actor, round_)
    with acting(actor):
        current = _locked(round_)
        if current.state != RoundState.PLANNED:
            raise ValidationError({"state": _("The round has opened already.")})
        if not current.stops.exists():
            raise ValidationError({"sites": _("Draw its sites first.")})
        current.opened_at = timezone.now()
        current.save(update_fields=["opened_at"])
    return current


def close_round(actor: Actor, round_: Round) -> Round:
    """Close it. What a phone recorded before is still taken in afterwards.

    Raises:
        PermissionDenied: the actor runs no rounds there.
        ValidationError: naming `state` (it is not under way).
    """
    require_managing(actor, round_)
    with acting(actor):
        current = _locked(round_)
        if current.state != RoundState.OPEN:
            raise ValidationError({"state": _("The round is not under way.")})
        current.closed_at = timezone.now()
        current.save(update_fields=["closed_at"])
    return current


def assign(actor: Actor, round_: Round, stops: Sequence[RoundSite], evaluator: User | None) -> int:
    """Send somebody to some sites of a round, instead of whoever was to go there; returns how many.

    Raises:
        PermissionDenied: the actor runs no rounds there.
        ValidationError: naming `evaluator` (has no such role here), `site` (their own) or `state` (closed).
    """
    require_managing(actor, round_)
    if evaluator is not None and not can(evaluator, EVALUATE, round_):
        raise ValidationError({"evaluator": _("%(person)s does not evaluate here.") % {"person": evaluator}})
    with acting(actor):
        current = _locked(round_)
        if current.state == RoundState.CLOSED:
            raise ValidationError({"state": _("The round has been closed.")})
        rows = list(
            RoundSite.objects.select_related("site__area").filter(
                round=current, pk__in=[stop.pk for stop in stops]
            )
        )
        refuse_own(evaluator, [row.site for row in rows])
        for row in rows:
            row.evaluator = evaluator
        RoundSite.objects.bulk_update(rows, ["evaluator"], batch_size=1_000)
    return len(rows)


def _locked(round_: Round) -> Round:
    return Round.objects.select_for_update(of=("self",)).select_related("area", "edition").get(pk=round_.pk)
