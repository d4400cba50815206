"""The worker's reminder to look again at what was exposed: a notice for each case on its day, once."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from accounts.permissions import EXPOSE_CASE, VERBS_OF_ROLE, can
from assets.history import Actor, acting
from assets.models import Origin
from cases.actions.look_again import open_items
from cases.models import Exposure, ExposureQuerySet
from cases.notifying import tell_of_look

_ITSELF = Actor(None, Origin.COMMAND)


def to_remind_of(now: datetime) -> ExposureQuerySet:
    """The exposures whose day to look again has come, and nobody was told of it."""
    standing = Exposure.objects.filter(approved_at__isnull=False, withdrawn_at=None, ended_at=None)
    return standing.filter(reminded_at=None, look_again_on__lte=timezone.localdate(now))


def remind(now: datetime) -> int:
    """Tell the office of each; how many exposures it told of."""
    keys = to_remind_of(now).order_by("pk").values_list("pk", flat=True)
    return sum(_remind(key, now) for key in keys)


def _remind(key: int, now: datetime) -> bool:
    """A notice a person and case, in one transaction with the exposure locked; nothing if somebody was quicker."""
    with acting(_ITSELF):
        found = to_remind_of(now).select_for_update(of=("self",)).select_related("area").filter(pk=key)
        exposure = found.defer("area__boundary").first()
        if exposure is None:
            return False
        # By role: a superuser without one is no office that wants to hear of each.
        roles = [role for role, verbs in VERBS_OF_ROLE.items() if EXPOSE_CASE in verbs]
        people = User.objects.filter(is_active=True, memberships__role__in=roles).distinct().order_by("pk")
        office = [user for user in people if can(user, EXPOSE_CASE, exposure)]
        for item in open_items(exposure):
            tell_of_look(item, office, now)
        exposure.reminded_at = now
        exposure.save(update_fields=["reminded_at"])
    return True
