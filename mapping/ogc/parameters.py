"""What a request for items asks for: every parameter of the standard's, of this product's filter, and of the fields.

All of them narrow the selection (AND). For a main layer, as assets are, the parameters of its filter come first; a
field's own parameter is equality. An unknown parameter or value is a `FilterError` that names it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import shapely
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import EXPORT, scope_of
from assets.chosen_sql import Sql, chosen_here
from assets.dictionaries import Generation, dictionaries, read_generation
from assets.filter_parameters import FilterError, Reference
from assets.filters import AssetFilter
from assets.layer_filters import field_conditions, order_named
from assets.layer_rows import Selection, SortBy
from assets.layers import Layer
from assets.models import Asset
from mapping.ogc import cql2
from mapping.ogc.crs import CRS84, Offered, box_of, crs_named
from mapping.subjects import subject_of
from web.negotiation import language_of

LARGEST_PAGE = 10_000
DEFAULT_PAGE = 100
# Of the standard and of ours; `bbox` is read here for all layers, since the standard's may be in another system.
COMMON = ("f", "lang")
ITEMS = (
    *COMMON,
    "limit",
    "cursor",
    "bbox",
    "bbox-crs",
    "crs",
    "datetime",
    "filter",
    "filter-lang",
    "filter-crs",
    "sortby",
)


Query = dict[str, str]


@dataclass(frozen=True)
class Asked:
    """A request for items, understood."""

    layer: Layer
    selection: Selection
    generation: Generation
    crs: Offered
    limit: int
    cursor: str | None
    language: str
    # Everything that narrows, in one spelling: for cache keys.
    filter_key: str


def no_more_than(request: HttpRequest, *names: str) -> None:
    """Refuse parameters that an address does not take.

    Raises:
        FilterError: naming the first; or one that is given twice.
    """
    for name, values in request.GET.lists():
        if name not in names:
            raise FilterError(name, _("There is no such parameter."))
        if len(values) > 1:
            raise FilterError(name, _("It is given twice."))


@lru_cache(maxsize=16)
def filter_names(layer: Layer) -> frozenset[str]:
    """The parameters that narrow a layer beside the standard's: its fields', and for a main layer its filter's."""
    names = {field.name for field in layer.fields} - set(ITEMS)
    if layer.is_main:
        names |= set(subject_of(layer).filter.base_filters) - {"bbox"}
    return frozenset(names)


def read_items_request(request: HttpRequest, user: User, layer: Layer) -> Asked:
    """Understand a request for items of a layer.

    Raises:
        FilterError: a parameter is unknown or given twice, or a value cannot be read or does not exist.
    """
    no_more_than(request, *ITEMS, *filter_names(layer))
    query = {name: str(request.GET[name]) for name in request.GET}
    for name, value in query.items():
        if "\0" in value:
            raise FilterError(name, _("This contains a NUL character."))
    language = language_of(request)
    generation = read_generation()
    reference = Reference(dictionaries(generation), timezone.localdate())
    crs = crs_named(query.get("crs"), "crs")
    conditions = [
        *_box(query, layer),
        *_time(query, layer),
        *field_conditions(layer, _field_parameters(query, layer), reference, language),
    ]
    if "filter" in query:
        conditions.append(
            cql2.compile_filter(
                query["filter"],
                _filter_language(query),
                layer,
                names=language,
                today=reference.today,
                crs=crs_named(query.get("filter-crs"), "filter-crs"),
            )
        )
    else:
        for name in ("filter-lang", "filter-crs"):
            if name in query:
                raise FilterError(name, _("It belongs to “filter”."))
    conditions.append(_visible(query, layer, user))
    selection = Selection(
        layer,
        tuple(conditions),
        language=language,
        today=reference.today,
        order=_order(query, layer),
    )
    narrowing = sorted((name, value) for name, value in query.items() if name not in _NO_NARROWING)
    return Asked(
        layer=layer,
        selection=selection,
        generation=generation,
        crs=crs,
        limit=_limit(query),
        cursor=query.get("cursor"),
        language=language,
        filter_key=f"{scope_of(user, EXPORT).key} {seen_by(layer, user)} {narrowing}",
    )


def seen_by(layer: Layer, user: User) -> str:
    """What of a reader, beside the area that may be exported, decides over a layer's rows; and when, where they age."""
    minute = f"{timezone.now():%H:%M}" if layer.ages else ""
    return f"{subject_of(layer).sees(user)} {minute}"


_NO_NARROWING = ("f", "lang", "limit", "cursor", "crs", "sortby")


def _limit(query: Query) -> int:
    """More than the largest page is no error, by the standard: the largest page is meant."""
    text = query.get("limit", str(DEFAULT_PAGE))
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise FilterError("limit", _("Give a whole number from 1 to %(most)s.") % {"most": LARGEST_PAGE})
    return min(int(text), LARGEST_PAGE)


def _order(query: Query, layer: Layer) -> SortBy | None:
    return order_named(query["sortby"], layer, "sortby") if "sortby" in query else None


def _filter_language(query: Query) -> str | None:
    language = query.get("filter-lang")
    if language is not None and language not in cql2.LANGUAGES:
        raise FilterError("filter-lang", _("Give one of %(these)s.") % {"these": ", ".join(cql2.LANGUAGES)})
    return language


def _box(query: Query, layer: Layer) -> list[Sql]:
    if "bbox" not in query:
        if "bbox-crs" in query:
            raise FilterError("bbox-crs", _("It belongs to “bbox”."))
        return []
    offered = crs_named(query.get("bbox-crs"), "bbox-crs") if "bbox-crs" in query else CRS84
    shape = box_of(query["bbox"], offered)
    inside = f"ST_Intersects({layer.geometry}, ST_GeomFromWKB(%s, 4326))"
    # What has no geometry is everywhere, by the standard.
    if layer.geometry_may_lack:
        inside = f"({inside} OR {layer.geometry} IS NULL)"
    return [(inside, (shapely.to_wkb(shape),))]


def _time(query: Query, layer: Layer) -> list[Sql]:
    text = query.get("datetime")
    if text is None:
        return []
    start, end = _interval(text)
    # What has no time is at every time, by the standard.
    if layer.interval is None:
        return []
    first, last = layer.interval
    conditions: list[Sql] = []
    if end is not None:
        conditions.append((f"{first} <= %s::timestamptz", (end,)))
    if start is not None:
        conditions.append((f"{last} >= %s::timestamptz", (start,)))
    return conditions


def _interval(text: str) -> tuple[datetime | None, datetime | None]:
    """A moment, a day, or an interval of such; None for an open end."""
    refusal = FilterError(
        "datetime", _("Give a time such as 2026-11-24T08:00:00+08:00, a day, or two of them with / between.")
    )
    parts = text.split("/")
    if len(parts) > 2 or (len(parts) == 1 and parts[0] in ("", "..")):
        raise refusal
    ends: list[datetime | None] = []
    for part, is_end in zip((parts[0], parts[-1]), (False, True), strict=True):
        ends.append(None if part in ("", "..") else _moment(part, is_end=is_end, refusal=refusal))
    start, end = ends
    if (start is None and end is None) or (start is not None and end is not None and start > end):
        raise refusal
    return start, end


def _moment(text: str, *, is_end: bool, refusal: FilterError) -> datetime:
    try:
        day = parse_date(text)
        # In a query string a plus sign that nobody escaped arrives as a blank.
        moment = parse_datetime(text.replace(" ", "+")) if day is None else None
    except ValueError:
        raise refusal from None
    try:
        if day is not None:
            midnight = timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001
            return midnight + timedelta(days=1, microseconds=-1) if is_end else midnight
        if moment is None:
            raise refusal
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
    except OverflowError:
        raise refusal from None


def _field_parameters(query: Query, layer: Layer) -> Query:
    """Those that name a field, but of a main layer not those that its filter reads."""
    taken = set(ITEMS) | (set(subject_of(layer).filter.base_filters) if layer.is_main else set())
    return {name: value for name, value in query.items() if name not in taken}


# --- What may be seen -----------------------------------------------------------------------------------------------


def _visible(query: Query, layer: Layer, user: User) -> Sql:
    """What the user may export; of a main layer what its filter leaves of that.

    Planned and removed assets show when the parameter `lifecycle` asks for them; a CQL2 filter only narrows.
    """
    if not layer.is_main:
        return layer.visible(user, EXPORT)
    subject = subject_of(layer)
    data = QueryDict(mutable=True)
    for name in subject.filter.base_filters:
        if name in query and name != "bbox":
            data[name] = query[name]
    row_filter = subject.read(data, user, ())
    if isinstance(row_filter, AssetFilter):
        # Conditions on the table's own columns let the planner begin with them.
        return chosen_here(
            Asset.objects.within(scope_of(user, EXPORT)).filter(*row_filter.conditions.values())
        )
    ids, params = subject.ids(row_filter, user)
    return f"{layer.subject}.id IN ({ids})", params
