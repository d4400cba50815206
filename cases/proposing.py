"""Who answers for a case? The proposal that the desk sees before it dispatches, and why.

The asset's maintainer, else the unit of the site, of the community, of the street (属地兜底). A category may say that
its cases are usually answered further down this line.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.models import Case, Responsible
from places.models import Area, Site, Unit


@dataclass(frozen=True)
class Proposal:
    """A unit, and why it."""

    unit: Unit
    why: str


def propose(case: Case) -> Proposal | None:
    """The first in the line who is named; None when nobody is."""
    line = [
        (Responsible.MAINTAINER, case.asset.maintainer if case.asset else None, _("maintains the asset")),
        (Responsible.SITE, _led(case.site), _("answers for the site")),
        (Responsible.COMMUNITY, _led(case.community), _("answers for the community")),
        (Responsible.STREET, _led(case.street), _("the street answers where nobody else does")),
    ]
    order = [kind for kind, _unit, _why in line]
    begin = order.index(Responsible(case.category.responsible))
    for _kind, unit, why in [*line[begin:], *line[:begin]]:
        if unit is not None:
            return Proposal(unit, why)
    return None


def certain(case: Case) -> Proposal | None:
    """The proposal where there is no doubt: who maintains the asset, with somebody to turn to there."""
    usual = case.category.responsible == Responsible.MAINTAINER
    unit = case.asset.maintainer if case.asset and usual else None
    if unit is None or not unit.contact_person:
        return None
    return Proposal(unit, _("maintains the asset"))


def _led(place: Site | Area | None) -> Unit | None:
    return place.leader_unit if place is not None else None
