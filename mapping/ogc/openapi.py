"""The OpenAPI 3.0 document of /ogc/: paths, parameters with their values, and what comes back, each refusal too."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assets.dictionaries import Dictionaries
from assets.fields import Kind
from assets.layer_rows import SORTABLE
from assets.layers import Layer
from mapping.ogc import cql2
from mapping.ogc.crs import CRS84, OFFERED
from mapping.ogc.documents import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Linking, field_schema
from mapping.ogc.parameters import DEFAULT_PAGE, LARGEST_PAGE, filter_names
from mapping.subjects import collections, subject_of
from web.negotiation import FORMATS, LANGUAGES

_PROBLEM = "application/problem+json"


def openapi(linking: Linking, lists: Dictionaries) -> dict[str, Any]:
    """The whole document."""
    paths: dict[str, Any] = {
        "/": _get("landingPage", _("Landing page"), [], JSON, _ref("landingPage")),
        "/api": _get("api", _("This description"), [], OPENAPI, {"type": "object"}),
        "/conformance": _get(
            "conformance", _("What this service conforms to"), [], JSON, _ref("conformance")
        ),
        "/collections": _get("collections", _("Collections"), [], JSON, _ref("collections")),
    }
    for layer in collections().values():
        paths |= _layer_paths(layer, lists, linking.language)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": _("Publicity asset map of Tianqiao"),
            "version": "1",
            "description": _("OGC API – Features: parts 1, 2 and 3 with CQL2."),
        },
        "servers": [{"url": linking.request.build_absolute_uri(reverse("ogc")).rstrip("/")}],
        "security": [{"token": []}, {"password": []}, {"session": []}],
        "paths": paths,
        "components": {
            "parameters": _shared_parameters(),
            "schemas": _schemas(),
            "responses": _refusals(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": _("A data token.")},
                "password": {
                    "type": "http",
                    "scheme": "basic",
                    "description": _("User name, and a data token as the password."),
                },
                "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
            },
        },
    }


def _layer_paths(layer: Layer, lists: Dictionaries, language: str) -> dict[str, Any]:
    title = str(layer.title)
    at = f"/collections/{layer.name}"
    described = {"type": "object"}
    feature_id = {
        "name": "featureId",
        "in": "path",
        "required": True,
        "schema": {"type": "string"},
        "description": str(next(field.title for field in layer.fields if field.name == layer.key)),
    }
    return {
        at: _get(f"{layer.name}.collection", title, [], JSON, _ref("collection"), tag=title),
        f"{at}/queryables": _get(
            f"{layer.name}.queryables", _("What can be filtered by"), [], SCHEMA, described, tag=title
        ),
        f"{at}/sortables": _get(
            f"{layer.name}.sortables", _("What can be sorted by"), [], SCHEMA, described, tag=title
        ),
        f"{at}/schema": _get(
            f"{layer.name}.schema", _("Fields of the features"), [], SCHEMA, described, tag=title
        ),
        f"{at}/feature-schema": _get(
            f"{layer.name}.featureSchema", _("A feature as GeoJSON"), [], SCHEMA, described, tag=title
        ),
        f"{at}/items": _get(
            f"{layer.name}.items",
            _("Features"),
            [
                *(_parameter_ref(name) for name in _ITEMS),
                _sortby(layer),
                *_filters(layer, lists, language),
            ],
            GEOJSON,
            _ref("featureCollection"),
            tag=title,
        ),
        f"{at}/items/{{featureId}}": _get(
            f"{layer.name}.item",
            _("One feature"),
            [feature_id, _parameter_ref("crs")],
            GEOJSON,
            _ref("feature"),
            tag=title,
        ),
    }


_ITEMS = ("limit", "cursor", "bbox", "bbox-crs", "crs", "datetime", "filter", "filter-lang", "filter-crs")


def _get(
    name: str,
    summary: str,
    parameters: list[dict[str, Any]],
    media_type: str,
    schema: dict[str, Any],
    *,
    tag: str = "",
) -> dict[str, Any]:
    refusals = {"400": "BadRequest", "401": "SignIn", "403": "Forbidden", "429": "TooMany"}
    if any(parameter.get("in") == "path" for parameter in parameters):
        refusals["404"] = "NotFound"
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": [tag or _("Service")],
            "parameters": [*parameters, _parameter_ref("f"), _parameter_ref("lang")],
            "responses": {
                "200": {
                    "description": summary,
                    "content": {media_type: {"schema": schema}, HTML: {"schema": {"type": "string"}}},
                },
                "304": {"description": _("Nothing has changed since the answer whose ETag was sent.")},
                **{
                    status: {"$ref": f"#/components/responses/{refusal}"}
                    for status, refusal in refusals.items()
                },
            },
        }
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _parameter_ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _query(name: str, description: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": description,
        "schema": schema,
        **more,
    }


def _shared_parameters() -> dict[str, Any]:
    uris = {"type": "string", "format": "uri", "enum": list(OFFERED), "default": CRS84.uri}
    text = {"type": "string"}
    parameters = [
        _query("f", _("Data or a page; else the Accept header decides."), {**text, "enum": list(FORMATS)}),
        _query("lang", _("Language of names and titles."), {**text, "enum": list(LANGUAGES)}),
        _query(
            "limit",
            _("Features in one page."),
            {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE},
            style="form",
            explode=False,
        ),
        _query("cursor", _("Where the next page begins: taken from the link “next”."), text),
        _query(
            "bbox",
            _("Rectangle: lower left corner, upper right corner."),
            # Four or six; said in the words of the standard's own requirement, which its test suite looks for.
            {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6},
            style="form",
            explode=False,
        ),
        _query("bbox-crs", _("Coordinate system of the rectangle."), uris),
        _query("crs", _("Coordinate system of the answer."), uris),
        _query(
            "datetime",
            _("A time, a day, or an interval of such; .. is an open end."),
            text,
            style="form",
            explode=False,
        ),
        _query("filter", _("A CQL2 expression."), text),
        _query(
            "filter-lang",
            _("How the expression is written."),
            {**text, "enum": list(cql2.LANGUAGES), "default": cql2.TEXT},
        ),
        _query("filter-crs", _("Coordinate system of geometries in the expression."), uris),
    ]
    return {parameter["name"]: parameter for parameter in parameters}


def _sortby(layer: Layer) -> dict[str, Any]:
    names = [field.name for field in layer.fields if field.kind in SORTABLE]
    return _query(
        "sortby",
        _("Field to sort by; a minus before it turns the order round."),
        {"type": "string", "enum": [*names, *(f"-{name}" for name in names)]},
    )


def _filters(layer: Layer, lists: Dictionaries, language: str) -> list[dict[str, Any]]:
    """The parameters of fields, and for main layers those of their filter."""
    described = []
    for name in sorted(filter_names(layer)):
        field = layer.field(name)
        own = subject_of(layer).filter.base_filters.get(name) if layer.is_main else None
        if field is None:
            described.append(_query(name, str(own.label) if own else "", {"type": "string"}))
            continue
        schema = field_schema(field, lists, language)
        title = schema.pop("title")
        if (field.kind is Kind.LIST and not field.codes) or (field.kind is Kind.BOOLEAN and own is not None):
            schema = {"type": "string"}
        if field.codes:
            # Several codes are separated by commas; the one filter knows `none` beside them.
            codes = schema.get("enum") or schema.get("items", {}).get("enum", [])
            if own is not None:
                codes = [*codes, "none"] if name in ("street", "community", "site_kind") else codes
            schema = (
                {"type": "array", "items": {"type": "string", "enum": codes}} if codes else {"type": "string"}
            )
            described.append(_query(name, title, schema, style="form", explode=False))
            continue
        schema.pop("x-ogc-unit", None)
        described.append(_query(name, title, schema))
    return described


def _schemas() -> dict[str, Any]:
    links = {"type": "array", "items": _ref("link")}
    text = {"type": "string"}
    return {
        "link": {
            "type": "object",
            "required": ["href", "rel"],
            "properties": {"href": text, "rel": text, "type": text, "title": text},
        },
        "landingPage": {
            "type": "object",
            "required": ["links"],
            "properties": {"title": text, "description": text, "links": links},
        },
        "conformance": {
            "type": "object",
            "required": ["conformsTo"],
            "properties": {"conformsTo": {"type": "array", "items": text}},
        },
        "collection": {
            "type": "object",
            "required": ["id", "links"],
            "properties": {
                "id": text,
                "title": text,
                "description": text,
                "itemType": text,
                "extent": {"type": "object"},
                "crs": {"type": "array", "items": text},
                "storageCrs": text,
                "links": links,
            },
        },
        "collections": {
            "type": "object",
            "required": ["links", "collections"],
            "properties": {"links": links, "collections": {"type": "array", "items": _ref("collection")}},
        },
        "feature": {
            "type": "object",
            "required": ["type", "id", "geometry", "properties"],
            "properties": {
                "type": {"type": "string", "enum": ["Feature"]},
                "id": {"oneOf": [text, {"type": "integer"}]},
                "geometry": {"type": "object", "nullable": True},
                "properties": {"type": "object"},
                "links": links,
            },
        },
        "featureCollection": {
            "type": "object",
            "required": ["type", "features", "numberMatched", "numberReturned", "timeStamp", "links"],
            "properties": {
                "type": {"type": "string", "enum": ["FeatureCollection"]},
                "features": {"type": "array", "items": _ref("feature")},
                "numberMatched": {"type": "integer", "minimum": 0},
                "numberReturned": {"type": "integer", "minimum": 0},
                "timeStamp": {"type": "string", "format": "date-time"},
                "links": links,
            },
        },
        "problem": {
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {
                "type": text,
                "title": text,
                "status": {"type": "integer"},
                "detail": text,
                "parameter": text,
            },
        },
    }


def _refusals() -> dict[str, Any]:
    described = {
        "BadRequest": _("A parameter is unknown or its value cannot be read; it is named."),
        "SignIn": _("Nobody is signed in, or the token has ended."),
        "Forbidden": _("The role does not allow this."),
        "NotFound": _("There is nothing here, or your account cannot see it."),
        "TooMany": _("Too many wrong tokens; the answer says when to come back."),
    }
    content = {_PROBLEM: {"schema": _ref("problem")}, HTML: {"schema": {"type": "string"}}}
    return {name: {"description": sentence, "content": content} for name, sentence in described.items()}
