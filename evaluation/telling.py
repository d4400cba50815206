"""What an asset's history is told of evaluations: on which visit it was found."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import READ_EVALUATION, AnyUser, can
from assets.models import Asset
from evaluation.models import FoundPiece, Visit
from mapping.timeline import Event


def found_on(asset: Asset, reader: AnyUser) -> Iterable[Event]:
    """The visit on which an asset was found, for whoever may see that visit."""
    if not can(reader, READ_EVALUATION):
        return
    piece = FoundPiece.objects.filter(asset=asset).first()
    if piece is None:
        return
    seen = Visit.objects.visible_to(reader).filter(pk__in=piece.visits())
    # One that stands comes before those that were voided: nothing is later than any day.
    visit = seen.select_related("round", "site", "evaluator").order_by("-voided_at", "-pk").first()
    if visit is None:
        return
    yield Event(
        kind="found",
        at=piece.found_at,
        title=_("Found on the evaluation of %(site)s") % {"site": visit.site},
        detail=str(visit.round),
        actor=str(visit.evaluator or ""),
        url=reverse("evaluation-visit", args=[visit.uid]),
    )
