"""Legend, list, one asset, search.

All of it reads; the filter's parameters are those of every other address (`assets.filters`), and an unknown one is a
400 that names it.
"""

import json
from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import create_model

from assets.asset_list import page_of_assets, row_of
from assets.chosen_sql import settled_transaction
from assets.dictionaries import dictionaries, read_generation
from assets.fields import FILTERED
from assets.filter_parameters import FilterError
from assets.filters import AssetFilter, read_filter
from assets.search import suggestions
from mapping.api.application import no_parameters
from mapping.counting import LEGEND, MATCHED
from web.access import SignedInRequest
from web.caching import filter_part, key_of, remembered_answer
from web.kept_answers import counted

LONGEST_SUGGESTED = 50

router = Router()

_FILTER_PARAMETERS: list[dict[str, Any]] = [
    {
        "name": name,
        "in": "query",
        "required": False,
        "schema": {"type": "string"},
        "description": type(parameter).__doc__,
    }
    for name, parameter in AssetFilter.base_filters.items()
]
_FILTERED = {"parameters": _FILTER_PARAMETERS}


# --- What comes back ------------------------------------------------------------------------------------------------


class Conditions(Schema):
    """Number of assets in each condition."""

    unknown: int
    good: int
    minor: int
    damaged: int
    severe: int
    missing: int


class Row(Schema):
    """One value of a group with its count."""

    code: str
    name: str
    count: int


class AreaRow(Row):
    """A street or community; `none` is what lies in no known one."""

    conditions: Conditions
    bbox: list[float] | None
    approximate: bool


class TypeRow(Row):
    """A type."""

    family: str
    symbol: str
    conditions: Conditions


class NamedGroups(Schema):
    """The rows of the groups that are named here."""

    street: list[AreaRow]
    community: list[AreaRow]
    type: list[TypeRow]
    condition: list[Row]
    theme: list[Row]
    site_kind: list[Row]
    family: list[Row]
    lifecycle: list[Row]
    overdue: list[Row]


_DECLARED: dict[str, Any] = {field.name: (list[Row], ...) for field in FILTERED}
Groups = create_model(
    "Groups",
    __base__=NamedGroups,
    __doc__="Every group's rows: beside those named, one group for each declared field that is asked for by its name.",
    **_DECLARED,
)


class Legend(Schema):
    """Counts of everything that can be filtered by.

    Counts that take long may be of a moment ago: `counted_seconds_ago` is then not 0, and they are being counted anew.
    """

    total: int
    matched: int
    generation: str
    as_of: datetime
    counted_seconds_ago: int
    updated_since: str
    groups: Groups  # type: ignore[valid-type]  # made of what is declared


class AssetRow(Schema):
    """One asset in the list; positions are WGS84."""

    id: int
    code: str
    name: str
    family: str
    type: str
    type_name: str
    symbol: str
    condition: str
    lifecycle: str
    street: str | None
    street_name: str
    community_name: str
    road_name: str
    address: str
    lon: float
    lat: float
    inspected_at: datetime | None
    next_inspection_due: date | None
    overdue: list[Literal["inspection", "maintenance"]]
    support: int | None
    faces: int | None
    thumbnail: str | None
    distance: float | None = None


class AssetPage(Schema):
    """A page of the list; `next` continues it, `updated_since` asks for what changes after it.

    `generation` changes with whatever is written: two pages of one generation neither repeat nor leave out a row; those
    of two may, where the order is by a value that changed.
    """

    matched: int
    total: int
    next: str | None
    generation: str
    updated_since: str
    results: list[AssetRow]


class Now(Schema):
    """A mark that changes with whatever this reader could see change; days that have become overdue are among that."""

    mark: str


class Suggestion(Schema):
    """Something that what was typed may mean."""

    kind: Literal["asset", "road", "street", "community", "site"]
    code: str
    title: str
    subtitle: str
    lon: float | None
    lat: float | None
    bbox: list[float] | None


class Suggestions(Schema):
    """Suggestions, the likeliest first."""

    results: list[Suggestion]


# --- Addresses ------------------------------------------------------------------------------------------------------


@router.get("/legend", response=Legend, openapi_extra=_FILTERED)
def legend(request: SignedInRequest) -> dict[str, Any]:
    """Counts for the legend: a group's rows apply every other group's filter, but not its own."""
    asset_filter = read_filter(request.GET)
    key = key_of(request, asset_filter.generation, "legend", filter_part(asset_filter))
    answer = remembered_answer(key, lambda: counted(LEGEND, asset_filter, request.user))
    return {
        "total": _matched(request, read_filter("")),
        # What is remembered is as true now as when it was counted, since nothing has been committed.
        "as_of": timezone.localtime(answer.counted_at),
        "counted_seconds_ago": answer.seconds_ago,
        **json.loads(answer.body),
    }


@router.get("/assets", response=AssetPage, openapi_extra=_FILTERED)
def assets(
    request: SignedInRequest,
    cursor: str | None = None,
    page_size: int = 50,
    order: Literal["code", "-condition", "due", "distance"] = "code",
    near: str | None = None,
) -> dict[str, Any]:
    """A page of the assets that the filter leaves."""
    asset_filter = read_filter(request.GET, extra=("cursor", "page_size", "order", "near"))
    settled = settled_transaction()
    page = page_of_assets(asset_filter, request.user, size=page_size, order=order, near=near, cursor=cursor)
    return {
        "matched": _matched(request, asset_filter),
        "total": _matched(request, read_filter("")),
        "next": page.next,
        "generation": asset_filter.generation.key,
        "updated_since": f"x{settled:x}",
        "results": page.rows,
    }


@router.get("/now", response=Now)
def now(request: HttpRequest) -> dict[str, Any]:
    """Whether anything has changed: cheap enough for every open page to ask twice a minute."""
    no_parameters(request)
    return {"mark": key_of(request, read_generation(), "now")}


@router.get("/assets/{code}", response=AssetRow)
def asset(request: HttpRequest, code: str) -> dict[str, Any]:
    """One asset, whatever its lifecycle."""
    no_parameters(request)
    row = row_of(code, request.user)
    if row is None:
        raise Http404(_("There is no such asset, or your account cannot see it."))
    return row


@router.get("/search", response=Suggestions)
def search(request: HttpRequest, q: str, limit: int = 10) -> dict[str, Any]:
    """Suggestions for the search box: places by name, assets by code, wording, address or road."""
    no_parameters(request, "q", "limit")
    if not 1 <= limit <= LONGEST_SUGGESTED:
        raise FilterError("limit", _("Between 1 and %(most)s.") % {"most": LONGEST_SUGGESTED})
    lists = dictionaries(read_generation())
    return {"results": suggestions(q, request.user, lists, limit=limit)}


def _matched(request: SignedInRequest, asset_filter: AssetFilter) -> int:
    """How many assets a filter leaves of what the reader sees."""
    key = key_of(request, asset_filter.generation, MATCHED, filter_part(asset_filter))
    return int(remembered_answer(key, lambda: counted(MATCHED, asset_filter, request.user)).body)
