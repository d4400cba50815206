"""Who does field work, and whose phones somebody answers for."""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import AccessToken, TokenPurpose, User
from accounts.permissions import (
    DO_MAINTENANCE,
    INSPECT,
    REGISTER,
    REVIEW_FIELD_WORK,
    SUPERVISE_CREWS,
    Scope,
    can,
    scope_of,
)


def require_field_work(user: User) -> None:
    """Whether a role lets somebody send anything from the field at all.

    Raises:
        PermissionDenied: it does not.
    """
    if not any(can(user, verb) for verb in (REGISTER, INSPECT, DO_MAINTENANCE)):
        raise PermissionDenied(_("Your role does no field work."))


def supervised_users(supervisor: User) -> QuerySet[User]:
    """People with a role inside the areas where a supervisor answers for crews."""
    return _people_within(scope_of(supervisor, SUPERVISE_CREWS))


def people_of_the_district(reviewer: User) -> QuerySet[User]:
    """People whose unsent work somebody may load: who has a role in a district where they review field work.

    The whole district, since crews work in several streets; what is loaded reaches no further than the loader's rights.
    """
    scope = scope_of(reviewer, REVIEW_FIELD_WORK)
    return _people_within(Scope(frozenset(prefix[:6] for prefix in scope.prefixes)))


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
