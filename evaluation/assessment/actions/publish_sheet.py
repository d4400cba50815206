"""Publish the sheet of a month: all its numbers, and what is behind each, are written once and stay."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import PUBLISH_SHEET
from assets.history import Actor, acting, authorise
from evaluation.assessment.measuring import Period
from evaluation.assessment.sheets import Worked, with_requests, work_out
from evaluation.models import ScoreScheme, ScoreSheet, SheetEvidence, StreetList


def publish_sheet(
    actor: Actor,
    scheme: ScoreScheme,
    month: date,
    *,
    seen: str | None = None,
    requests: Sequence[Mapping[str, str]] = (),
    now: datetime | None = None,
) -> ScoreSheet:
    """Publish a month under a scheme; its lists are proposed with it, for a second person to approve.

    Args:
        seen: the hash of the dry run that was looked at; when the numbers differ by now, nothing is published.
        requests: what the bulletin asks for: rows of `street`, `text` and `by`.

    Raises:
        PermissionDenied: the actor may not publish for the district.
        ValidationError: naming `month` (not over, or published already) or `seen`.
    """
    authorise(actor, PUBLISH_SHEET, scheme)
    with acting(actor):
        kept = (
            ScoreScheme.objects.select_for_update(of=("self",)).select_related("district").get(pk=scheme.pk)
        )
        period = Period.of(kept.district, month, now)
        if not period.has_ended:
            raise ValidationError({"month": _("The month is not over yet.")})
        if ScoreSheet.objects.filter(district=kept.district, month=period.month).exists():
            raise ValidationError({"month": _("The month was published already.")})
        worked = work_out(kept, period.month, now)
        if seen is not None and seen != worked.sha256:
            raise ValidationError(
                {"seen": _("The numbers have changed since you looked at them: look again, then publish.")}
            )
        return _write(actor, kept, period, with_requests(worked, requests), now)


def _write(
    actor: Actor, scheme: ScoreScheme, period: Period, worked: Worked, at: datetime | None
) -> ScoreSheet:
    moment = {"published_at": at} if at is not None else {}
    sheet = ScoreSheet.objects.create(
        district=scheme.district,
        month=period.month,
        scheme=scheme,
        content=worked.content,
        sha256=worked.sha256,
        published_by=actor.user,
        publisher_name=actor.name[:150],
        **moment,
    )
    SheetEvidence.objects.bulk_create(
        SheetEvidence(sheet=sheet, street_code=street, figure=figure, rows=rows)
        for (street, figure), rows in sorted(worked.evidence.items())
    )
    StreetList.objects.bulk_create(
        StreetList(sheet=sheet, kind=kind, entries=entries, proposed_by=actor.user)
        for kind, entries in worked.lists.items()
        if entries
    )
    return sheet
