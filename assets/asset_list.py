"""The list beside the map: the assets that a filter leaves and a user may see, sorted, a page at a time."""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.permissions import AnyUser
from assets.chosen_sql import chosen_here, chosen_ids
from assets.fields import Output, columns, fields_for, joins
from assets.filter_parameters import FilterError
from assets.filters import AssetFilter
from assets.models import Asset
from assets.paging import no_cursor, read, written

LARGEST_PAGE = 200


@dataclass(frozen=True)
class Sorting:
    """How the list is sorted: an expression, its direction, and where a row without a value comes (last)."""

    sql: str
    descending: bool = False
    cast: str = ""


ORDERS = {
    "code": Sorting(""),
    "-condition": Sorting("asset.condition", descending=True, cast="smallint"),
    "due": Sorting("coalesce(asset.next_inspection_due, 'infinity'::date)", cast="date"),
    "distance": Sorting("", cast="double precision"),
}


@dataclass(frozen=True)
class ListPage:
    """Some rows of the list, as answers hold them, and the cursor of the next ones."""

    rows: list[dict[str, Any]]
    next: str | None


def page_of_assets(
    asset_filter: AssetFilter,
    user: AnyUser,
    *,
    size: int = 50,
    order: str = "code",
    near: str | None = None,
    cursor: str | None = None,
) -> ListPage:
    """One page of what a filter leaves, continued where the cursor says.

    Args:
        order: a key of `ORDERS`.
        near: "lon,lat" in WGS84, for `distance` (metres on a sphere).
        cursor: `ListPage.next` of the page before, under the same order and place.

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
    condition, params = chosen_here(asset_filter.assets(user))
    after, after_params = _after(cursor, order, near, sort)
    direction = "DESC" if sort.descending else "ASC"
    # `condition` is the ORM's own SQL with its parameters; `sort`, `after` are made of constants and checked numbers.
    page = f"""
        SELECT asset.id, {sort.sql or "0"} AS sort_key, asset.code FROM assets_asset asset
        WHERE {condition} {after} ORDER BY sort_key {direction}, asset.code LIMIT {size + 1}
    """  # noqa: S608
    rows = _list_rows(page, [*params, *after_params], direction)
    following = None
    if len(rows) > size:
        last = rows[size - 1]
        following = written([order, near, last["sort_key"], last["code"]])
    rows = rows[:size]
    for row in rows:
        key = row.pop("sort_key")
        if order == "distance":
            row["distance"] = round(float(key), 1)
    return ListPage(rows, following)


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


def _by_distance(near: str | None) -> Sorting:
    if near is None:
        raise FilterError("near", _("Say from where: near=longitude,latitude."))
    try:
        lon, lat = (float(part) for part in near.split(","))
    except ValueError:
        raise FilterError("near", _("Give longitude,latitude in degrees.")) from None
    if not (isfinite(lon) and isfinite(lat) and -180 <= lon <= 180 and -90 <= lat <= 90):
        raise FilterError("near", _("Give longitude,latitude in degrees."))
    here = f"ST_SetSRID(ST_MakePoint({lon!r}, {lat!r}), 4326)"
    return Sorting(f"ST_DistanceSphere(asset.point, {here})", cast="double precision")


def _after(cursor: str | None, order: str, near: str | None, sort: Sorting) -> tuple[str, list[Any]]:
    """The condition that leaves what comes after the cursor's row."""
    if cursor is None:
        return "", []
    said_order, said_near, key, code = read(cursor, 4)
    if (said_order, said_near) != (order, near) or not isinstance(code, str) or not code.isdigit():
        raise no_cursor()
    if not sort.sql:
        return "AND asset.code > %s", [code]
    if not _is_key(key, sort.cast):
        raise no_cursor()
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
