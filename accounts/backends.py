"""Answers Django's own questions: who a session's user is, and whether a role lets them ("may change places.area?").

Only the administration pages of `places` and `accounts` ask this way, since `places` may not import this room; the
pages of `assets` ask `accounts.permissions` themselves. Nothing is ever stored in Django's permission tables.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import User
from accounts.permissions import ADMINISTER, MANAGE_LISTS, MANAGE_PLACES, MANAGE_USERS, AnyUser, Placed, can
from accounts.readers import known_user


def _verb(permission: str) -> str | None:
    """The verb behind a permission such as `places.change_area`; None where there is none."""
    room, _dot, codename = permission.partition(".")
    action, _underscore, model = codename.partition("_")
    if room == "accounts":
        return MANAGE_USERS
    if room == "places":
        if action == "view":
            return ADMINISTER
        return MANAGE_LISTS if model in ("sitekind", "unit") else MANAGE_PLACES
    return None


class RoleBackend(ModelBackend):
    """Passwords as Django checks them; users as they are known; permissions from roles."""

    def get_user(self, user_id: int) -> User | None:
        """The user of a session, when the account is switched on."""
        user = known_user(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None

    def has_perm(self, user_obj: AnyUser, perm: str, obj: Any = None) -> bool:
        """Whether one of the user's roles allows it; `obj`, when it lies in an area, must lie in the role's."""
        verb = _verb(perm)
        placed: Placed | None = obj if hasattr(obj, "scope_code") else None
        return verb is not None and can(user_obj, verb, placed)

    def has_module_perms(self, user_obj: AnyUser, app_label: str) -> bool:
        """Whether the administration lists a room at all; each list then asks for itself."""
        return can(user_obj, MANAGE_USERS if app_label == "accounts" else ADMINISTER)

    def get_all_permissions(self, user_obj: AnyUser, obj: Any = None) -> set[str]:
        """None by name: they are derived, not stored."""
        return set()
