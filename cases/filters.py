"""The filter of cases, by the mechanism of the assets' one (`assets.filters`): list, tabs and API read it.

Comma = OR within a parameter, parameters AND; an unknown parameter or value is a 400 that names it. Open cases unless
`state` says otherwise (`state=all`).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db.models import F, FilteredRelation, Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from assets.answering import AnswersCodes
from assets.declared_filter import DeclaredFilter, check_names
from assets.dictionaries import Generation, dictionaries, read_generation
from assets.fields import FILTERED
from assets.filter_parameters import NONE, AreaCodes, KeyCodes, Parameter, Reference, RoadCodes, SiteKindCodes
from assets.filter_searches import Box, Picked, Since
from assets.filter_values import Values, read_codes, read_words
from assets.filters import AssetFilter
from assets.models import Asset, Campaign
from cases.lamps import LAMPS, lamp_condition
from cases.models import (
    OPEN_STATES,
    Case,
    CaseCategory,
    CaseQuerySet,
    ClockKind,
    ExposedCase,
    Exposure,
    ExposureState,
    Patrol,
    PatrolRecord,
    Source,
    State,
    Team,
)
from places.models import Level, Unit
from web.months import begin_of

OPEN, ALL, MINE = "open", "all", "mine"
# Asked of a case's asset as of any asset; what a case has itself (street, road, words, …) is asked of the case.
OF_THE_ASSET = ("family", "type", "theme", "condition", "artwork", *(field.name for field in FILTERED))
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class CaseReference(Reference):
    """What values are checked against, and who asks when."""

    user: User
    now: datetime

    @cached_property
    def categories(self) -> dict[str, CaseCategory]:
        """The categories, by code."""
        return {category.code: category for category in CaseCategory.objects.all()}

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Units that answer for a case that the reader sees, by their number."""
        seen = Case.objects.visible_to(self.user).order_by().values("unit")
        found = Unit.objects.filter(pk__in=seen).order_by("name")
        return {str(unit.pk): unit for unit in found}


class StateCodes(Parameter):
    """States; `open` for all in which something is still to happen, `all` for any."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the states."""
        if ALL in value:
            return Q()
        states: set[str] = set()
        for code in value:
            if code == OPEN:
                states |= {state.value for state in OPEN_STATES}
            elif code in State.values and code != State.DRAFT:
                states.add(code)
            else:
                raise self.unknown(code)
        return Q(state__in=sorted(states))

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The states' names."""
        named = {OPEN: pgettext("cases", "Open"), ALL: pgettext("cases", "All")}
        return [named.get(code) or str(State(code).label) for code in value]


class LampCodes(Parameter):
    """Lamps: `green`, `amber` (the last fifth of the time), `red` (late), `held`, `none` (no time runs)."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the lamps, by the time now."""
        assert isinstance(reference, CaseReference)
        wanted = Q()
        for code in value:
            if code not in LAMPS:
                raise self.unknown(code)
            wanted |= lamp_condition(code, reference.now)
        return wanted

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The lamps' names."""
        return [str(LAMPS[code]) for code in value]


class CategoryCodes(KeyCodes):
    """Categories."""

    def entries(self, reference: Reference) -> Mapping[str, Any]:
        """All categories."""
        assert isinstance(reference, CaseReference)
        return reference.categories


class SourceCodes(Parameter):
    """Sources: who or what brought it up."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the sources."""
        for code in value:
            if code not in Source.values:
                raise self.unknown(code)
        return Q(source__in=list(value))

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The sources' names."""
        return [str(Source(code).label) for code in value]


class UnitNumbers(Parameter):
    """Numbers of the units that answer; `mine` for one's own, `none` where nobody does yet."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the units."""
        assert isinstance(reference, CaseReference)
        wanted = Q()
        for code in value:
            if code == MINE:
                wanted |= Q(unit__in=reference.user.units.values("pk"))
            elif code == NONE:
                wanted |= Q(unit__isnull=True)
            elif re.fullmatch(r"[1-9][0-9]{0,17}", code) and Unit.objects.filter(pk=code).exists():
                wanted |= Q(unit_id=int(code))
            else:
                raise self.unknown(code)
        return wanted

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The units' names."""
        named = {MINE: _("My unit"), NONE: _("Nobody yet")}
        named |= {str(unit.pk): str(unit) for unit in Unit.objects.filter(pk__in=set(value) - set(named))}
        return [named[code] for code in value]


class Urgency(Parameter):
    """`yes` for urgent cases, `no` for the others."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Urgent or not."""
        for code in value:
            if code not in ("yes", "no"):
                raise self.unknown(code)
        return Q(urgent__in=[code == "yes" for code in value])

    def words(self, value: Values, reference: Reference) -> list[str]:
        """Urgent or not, in words."""
        return [_("Urgent") if code == "yes" else _("Not urgent") for code in value]


def read_day(value: str) -> date:
    """A day as 2026-11-28."""
    try:
        day = parse_date(value)
    except ValueError:
        day = None
    if day is None:
        raise ValidationError(_("Give a day such as 2026-11-28."))
    return day


class ReportedFrom(Parameter):
    """The first day of reports."""

    read = staticmethod(read_day)

    def condition(self, value: date, reference: Reference) -> Q:
        """Reported on that day or later."""
        return Q(reported_at__gte=begin_of(value))

    def words(self, value: date, reference: Reference) -> list[str]:
        """The day."""
        return [_("from %(day)s") % {"day": value.isoformat()}]


class ReportedTo(Parameter):
    """The last day of reports."""

    read = staticmethod(read_day)

    def condition(self, value: date, reference: Reference) -> Q:
        """Reported on that day or before."""
        return Q(reported_at__lt=begin_of(value + timedelta(days=1)))

    def words(self, value: date, reference: Reference) -> list[str]:
        """The day."""
        return [_("to %(day)s") % {"day": value.isoformat()}]


class CaseSearch(Parameter):
    """Words that all occur in number, description, address, or the asset's name or code."""

    read = staticmethod(read_words)

    def condition(self, value: Values, reference: Reference) -> Q:
        """All of the words."""
        wanted = Q()
        for word in value:
            wanted &= (
                Q(code__icontains=word)
                | Q(description__icontains=word)
                | Q(address__icontains=word)
                | Q(asset__name__icontains=word)
                | Q(asset__code=word)
            )
        return wanted


class PickedAssets(Picked):
    """Assets, by component id."""

    def condition(self, value: Values, reference: Reference) -> Q:
        """Cases on these assets."""
        super().condition(value, reference)  # which refuses what is no id
        return Q(asset__code__in=list(value))


class OfTheAsset(Parameter):
    """A parameter of the assets' filter: cases on an asset that it leaves, whatever its lifecycle."""

    read = staticmethod(read_codes)

    def __init__(self, name: str) -> None:
        self.parameter = AssetFilter.base_filters[name]
        super().__init__(field_name=name, label=self.parameter.label)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Cases on these assets; none that is on no asset."""
        return Q(asset__in=Asset.objects.filter(self.parameter.condition(value, reference)))

    def words(self, value: Values, reference: Reference) -> list[str]:
        """What the assets' filter calls the values."""
        return list(self.parameter.words(value, reference))


class PatrolUids(Parameter):
    """Patrols on which it was reported, or reported once more; only those that the reader may know of exist."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the patrols."""
        found = _patrols(value, reference)
        for code in value:
            if code not in found:
                raise self.unknown(code)
        return Q(pk__in=PatrolRecord.objects.filter(patrol__in=list(found.values())).values("case"))

    def words(self, value: Values, reference: Reference) -> list[str]:
        """Team and day."""
        return [str(patrol) for patrol in _patrols(value, reference).values()]


class TeamUids(Parameter):
    """Teams on whose patrols it was reported, as far as the reader may know of these patrols."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the teams."""
        assert isinstance(reference, CaseReference)
        found = _teams(value)
        for code in value:
            if code not in found:
                raise self.unknown(code)
        patrols = Patrol.objects.visible_to(reference.user).filter(team__in=list(found.values()))
        return Q(pk__in=PatrolRecord.objects.filter(patrol__in=patrols).values("case"))

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The teams' names."""
        return [str(team) for team in _teams(value).values()]


def _teams(value: Values) -> dict[str, Team]:
    wanted = {code for code in value if _UUID.fullmatch(code)}
    return {str(team.uid): team for team in Team.objects.filter(uid__in=wanted)}


def _patrols(value: Values, reference: Reference) -> dict[str, Patrol]:
    assert isinstance(reference, CaseReference)
    wanted = {code for code in value if _UUID.fullmatch(code)}
    seen = Patrol.objects.visible_to(reference.user).filter(uid__in=wanted).select_related("team")
    return {str(patrol.uid): patrol for patrol in seen}


class CampaignCodes(Parameter):
    """Campaigns that cases belong to; `none` for cases of no campaign. Only those that the reader may see exist."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the campaigns."""
        found = _campaigns(value, reference)
        wanted = Q(campaign_id__in=[campaign.pk for campaign in found.values()]) if found else Q()
        for code in value:
            if code == NONE:
                wanted |= Q(campaign__isnull=True)
            elif code not in found:
                raise self.unknown(code)
        return wanted

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The campaigns' names."""
        found = _campaigns(value, reference)
        return [_("No campaign") if code == NONE else found[code].name for code in value]


def _campaigns(value: Values, reference: Reference) -> dict[str, Campaign]:
    assert isinstance(reference, CaseReference)
    codes = [code for code in value if "\0" not in code]
    return {
        campaign.code: campaign
        for campaign in Campaign.objects.visible_to(reference.user).filter(code__in=codes)
    }


class ExposureStates(Parameter):
    """States of exposures that show the case, as far as the reader may see exposures; `none`: it was never proposed."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """In an exposure of any of the states."""
        assert isinstance(reference, CaseReference)
        seen = Exposure.objects.visible_to(reference.user)
        wanted = Q()
        for code in value:
            if code != NONE and code not in ExposureState.values:
                raise self.unknown(code)
            shown = seen if code == NONE else seen.in_state(code)
            inside = Q(pk__in=ExposedCase.objects.filter(exposure__in=shown.order_by()).values("case"))
            wanted |= ~inside if code == NONE else inside
        return wanted

    def words(self, value: Values, reference: Reference) -> list[str]:
        """What exposures in these states are called."""
        return [
            _("Not exposed")
            if code == NONE
            else _("Exposure: %(state)s") % {"state": ExposureState(code).label}
            for code in value
        ]


class CaseFilter(DeclaredFilter):
    """A query string, understood. Made by `read_case_filter`."""

    unsaid: ClassVar = {"state": (OPEN,)}
    state = StateCodes(label=gettext_lazy("State"))
    lamp = LampCodes(label=gettext_lazy("Lamp"))
    category = CategoryCodes("category_id", label=gettext_lazy("Category"))
    source = SourceCodes(label=gettext_lazy("Source"))
    street = AreaCodes(Level.STREET, label=gettext_lazy("Street"))
    community = AreaCodes(Level.COMMUNITY, label=gettext_lazy("Community"))
    road = RoadCodes("road_id", none_path="road_id", label=gettext_lazy("Road"))
    site_kind = SiteKindCodes("site__kind_id", none_path="site_id", label=gettext_lazy("Site kind"))
    unit = UnitNumbers(label=gettext_lazy("Unit"))
    urgent = Urgency(label=gettext_lazy("Urgent"))
    reported_from = ReportedFrom(label=gettext_lazy("Reported from"))
    reported_to = ReportedTo(label=gettext_lazy("Reported to"))
    q = CaseSearch(label=gettext_lazy("Search"))
    bbox = Box(label=gettext_lazy("Rectangle"))
    asset = PickedAssets(label=gettext_lazy("Assets"))
    updated_since = Since(label=gettext_lazy("Changed since"))
    team = TeamUids(label=gettext_lazy("Patrol teams"))
    patrol = PatrolUids(label=gettext_lazy("Patrols"))
    answers = AnswersCodes("asset__building", label=gettext_lazy("Who answers"))
    campaign = CampaignCodes(label=gettext_lazy("Campaigns"))
    exposed = ExposureStates(label=gettext_lazy("Exposures"))

    def __init__(self, data: QueryDict, reference: CaseReference, generation: Generation) -> None:
        """As every filter; what it refers to is what cases need, the reader and the moment too."""
        super().__init__(data, reference, generation)
        self.reference: CaseReference = reference

    @classmethod
    def further_parameters(cls) -> dict[str, Parameter]:
        """What may be asked of the asset that a case is on."""
        return {name: OfTheAsset(name) for name in OF_THE_ASSET}

    def cases(self, user: User, *but: str) -> CaseQuerySet:
        """What the filter, or all of it but some parameters, leaves of what a user may see; with its clock."""
        return with_clock(Case.objects.visible_to(user)).filter(*self.conditions_but(*but))

    def words(self, *but: str) -> list[str]:
        """The values for people, of all parameters but some."""
        return [
            word
            for name, value in self.values.items()
            if name not in but and self.spelled(name)
            for word in self.filters[name].words(value, self.reference)
        ]


def with_clock(cases: CaseQuerySet) -> CaseQuerySet:
    """The cases with the clock that has not ended, as `running`; the warning of acceptance is none of a case's time."""
    main = [kind.value for kind in ClockKind if kind is not ClockKind.ACCEPT]
    return cases.annotate(
        running=FilteredRelation("clocks", condition=Q(clocks__ended_at__isnull=True, clocks__kind__in=main)),
        running_due=F("running__due_at"),
        running_amber=F("running__amber_at"),
        running_held=F("running__held_at"),
        running_kind=F("running__kind"),
        running_provisional=F("running__provisional"),
    )


def read_case_filter(query: QueryDict | str, user: User, *, extra: Collection[str] = ()) -> CaseFilter:
    """Understand a query string; what a form leaves empty says nothing.

    Args:
        user: whose units `unit=mine` means.
        extra: further parameters that the endpoint reads itself.

    Raises:
        FilterError: a parameter is unknown or given twice, or a value does not exist.
    """
    data = QueryDict(query) if isinstance(query, str) else query
    check_names(data, {*CaseFilter.base_filters, *extra})
    given = QueryDict(mutable=True)
    for name in CaseFilter.base_filters:
        if data.get(name):
            given[name] = str(data[name])
    generation = read_generation()
    reference = CaseReference(dictionaries(generation), timezone.localdate(), user, timezone.now())
    return CaseFilter(given, reference, generation)
