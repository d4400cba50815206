"""The pages of /ogc/: the standard's documents in the product's look, for people who follow a link in a browser."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import orjson
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.code_lists import code_list
from assets.dictionaries import Dictionaries, dictionaries, read_generation
from assets.fields import Field, Kind
from assets.layers import ASSETS, INSPECTIONS, MAINTENANCE, Layer
from mapping.ogc.documents import in_language
from mapping.ogc.items import ItemsPage
from mapping.ogc.parameters import Asked
from mapping.reference import reference_context
from web.access import SignedInRequest
from web.addresses import with_gaps

# The field by which a row of these layers leads to the asset's own page.
_ASSET_CODE = {ASSETS.name: "code", INSPECTIONS.name: "asset", MAINTENANCE.name: "asset"}


def of_layer(layer: Layer) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The context of a page about a collection."""
    return lambda _document: {"layer": layer}


def of_fields(layer: Layer) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The context of a page about a collection's fields: name, title, kind of value, codes with meanings."""

    def context(document: dict[str, Any]) -> dict[str, Any]:
        rows = []
        for name, field in document["properties"].items():
            kind = f"{field['type']} ({field['format']})" if "type" in field and "format" in field else ""
            coded = field.get("x-enum-titles") or field.get("items", {}).get("x-enum-titles", {})
            rows.append(
                (
                    name,
                    field.get("title", ""),
                    kind or field.get("type") or field["format"],
                    list(coded.items()),
                )
            )
        return {"layer": layer, "rows": rows}

    return context


def reference(document: dict[str, Any]) -> dict[str, Any]:
    """The context of the page that describes the service."""
    return reference_context(document, data_url=reverse("ogc-api", query={"f": "json"}))


def items(
    request: SignedInRequest, layer: Layer, asked: Asked, page: ItemsPage, links: list[dict[str, Any]]
) -> bytes:
    """A page of features as a table; columns that are empty throughout are left out."""
    lists = dictionaries(read_generation())
    rows = [orjson.loads(feature)["properties"] for feature in page.features]
    filled = [field for field in layer.fields if any(row[field.name] not in (None, "", []) for row in rows)]
    # What identifies a row leads to it, and so comes first.
    shown = sorted(filled, key=lambda field: field.name != layer.key)
    address = with_gaps("ogc-item", "key", given=[layer.name])
    context = {
        "layer": layer,
        "titles": [in_language(field.title, asked.language) for field in shown],
        "rows": [
            {
                "url": address.replace("{key}", quote(str(row[layer.key]), safe="")),
                "cells": [_cell(field, row[field.name], lists, asked.language) for field in shown],
            }
            for row in rows
        ],
        "matched": f"{page.matched:,}",
        "returned": f"{len(rows):,}",
        "links": {link["rel"]: link["href"] for link in links},
        "filter": request.GET.get("filter", ""),
        "kept": [(name, value) for name, value in request.GET.items() if name not in ("filter", "cursor")],
    }
    return render_to_string("ogc/items.html", context, request).encode()


def item(
    request: SignedInRequest, layer: Layer, feature: str, language: str, links: list[dict[str, Any]]
) -> bytes:
    """One feature with all its fields."""
    lists = dictionaries(read_generation())
    read = orjson.loads(feature)
    properties = read["properties"]
    code = properties.get(_ASSET_CODE.get(layer.name, ""))
    context = {
        "layer": layer,
        "identity": read["id"],
        "facts": [
            (
                in_language(field.title, language),
                field.name,
                _cell(field, properties[field.name], lists, language),
            )
            for field in layer.fields
        ],
        "position": _position(read["geometry"]),
        "asset_url": reverse("asset", args=[code]) if code else "",
        "links": {link["rel"]: link["href"] for link in links},
    }
    return render_to_string("ogc/item.html", context, request).encode()


def _cell(field: Field, value: Any, lists: Dictionaries, language: str) -> str:
    """A value for people: codes by what they mean, times without their fractions."""
    if value is None:
        return ""
    if field.kind is Kind.BOOLEAN:
        return _("Yes") if value else _("No")
    if field.kind is Kind.MOMENT:
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    values = value if isinstance(value, list) else [value]
    if field.codes:
        titles = {entry.code: entry.title(language) for entry in code_list(field.codes, lists)}
        values = [titles.get(code, code) for code in values]
    return ", ".join(str(part) for part in values)


def _position(geometry: dict[str, Any] | None) -> str:
    if geometry is None:
        return _("Without geometry")
    if geometry["type"] == "Point":
        return ", ".join(str(number) for number in geometry["coordinates"])
    return str(geometry["type"])
