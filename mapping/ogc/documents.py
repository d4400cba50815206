"""Everything said about the service and its collections, as the standard's JSON: landing page, conformance,
collections, queryables, sortables, schema. Pages show the same.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.permissions import EXPORT, scope_of
from assets.code_lists import code_list
from assets.dictionaries import Dictionaries
from assets.fields import Field, Kind
from assets.layer_rows import SORTABLE
from assets.layers import Layer
from mapping.extent import bounds_of
from mapping.ogc.crs import CRS84, OFFERED
from mapping.subjects import collections as every_layer

JSON, GEOJSON, HTML, SCHEMA = (
    "application/json",
    "application/geo+json",
    "text/html",
    "application/schema+json",
)
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_RELATION = "http://www.opengis.net/def/rel/ogc/1.0/"

CONFORMANCE = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
)


@dataclass(frozen=True)
class Linking:
    """How addresses are made for one request: absolute, and in the language that was asked for."""

    request: HttpRequest
    language: str

    def url(self, path: str = "", **parameters: str | int | None) -> str:
        """An address below the landing page."""
        kept = {name: value for name, value in parameters.items() if value is not None}
        if "lang" in self.request.GET:
            kept["lang"] = self.language
        query = f"?{urlencode(kept)}" if kept else ""
        return self.request.build_absolute_uri(reverse("ogc") + path) + query

    def here(self, **changed: str | None) -> str:
        """This very address with some parameters changed; None leaves one out."""
        query = self.request.GET.copy()
        for name, value in changed.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        return self.request.build_absolute_uri(self.request.path) + (f"?{query.urlencode()}" if query else "")


def link(rel: str, href: str, media_type: str, title: str = "") -> dict[str, str]:
    """One link."""
    made = {"href": href, "rel": rel, "type": media_type}
    return {**made, "title": title} if title else made


def self_links(linking: Linking, data_type: str, *, shown: str) -> list[dict[str, str]]:
    """This answer itself, and the other way it can be had; `shown` is `json` or `html`."""
    data, page = linking.here(f="json"), linking.here(f="html")
    is_page = shown == "html"
    return [
        link("self" if not is_page else "alternate", data, data_type, _("This document as JSON")),
        link("self" if is_page else "alternate", page, HTML, _("This document as a page")),
    ]


def landing(linking: Linking, *, shown: str) -> dict[str, Any]:
    """What there is at /ogc/."""
    url = linking.url
    return {
        "title": _("Publicity asset map of Tianqiao"),
        "description": _(
            "Assets, inspections, maintenance, areas, roads and sites, live, for QGIS, GDAL and other programs."
        ),
        "links": [
            *self_links(linking, JSON, shown=shown),
            link("service-desc", url("api"), OPENAPI, _("Description of this service (OpenAPI 3.0)")),
            link("service-doc", url("api", f="html"), HTML, _("Description of this service as a page")),
            link("conformance", url("conformance"), JSON, _("What this service conforms to")),
            link("data", url("collections"), JSON, _("Collections")),
        ],
    }


def conformance(linking: Linking, *, shown: str) -> dict[str, Any]:
    """What the service conforms to."""
    return {"links": self_links(linking, JSON, shown=shown), "conformsTo": list(CONFORMANCE)}


def collections(linking: Linking, lists: Dictionaries, *, shown: str) -> dict[str, Any]:
    """All collections."""
    return {
        "links": self_links(linking, JSON, shown=shown),
        "crs": list(OFFERED),
        "collections": [collection(linking, layer, lists, links=[]) for layer in every_layer().values()],
    }


def collection(
    linking: Linking, layer: Layer, lists: Dictionaries, *, links: list[dict[str, str]]
) -> dict[str, Any]:
    """One collection; `links` are those of the document that it is in."""
    at = f"collections/{layer.name}"
    url = linking.url
    bounds = bounds_of(lists, scope_of(linking.request.user, EXPORT))
    extent: dict[str, Any] = {"spatial": {"bbox": [list(bounds)], "crs": CRS84.uri}}
    if layer.interval is not None:
        extent["temporal"] = {
            "interval": [[None, None]],
            "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
        }
    return {
        "id": layer.name,
        "title": str(layer.title),
        "description": str(layer.description),
        "itemType": "feature",
        "extent": extent,
        "crs": list(OFFERED),
        "storageCrs": CRS84.uri,
        "links": [
            *(links or [link("self", url(at), JSON, str(layer.title))]),
            link("items", url(f"{at}/items"), GEOJSON, _("Features as GeoJSON")),
            link("items", url(f"{at}/items", f="html"), HTML, _("Features as a page")),
            link(f"{_RELATION}queryables", url(f"{at}/queryables"), SCHEMA, _("What can be filtered by")),
            link(f"{_RELATION}sortables", url(f"{at}/sortables"), SCHEMA, _("What can be sorted by")),
            link(f"{_RELATION}schema", url(f"{at}/schema"), SCHEMA, _("Fields of the features")),
            # GDAL takes the kinds of values from it, where it would otherwise guess by the first rows.
            link("describedby", url(f"{at}/feature-schema"), SCHEMA, _("A feature as GeoJSON")),
        ],
    }


# --- Fields ---------------------------------------------------------------------------------------------------------

_TYPES: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"type": "string"},
    Kind.LIST: {"type": "array", "items": {"type": "string"}},
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.DATE: {"type": "string", "format": "date"},
    Kind.MOMENT: {"type": "string", "format": "date-time"},
}


def in_language(text: Promise, language: str) -> str:
    """A declared title in `zh` or `en`."""
    with translation.override("en" if language == "en" else "zh-hans"):
        return str(text)


def field_schema(field: Field, lists: Dictionaries, language: str) -> dict[str, Any]:
    """A field as JSON Schema, with its codes and what each means."""
    schema: dict[str, Any] = {"title": in_language(field.title, language), **_TYPES[field.kind]}
    if field.unit:
        schema["x-ogc-unit"] = field.unit
    if field.codes:
        entries = code_list(field.codes, lists)
        codes = {
            "enum": [entry.code for entry in entries],
            "x-enum-titles": {entry.code: entry.title(language) for entry in entries},
        }
        if field.kind is Kind.LIST:
            schema["items"] = {"type": "string", **codes}
        else:
            schema |= codes
    return schema


def _object(linking: Linking, layer: Layer, at: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": linking.url(f"collections/{layer.name}/{at}"),
        "type": "object",
        "title": in_language(layer.title, linking.language),
        "properties": properties,
        "additionalProperties": False,
    }


def _geometry(layer: Layer) -> dict[str, Any]:
    return {
        "title": _("Geometry"),
        "format": f"geometry-{layer.shape.lower()}",
        "x-ogc-role": "primary-geometry",
    }


def queryables(linking: Linking, layer: Layer, lists: Dictionaries) -> dict[str, Any]:
    """What a filter may name."""
    properties = {field.name: field_schema(field, lists, linking.language) for field in layer.fields}
    return _object(linking, layer, "queryables", {**properties, "geometry": _geometry(layer)})


def sortables(linking: Linking, layer: Layer, lists: Dictionaries) -> dict[str, Any]:
    """What `sortby` may name."""
    properties = {
        field.name: field_schema(field, lists, linking.language)
        for field in layer.fields
        if field.kind in SORTABLE
    }
    return _object(linking, layer, "sortables", properties)


def schema(linking: Linking, layer: Layer, lists: Dictionaries) -> dict[str, Any]:
    """The features' fields."""
    properties = {field.name: field_schema(field, lists, linking.language) for field in layer.fields}
    key = properties[layer.key]
    properties[layer.key] = {**key, "x-ogc-role": "id"}
    for field in layer.fields:
        # Any value may be missing but the one that identifies; numbers and dates are then null.
        properties[field.name]["x-ogc-propertySeq"] = layer.fields.index(field) + 1
    return _object(linking, layer, "schema", {**properties, "geometry": _geometry(layer)})


def feature_schema(linking: Linking, layer: Layer, lists: Dictionaries) -> dict[str, Any]:
    """A feature as it is sent, for validators and for GDAL; any value may be null besides."""
    fields = {field.name: field_schema(field, lists, linking.language) for field in layer.fields}
    properties = {
        "type": {"type": "string", "enum": ["Feature"]},
        "id": {**_TYPES[next(field.kind for field in layer.fields if field.name == layer.key)]},
        "geometry": {"type": "object", "title": _("Geometry")},
        "properties": {"type": "object", "properties": fields},
    }
    described = _object(linking, layer, "feature-schema", properties)
    return {**described, "required": ["type", "id", "geometry", "properties"], "additionalProperties": True}
