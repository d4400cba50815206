"""The filter of maintenance jobs: what board, list, costs, sheets and campaigns read from their query strings.

About the job itself it has parameters of its own; about the asset it takes those of the one filter
(`assets.filters`), read by the same code. Unknown parameters or values are refused by name, as everywhere.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import READ, scope_filter, scope_of
from assets.filter_parameters import NONE, FilterError
from assets.filters import AssetFilter, read_filter
from assets.models import (
    Artwork,
    Asset,
    Batch,
    Campaign,
    Maintenance,
    MaintenanceKind,
    MaintenanceState,
    Priority,
)
from assets.models.maintenance import OPEN_STATES
from assets.paging import no_parameter
from assets.rules.lateness import late_jobs
from places.models import Unit

MINE = "mine"
OPEN = "open"
# Parameters about the asset; `overdue`, `artwork` and `batch` mean the job's own here.
OF_THE_ASSET = (
    "street",
    "community",
    "road",
    "site_kind",
    "family",
    "type",
    "theme",
    "condition",
    "q",
    "bbox",
    "within",
    "asset",
)
PRIORITIES = {priority.name.lower(): priority for priority in Priority}


@dataclass(frozen=True)
class JobFilter:
    """A query string, understood. Made by `read_job_filter`."""

    asset_filter: AssetFilter
    conditions: dict[str, Q]
    values: dict[str, str]
    labels: dict[str, list[str]]

    def jobs(self, user: User, verb: str = READ) -> QuerySet[Maintenance]:
        """What the filter leaves of the jobs on assets that a user may do `verb` to."""
        jobs = Maintenance.objects.filter(of_assets(user, verb), *self.conditions.values())
        of_asset = [
            self.asset_filter.conditions[name]
            for name in OF_THE_ASSET
            if name in self.asset_filter.conditions
        ]
        if of_asset:
            # The asset's own conditions are written for assets, so they stay a query on them.
            jobs = jobs.filter(asset__in=Asset.objects.filter(*of_asset).order_by().values("pk"))
        return jobs

    def without(self, *names: str) -> "JobFilter":
        """The same filter with some of the job's own parameters not given."""

        def kept(values: dict[str, Any]) -> dict[str, Any]:
            return {name: value for name, value in values.items() if name not in names}

        return replace(
            self, conditions=kept(self.conditions), values=kept(self.values), labels=kept(self.labels)
        )

    @property
    def query_string(self) -> str:
        """The filter as an address carries it."""
        return self.but()

    def but(self, *without: str, **changed: str) -> str:
        """The query string without some parameters, or with others in their place."""
        values = {name: value for name, value in self.values.items() if name not in without} | changed
        return "&".join(f"{name}={quote(value, safe=',:')}" for name, value in values.items() if value)

    def words(self, *but: str) -> list[str]:
        """The values for people, of all parameters or of all but some."""
        of_asset = {
            name: self.asset_filter.filters[name].words(
                self.asset_filter.values[name], self.asset_filter.reference
            )
            for name in OF_THE_ASSET
            if name in self.asset_filter.values
        }
        words_of = {**self.labels, **of_asset}
        return [word for name, words in words_of.items() if name not in but for word in words]


def of_assets(user: User, verb: str = READ) -> Q:
    """Jobs on assets that a user may do `verb` to."""
    return scope_filter(scope_of(user, verb), through="asset__")


def read_job_filter(query: QueryDict | str, user: User, *, extra: Collection[str] = ()) -> JobFilter:
    """Understand a query string.

    Args:
        user: whose crews `crew=mine` means.
        extra: further parameters that the endpoint reads itself.

    Raises:
        FilterError: a parameter is unknown or given twice, or a value does not exist.
    """
    data = QueryDict(query) if isinstance(query, str) else query
    own: dict[str, str] = {}
    rest = QueryDict(mutable=True)
    for name, values in data.lists():
        if name not in (*_OWN, *OF_THE_ASSET, *extra):
            raise no_parameter(name, extra)
        if len(values) > 1:
            raise FilterError(name, _("It is given twice; separate values with commas."))
        if name in _OWN:
            own[name] = str(values[0])
        elif name in OF_THE_ASSET and values[0] != "":
            rest[name] = str(values[0])
    asset_filter = read_filter(rest)
    conditions: dict[str, Q] = {}
    labels: dict[str, list[str]] = {}
    for name, value in own.items():
        if value:  # a form sends what was left empty
            conditions[name], labels[name] = _OWN[name](name, value, user, asset_filter.reference.today)
    own_values = {name: value for name, value in own.items() if value}
    return JobFilter(
        asset_filter, conditions, {**own_values, **{name: str(rest[name]) for name in rest}}, labels
    )


Read = tuple[Q, list[str]]


def _unknown(name: str, value: str) -> FilterError:
    return FilterError(name, _("“%(value)s” does not exist.") % {"value": value[:80]})


def _states(name: str, value: str, _user: User, _today: date) -> Read:
    states: set[str] = set()
    words = []
    for code in value.split(","):
        if code == OPEN:
            states |= {state.value for state in OPEN_STATES}
            words.append(_("Open"))
        elif code in MaintenanceState.values:
            states.add(code)
            words.append(str(MaintenanceState(code).label))
        else:
            raise _unknown(name, code)
    return Q(state__in=sorted(states)), words


def _kinds(name: str, value: str, _user: User, _today: date) -> Read:
    codes = value.split(",")
    for code in codes:
        if code not in MaintenanceKind.values:
            raise _unknown(name, code)
    return Q(kind__in=codes), [str(MaintenanceKind(code).label) for code in codes]


def _priorities(name: str, value: str, _user: User, _today: date) -> Read:
    codes = value.split(",")
    for code in codes:
        if code not in PRIORITIES:
            raise _unknown(name, code)
    return Q(priority__in=[PRIORITIES[code] for code in codes]), [
        str(PRIORITIES[code].label) for code in codes
    ]


def _crews(name: str, value: str, user: User, _today: date) -> Read:
    condition, words, keys = Q(), [], []
    for code in value.split(","):
        if code == NONE:
            condition |= Q(crew__isnull=True)
            words.append(_("No crew yet"))
        elif code == MINE:
            condition |= Q(crew__in=user.units.values("pk"))
            words.append(_("My crew"))
        else:
            keys.append(_number(name, code))
    found = {unit.pk: str(unit) for unit in Unit.objects.filter(pk__in=keys)} if keys else {}
    for key in keys:
        if key not in found:
            raise _unknown(name, str(key))
    return (condition | Q(crew_id__in=keys) if keys else condition), [*words, *found.values()]


def _overdue(name: str, value: str, _user: User, today: date) -> Read:
    if value != "yes":
        raise _unknown(name, value)
    return late_jobs(today), [_("Overdue")]


def _batch(name: str, value: str, _user: User, _today: date) -> Read:
    batch = Batch.objects.filter(pk=_number(name, value)).first()
    if batch is None:
        raise _unknown(name, value)
    return Q(batch=batch), [str(batch)]


def _artwork(name: str, value: str, _user: User, _today: date) -> Read:
    artwork = Artwork.objects.filter(code=value).first() if "\0" not in value else None
    if artwork is None:
        raise _unknown(name, value)
    return Q(artwork=artwork), [artwork.title]


def _campaigns(name: str, value: str, user: User, _today: date) -> Read:
    codes = value.split(",")
    seen = Campaign.objects.visible_to(user).filter(code__in=[code for code in codes if "\0" not in code])
    found = {campaign.code: campaign for campaign in seen}
    condition = Q(campaign_id__in=[campaign.pk for campaign in found.values()]) if found else Q()
    for code in codes:
        if code == NONE:
            condition |= Q(campaign__isnull=True)
        elif code not in found:
            raise _unknown(name, code)
    return condition, [_("No campaign") if code == NONE else found[code].name for code in codes]


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _unknown(name, text)
    return int(text)


_OWN: dict[str, Any] = {
    "state": _states,
    "kind": _kinds,
    "priority": _priorities,
    "crew": _crews,
    "overdue": _overdue,
    "batch": _batch,
    "artwork": _artwork,
    "campaign": _campaigns,
}
