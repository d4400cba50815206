"""What the pages ask of the catalogue: counts for the legend, pages of the list, suggestions for the search box.

All of it takes the one filter (`assets.filters`) and a user; nothing here is outside what the user may see.
"""

import base64
import binascii
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

from django import forms
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts.permissions import READ, AnyUser, Scope, scope_of
from assets.dictionaries import Dictionaries, KnownArea, fold
from assets.fields import Output, columns, fields_for, joins
from assets.filter_parameters import NONE, OVERDUE, FilterError, Known, OldestRunning, Search, overdue
from assets.filter_values import WordsField
from assets.filters import AssetFilter
from assets.models import Asset, Condition, Family, Lifecycle
from assets.rules.lateness import has_late_job
from places.models import Level, Site

Sql = tuple[str, tuple[Any, ...]]
NOTHING: Sql = ("SELECT id FROM assets_asset WHERE false", ())


def chosen_ids(queryset: QuerySet[Asset]) -> Sql:
    """SQL that gives the primary keys of a queryset's assets, to be put into a larger statement."""
    try:
        return queryset.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return NOTHING


def chosen_here(queryset: QuerySet[Asset]) -> Sql:
    """SQL that is true of a queryset's assets, for a statement over `assets_asset asset`.

    Conditions on the asset's own columns stand in the statement itself, where the planner can do the cheap and
    selective ones first; those over joins stay a subquery.
    """
    query = queryset.order_by().query.clone()
    joined = {alias for alias, uses in query.alias_refcount.items() if uses}
    if joined - {Asset._meta.db_table}:
        ids, params = chosen_ids(queryset)
        return f"asset.id IN ({ids})", params
    query.get_initial_alias()
    query.change_aliases({Asset._meta.db_table: "asset"})
    try:
        sql, own_params = query.where.as_sql(query.get_compiler(connection=connection), connection)
    except FullResultSet:
        return "true", ()
    except EmptyResultSet:
        return "false", ()
    return (f"({sql})" if sql else "true"), tuple(own_params)


def settled_transaction() -> int:
    """The transaction id below which no change can still appear; the cursor of `updated_since` (docs/design.md)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {OldestRunning.template}")
        return int(cursor.fetchone()[0])


# --- Legend ---------------------------------------------------------------------------------------------------------

# The groups that are counted, and so may be left out of their own count.
GROUPS = (
    "street",
    "community",
    "type",
    "condition",
    "theme",
    "site_kind",
    "family",
    "lifecycle",
    "overdue",
)
_BIT = {name: 1 << place for place, name in enumerate(GROUPS)}

Tally = dict[Any, Counter[int]]


def legend(chosen: AssetFilter, user: AnyUser) -> dict[str, Any]:
    """Counts of every value of every group; each group's apply every other group's filter but not its own."""
    street = _only_street(chosen)
    counts = _count(chosen, user)
    lists = chosen.known.lists
    scope = scope_of(user, READ)
    conditions = counts.of("condition")
    return {
        "matched": counts.matched,
        "groups": {
            "street": _area_rows(
                _in_scope(lists.areas_at(Level.STREET).values(), scope), counts.of("street")
            ),
            "community": _area_rows(
                [area for area in lists.areas_at(Level.COMMUNITY).values() if area.code.startswith(street)],
                counts.of("community"),
            )
            if street
            else [],
            "type": [
                {
                    "code": entry.code,
                    "name": entry.name,
                    "family": entry.family,
                    "symbol": entry.symbol,
                    **_with_conditions(counts.of("type")[entry.pk]),
                }
                for entry in lists.types.values()
                if entry.active or counts.of("type")[entry.pk]
            ],
            "condition": [
                {"code": each.code, "name": str(each.label), "count": conditions[each.value].total()}
                for each in Condition
            ],
            "theme": _rows(
                lists.themes.values(), counts.of("theme"), _("No theme"), lambda entry: entry.code
            ),
            "site_kind": _rows(
                lists.site_kinds.values(), counts.of("site_kind"), _("No site"), lambda entry: entry.pk
            ),
            "family": _choice_rows(Family, counts.of("family")),
            "lifecycle": _choice_rows(Lifecycle, counts.of("lifecycle")),
            "overdue": [
                {"code": code, "name": str(name), "count": counts.of("overdue")[code].total()}
                for code, name in OVERDUE.items()
            ],
        },
    }


@dataclass
class _Counts:
    """Tallies by group: value → condition (0 where conditions are not told apart) → number."""

    matched: int
    tallies: dict[str, Tally]

    def of(self, group: str) -> Tally:
        return self.tallies[group]


def _only_street(chosen: AssetFilter) -> str | None:
    """The code of the one street that is chosen."""
    streets = chosen.values.get("street", ())
    return streets[0] if len(streets) == 1 and streets[0] != NONE else None


def _count(chosen: AssetFilter, user: AnyUser) -> _Counts:
    """All counts in one pass over the table.

    A row says by bits which groups' filters it misses; it counts in a group when it misses no other's.
    """
    set_groups = [name for name in GROUPS if name in chosen.conditions]
    elsewhere = [condition for name, condition in chosen.conditions.items() if name not in GROUPS]
    missed: Any = Value(0, output_field=IntegerField())
    for name in set_groups:
        missed = missed + Case(
            When(chosen.conditions[name], then=Value(0)),
            default=Value(_BIT[name]),
            output_field=IntegerField(),
        )
    today = chosen.known.today
    rows = (
        Asset.objects.visible_to(user)
        .filter(*elsewhere)
        .order_by()
        .annotate(
            missed=missed,
            site_kind=F("site__kind_id"),
            late_inspection=Case(When(overdue("inspection", today), then=Value(True)), default=Value(False)),
            late_maintenance=has_late_job(today),
        )
        .values(
            "missed",
            "street_id",
            "community_id",
            "type_id",
            "condition",
            "themes",
            "site_kind",
            "lifecycle",
            "late_inspection",
            "late_maintenance",
        )
    )
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return _Counts(0, {name: defaultdict(Counter) for name in GROUPS})
    # `sql` is the ORM's own with its parameters; everything else is constant.
    statement = f"""
        SELECT grouping(street_id, type_id, site_kind, lifecycle, late_inspection, community_id, themes) AS which,
               missed, street_id, type_id, site_kind, lifecycle, late_inspection, late_maintenance, community_id,
               condition, themes, count(*)
        FROM ({sql}) chosen WHERE missed = ANY(%s)
        GROUP BY GROUPING SETS ((missed, street_id, condition), (missed, type_id, condition), (missed, site_kind),
                                (missed, lifecycle), (missed, late_inspection, late_maintenance),
                                (missed, community_id, condition), (missed, themes))
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, [0, *(_BIT[name] for name in set_groups)]])
        return _tally(cursor.fetchall(), chosen.known.lists)


# What grouping() gives for each grouping set: a bit for every column that the set is not grouped by.
_BY_STREET, _BY_TYPE, _BY_SITE_KIND, _BY_LIFECYCLE = 0b0111111, 0b1011111, 0b1101111, 0b1110111
_BY_LATENESS, _BY_COMMUNITY, _BY_THEMES = 0b1111011, 0b1111101, 0b1111110


def _tally(rows: Iterable[tuple[Any, ...]], lists: Dictionaries) -> _Counts:
    families = {entry.pk: entry.family for entry in lists.types.values()}
    tallies: dict[str, Tally] = {name: defaultdict(Counter) for name in GROUPS}
    matched = 0
    for row in rows:
        (
            which,
            missed,
            street,
            kind,
            site_kind,
            lifecycle,
            inspection,
            job,
            community,
            condition,
            themes,
            n,
        ) = row

        def add(group: str, value: Any, part: int = 0, missed: int = missed, n: int = n) -> None:
            if missed in (0, _BIT[group]):
                tallies[group][value][part] += n

        if which == _BY_STREET:
            add("street", street, condition)
        elif which == _BY_TYPE:
            matched += n if missed == 0 else 0
            add("type", kind, condition)
            add("family", families.get(kind))
            add("condition", condition)
        elif which == _BY_SITE_KIND:
            add("site_kind", site_kind)
        elif which == _BY_LIFECYCLE:
            add("lifecycle", lifecycle)
        elif which == _BY_LATENESS:
            if inspection:
                add("overdue", "inspection")
            if job:
                add("overdue", "maintenance")
        elif which == _BY_COMMUNITY:
            add("community", community, condition)
        elif which == _BY_THEMES:
            for theme in themes or [None]:
                add("theme", theme)
    return _Counts(matched, tallies)


def _with_conditions(counter: Counter[int]) -> dict[str, Any]:
    return {
        "count": counter.total(),
        "conditions": {condition.code: counter[condition.value] for condition in Condition},
    }


def _in_scope(areas: Iterable[KnownArea], scope: Scope) -> list[KnownArea]:
    return [area for area in areas if scope.covers(area.code)]


def _area_rows(areas: Iterable[KnownArea], tally: Tally) -> list[dict[str, Any]]:
    rows = [
        {
            "code": area.code,
            "name": area.name,
            **_with_conditions(tally[area.id]),
            "bbox": list(area.bounds) if area.bounds else None,
            "approximate": area.approximate,
        }
        for area in areas
    ]
    unknown = {"code": NONE, "name": _("Area unknown"), **_with_conditions(tally[None])}
    return [*rows, {**unknown, "bbox": None, "approximate": False}]


def _rows(
    entries: Iterable[Any], tally: Tally, none_name: str, key: Callable[[Any], Any]
) -> list[dict[str, Any]]:
    rows = [
        {"code": entry.code, "name": entry.name, "count": tally[key(entry)].total()}
        for entry in entries
        if entry.active or tally[key(entry)]
    ]
    return [*rows, {"code": NONE, "name": none_name, "count": tally[None].total()}]


def _choice_rows(choices: Any, tally: Tally) -> list[dict[str, Any]]:
    return [
        {"code": choice.value, "name": str(choice.label), "count": tally[choice.value].total()}
        for choice in choices
    ]


# --- List -----------------------------------------------------------------------------------------------------------

LARGEST_PAGE = 200


@dataclass(frozen=True)
class Order:
    """How the list is sorted: an expression, its direction, and where a row without a value comes (last)."""

    sql: str
    descending: bool = False
    cast: str = ""


ORDERS = {
    "code": Order(""),
    "-condition": Order("asset.condition", descending=True, cast="smallint"),
    "due": Order("coalesce(asset.next_inspection_due, 'infinity'::date)", cast="date"),
    "distance": Order("", cast="double precision"),
}


@dataclass(frozen=True)
class Page:
    """Some rows of the list, and the cursor of the next ones."""

    rows: list[dict[str, Any]]
    next: str | None


def page_of_assets(
    chosen: AssetFilter,
    user: AnyUser,
    *,
    size: int = 50,
    order: str = "code",
    near: str | None = None,
    cursor: str | None = None,
) -> Page:
    """One page of what a filter leaves, continued where the cursor says.

    Args:
        order: a key of `ORDERS`.
        near: "lon,lat" in WGS84, for `distance` (metres on a sphere).
        cursor: `Page.next` of the page before, under the same order and place.

    Raises:
        FilterError: naming `order`, `near`, `page_size` or `cursor`.
    """
    if not 1 <= size <= LARGEST_PAGE:
        raise FilterError("page_size", _("Between 1 and %(most)s.") % {"most": LARGEST_PAGE})
    if order not in ORDERS:
        raise FilterError("order", _("“%(value)s” does not exist.") % {"value": order[:80]})
    sort = _by_distance(near) if order == "distance" else ORDERS[order]
    if near is not None and order != "distance":
        raise FilterError("near", _("It belongs to the order by distance."))
    condition, params = chosen_here(chosen.assets(user))
    after, after_params = _after(cursor, order, near, sort)
    direction = "DESC" if sort.descending else "ASC"
    # `condition` is the ORM's own SQL with its parameters; `sort`, `after` are made of constants and checked numbers.
    page = f"""
        SELECT asset.id, {sort.sql or "0"} AS sort_key, asset.code FROM assets_asset asset
        WHERE {condition} {after} ORDER BY sort_key {direction}, asset.code LIMIT {size + 1}
    """  # noqa: S608
    rows = _list_rows(page, [*params, *after_params], direction)
    following = _cursor(order, near, rows[size - 1]) if len(rows) > size else None
    rows = rows[:size]
    for row in rows:
        key = row.pop("sort_key")
        if order == "distance":
            row["distance"] = round(float(key), 1)
    return Page(rows, following)


def _list_rows(page: str, params: list[Any], direction: str) -> list[dict[str, Any]]:
    """The list's fields of the assets that the statement `page` gives with id, sort_key and code, in its order."""
    fields = fields_for(Output.LIST)
    select = columns(fields, language=get_language() or "zh-hans", today=timezone.localdate())
    statement = f"""
        WITH page AS ({page})
        SELECT {select}, ST_X(asset.point) AS lon, ST_Y(asset.point) AS lat, page.sort_key::text AS sort_key
        FROM page JOIN assets_asset asset ON asset.id = page.id {joins(fields)}
        ORDER BY page.sort_key {direction}, page.code
    """  # noqa: S608 -- made of constants, see the callers for `page`
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    for row in rows:
        late = {"inspection": row.pop("inspection_overdue"), "maintenance": row.pop("maintenance_overdue")}
        row["overdue"] = [code for code, is_late in late.items() if is_late]
        row["name"] = row["name"] or row["type_name"]
        row |= {name: row[name] or "" for name in ("community_name", "road_name", "street_name")}
        if row["inspected_at"] is not None:
            row["inspected_at"] = timezone.localtime(row["inspected_at"])
    return rows


def _by_distance(near: str | None) -> Order:
    if near is None:
        raise FilterError("near", _("Say from where: near=longitude,latitude."))
    try:
        lon, lat = (float(part) for part in near.split(","))
    except ValueError:
        raise FilterError("near", _("Give longitude,latitude in degrees.")) from None
    if not (isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise FilterError("near", _("Give longitude,latitude in degrees."))
    here = f"ST_SetSRID(ST_MakePoint({lon!r}, {lat!r}), 4326)"
    return Order(f"ST_DistanceSphere(asset.point, {here})", cast="double precision")


def _cursor(order: str, near: str | None, last: dict[str, Any]) -> str:
    content = json.dumps([order, near, last["sort_key"], last["code"]])
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def _after(cursor: str | None, order: str, near: str | None, sort: Order) -> tuple[str, list[Any]]:
    """The condition that leaves what comes after the cursor's row."""
    if cursor is None:
        return "", []
    refusal = FilterError("cursor", _("This is no cursor of this list."))
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        said_order, said_near, key, code = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise refusal from None
    if (said_order, said_near) != (order, near) or not isinstance(code, str) or not code.isdigit():
        raise refusal
    if not sort.sql:
        return "AND asset.code > %s", [code]
    if not _is_key(key, sort.cast):
        raise refusal
    beyond = "<" if sort.descending else ">"
    compare = f"{sort.sql} {beyond} %s::{sort.cast} OR ({sort.sql} = %s::{sort.cast} AND asset.code > %s)"
    return f"AND ({compare})", [key, key, code]


def _is_key(key: Any, cast: str) -> bool:
    if not isinstance(key, str):
        return False
    try:
        if cast == "date":
            return key == "infinity" or bool(date.fromisoformat(key))
        return isfinite(float(key)) if cast == "double precision" else 0 <= int(key) <= 5
    except ValueError:
        return False


def row_of(code: str, user: AnyUser) -> dict[str, Any] | None:
    """The list's row of one asset, or None when there is none that the user may see."""
    ids, params = chosen_ids(Asset.objects.visible_to(user).filter(code=code))
    page = f"""
        SELECT asset.id, 0 AS sort_key, asset.code FROM assets_asset asset WHERE asset.id IN ({ids})
    """  # noqa: S608 -- the ORM's own SQL
    rows = _list_rows(page, list(params), "")
    return rows[0] if rows else None


# --- Search box -----------------------------------------------------------------------------------------------------


def search(text: str, user: AnyUser, lists: Dictionaries, *, limit: int = 10) -> list[dict[str, Any]]:
    """Suggestions for what somebody types: streets, communities, roads and sites by name, assets by anything.

    Raises:
        FilterError: naming `q`: too long, or no text.
    """
    try:
        typed = WordsField().clean(text)
    except forms.ValidationError as error:
        raise FilterError("q", " ".join(error.messages)) from None
    if typed is None:
        return []
    words = [fold(word) for word in typed]
    scope = scope_of(user, READ)
    places = [
        *_areas_named(words, lists, scope),
        *_roads_named(words, lists),
        *_sites_named(text, scope, limit),
    ]
    # Places come first, but never take all the room when there are assets too.
    assets = list(_assets_named(typed, user, lists, limit))
    kept = max(limit - len(assets), min(len(places), limit // 2))
    return [*places[:kept], *assets][:limit]


def _all_in(words: list[str], names: Iterable[str]) -> bool:
    folded = [fold(name) for name in names]
    return all(any(word in name for name in folded) for word in words)


def _areas_named(words: list[str], lists: Dictionaries, scope: Scope) -> Iterable[dict[str, Any]]:
    for level, parent_level in ((Level.STREET, Level.DISTRICT), (Level.COMMUNITY, Level.STREET)):
        for area in _in_scope(lists.areas_at(level).values(), scope):
            if _all_in(words, (area.name, area.code, *area.aliases)):
                above = lists.areas_at(parent_level).get(area.code[: 6 if level == Level.STREET else 9])
                yield {
                    "kind": level.code,
                    "code": area.code,
                    "title": area.name,
                    "subtitle": above.name if above else "",
                    **_middle(area.bounds),
                }


def _roads_named(words: list[str], lists: Dictionaries) -> Iterable[dict[str, Any]]:
    for road in lists.roads.values():
        if _all_in(words, (road.name, *road.aliases)):
            yield {
                "kind": "road",
                "code": road.code,
                "title": road.name,
                "subtitle": pgettext("separates names", ", ").join(road.aliases),
                **_middle(road.bounds),
            }


def _sites_named(words: Sequence[str], scope: Scope, limit: int) -> Iterable[dict[str, Any]]:
    named = Q()
    for word in words:
        named &= Q(name__icontains=word)
    sites = Site.objects.filter(named).select_related("kind", "area").order_by("code")
    for site in sites[: limit * 5]:
        # Where a site's area is not known, nobody's reading ends before it.
        if site.area is None or scope.covers(site.scope_code):
            yield {
                "kind": "site",
                "code": site.code,
                "title": site.name,
                "subtitle": site.kind.name,
                "lon": site.point.x,
                "lat": site.point.y,
                "bbox": None,
            }


def _assets_named(
    words: tuple[str, ...], user: AnyUser, lists: Dictionaries, limit: int
) -> Iterable[dict[str, Any]]:
    condition = Search().condition(words, Known(lists, timezone.localdate()))
    found = (
        Asset.objects.visible_to(user)
        .filter(condition)
        .exclude(lifecycle=Lifecycle.REMOVED)
        .select_related("type")
        .only("code", "name", "address", "point", "type")
        .order_by("code")[:limit]
    )
    for asset in found:
        yield {
            "kind": "asset",
            "code": asset.code,
            "title": asset.name or asset.type.name,
            "subtitle": " · ".join(part for part in (asset.code, asset.address) if part),
            "lon": asset.point.x,
            "lat": asset.point.y,
            "bbox": None,
        }


def _middle(bounds: tuple[float, float, float, float] | None) -> dict[str, Any]:
    if bounds is None:
        return {"lon": None, "lat": None, "bbox": None}
    west, south, east, north = bounds
    return {"lon": (west + east) / 2, "lat": (south + north) / 2, "bbox": list(bounds)}
