"""Give a street points in a month, or take some off, for something on the scheme's list of bonuses."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import DIGITS_OF_A_DISTRICT, PUBLISH_SHEET
from assets.history import Actor, acting, authorise
from evaluation.models import ScoreBonus, ScoreSheet
from places.models import Area

# The bonus by which an appeal that was upheld is made good; no scheme has to list it.
MADE_GOOD = "appeal"
_MOST = Decimal(100)


def give_bonus(
    actor: Actor, street: Area, month: date, code: str, points: Decimal, reason: str
) -> ScoreBonus:
    """Give points for a month that is not published; one given by mistake is taken back by as many the other way.

    Raises:
        PermissionDenied: the actor publishes no sheets for the district.
        ValidationError: naming `month`, `points` or `reason`.
    """
    district = Area.objects.get(code=street.code[:DIGITS_OF_A_DISTRICT])
    authorise(actor, PUBLISH_SHEET, district)
    first = month.replace(day=1)
    why = reason.strip()
    if not 0 < len(why) <= 300:
        raise ValidationError({"reason": _("Between 1 and %(most)s characters.") % {"most": 300}})
    if not points or abs(points) > _MOST or round(points, 2) != points:
        raise ValidationError({"points": _("Give points up to 100, with at most two decimals; not 0.")})
    with acting(actor):
        if ScoreSheet.objects.filter(district=district, month=first).exists():
            raise ValidationError({"month": _("The month was published already.")})
        return ScoreBonus.objects.create(
            street=street, month=first, code=code, points=points, reason=why, by=actor.user
        )
