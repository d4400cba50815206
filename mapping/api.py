"""The HTTP API at /api/: legend, list, one asset, search. Typed, so that /api/openapi.json says what comes back.

All of it reads; the filter's parameters are those of every other address (`assets.filters`), and an unknown one is a
400 that names it.
"""

from datetime import date, datetime
from typing import Any, Literal

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import BaseRenderer
from ninja.security import SessionAuth

from accounts.models import User
from accounts.permissions import READ, require
from assets import queries
from assets.dictionaries import Generation, dictionaries, read_generation
from assets.filters import AssetFilter, FilterError, read_filter
from mapping.caching import filter_part, key_of, remembered
from mapping.problems import problem

LONGEST_SUGGESTED = 50


class SignedIn(SessionAuth):
    """Django's session, for whoever has a role that reads."""

    def authenticate(self, request: HttpRequest, key: str | None) -> User | None:
        """The user, or None (401).

        Raises:
            PermissionDenied: signed in, but without any role.
        """
        if not isinstance(request.user, User):
            return None
        require(request.user, READ)
        return request.user


class Compact(BaseRenderer):
    """JSON in UTF-8: Chinese stays Chinese, and short."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The body."""
        return orjson.dumps(data)


class PrivateAPI(NinjaAPI):
    """Answers that nobody keeps: they are a reader's own, and live."""

    def create_response(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """An answer of any status."""
        response = super().create_response(*args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response


api = PrivateAPI(
    title="Publicity asset map of Tianqiao",
    version="1",
    description=__doc__ or "",
    auth=SignedIn(csrf=False),
    renderer=Compact(),
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)

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


class Groups(Schema):
    """Every group's rows."""

    street: list[AreaRow]
    community: list[AreaRow]
    type: list[TypeRow]
    condition: list[Row]
    theme: list[Row]
    site_kind: list[Row]
    family: list[Row]
    lifecycle: list[Row]
    overdue: list[Row]


class Legend(Schema):
    """Counts of everything that can be filtered by."""

    total: int
    matched: int
    generation: str
    as_of: datetime
    updated_since: str
    groups: Groups


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
    """A page of the list; `next` continues it, `updated_since` asks for what changes after it."""

    matched: int
    total: int
    next: str | None
    updated_since: str
    results: list[AssetRow]


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


@api.get("/legend", response=Legend, openapi_extra=_FILTERED)
def legend(request: HttpRequest) -> dict[str, Any]:
    """Counts for the legend: a group's rows apply every other group's filter, but not its own."""
    chosen = read_filter(request.GET)
    key = key_of(request, chosen.generation, "legend", filter_part(chosen))
    answer = remembered(key, lambda: _legend(request, chosen))
    # What is remembered is as true now as when it was counted, since nothing has been committed.
    return {"total": _total(request, chosen.generation), "as_of": timezone.localtime(), **answer}


def _legend(request: HttpRequest, chosen: AssetFilter) -> dict[str, Any]:
    settled = queries.settled_transaction()
    return {
        **queries.legend(chosen, request.user),
        "generation": chosen.generation.key,
        "updated_since": f"x{settled:x}",
    }


@api.get("/assets", response=AssetPage, openapi_extra=_FILTERED)
def assets(
    request: HttpRequest,
    cursor: str | None = None,
    page_size: int = 50,
    order: Literal["code", "-condition", "due", "distance"] = "code",
    near: str | None = None,
) -> dict[str, Any]:
    """A page of the assets that the filter leaves."""
    chosen = read_filter(request.GET, extra=("cursor", "page_size", "order", "near"))
    settled = queries.settled_transaction()
    key = key_of(request, chosen.generation, "matched", filter_part(chosen))
    page = queries.page_of_assets(chosen, request.user, size=page_size, order=order, near=near, cursor=cursor)
    return {
        "matched": remembered(key, lambda: chosen.assets(request.user).order_by().count()),
        "total": _total(request, chosen.generation),
        "next": page.next,
        "updated_since": f"x{settled:x}",
        "results": page.rows,
    }


@api.get("/assets/{code}", response=AssetRow)
def asset(request: HttpRequest, code: str) -> dict[str, Any]:
    """One asset, whatever its lifecycle."""
    no_parameters(request)
    row = queries.row_of(code, request.user)
    if row is None:
        raise Http404
    return row


@api.get("/search", response=Suggestions)
def search(request: HttpRequest, q: str, limit: int = 10) -> dict[str, Any]:
    """Suggestions for the search box: places by name, assets by code, wording, address or road."""
    no_parameters(request, "q", "limit")
    if not 1 <= limit <= LONGEST_SUGGESTED:
        raise FilterError("limit", _("Between 1 and %(most)s.") % {"most": LONGEST_SUGGESTED})
    lists = dictionaries(read_generation())
    return {"results": queries.search(q, request.user, lists, limit=limit)}


def no_parameters(request: HttpRequest, *but: str) -> None:
    """Refuse parameters that an address does not take.

    Raises:
        FilterError: naming the first.
    """
    for name in request.GET:
        if name not in but:
            raise FilterError(name, _("There is no such parameter."))


def _total(request: HttpRequest, generation: Generation) -> int:
    key = key_of(request, generation, "total")
    total: int = remembered(key, lambda: queries.count_visible(request.user))
    return total


# --- Problems -------------------------------------------------------------------------------------------------------


@api.exception_handler(FilterError)
def _filter_problem(request: HttpRequest, error: FilterError) -> HttpResponse:
    return problem(400, error.sentence, parameter=error.parameter)


@api.exception_handler(ValidationError)
def _parameter_problem(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    return problem(400, str(first["msg"]), parameter=str(first["loc"][-1]))


@api.exception_handler(AuthenticationError)
def _sign_in_problem(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(401, _("Sign in to read this."))


@api.exception_handler(PermissionDenied)
def _permission_problem(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
    return problem(403, str(error))


@api.exception_handler(Http404)
def _missing_problem(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(404, _("There is no such asset, or your account cannot see it."))


@api.exception_handler(HttpError)
def _http_problem(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))
