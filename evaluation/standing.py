"""Who may evaluate what: never a site that one's own unit answers for (docs/design.md, roles)."""

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.permissions import EVALUATE, MANAGE_EVALUATION, VERBS_OF_ROLE, grants_of
from assets.history import Actor, authorise
from evaluation.models import Round
from places.models import Area, Site

_DIGITS_OF_A_STREET = 9


def units_answering(site: Site) -> frozenset[int]:
    """The units that answer for a site: its own, else named by its community or street."""
    codes = _codes_around(site.scope_code)
    units = set(
        Area.objects.filter(code__in=codes, leader_unit__isnull=False).values_list("leader_unit", flat=True)
    )
    return frozenset(units | ({site.leader_unit_id} if site.leader_unit_id else set()))


def is_own(user: User, site: Site) -> bool:
    """Whether a site is answered for by somebody's own unit, or by the street office they write for."""
    street = site.scope_code[:_DIGITS_OF_A_STREET]
    for role, code in grants_of(user):
        if role == Role.STREET_EDITOR and street and site.scope_code.startswith(code):
            return True
    mine = set(user.units.values_list("pk", flat=True))
    return bool(mine and mine & units_answering(site))


def require_evaluating(actor: Actor, round_: Round, site: Site) -> None:
    """Whether somebody may evaluate a site in a round.

    Raises:
        PermissionDenied: the role does not allow it here.
        ValidationError: naming `site`: their own unit answers for it.
    """
    authorise(actor, EVALUATE, round_)
    refuse_own(actor.user, site)


def refuse_own(user: User | None, site: Site) -> None:
    """Nobody measures themselves.

    Raises:
        ValidationError: naming `site`.
    """
    if user is not None and not user.is_superuser and is_own(user, site):
        raise ValidationError(
            {
                "site": _("%(site)s: your own unit answers for it, so somebody else evaluates it.")
                % {"site": site}
            }
        )


def evaluators_for(round_: Round) -> QuerySet[User]:
    """Who can be sent to the sites of a round: those with the role there, by name."""
    roles = [role for role, verbs in VERBS_OF_ROLE.items() if EVALUATE in verbs]
    code = round_.area.code
    around = [code[:length] for length in (6, 9, 12) if length <= len(code)]
    there = Q(memberships__area__code__in=around) | Q(memberships__area=None)
    people = User.objects.filter(there, memberships__role__in=roles, is_active=True)
    return people.distinct().order_by("display_name", "username")


def require_managing(actor: Actor, round_: Round) -> None:
    """Whether somebody runs rounds here.

    Raises:
        PermissionDenied: not theirs.
    """
    authorise(actor, MANAGE_EVALUATION, round_)


def _codes_around(code: str) -> list[str]:
    return [code[:length] for length in (9, 12, 15) if length <= len(code)]
