"""A page that shows an OpenAPI document: addresses, parameters, answers. Rendered here: it needs no foreign script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Parameter:
    """One parameter for people."""

    name: str
    place: str
    required: bool
    kind: str
    description: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One address with a method."""

    method: str
    path: str
    anchor: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: str
    answers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Group:
    """Operations that belong together."""

    name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Shape:
    """A named schema."""

    name: str
    description: str
    members: tuple[tuple[str, str, str], ...]


def reference_context(
    document: dict[str, Any], *, data_url: str, tags: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The context of `mapping/reference.html`; `tags` is what groups are called in the reader's language."""
    named = tags or {}
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            tag = (operation.get("tags") or [_("Addresses")])[0]
            groups.setdefault(named.get(tag, tag), []).append(_operation(document, path, method, operation))
    schemas = document.get("components", {}).get("schemas", {})
    return {
        "info": document["info"],
        "server": (document.get("servers") or [{"url": ""}])[0]["url"],
        "data_url": data_url,
        "groups": [Group(name, tuple(operations)) for name, operations in groups.items()],
        "shapes": [_shape(document, name, schema) for name, schema in schemas.items() if _is_object(schema)],
    }


def _operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    described = [_resolved(document, parameter) for parameter in operation.get("parameters", [])]
    body = operation.get("requestBody", {}).get("content", {})
    return Operation(
        method=method.upper(),
        path=path,
        anchor=operation["operationId"],
        summary=operation.get("summary", ""),
        description=operation.get("description", ""),
        parameters=tuple(_parameter(document, parameter) for parameter in described),
        body=", ".join(_kind(document, content.get("schema", {})) for content in body.values()),
        answers=tuple(
            _answer(document, str(status), _resolved(document, answer))
            for status, answer in operation["responses"].items()
        ),
    )


def _parameter(document: dict[str, Any], parameter: dict[str, Any]) -> Parameter:
    schema = _resolved(document, parameter.get("schema", {}))
    values = schema.get("enum") or _resolved(document, schema.get("items", {})).get("enum") or []
    return Parameter(
        name=parameter["name"],
        place=parameter["in"],
        required=parameter.get("required", False),
        kind=_kind(document, schema),
        description=parameter.get("description", ""),
        values=tuple(str(value) for value in values),
    )


def _answer(document: dict[str, Any], status: str, answer: dict[str, Any]) -> tuple[str, str, str]:
    content = answer.get("content", {})
    kinds = {
        _kind(document, medium.get("schema", {})) for name, medium in content.items() if name != "text/html"
    }
    return status, answer.get("description", ""), ", ".join(sorted(kinds))


def _shape(document: dict[str, Any], name: str, schema: dict[str, Any]) -> Shape:
    return Shape(
        name=name,
        description=schema.get("description", ""),
        members=tuple(
            (member, _kind(document, described), described.get("description") or described.get("title", ""))
            for member, described in schema["properties"].items()
        ),
    )


def _is_object(schema: dict[str, Any]) -> bool:
    return bool(schema.get("properties"))


def _resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    for part in node["$ref"].removeprefix("#/").split("/"):
        document = document[part]
    return document


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """A schema's type in few words: `string (date)`, `AssetRow[]`, `integer | null`."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            kinds = dict.fromkeys(_kind(document, option) for option in schema[several])
            return " | ".join(kinds)
    if schema.get("type") == "array":
        return f"{_kind(document, schema.get('items', {}))}[]"
    kind = str(schema.get("type", ""))
    return f"{kind} ({schema['format']})" if "format" in schema else kind
