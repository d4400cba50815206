"""The parameters of the one filter: which assets each leaves, and its values in words for people.

Those whose values are codes of a list are here, those of words, places, single assets and moments in
`assets/filter_searches.py`. `assets/filters.py` puts them together; how a value is read from an address is in
`assets/filter_values.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from assets.code_lists import code_list
from assets.dictionaries import Dictionaries
from assets.fields import Field
from assets.filter_values import (
    Values,
    read_codes,
)
from assets.models import (
    CONDITION_BY_CODE,
    STANDING,
    Artwork,
    Batch,
    BatchItem,
    Campaign,
    Family,
    Lifecycle,
    Maintenance,
    MaintenanceState,
    Support,
)
from assets.rules import hanging, lateness
from places.models import Level
from places.parameters import ParameterError

NONE = "none"
EXPIRED = "expired"
OVERDUE = {"inspection": gettext_lazy("Inspection"), "maintenance": gettext_lazy("Maintenance")}
# What stands in the street; what is planned or removed shows when it is asked for.
DEFAULT_LIFECYCLE = STANDING


class FilterError(ParameterError):
    """A parameter of a filter or a list that is unknown, or has a value that does not exist."""


@dataclass(frozen=True)
class Reference:
    """What values are checked against."""

    lists: Dictionaries
    today: date


class Parameter:
    """One parameter: what it is called, how its value is read, and which assets it leaves.

    It is called in addresses as in the filter that declares it (`assets.declared_filter`).
    """

    def __init__(self, *, field_name: str = "", label: str | Promise = "") -> None:
        self.field_name = field_name
        self.label = label

    def __set_name__(self, owner: type, name: str) -> None:
        self.field_name = name

    @staticmethod
    def read(value: str) -> Any:
        """What the text in an address means; None is as if nothing stood there.

        Raises:
            ValidationError: in words, that it cannot be read.
        """
        raise NotImplementedError

    def condition(self, value: Any, reference: Reference) -> Q:
        """The assets it leaves.

        Raises:
            FilterError: a value does not exist.
        """
        raise NotImplementedError

    def unknown(self, value: str) -> FilterError:
        """What to say of a value that does not exist."""
        return FilterError(self.field_name, _("“%(value)s” does not exist.") % {"value": value[:80]})

    def words(self, value: Any, reference: Reference) -> list[str]:
        """The value for people."""
        return list(value)


class KeyCodes(Parameter):
    """Codes of a list whose entries an asset refers to by key."""

    read = staticmethod(read_codes)

    def __init__(self, path: str, *, none_path: str = "", **kwargs: Any) -> None:
        """`path` is where the key stands, `none_path` what is empty when there is none."""
        super().__init__(**kwargs)
        self.path = path
        self.none_path = none_path

    def entries(self, reference: Reference) -> Mapping[str, Any]:
        """The list, by code."""
        raise NotImplementedError

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the entries, or none at all."""
        entries = self.entries(reference)
        keys = []
        condition = Q()
        for code in value:
            if code == NONE and self.none_path:
                condition |= Q(**{f"{self.none_path}__isnull": True})
            elif code in entries:
                keys.append(entries[code].id)
            else:
                raise self.unknown(code)
        return condition | Q(**{f"{self.path}__in": keys}) if keys else condition

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The entries' names."""
        entries = self.entries(reference)
        return [entries[code].name if code in entries else _("None") for code in value]


class AreaCodes(KeyCodes):
    """Streets or communities."""

    def __init__(self, level: Level, **kwargs: Any) -> None:
        column = f"{level.code}_id"
        super().__init__(column, none_path=column, **kwargs)
        self.level = level

    def entries(self, reference: Reference) -> Mapping[str, Any]:
        """The areas of the level."""
        return reference.lists.areas_at(self.level)


class RoadCodes(KeyCodes):
    """Roads."""

    def entries(self, reference: Reference) -> Mapping[str, Any]:
        """All roads."""
        return reference.lists.roads


class TypeCodes(KeyCodes):
    """Types."""

    def entries(self, reference: Reference) -> Mapping[str, Any]:
        """All types."""
        return reference.lists.types


class SiteKindCodes(KeyCodes):
    """Kinds of the site an asset belongs to."""

    def entries(self, reference: Reference) -> Mapping[str, Any]:
        """All kinds."""
        return reference.lists.site_kinds


class FamilyCodes(Parameter):
    """Advertisement or signboard: the types of the family."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any type of the families."""
        for code in value:
            if code not in Family.values:
                raise self.unknown(code)
        return Q(type_id__in=[entry.pk for entry in reference.lists.types.values() if entry.family in value])

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The families' names."""
        return [str(Family(code).label) for code in value]


class ThemeCodes(Parameter):
    """Themes: an asset may have several."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the themes, or none at all."""
        codes = [code for code in value if code != NONE]
        for code in codes:
            if code not in reference.lists.themes:
                raise self.unknown(code)
        condition = Q(themes__overlap=codes) if codes else Q()
        return condition | Q(themes=[]) if NONE in value else condition

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The themes' names."""
        themes = reference.lists.themes
        return [themes[code].name if code in themes else _("None") for code in value]


class ConditionCodes(Parameter):
    """Conditions."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the conditions."""
        for code in value:
            if code not in CONDITION_BY_CODE:
                raise self.unknown(code)
        return Q(condition__in=[CONDITION_BY_CODE[code].value for code in value])

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The conditions' names."""
        return [str(CONDITION_BY_CODE[code].label) for code in value]


class LifecycleCodes(Parameter):
    """Lifecycle; what stands in the street unless something is said."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the states."""
        for code in value:
            if code not in Lifecycle.values:
                raise self.unknown(code)
        return Q(lifecycle__in=list(value))

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The states' names."""
        return [str(Lifecycle(code).label) for code in value]


class OverdueCodes(Parameter):
    """What is late: an inspection, or a maintenance job."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Late in any of the ways."""
        condition = Q()
        for code in value:
            if code not in OVERDUE:
                raise self.unknown(code)
            condition |= overdue(code, reference.today)
        return condition

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The ways' names."""
        return [str(OVERDUE[code]) for code in value]


class DeclaredCodes(Parameter):
    """A declared field that says for itself how it is asked for (`Field.filter`): yes or no, or codes of its list."""

    read = staticmethod(read_codes)

    def __init__(self, declared: Field, **kwargs: Any) -> None:
        super().__init__(field_name=declared.name, label=declared.title, **kwargs)
        self.declared = declared

    def named(self, reference: Reference) -> dict[str, str]:
        """What each value is called."""
        if self.declared.codes:
            language = get_language() or ""
            entries = code_list(self.declared.codes, reference.lists)
            return {entry.code: entry.title(language) for entry in entries} | {NONE: _("Not said")}
        return {"true": _("Yes"), "false": _("No"), NONE: _("Not said")}

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of the values; `none` where nobody has said."""
        path = self.declared.filter
        for code in value:
            if code not in self.named(reference):
                raise self.unknown(code)
        codes = [code for code in value if code != NONE]
        condition = Q()
        if codes:
            values = codes if self.declared.codes else [code == "true" for code in codes]
            condition |= Q(**{f"{path}__in": values})
        if NONE in value:
            condition |= Q(**{f"{path}__isnull": True})
            if self.declared.codes:
                condition |= Q(**{path: ""})
        return condition

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The values' names."""
        return [self.named(reference)[code] for code in value]


class ArtworkCodes(Parameter):
    """Artworks that are shown; `expired` ones; `none` where nothing is posted."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of them."""
        codes = [code for code in value if code not in (NONE, EXPIRED)]
        keys = dict(Artwork.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
        for code in codes:
            if code not in keys:
                raise self.unknown(code)
        condition = Q(artwork_id__in=list(keys.values())) if keys else Q()
        if NONE in value:
            condition |= Q(artwork_id__isnull=True)
        if EXPIRED in value:
            condition |= hanging.expired(reference.today, through="artwork__")
        return condition

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The artworks' titles."""
        named = {NONE: _("None"), EXPIRED: _("Expired")}
        named.update(Artwork.objects.filter(code__in=value).values_list("code", "title"))
        return [named[code] for code in value]


class CampaignCodes(Parameter):
    """Campaigns: assets that a job of one is on, or that show an artwork of one."""

    read = staticmethod(read_codes)

    def condition(self, value: Values, reference: Reference) -> Q:
        """Any of them."""
        codes = [code for code in value if "\0" not in code]
        keys = dict(Campaign.objects.filter(code__in=codes).values_list("code", "pk"))
        for code in value:
            if code not in keys:
                raise self.unknown(code)
        jobs = Maintenance.objects.filter(campaign__in=list(keys.values())).exclude(
            state=MaintenanceState.CANCELLED
        )
        shown = Artwork.objects.filter(campaigns__in=list(keys.values()))
        return Q(pk__in=jobs.order_by().values("asset")) | Q(artwork__in=shown.order_by().values("pk"))

    def words(self, value: Values, reference: Reference) -> list[str]:
        """The campaigns' names."""
        named = {campaign.code: campaign.name for campaign in Campaign.objects.filter(code__in=value)}
        return [named[code] for code in value]


class NumberCodes(Parameter):
    """Numbers of supports or batches."""

    read = staticmethod(read_codes)

    def __init__(self, model: type[Support] | type[Batch], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.listed = model

    def condition(self, value: Values, reference: Reference) -> Q:
        """What stands on the supports, or was touched by the batches."""
        for code in value:
            if not re.fullmatch(r"[1-9][0-9]{0,17}", code):
                raise self.unknown(code)
        keys = [int(code) for code in value]
        there = set(self.listed._default_manager.filter(pk__in=keys).values_list("pk", flat=True))
        for key in keys:
            if key not in there:
                raise self.unknown(str(key))
        if self.listed is Support:
            return Q(support_id__in=keys)
        return Q(pk__in=BatchItem.objects.filter(batch_id__in=keys).values("asset_id"))

    def words(self, value: Values, reference: Reference) -> list[str]:
        """What the batches are called; a support's number is its name."""
        if self.listed is Support:
            return list(value)
        named = {str(batch.pk): str(batch) for batch in Batch.objects.filter(pk__in=value)}
        return [named[number] for number in value]


def overdue(code: str, today: date) -> Q:
    """What is late on a day: an inspection of something that stands, or an open maintenance job."""
    return lateness.late_inspections(today) if code == "inspection" else Q(lateness.has_late_job(today))
