"""Inspections, maintenance, areas, roads and sites for programs: pages of rows and single rows, typed as declared.

The models and parameters come from `assets.layers`. Outlines and lines are left to /ogc/, which speaks GeoJSON; rows
that have a point say where it is. Assets have addresses of their own (`catalogue.py`).
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import orjson
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field as Described
from pydantic import create_model

from accounts.models import User
from accounts.permissions import EXPORT, READ, SUPERVISE_CREWS, require, scope_of
from assets.dictionaries import dictionaries, read_generation
from assets.fields import Field, Kind
from assets.filter_parameters import FilterError, Reference
from assets.layer_filters import field_conditions, order_named, row_with_key
from assets.layer_rows import Selection, properties_sql
from assets.layers import AREAS, INSPECTIONS, MAINTENANCE, ROADS, SITES, Layer
from mapping.api.application import check_page_size, no_parameters
from mapping.exports import audit
from web.caching import key_of, remembered
from web.negotiation import language_of

LARGEST_PAGE = 1000
_OWN = ("cursor", "page_size", "order", "lang")

router = Router()

_TYPES: dict[Kind, Any] = {
    Kind.TEXT: str | None,
    Kind.LIST: list[str],
    Kind.INTEGER: int | None,
    Kind.NUMBER: float | None,
    Kind.BOOLEAN: bool | None,
    Kind.DATE: date | None,
    Kind.MOMENT: datetime | None,
}


def _member(layer: Layer, field: Field) -> tuple[Any, Any]:
    """Type and description of a field's values; the one that identifies a row is never missing."""
    kind = {Kind.TEXT: str, Kind.INTEGER: int}[field.kind] if field.name == layer.key else _TYPES[field.kind]
    unit = f" ({field.unit})" if field.unit else ""
    codes = f"; codes of the list “{field.codes}”" if field.codes else ""
    return kind, Described(description=f"{field.titles()['en']}{unit}{codes}")


def _row_model(layer: Layer) -> type[Schema]:
    members: dict[str, Any] = {field.name: _member(layer, field) for field in layer.fields}
    if layer.shape == "Point":
        members["lon"] = (float, Described(description="Longitude, WGS84"))
        members["lat"] = (float, Described(description="Latitude, WGS84"))
    name = f"{layer.name.capitalize()}Row"
    model: type[Schema] = create_model(name, __base__=Schema, __doc__=str(layer.description), **members)
    return model


def _page_model(layer: Layer, row: type[Schema]) -> type[Schema]:
    page: type[Schema] = create_model(
        f"{layer.name.capitalize()}Page",
        __base__=Schema,
        __doc__="A page of rows; `next` continues it.",
        matched=(int, ...),
        next=(str | None, ...),
        results=(list[row], ...),  # type: ignore[valid-type]
    )
    return page


def _parameters(layer: Layer) -> list[dict[str, Any]]:
    """The fields that rows can be chosen by."""
    return [
        {
            "name": field.name,
            "in": "query",
            "required": False,
            "schema": {"type": "string"},
            "description": f"{field.titles()['en']}: equal to this"
            + (f"; codes of the list “{field.codes}”, several with commas" if field.codes else ""),
        }
        for field in layer.fields
    ]


def _verb(layer: Layer) -> str:
    """What reading pages of a layer takes: what is told of assets is taken away, as by a file."""
    return EXPORT if layer.interval is not None else READ


def _add(layer: Layer) -> None:
    """The two addresses of a layer."""
    row = _row_model(layer)
    title = layer.name.capitalize()

    def rows(
        request: HttpRequest,
        cursor: str | None = None,
        page_size: int = 100,
        order: str | None = None,
        lang: str | None = None,
    ) -> dict[str, Any]:
        return _page(request, layer, cursor=cursor, page_size=page_size, order=order)

    def single(request: HttpRequest, key: str, lang: str | None = None) -> dict[str, Any]:
        no_parameters(request, "lang")
        verb = _verb(layer)
        require(request.user, verb)
        told = layer.told_to(request.user)
        selection = row_with_key(told, key, request.user, verb, language=language_of(request))
        found, _cursor = selection.page(properties_sql(selection), 1, None)
        if not found:
            raise Http404(_("There is nothing here, or your account cannot see it."))
        if verb == EXPORT:
            assert isinstance(request.user, User)
            audit.note_live(request.user, layer.name, "api", 1)
        read: dict[str, Any] = orjson.loads(found[0])
        return read

    _get(
        f"/{layer.name}",
        rows,
        _page_model(layer, row),
        name=f"{layer.name}_list",
        summary=title,
        description=f"A page of {layer.name}, narrowed by the values of fields.",
        parameters=_parameters(layer),
    )
    _get(
        f"/{layer.name}/{{key}}",
        single,
        row,
        name=f"{layer.name}_one",
        summary=f"One row of {layer.name}",
        description=f"By its field “{layer.key}”.",
        parameters=[],
    )


def _get(
    path: str,
    view: Callable[..., Any],
    answer: type[Schema],
    *,
    name: str,
    summary: str,
    description: str,
    parameters: list[dict[str, Any]],
) -> None:
    router.get(
        path,
        response=answer,
        operation_id=name,
        url_name=name,
        summary=summary,
        description=description,
        openapi_extra={"parameters": parameters} if parameters else None,
    )(view)


def _page(
    request: HttpRequest, layer: Layer, *, cursor: str | None, page_size: int, order: str | None
) -> dict[str, Any]:
    verb = _verb(layer)
    require(request.user, verb)
    layer = layer.told_to(request.user)
    check_page_size(page_size, LARGEST_PAGE)
    names = [field.name for field in layer.fields]
    no_parameters(request, *_OWN, *names)
    for name, values in request.GET.lists():
        if len(values) > 1:
            raise FilterError(name, _("It is given twice; separate values with commas."))
    language = language_of(request)
    given = {name: str(request.GET[name]) for name in names if name in request.GET}
    generation = read_generation()
    reference = Reference(dictionaries(generation), timezone.localdate())
    selection = Selection(
        layer,
        (*field_conditions(layer, given, reference, language), layer.visible(request.user, verb)),
        language=language,
        today=reference.today,
        order=order_named(order, layer, "order") if order is not None else None,
    )
    rows, following = selection.page(properties_sql(selection), page_size, cursor)
    scopes = [scope_of(request.user, allowed).key for allowed in (EXPORT, SUPERVISE_CREWS)]
    key = key_of(request, generation, "api", layer.name, sorted(given.items()), language, scopes)
    if verb == EXPORT:
        assert isinstance(request.user, User)
        audit.note_live(request.user, layer.name, "api", len(rows))
    return {
        "matched": remembered(key, selection.count),
        "next": following,
        "results": [orjson.loads(row) for row in rows],
    }


for _layer in (INSPECTIONS, MAINTENANCE, AREAS, ROADS, SITES):
    _add(_layer)
