"""The one filter (docs/design.md): reads a query string once; map, legend, list, exports and snapshot all take it.

Comma = OR within a parameter, parameters AND; codes, not names; an unknown parameter or value is a `FilterError`
(400 naming it), never ignored. Each endpoint declares the parameters it takes beside these.
"""

from collections.abc import Collection
from copy import copy
from typing import Any, ClassVar

from django.contrib.gis.db.models.functions import GeoFunc
from django.core.exceptions import EmptyResultSet
from django.db.models import F, FloatField, TextField
from django.db.models.expressions import RawSQL
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.permissions import READ, AnyUser, scope_of
from assets.answering import AnswersCodes
from assets.declared_filter import DeclaredFilter, check_names
from assets.dictionaries import Generation, dictionaries, read_generation
from assets.fields import FILTERED
from assets.filter_parameters import (
    DEFAULT_LIFECYCLE,
    AreaCodes,
    ArtworkCodes,
    CampaignCodes,
    ConditionCodes,
    DeclaredCodes,
    FamilyCodes,
    LifecycleCodes,
    NumberCodes,
    OverdueCodes,
    Parameter,
    Reference,
    RoadCodes,
    SiteKindCodes,
    ThemeCodes,
    TypeCodes,
)
from assets.filter_searches import Box, Outline, Picked, Search, Since
from assets.models import Asset, AssetQuerySet, Batch, Support
from places.models import Level

Statement = tuple[str, tuple[Any, ...]]


class _Ordinate(GeoFunc):
    geom_param_pos = (0,)
    output_field = FloatField()


class Longitude(_Ordinate):
    """ST_X of a point, in degrees."""

    function = "ST_X"


class Latitude(_Ordinate):
    """ST_Y of a point, in degrees."""

    function = "ST_Y"


# The column as it is: Django would give its bytes, which no spatial index knows.
_POINT = RawSQL('"assets_asset"."point"', [], output_field=TextField())


class AssetFilter(DeclaredFilter):
    """A query string, understood. Made by `read_filter`."""

    unsaid: ClassVar = {"lifecycle": tuple(sorted(DEFAULT_LIFECYCLE))}

    street = AreaCodes(Level.STREET, label=gettext_lazy("Street"))
    community = AreaCodes(Level.COMMUNITY, label=gettext_lazy("Community"))
    road = RoadCodes("road_id", none_path="road_id", label=gettext_lazy("Road"))
    site_kind = SiteKindCodes("site__kind_id", none_path="site_id", label=gettext_lazy("Site kind"))
    family = FamilyCodes(label=gettext_lazy("Family"))
    type = TypeCodes("type_id", label=gettext_lazy("Type"))
    theme = ThemeCodes(label=gettext_lazy("Theme"))
    condition = ConditionCodes(label=gettext_lazy("Condition"))
    lifecycle = LifecycleCodes(label=gettext_lazy("Lifecycle"))
    overdue = OverdueCodes(label=gettext_lazy("Overdue"))
    q = Search(label=gettext_lazy("Search"))
    bbox = Box(label=gettext_lazy("Rectangle"))
    within = Outline(label=gettext_lazy("Polygon"))
    asset = Picked(label=gettext_lazy("Assets"))
    updated_since = Since(label=gettext_lazy("Changed since"))
    artwork = ArtworkCodes(label=gettext_lazy("Artwork"))
    support = NumberCodes(Support, label=gettext_lazy("Support"))
    batch = NumberCodes(Batch, label=gettext_lazy("Batch"))
    answers = AnswersCodes("building", label=gettext_lazy("Who answers"))
    campaign = CampaignCodes(label=gettext_lazy("Campaign"))

    @classmethod
    def further_parameters(cls) -> dict[str, Parameter]:
        """The declared fields that say for themselves how they are asked for."""
        return {field.name: DeclaredCodes(field) for field in FILTERED}

    def __init__(self, data: QueryDict, reference: Reference, generation: Generation) -> None:
        """Use `read_filter`.

        Raises:
            FilterError: a value cannot be read or does not exist.
        """
        super().__init__(data, reference, generation)
        # By scope; copies of a filter share them.
        self._statements: dict[str, Statement | None] = {}

    def named(self, name: str) -> dict[str, str]:
        """What each value of a declared field's parameter is called."""
        parameter = self.filters[name]
        assert isinstance(parameter, DeclaredCodes)
        return parameter.named(self.reference)

    def filter_queryset(self, queryset: AssetQuerySet) -> AssetQuerySet:
        """The assets of a queryset that every condition leaves."""
        return queryset.filter(*self.conditions.values())

    def assets(self, user: AnyUser) -> AssetQuerySet:
        """What the filter leaves of what a user may see."""
        return self.filter_queryset(Asset.objects.visible_to(user))

    def statement(self, user: AnyUser) -> Statement | None:
        """SQL and parameters of `assets(user)` for use inside a larger statement; None when it leaves nothing.

        Its columns are id, type_id, condition, place and, in degrees, lon and lat. Built once for a scope.
        """
        scope = scope_of(user, READ).key
        if scope not in self._statements:
            self._statements[scope] = self._build(user)
        return self._statements[scope]

    def _build(self, user: AnyUser) -> Statement | None:
        rows = (
            self.assets(user)
            .order_by()
            .annotate(place=_POINT, lon=Longitude(F("point")), lat=Latitude(F("point")))
            .values_list("id", "type_id", "condition", "place", "lon", "lat")
        )
        try:
            return rows.query.sql_with_params()
        except EmptyResultSet:
            return None

    def for_request(self, data: QueryDict, generation: Generation) -> "AssetFilter":
        """The same filter, as another request asks for it."""
        same = copy(self)
        same.data, same.generation = data, generation
        return same


def read_filter(query: QueryDict | str, *, extra: Collection[str] = ()) -> AssetFilter:
    """Understand a query string.

    Args:
        query: as Django has it, or as text.
        extra: further parameters that the endpoint reads itself.

    Raises:
        FilterError: a parameter is unknown or given twice, or a value does not exist.
    """
    data = QueryDict(query) if isinstance(query, str) else query
    check_names(data, {*AssetFilter.base_filters, *extra})
    generation = read_generation()
    reference = Reference(dictionaries(generation), timezone.localdate())
    given = tuple((name, data[name]) for name in sorted(data) if name in AssetFilter.base_filters)
    if generation.own or any(name in _NEVER_KEPT for name, _value in given):
        return AssetFilter(data, reference, generation)
    kept = _kept_for(f"{generation.lists_key} {reference.today}")
    if given not in kept:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[given] = AssetFilter(data, reference, generation)
    return kept[given].for_request(data, generation)


# What the lists do not tell (an artwork may be made or merged meanwhile), and what is hardly ever asked for twice.
_NEVER_KEPT = {"artwork", "support", "batch", "campaign", "bbox", "within", "answers"}
_MOST_KEPT = 256
_kept: tuple[str, dict[tuple, AssetFilter]] = ("", {})


def _kept_for(lists: str) -> dict[tuple, AssetFilter]:
    """The filters understood under these lists on this day; with others everything is understood anew."""
    global _kept
    if _kept[0] != lists:
        _kept = (lists, {})
    return _kept[1]


def forget() -> None:
    """Understand every filter anew (for tests, whose lists begin anew)."""
    global _kept
    _kept = ("", {})
