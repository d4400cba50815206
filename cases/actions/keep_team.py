"""Enter a patrol team, or change one."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import DO_PATROL, MANAGE_PATROLS, can
from assets.history import Actor, acting, authorise
from cases.models import Team, TeamKind
from places.models import Area, Unit

MOST_MEMBERS = 200
_COLUMNS = ("name", "kind", "area", "unit", "leader", "phone", "headcount", "confirms", "active")


def keep_team(
    actor: Actor,
    team: Team | None,
    *,
    name: str,
    kind: str,
    area: Area,
    unit: Unit | None = None,
    leader: str = "",
    phone: str = "",
    headcount: int = 0,
    confirms: User | None = None,
    members: Sequence[User] = (),
    active: bool = True,
) -> Team:
    """Enter a team, or write what one is now.

    Args:
        members: the accounts of those who carry a phone; the team itself is a figure (`headcount`).
        confirms: whose account confirms its hours.

    Raises:
        PermissionDenied: the actor keeps no teams there; where it was, or where it is to be.
        ValidationError: naming the field.
    """
    authorise(actor, MANAGE_PATROLS, area)
    if team is not None:
        authorise(actor, MANAGE_PATROLS, team)
    given: dict[str, Any] = {
        "name": name.strip(),
        "kind": kind,
        "area": area,
        "unit": unit,
        "leader": leader.strip(),
        "phone": phone.strip(),
        "headcount": headcount,
        "confirms": confirms,
        "active": active,
    }
    _check(given, members, team)
    with acting(actor):
        kept = Team.objects.select_for_update().get(pk=team.pk) if team is not None else Team()
        for column in _COLUMNS:
            setattr(kept, column, given[column])
        kept.full_clean(exclude=["uid"])
        kept.save()
        kept.members.set(members)
    return kept


def _check(given: dict[str, Any], members: Sequence[User], team: Team | None) -> None:
    if not given["name"]:
        raise ValidationError({"name": _("Give the team a name.")})
    if given["kind"] not in TeamKind.values:
        raise ValidationError({"kind": _("Volunteers, staff or photo team.")})
    others = Team.objects.exclude(pk=team.pk) if team is not None else Team.objects.all()
    if others.filter(name=given["name"]).exists():
        raise ValidationError({"name": _("There is a team of this name already.")})
    if len(members) > MOST_MEMBERS:
        raise ValidationError({"members": _("At most %(most)s accounts.") % {"most": MOST_MEMBERS}})
    for user in {*members, *filter(None, [given["confirms"]])}:
        if not can(user, DO_PATROL, given["area"]):
            raise ValidationError(
                {
                    "members": _("%(user)s may not go on patrols in %(area)s.")
                    % {"user": user, "area": given["area"]}
                }
            )
