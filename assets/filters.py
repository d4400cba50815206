"""The one filter (DESIGN §4.3): reads a query string once; map, legend, list, exports and snapshot all take it.

Comma = OR within a parameter, parameters AND; codes, not names; an unknown parameter or value is a `FilterError`
(400 naming it), never ignored. Each endpoint declares the parameters it takes beside these.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import isfinite
from typing import Any
from urllib.parse import quote

import django_filters
from django import forms
from django.contrib.gis.geos import Polygon
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import BadRequest
from django.db.models import BigIntegerField, Exists, Func, OuterRef, Q, Value
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.permissions import AnyUser
from assets.dictionaries import Dictionaries, Generation, dictionaries, fold, read_generation
from assets.models import (
    Artwork,
    Asset,
    AssetQuerySet,
    Batch,
    BatchItem,
    Condition,
    Family,
    Lifecycle,
    Maintenance,
    Support,
)
from assets.models.maintenance import OPEN_STATES
from places.models import Level

NONE = "none"
EXPIRED = "expired"
OVERDUE = {"inspection": gettext_lazy("Inspection"), "maintenance": gettext_lazy("Maintenance")}
CONDITIONS = {condition.code: condition for condition in Condition}
# What stands in the street; what is planned or removed shows when it is asked for.
DEFAULT_LIFECYCLE = (Lifecycle.IN_USE, Lifecycle.SUSPENDED)
LONGEST_SEARCH = 200
MOST_VALUES = 300
# What fits into an address that every server takes.
MOST_PICKED = 200
MOST_CORNERS = 100

Values = tuple[str, ...]
Edges = tuple[float, float, float, float]


class FilterError(BadRequest):
    """A parameter that is unknown, or has a value that does not exist; shown as 400 with both names."""

    def __init__(self, parameter: str, sentence: str) -> None:
        self.parameter = parameter
        self.sentence = sentence
        super().__init__(f"{parameter}: {sentence}")


@dataclass(frozen=True)
class Known:
    """What values are checked against."""

    lists: Dictionaries
    today: date


# --- Values ---------------------------------------------------------------------------------------------------------


class CodesField(forms.CharField):
    """Comma-separated codes, as a sorted tuple without repeats."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Values | None:
        """None when not given."""
        if value is None:
            return None
        codes = value.split(",")
        if "" in codes:
            raise forms.ValidationError(_("A value is empty."))
        if len(codes) > MOST_VALUES:
            raise forms.ValidationError(_("More than %(most)s values.") % {"most": MOST_VALUES})
        if "\0" in value:
            raise forms.ValidationError(_("This is no text."))
        return tuple(sorted(set(codes)))


# What a plate's QR code leads to, and where that leads on to: …/a/37010503008000001, …/assets/37010503008000001/.
_PLATE_ADDRESS = re.compile(r"/(?:a|assets?)/(\d{17})(?!\d)")


def component_id_in(text: str) -> str | None:
    """The component id in a pasted address of a plate, or in digits grouped as plates print them; else None."""
    squeezed = "".join(text.split())
    if found := _PLATE_ADDRESS.search(squeezed):
        return found[1]
    return squeezed if len(squeezed) in (16, 17) and squeezed.isascii() and squeezed.isdigit() else None


class WordsField(forms.CharField):
    """Words to look for, sorted, without repeats; None when there are none. A plate's digits are one word."""

    def clean(self, value: Any) -> Values | None:
        """None when nothing but blanks was given."""
        if value is None:
            return None
        if len(value) > LONGEST_SEARCH:
            raise forms.ValidationError(_("More than %(most)s characters.") % {"most": LONGEST_SEARCH})
        if "\0" in value:
            raise forms.ValidationError(_("This is no text."))
        if code := component_id_in(value):
            return (code,)
        return tuple(sorted(set(value.split()))) or None


class BoundsField(forms.CharField):
    """west,south,east,north in WGS84 degrees."""

    def clean(self, value: Any) -> Edges | None:
        """None when not given."""
        if value is None:
            return None
        try:
            west, south, east, north = (float(part) for part in value.split(","))
        except ValueError:
            raise forms.ValidationError(_("Give west,south,east,north in degrees.")) from None
        if not all(isfinite(edge) for edge in (west, south, east, north)):
            raise forms.ValidationError(_("Give west,south,east,north in degrees."))
        if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
            raise forms.ValidationError(_("West lies west of east, south lies south of north."))
        return (west, south, east, north)


class OutlineField(forms.CharField):
    """The corners of a polygon, longitude,latitude,longitude,latitude,… in WGS84 degrees."""

    def clean(self, value: Any) -> tuple[float, ...] | None:
        """None when not given."""
        if value is None:
            return None
        try:
            numbers = tuple(float(part) for part in value.split(","))
        except ValueError:
            raise forms.ValidationError(_("Give longitude,latitude of each corner in degrees.")) from None
        corners = list(zip(numbers[::2], numbers[1::2], strict=False))
        if len(numbers) % 2 or not 3 <= len(corners) <= MOST_CORNERS:
            raise forms.ValidationError(
                _("A polygon has between 3 and %(most)s corners, each with longitude and latitude.")
                % {"most": MOST_CORNERS}
            )
        if not all(isfinite(x) and isfinite(y) and abs(x) <= 180 and abs(y) <= 90 for x, y in corners):
            raise forms.ValidationError(_("Give longitude,latitude of each corner in degrees."))
        if not Polygon([*corners, corners[0]]).valid:
            raise forms.ValidationError(_("The polygon's sides cross."))
        return numbers


class SinceField(forms.CharField):
    """A time, a day, or the cursor of an earlier answer."""

    def clean(self, value: Any) -> datetime | int | None:
        """A moment, a transaction id, or None when not given."""
        if value is None:
            return None
        if cursor := re.fullmatch(r"x([0-9a-f]{1,15})", value):
            return int(cursor[1], 16)
        try:
            # In a query string a plus sign that nobody escaped arrives as a blank.
            moment = parse_datetime(value.replace(" ", "+"))
            day = parse_date(value)
        except ValueError:
            moment = day = None
        if day is not None:
            return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001
        if moment is None:
            raise forms.ValidationError(_("Give a time such as 2026-11-24T08:00:00+08:00."))
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


# --- Parameters -----------------------------------------------------------------------------------------------------


class Parameter(django_filters.Filter):
    """One parameter: what it is called, how its value is read, and which assets it leaves."""

    def condition(self, value: Any, known: Known) -> Q:
        """The assets it leaves.

        Raises:
            FilterError: a value does not exist.
        """
        raise NotImplementedError

    def unknown(self, value: str) -> FilterError:
        """What to say of a value that does not exist."""
        return FilterError(self.field_name, _("“%(value)s” does not exist.") % {"value": value[:80]})

    def words(self, value: Any, known: Known) -> list[str]:
        """The value for people."""
        return list(value)


class KeyCodes(Parameter):
    """Codes of a list whose entries an asset refers to by key."""

    field_class = CodesField

    def __init__(self, path: str, *, none_path: str = "", **kwargs: Any) -> None:
        """`path` is where the key stands, `none_path` what is empty when there is none."""
        super().__init__(**kwargs)
        self.path = path
        self.none_path = none_path

    def entries(self, known: Known) -> Mapping[str, Any]:
        """The list, by code."""
        raise NotImplementedError

    def condition(self, value: Values, known: Known) -> Q:
        """Any of the entries, or none at all."""
        entries = self.entries(known)
        keys = []
        wanted = Q()
        for code in value:
            if code == NONE and self.none_path:
                wanted |= Q(**{f"{self.none_path}__isnull": True})
            elif code in entries:
                keys.append(entries[code].id)
            else:
                raise self.unknown(code)
        return wanted | Q(**{f"{self.path}__in": keys}) if keys else wanted

    def words(self, value: Values, known: Known) -> list[str]:
        """The entries' names."""
        entries = self.entries(known)
        return [entries[code].name if code in entries else _("None") for code in value]


class AreaCodes(KeyCodes):
    """Streets or communities."""

    def __init__(self, level: Level, **kwargs: Any) -> None:
        column = f"{level.code}_id"
        super().__init__(column, none_path=column, **kwargs)
        self.level = level

    def entries(self, known: Known) -> Mapping[str, Any]:
        """The areas of the level."""
        return known.lists.areas_at(self.level)


class RoadCodes(KeyCodes):
    """Roads."""

    def entries(self, known: Known) -> Mapping[str, Any]:
        """All roads."""
        return known.lists.roads


class TypeCodes(KeyCodes):
    """Types."""

    def entries(self, known: Known) -> Mapping[str, Any]:
        """All types."""
        return known.lists.types


class SiteKindCodes(KeyCodes):
    """Kinds of the site an asset belongs to."""

    def entries(self, known: Known) -> Mapping[str, Any]:
        """All kinds."""
        return known.lists.site_kinds


class FamilyCodes(Parameter):
    """Advertisement or signboard: the types of the family."""

    field_class = CodesField

    def condition(self, value: Values, known: Known) -> Q:
        """Any type of the families."""
        for code in value:
            if code not in Family.values:
                raise self.unknown(code)
        return Q(type_id__in=[entry.pk for entry in known.lists.types.values() if entry.family in value])

    def words(self, value: Values, known: Known) -> list[str]:
        """The families' names."""
        return [str(Family(code).label) for code in value]


class ThemeCodes(Parameter):
    """Themes: an asset may have several."""

    field_class = CodesField

    def condition(self, value: Values, known: Known) -> Q:
        """Any of the themes, or none at all."""
        codes = [code for code in value if code != NONE]
        for code in codes:
            if code not in known.lists.themes:
                raise self.unknown(code)
        wanted = Q(themes__overlap=codes) if codes else Q()
        return wanted | Q(themes=[]) if NONE in value else wanted

    def words(self, value: Values, known: Known) -> list[str]:
        """The themes' names."""
        themes = known.lists.themes
        return [themes[code].name if code in themes else _("None") for code in value]


class ConditionCodes(Parameter):
    """Conditions."""

    field_class = CodesField

    def condition(self, value: Values, known: Known) -> Q:
        """Any of the conditions."""
        for code in value:
            if code not in CONDITIONS:
                raise self.unknown(code)
        return Q(condition__in=[CONDITIONS[code].value for code in value])

    def words(self, value: Values, known: Known) -> list[str]:
        """The conditions' names."""
        return [str(CONDITIONS[code].label) for code in value]


class LifecycleCodes(Parameter):
    """Lifecycle; what stands in the street unless something is said."""

    field_class = CodesField

    def condition(self, value: Values, known: Known) -> Q:
        """Any of the states."""
        for code in value:
            if code not in Lifecycle.values:
                raise self.unknown(code)
        return Q(lifecycle__in=list(value))

    def words(self, value: Values, known: Known) -> list[str]:
        """The states' names."""
        return [str(Lifecycle(code).label) for code in value]


class OverdueCodes(Parameter):
    """What is late: an inspection, or a maintenance job."""

    field_class = CodesField

    def condition(self, value: Values, known: Known) -> Q:
        """Late in any of the ways."""
        wanted = Q()
        for code in value:
            if code not in OVERDUE:
                raise self.unknown(code)
            wanted |= overdue(code, known.today)
        return wanted

    def words(self, value: Values, known: Known) -> list[str]:
        """The ways' names."""
        return [str(OVERDUE[code]) for code in value]


class ArtworkCodes(Parameter):
    """Artworks that are shown; `expired` ones; `none` where nothing is posted."""

    field_class = CodesField

    def condition(self, value: Values, known: Known) -> Q:
        """Any of them."""
        codes = [code for code in value if code not in (NONE, EXPIRED)]
        keys = dict(Artwork.objects.filter(code__in=codes).values_list("code", "pk")) if codes else {}
        for code in codes:
            if code not in keys:
                raise self.unknown(code)
        wanted = Q(artwork_id__in=list(keys.values())) if keys else Q()
        if NONE in value:
            wanted |= Q(artwork_id__isnull=True)
        if EXPIRED in value:
            wanted |= Q(artwork__valid_to__lt=known.today)
        return wanted

    def words(self, value: Values, known: Known) -> list[str]:
        """The artworks' titles."""
        named = {NONE: _("None"), EXPIRED: _("Expired")}
        named.update(Artwork.objects.filter(code__in=value).values_list("code", "title"))
        return [named[code] for code in value]


class NumberCodes(Parameter):
    """Numbers of supports or batches."""

    field_class = CodesField

    def __init__(self, model: type[Support] | type[Batch], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.listed = model

    def condition(self, value: Values, known: Known) -> Q:
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

    def words(self, value: Values, known: Known) -> list[str]:
        """What the batches are called; a support's number is its name."""
        if self.listed is Support:
            return list(value)
        named = {str(batch.pk): str(batch) for batch in Batch.objects.filter(pk__in=value)}
        return [named[number] for number in value]


class Search(Parameter):
    """Words that all occur in code, earlier code, office's number, name, wording, address or the road's names."""

    field_class = WordsField

    def condition(self, value: Values, known: Known) -> Q:
        """All of the words."""
        wanted = Q()
        for word in value:
            wanted &= _mentions(word, known.lists)
        return wanted


class Box(Parameter):
    """A rectangle; its edges belong to it."""

    field_class = BoundsField

    def condition(self, value: Edges, known: Known) -> Q:
        """What stands in it."""
        box = Polygon.from_bbox(value)
        box.srid = 4326
        return Q(point__intersects=box)

    def words(self, value: Edges, known: Known) -> list[str]:
        """The four edges."""
        return [", ".join(f"{edge:.5f}" for edge in value)]


class Outline(Parameter):
    """A polygon drawn on the map; its edges belong to it."""

    field_class = OutlineField

    def condition(self, value: tuple[float, ...], known: Known) -> Q:
        """What stands in it."""
        corners = list(zip(value[::2], value[1::2], strict=True))
        return Q(point__intersects=Polygon([*corners, corners[0]], srid=4326))

    def words(self, value: tuple[float, ...], known: Known) -> list[str]:
        """How many corners it has."""
        return [_("%(corners)s corners") % {"corners": len(value) // 2}]


class Picked(Parameter):
    """Assets picked by hand, by component id."""

    field_class = CodesField

    def condition(self, value: Values, known: Known) -> Q:
        """These assets."""
        if len(value) > MOST_PICKED:
            raise FilterError(
                self.field_name, _("More than %(most)s assets picked by hand.") % {"most": MOST_PICKED}
            )
        for code in value:
            if not re.fullmatch(r"[0-9]{17}", code):
                raise self.unknown(code)
        return Q(code__in=list(value))

    def words(self, value: Values, known: Known) -> list[str]:
        """How many."""
        return [ngettext("%(n)s picked by hand", "%(n)s picked by hand", len(value)) % {"n": len(value)}]


class Since(Parameter):
    """What changed since a moment, or since an earlier answer (whose cursor it carries)."""

    field_class = SinceField

    def condition(self, value: datetime | int, known: Known) -> Q:
        """Changes since; by cursor only what no running transaction can still come before (DESIGN §4.2)."""
        if isinstance(value, int):
            return Q(changed_txid__gte=value, changed_txid__lt=OldestRunning())
        return Q(updated_at__gte=value)

    def words(self, value: datetime | int, known: Known) -> list[str]:
        """The moment."""
        return [value.isoformat() if isinstance(value, datetime) else f"x{value:x}"]


class OldestRunning(Func):
    """The oldest transaction that may still be running: what lies below is settled."""

    template = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    output_field = BigIntegerField()


class _Keys(Func):
    """Primary keys of assets, as a query in brackets; the expressions are queries themselves."""

    template = "(%(expressions)s)"
    arg_joiner = " UNION ALL "
    output_field = BigIntegerField()


class _Mentioning(Func):
    """Keys of the assets that mention a word: a function of the migrations, by the index on character pairs."""

    template = "SELECT unnest(assets_mentioning(%(expressions)s))"
    output_field = BigIntegerField()


class _OnRoads(Func):
    """Keys of the assets on some roads."""

    template = "SELECT id FROM assets_asset WHERE road_id = ANY(%(expressions)s::bigint[])"
    output_field = BigIntegerField()


def _mentions(word: str, lists: Dictionaries) -> Q:
    if re.fullmatch(r"[0-9]{17}", word):
        return Q(code=word)
    roads = lists.roads_named(fold(word))
    keys: list[Func] = [_Mentioning(Value(word))]
    if roads:
        keys.append(_OnRoads(Value(roads, output_field=ArrayField(BigIntegerField()))))
    return Q(pk__in=_Keys(*keys))


def overdue(code: str, today: date) -> Q:
    """What is late on a day: an inspection of something that stands, or an open maintenance job."""
    if code == "inspection":
        return Q(next_inspection_due__lt=today, lifecycle__in=DEFAULT_LIFECYCLE)
    late = Maintenance.objects.filter(asset_id=OuterRef("pk"), state__in=OPEN_STATES, due_on__lt=today)
    return Q(Exists(late))


# --- The filter -----------------------------------------------------------------------------------------------------


class AssetFilter(django_filters.FilterSet):
    """A query string, understood. Made by `read_filter`."""

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

    class Meta:
        model = Asset
        fields: list[str] = []

    def __init__(self, data: QueryDict, known: Known, generation: Generation) -> None:
        """Use `read_filter`.

        Raises:
            FilterError: a value cannot be read or does not exist.
        """
        super().__init__(data, queryset=Asset.objects.all())
        self.known = known
        self.generation = generation
        for name, errors in self.form.errors.items():
            raise FilterError(name, " ".join(str(error) for error in errors))
        self.values: dict[str, Any] = {
            name: value for name, value in self.form.cleaned_data.items() if value is not None
        }
        self.values.setdefault("lifecycle", tuple(sorted(DEFAULT_LIFECYCLE)))
        self.conditions: dict[str, Q] = {
            name: self.filters[name].condition(value, known) for name, value in self.values.items()
        }

    def filter_queryset(self, queryset: AssetQuerySet) -> AssetQuerySet:
        """The assets of a queryset that every condition leaves."""
        return queryset.filter(*self.conditions.values())

    def assets(self, user: AnyUser) -> AssetQuerySet:
        """What the filter leaves of what a user may see."""
        return self.filter_queryset(Asset.objects.visible_to(user))

    @property
    def is_default(self) -> bool:
        """Whether nothing was asked for but what shows anyway."""
        return not self.query_string

    @property
    def query_string(self) -> str:
        """The filter in its one spelling: for cache keys, and for links to the same set."""
        parts = []
        for name in sorted(self.values):
            value = self.values[name]
            if name == "lifecycle" and value == tuple(sorted(DEFAULT_LIFECYCLE)):
                continue
            if isinstance(value, tuple):
                spelled = (" " if name == "q" else ",").join(str(part) for part in value)
            else:
                spelled = f"x{value:x}" if isinstance(value, int) else value.isoformat()
            parts.append(f"{name}={quote(spelled, safe=',:')}")
        return "&".join(parts)

    def in_words(self) -> list[tuple[str, list[str]]]:
        """Label and values of each parameter given, in the reader's language."""
        return [
            (str(self.filters[name].label), self.filters[name].words(value, self.known))
            for name, value in self.values.items()
        ]


def read_filter(query: QueryDict | str, *, extra: Collection[str] = ()) -> AssetFilter:
    """Understand a query string.

    Args:
        query: as Django has it, or as text.
        extra: further parameters that the endpoint reads itself.

    Raises:
        FilterError: a parameter is unknown or given twice, or a value does not exist.
    """
    data = QueryDict(query) if isinstance(query, str) else query
    for name, values in data.lists():
        if name not in AssetFilter.base_filters and name not in extra:
            raise FilterError(name, _("There is no such parameter."))
        if len(values) > 1:
            raise FilterError(name, _("It is given twice; separate values with commas."))
    generation = read_generation()
    known = Known(dictionaries(generation), timezone.localdate())
    return AssetFilter(data, known, generation)
