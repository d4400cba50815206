"""Who answers here, as far as a reader may be told, and `answers=` of the filters (assets' and cases').

Everybody who reads the catalogue is told unit and post of those who answer in the reader's districts. A person's name
and telephone are told to those who may know them there (`SEE_HOLDERS`): the desk, the street's office, the leaders.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.permissions import READ, SEE_HOLDERS, AnyUser, Scope, scope_of
from assets.filter_parameters import Parameter, Reference
from assets.filter_values import Values, read_codes
from places.answering import Spot, answering_at, where_answering
from places.models import Area, Holder, Responsibility, Unit
from places.models.responsibility import ResponsibilityQuerySet


def rows_within(scope: Scope) -> Q:
    """Rows about things that lie in a scope."""
    return scope.within("area__code", "road__district__code", "site__area__code", "indicator__district__code")


def rows_seen_by(user: AnyUser) -> ResponsibilityQuerySet:
    """The rows that a reader may know of."""
    return Responsibility.objects.filter(rows_within(scope_of(user, READ)))


def lies_at(row: Responsibility) -> str:
    """The code of the area that a row's thing lies in."""
    place = row.place
    return place.code if isinstance(place, Area) else row.scope_code


@dataclass(frozen=True)
class Told:
    """One row for one reader: `person` and `telephone` are empty where they may not be told."""

    row: Responsibility
    kind: str
    what: str
    post: str
    person: str
    telephone: str

    @property
    def who(self) -> str:
        """In one line."""
        return " · ".join(part for part in (self.person, self.post) if part)


def told_to(user: AnyUser, row: Responsibility) -> Told:
    """A row as a reader may be told it."""
    open_to = scope_of(user, SEE_HOLDERS).covers(lies_at(row))
    holder = row.holder
    return Told(
        row,
        str(row.get_kind_display()),
        row.what,
        str(holder),
        holder.name if open_to else "",
        holder.telephone if open_to else "",
    )


def told_at(user: AnyUser, spot: Spot, day: date) -> list[Told]:
    """Who answered at a spot on a day, the nearest first, as a reader may be told."""
    scope = scope_of(user, READ)
    return [told_to(user, row) for row in answering_at(spot, day) if scope.covers(lies_at(row))]


class AnswersCodes(Parameter):
    """Where somebody answers today: `p12` one person or unit as it was entered, `u5` a unit with all of its people."""

    read = staticmethod(read_codes)

    def __init__(self, building: str, **kwargs: Any) -> None:
        """`building` leads from the model to a building's text."""
        super().__init__(**kwargs)
        self.building = building

    def condition(self, value: Values, reference: Reference) -> Q:
        """What stands where any of them answers."""
        holders, units = self._named(value)
        held = Q(holder__in=list(holders.values())) | Q(holder__unit__in=list(units.values()))
        return where_answering(Responsibility.objects.on(reference.today).filter(held), self.building)

    def words(self, value: Values, reference: Reference) -> list[str]:
        """Unit and post, never a name."""
        holders, units = self._named(value)
        return [_("answered by %(who)s") % {"who": holders.get(code) or units[code]} for code in value]

    def _named(self, value: Values) -> tuple[dict[str, Holder], dict[str, Unit]]:
        for code in value:
            if not re.fullmatch(r"[pu][1-9][0-9]{0,17}", code):
                raise self.unknown(code)
        keys = {letter: [int(code[1:]) for code in value if code[0] == letter] for letter in "pu"}
        holders = {
            holder.code: holder for holder in Holder.objects.filter(pk__in=keys["p"]).select_related("unit")
        }
        units = {f"u{unit.pk}": unit for unit in Unit.objects.filter(pk__in=keys["u"])}
        for code in value:
            if code not in holders and code not in units:
                raise self.unknown(code)
        return holders, units
