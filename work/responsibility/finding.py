"""What a code or a name means that somebody writes: a street, a community, a road, a site or an indicator."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.permissions import Scope
from places.models import Area, Indicator, Level, ResponsibilityKind, Road, Site
from work.responsibility.actions.checking import Place

_LEVELS = {
    ResponsibilityKind.LEADER: Level.STREET,
    ResponsibilityKind.UNIT: Level.COMMUNITY,
    ResponsibilityKind.STAIRWELL: Level.COMMUNITY,
}


def find_place(kind: ResponsibilityKind, text: str, scope: Scope) -> Place:
    """What a code or a name means, for a kind of responsibility, among what lies in a scope.

    Raises:
        ValidationError: nothing, or several things, have it.
    """
    text = text.strip()
    if "\0" in text or not text:
        raise ValidationError(_("Give its code or its name."))
    found: list[Place] = list(_candidates(kind, text, scope)[:3])
    exact = [candidate for candidate in found if candidate.code == text]
    if exact:
        return exact[0]
    if len(found) == 1:
        return found[0]
    if found:
        raise ValidationError(
            _("Several have the name “%(name)s”: give the code instead.") % {"name": text[:60]}
        )
    raise ValidationError(
        _("“%(name)s” is not known as what a “%(kind)s” answers for.")
        % {"name": text[:60], "kind": kind.label}
    )


def _candidates(kind: ResponsibilityKind, text: str, scope: Scope) -> Any:
    called = Q(code=text) | Q(name=text)
    if kind in _LEVELS:
        level = _LEVELS[kind]
        found = Area.objects.filter(called | Q(aliases__contains=[text]), scope.within("code"), level=level)
        return found.defer("boundary")
    if kind is ResponsibilityKind.CHIEF:
        roads = Road.objects.filter(called | Q(aliases__contains=[text]), scope.within("district__code"))
        return roads.select_related("district").defer("line", "district__boundary")
    if kind is ResponsibilityKind.KEEPER:
        sites = Site.objects.filter(called, scope.within("area__code"))
        return sites.select_related("area").defer("outline", "area__boundary")
    indicators = Indicator.objects.filter(called, scope.within("district__code"))
    return indicators.select_related("district").defer("district__boundary")
