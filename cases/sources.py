"""Which source a reporter mostly is, by role."""

from accounts.models import Role, User
from accounts.permissions import grants_of
from cases.models import Source

_SOURCES = {Role.PATROL: Source.PATROL, Role.CREW: Source.GRID_OFFICER, Role.LEADER: Source.LEADER}


def usual_source(user: User) -> Source | None:
    """What a reporter mostly is; None for whom no role says it."""
    roles = (role for role, _area in grants_of(user))
    return next((_SOURCES[Role(role)] for role in roles if role in _SOURCES), None)
