"""Who may evaluate what: never a site that one's own unit answers for (docs/design.md, roles)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.permissions import EVALUATE, MANAGE_EVALUATION, VERBS_OF_ROLE, grants_of
from assets.history import Actor, authorise
from evaluation.models import Round
from places.models import Responsibility, ResponsibilityKind, Site

# Whose row is about a site or about all that lies in an area; a stairwell is neither.
_KINDS = (ResponsibilityKind.KEEPER, ResponsibilityKind.UNIT, ResponsibilityKind.LEADER)


@dataclass(frozen=True)
class Own:
    """What somebody answers for on a day: sites by key, and areas by code with all that lies in them."""

    sites: frozenset[int]
    areas: frozenset[str]

    def includes(self, site: Site) -> bool:
        """Whether a site is theirs, or lies in what is theirs."""
        at = site.scope_code
        return site.pk in self.sites or bool(at and any(at.startswith(code) for code in self.areas))


def own_of(user: User, day: date | None = None) -> Own:
    """What somebody, or a unit of theirs, answers for on a day (today), and the streets they write for."""
    theirs = Q(holder__user=user) | Q(holder__unit__in=user.units.values("pk"))
    rows = Responsibility.objects.on(day or timezone.localdate()).filter(theirs, kind__in=_KINDS)
    named = list(rows.values("site_id", "area__code"))
    sites = {row["site_id"] for row in named if row["site_id"]}
    areas = {row["area__code"] for row in named if row["area__code"]}
    offices = {code for role, code in grants_of(user) if role == Role.STREET_EDITOR}
    return Own(frozenset(sites), frozenset(areas | offices))


def require_evaluating(actor: Actor, round_: Round, site: Site, day: date) -> None:
    """Whether somebody may evaluate a site in a round, on the day of the visit.

    Raises:
        PermissionDenied: the role does not allow it here.
        ValidationError: naming `site`: their own unit answers for it.
    """
    authorise(actor, EVALUATE, round_)
    refuse_own(actor.user, [site], day)


def refuse_own(user: User | None, sites: Iterable[Site], day: date | None = None) -> None:
    """Nobody measures themselves.

    Raises:
        ValidationError: naming `site`.
    """
    if user is None or user.is_superuser:
        return
    own = own_of(user, day)
    for site in sites:
        if own.includes(site):
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
