"""What the addresses of patrols' pages may ask for; whatever else stands there is a 400 that names it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from accounts.models import User
from assets.dictionaries import Dictionaries
from assets.filter_parameters import FilterError
from assets.paging import PARAMETER
from cases.models import Patrol, PatrolQuerySet, PatrolState, Team
from places.models import Level
from web.paging import only_parameters

USUAL_DAYS = 30
MOST_DAYS = 3650


def day_asked(request: HttpRequest, name: str) -> date | None:
    """A day of the address, or None.

    Raises:
        FilterError: it is none.
    """
    text = request.GET.get(name, "")
    try:
        day = parse_date(text) if text else None
    except ValueError:
        day = None
    if text and day is None:
        raise FilterError(name, _("Give a day such as 2026-11-28."))
    return day


def one_of(request: HttpRequest, name: str, entries: Mapping[str, Any]) -> str:
    """A code of the address, or nothing.

    Raises:
        FilterError: there is no such code.
    """
    code = request.GET.get(name, "")
    if code and code not in entries:
        raise FilterError(name, _("“%(value)s” does not exist.") % {"value": code[:80]})
    return code


@dataclass(frozen=True)
class PatrolsAsked:
    """Which patrols a list shows."""

    state: str
    team: str
    street: str
    first: date | None
    last: date | None

    @classmethod
    def read(cls, request: HttpRequest, lists: Dictionaries) -> "PatrolsAsked":
        """Of an address.

        Raises:
            FilterError: naming the parameter.
        """
        only_parameters(request, "state", "team", "street", "from", "to", PARAMETER)
        team = request.GET.get("team", "")
        uid = _uuid(team)
        if team and (uid is None or not Team.objects.filter(uid=uid).exists()):
            raise FilterError("team", _("“%(value)s” does not exist.") % {"value": team[:80]})
        return cls(
            one_of(request, "state", dict(PatrolState.choices)),
            team,
            one_of(request, "street", lists.areas_at(Level.STREET)),
            day_asked(request, "from"),
            day_asked(request, "to"),
        )

    def patrols(self, user: User, *but: str) -> PatrolQuerySet:
        """What it leaves of what a reader may see; without some parameters."""
        wanted = Q()
        zone = timezone.get_default_timezone()
        if self.team:
            wanted &= Q(team__uid=self.team)
        if self.street:
            # In the street by its route: an area of or above it, or a site in it.
            above = [self.street[:6], self.street]
            wanted &= Q(
                pk__in=Patrol.objects.filter(
                    Q(areas__code__in=above)
                    | Q(areas__code__startswith=self.street)
                    | Q(stops__site__area__code__startswith=self.street)
                ).values("pk")
            )
        if self.first:
            wanted &= Q(planned_for__gte=datetime.combine(self.first, datetime.min.time(), zone))
        if self.last:
            end = datetime.combine(self.last, datetime.min.time(), zone) + timedelta(days=1)
            wanted &= Q(planned_for__lt=end)
        patrols = Patrol.objects.visible_to(user).filter(wanted)
        return patrols.in_state(self.state) if self.state and "state" not in but else patrols

    def but(self, **changed: str) -> str:
        """The query string with other values in place of some."""
        values = {
            "state": self.state,
            "team": self.team,
            "street": self.street,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
        } | changed
        return urlencode({name: value for name, value in values.items() if value})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def days_asked(request: HttpRequest) -> int:
    """For how many days nobody was there.

    Raises:
        FilterError: naming `days`.
    """
    text = request.GET.get("days", "")
    if not text:
        return USUAL_DAYS
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MOST_DAYS):
        raise FilterError("days", _("A whole number of days from 1 to %(most)s.") % {"most": MOST_DAYS})
    return int(text)
