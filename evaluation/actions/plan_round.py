"""Plan a round: by which edition, where, and whether its sites are drawn or all of them."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.permissions import MANAGE_EVALUATION
from assets.history import Actor, acting, authorise
from evaluation.models import By, Choice, Round, StandardEdition
from places.models import Area, Level


def plan_round(
    actor: Actor,
    name: str,
    edition: StandardEdition,
    area: Area,
    starts_on: date,
    ends_on: date,
    *,
    choice: Choice | str = Choice.DRAW,
    by: By | str = By.OWN,
    announced: bool = False,
    raises_cases: bool = True,
    publicity_only: bool = False,
    remarks: str = "",
) -> Round:
    """Plan a round; its sites follow (`choose_sites`), then it is opened.

    Raises:
        PermissionDenied: the actor runs no rounds there.
        ValidationError: naming `name`, `area`, `ends_on` or `edition` (without items, or no category for findings).
    """
    authorise(actor, MANAGE_EVALUATION, area)
    if not name.strip():
        raise ValidationError({"name": _("Give it a name.")})
    if area.level not in (Level.DISTRICT, Level.STREET):
        raise ValidationError({"area": _("A round is of a district or a street.")})
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("It ends before it begins.")})
    items = edition.items.filter(active=True)
    if publicity_only:
        items = items.filter(publicity=True)
    if not items.exists():
        raise ValidationError({"edition": _("This edition has no items to compare with.")})
    if raises_cases and edition.category_id is None and items.filter(category=None).exists():
        raise ValidationError(
            {
                "edition": _(
                    "Say in the edition what findings are reported as, or let findings become no cases."
                )
            }
        )
    with acting(actor):
        return Round.objects.create(
            name=name.strip()[:80],
            edition=edition,
            area=area,
            starts_on=starts_on,
            ends_on=ends_on,
            choice=choice,
            by=by,
            announced=announced,
            raises_cases=raises_cases,
            publicity_only=publicity_only,
            remarks=remarks.strip()[:300],
            planned_by=actor.user,
        )
