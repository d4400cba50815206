"""Who does field work, and whose phones somebody answers for."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import AccessToken, TokenPurpose, User
from accounts.permissions import (
    DO_MAINTENANCE,
    DO_PATROL,
    EVALUATE,
    INSPECT,
    REGISTER,
    REVIEW_FIELD_WORK,
    SUPERVISE_CREWS,
    VERBS_OF_ROLE,
    Scope,
    can,
    scope_of,
)

_FIELD_WORK = (REGISTER, INSPECT, DO_MAINTENANCE, DO_PATROL, EVALUATE)
_FIELD_ROLES = [role for role, verbs in VERBS_OF_ROLE.items() if verbs.intersection(_FIELD_WORK)]


def require_field_work(user: User) -> None:
    """Whether a role lets somebody send anything from the field at all.

    Raises:
        PermissionDenied: it does not.
    """
    if not any(can(user, verb) for verb in _FIELD_WORK):
        raise PermissionDenied(_("Your role does no field work."))


def supervised_users(supervisor: User) -> QuerySet[User]:
    """People with a role inside the areas where a supervisor answers for crews."""
    return _people_within(scope_of(supervisor, SUPERVISE_CREWS))


def field_workers_of(reviewer: User) -> QuerySet[User]:
    """People whose unsent work somebody may load: who does field work in the areas where they review it.

    A file says itself whose it is. So only those are believed to have written one who had a phone of theirs known here,
    and whose role lets them work in some part of the reviewer's areas; a crew of the whole district works there too.
    What is loaded reaches no further than the loader's rights, and names the loader beside them.
    """
    with_phones = User.objects.filter(tokens__purpose=TokenPurpose.FIELD)
    scope = scope_of(reviewer, REVIEW_FIELD_WORK)
    working = Q(memberships__role__in=_FIELD_ROLES)
    if not scope.is_everywhere:
        here = Q(pk__in=[])
        for prefix in scope.prefixes:
            around = [prefix[:length] for length in (6, 9, 12, 15) if length <= len(prefix)]
            here |= Q(memberships__area__code__startswith=prefix) | Q(memberships__area__code__in=around)
        working &= here | Q(memberships__area=None)
    return with_phones.filter(working).distinct()


def supervised_devices(supervisor: User) -> QuerySet[AccessToken]:
    """Phones of the people a supervisor answers for."""
    return AccessToken.objects.filter(purpose=TokenPurpose.FIELD, user__in=supervised_users(supervisor))


def _people_within(scope: Scope) -> QuerySet[User]:
    if scope.is_everywhere:
        return User.objects.all()
    condition = Q(pk__in=[])
    for prefix in scope.prefixes:
        condition |= Q(memberships__area__code__startswith=prefix)
    return User.objects.filter(condition).distinct()
