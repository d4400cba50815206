"""A street appeals against what a published sheet says of it; the desk answers. The sheet stays as it is."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import APPEAL_SCORE, PUBLISH_SHEET
from assets.history import Actor, acting, authorise
from evaluation.assessment.actions.give_bonus import MADE_GOOD, give_bonus
from evaluation.models import Appeal, AppealAnswer, ScoreSheet
from places.models import Area
from web.months import after

_LONGEST = 1000


def appeal_score(actor: Actor, sheet: ScoreSheet, street: Area, reason: str, *, figure: str = "") -> Appeal:
    """Appeal for a street.

    Raises:
        PermissionDenied: the actor does not speak for the street.
        ValidationError: naming `street` (not on the sheet), `figure` or `reason`.
    """
    authorise(actor, APPEAL_SCORE, street)
    row = next((row for row in sheet.told["streets"] if row["code"] == street.code), None)
    if row is None:
        raise ValidationError({"street": _("This street is not on the sheet.")})
    figures = {figure["code"] for part in row["parts"] for figure in part["figures"]}
    if figure and figure not in figures:
        raise ValidationError({"figure": _("“%(value)s” does not exist.") % {"value": figure[:40]}})
    text = _checked_text("reason", reason)
    with acting(actor):
        return Appeal.objects.create(
            sheet=sheet, street=street, figure=figure, reason=text, by=actor.user, by_name=actor.name[:150]
        )


def answer_appeal(
    actor: Actor, appeal: Appeal, text: str, *, upheld: bool, points: Decimal = Decimal(0)
) -> AppealAnswer:
    """Answer an appeal, once; where it is upheld, points may make it good on the sheet of the month after.

    Raises:
        PermissionDenied: the actor publishes no sheets there, or made the appeal.
        ValidationError: naming `appeal` (answered already), `text` or `points`.
    """
    authorise(actor, PUBLISH_SHEET, appeal.sheet)
    if actor.user is not None and actor.user.pk == appeal.by_id:
        raise PermissionDenied(_("This takes a second person: the appeal is your own."))
    answer = _checked_text("text", text)
    if points and not upheld:
        raise ValidationError({"points": _("Points go with an appeal that is upheld.")})
    with acting(actor):
        Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
        if AppealAnswer.objects.filter(appeal=appeal).exists():
            raise ValidationError({"appeal": _("The appeal was answered already.")})
        bonus = None
        if points:
            month = after(appeal.sheet.month)
            while ScoreSheet.objects.filter(district=appeal.sheet.district, month=month).exists():
                month = after(month)
            why = _("Appeal about %(month)s") % {"month": f"{appeal.sheet.month:%Y-%m}"}
            bonus = give_bonus(actor, appeal.street, month, MADE_GOOD, points, why)
        return AppealAnswer.objects.create(
            appeal=appeal, upheld=upheld, text=answer, bonus=bonus, by=actor.user, by_name=actor.name[:150]
        )


def _checked_text(name: str, text: str) -> str:
    text = text.strip()
    if not text:
        raise ValidationError({name: _("Say why, in a few words.")})
    if len(text) > _LONGEST:
        raise ValidationError({name: _("At most %(most)s characters.") % {"most": _LONGEST}})
    return text
