"""Who answers for a case? The proposal that the desk sees before it dispatches, and why.

The asset's maintainer, else the unit of the site's keeper, of the road's chief, of the community, of the street's
leader (属地兜底): whoever answers there today by the rows of responsibility. A category may say that its cases are
usually answered further down this line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Case, Responsible
from places.answering import units_at
from places.models import Responsibility, ResponsibilityKind, Unit

Answering = Mapping[tuple[str, int], Responsibility]


@dataclass(frozen=True)
class Proposal:
    """A unit, why it, and by which post it answers; no name, since a case shows this to all who see it."""

    unit: Unit
    why: str
    post: str = ""

    @property
    def person(self) -> str:
        """Whom of the unit to turn to, as the case will say."""
        return self.unit.contact_person or self.post


def answering_for(cases: Iterable[Case]) -> Answering:
    """Whose units answer today where some cases are; one query for all of them."""
    return units_at(list(cases), timezone.localdate())


def propose(case: Case, answering: Answering | None = None) -> Proposal | None:
    """The first in the line who is named; None when nobody is.

    Args:
        answering: of `answering_for`, where many cases are asked about.
    """
    usual = Responsible(case.category.responsible)
    maintainer = case.asset.maintainer if case.asset else None
    by_maintainer = Proposal(maintainer, _("maintains the asset")) if maintainer else None
    if by_maintainer is not None and usual is Responsible.MAINTAINER:
        return by_maintainer  # most cases; who answers for the places need not be asked
    rows = answering_for([case]) if answering is None else answering
    line = [
        (Responsible.MAINTAINER, by_maintainer),
        (Responsible.SITE, _held(rows, ResponsibilityKind.KEEPER, case.site_id, _("answers for the site"))),
        (Responsible.ROAD, _held(rows, ResponsibilityKind.CHIEF, case.road_id, _("answers for the road"))),
        (
            Responsible.COMMUNITY,
            _held(rows, ResponsibilityKind.UNIT, case.community_id, _("answers for the community")),
        ),
        (
            Responsible.STREET,
            _held(
                rows,
                ResponsibilityKind.LEADER,
                case.street_id,
                _("the street answers where nobody else does"),
            ),
        ),
    ]
    begin = [kind for kind, _found in line].index(usual)
    return next((found for _kind, found in [*line[begin:], *line[:begin]] if found is not None), None)


def certain(case: Case) -> Proposal | None:
    """The proposal where there is no doubt: who maintains the asset, with somebody to turn to there."""
    usual = case.category.responsible == Responsible.MAINTAINER
    unit = case.asset.maintainer if case.asset and usual else None
    if unit is None or not unit.contact_person:
        return None
    return Proposal(unit, _("maintains the asset"))


def _held(rows: Answering, kind: ResponsibilityKind, key: int | None, why: str) -> Proposal | None:
    row = rows.get((kind.value, key)) if key is not None else None
    if row is None or row.holder.unit is None:
        return None
    return Proposal(row.holder.unit, why, row.holder.post)
