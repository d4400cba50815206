"""Make the address of a wall, and end it."""

import secrets

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import SHOW_ON_WALLS
from accounts.tokens import digest_of
from assets.history import Actor, acting, authorise
from places.models import Area, Level
from reports.models import Wall

LONGEST_NAME = 60
MOST_WALLS = 50


def make_wall(actor: Actor, district: Area, name: str) -> tuple[Wall, str]:
    """Make a wall for a district.

    Returns:
        The wall and the secret of its address, which nobody can be shown again.

    Raises:
        PermissionDenied: the actor may not show anything there.
        ValidationError: naming `district` (no district) or `name` (missing, or too long).
    """
    authorise(actor, SHOW_ON_WALLS, district)
    if district.level != Level.DISTRICT:
        raise ValidationError({"district": _("A wall shows a whole district.")})
    words = name.strip()
    if not words or len(words) > LONGEST_NAME or "\0" in words:
        raise ValidationError(
            {"name": _("Say in at most %(most)s characters where it hangs.") % {"most": LONGEST_NAME}}
        )
    with acting(actor):
        if Wall.objects.filter(district=district, revoked_at=None).count() >= MOST_WALLS:
            raise ValidationError(
                {"name": _("At most %(most)s walls: end one first.") % {"most": MOST_WALLS}}
            )
        secret = secrets.token_urlsafe(32)
        wall = Wall.objects.create(
            name=words, district=district, digest=digest_of(secret), made_by=actor.user
        )
    return wall, secret


def end_wall(actor: Actor, wall: Wall) -> bool:
    """End a wall now; whether it had not ended yet. What it shows goes away with its next question.

    Raises:
        PermissionDenied: the actor may not, there.
    """
    authorise(actor, SHOW_ON_WALLS, wall)
    with acting(actor):
        open_ones = Wall.objects.filter(pk=wall.pk, revoked_at=None)
        return bool(open_ones.update(revoked_at=timezone.now(), revoked_by=actor.user))
