"""What somebody is to a patrol beside having a role: of its team, its leader, or the desk that runs patrols."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import DO_PATROL, MANAGE_PATROLS, AnyUser, can
from assets.history import Actor
from assets.models import Origin
from cases.models import Patrol


def may_go(user: AnyUser, patrol: Patrol) -> bool:
    """Whether somebody may record on a patrol: its team's members, and the desk for a team without a phone."""
    if can(user, MANAGE_PATROLS, patrol):
        return True
    if not isinstance(user, User) or not can(user, DO_PATROL, patrol):
        return False
    return user.patrol_teams.filter(pk=patrol.team_id).exists()


def may_confirm(user: AnyUser, patrol: Patrol) -> bool:
    """Whether somebody may confirm hours: the team's leader, or the desk."""
    if can(user, MANAGE_PATROLS, patrol):
        return True
    leads = isinstance(user, User) and patrol.team.confirms_id == user.pk
    return leads and can(user, DO_PATROL, patrol)


def require_going(actor: Actor, patrol: Patrol) -> None:
    """Refuse whoever may not record on a patrol.

    Raises:
        PermissionDenied: the actor is neither of the team nor of the desk.
    """
    if not _is_command(actor) and not may_go(actor.user or AnonymousUser(), patrol):
        raise PermissionDenied(_("Only members of the team record on its patrol."))


def require_confirming(actor: Actor, patrol: Patrol) -> None:
    """Refuse whoever may not confirm hours.

    Raises:
        PermissionDenied: the actor is neither the team's leader nor of the desk.
    """
    if not _is_command(actor) and not may_confirm(actor.user or AnonymousUser(), patrol):
        raise PermissionDenied(_("The leader of the team confirms its hours."))


def _is_command(actor: Actor) -> bool:
    return actor.user is None and actor.origin is Origin.COMMAND
