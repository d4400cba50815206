"""/api/openapi.json and the OpenAPI of /ogc/ are true: whatever they allow to be asked is answered as they say."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from jsonschema_rs import validator_for

from accounts.models import User
from assets.layers import LAYERS
from assets.models import Condition, Inspection
from mapping.subjects import collections
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "/api/legend",
    "/api/assets",
    "/api/assets/{code}",
    "/api/now",
    "/api/search",
    "/api/runs/{uid}",
    "/api/ledgers/{uid}",
    "/api/lists",
    "/api/lists/{name}",
    "/api/cases",
    "/api/cases/{code}",
    "/api/exposures",
    "/api/exposures/{uid}",
    "/api/media",
    "/api/media/{number}",
    "/api/campaigns",
    "/api/campaigns/{code}",
    *(f"/api/{name}{ending}" for name in LAYERS if name != "assets" for ending in ("", "/{key}")),
)
OGC_ADDRESSES = (
    "/",
    "/conformance",
    "/collections",
    *(
        f"/collections/{name}{ending}"
        for name in collections()
        for ending in ("", "/items", "/items/{featureId}")
    ),
)
PROBLEM = "application/problem+json"


def as_json_schema(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema: `nullable` is a type of its own there."""
    if isinstance(schema, list):
        return [as_json_schema(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    read = {name: as_json_schema(value) for name, value in schema.items() if name != "nullable"}
    return {"anyOf": [read, {"type": "null"}]} if schema.get("nullable") else read


def ask_everything(described: dict, path: str, ask: Callable[[str, dict], Any], examples: int) -> None:
    """Ask an address what its description allows, and compare each answer with what it says of that status."""
    operation = schemathesis.openapi.from_dict(described)[path]["GET"]
    answers = described["paths"][path]["get"]["responses"]

    def expected(status: int) -> Iterator[tuple[str, Any]]:
        answer = answers[str(status)] if str(status) in answers else answers[status]
        if "$ref" in answer:
            answer = described["components"]["responses"][answer["$ref"].rsplit("/", 1)[-1]]
        for media_type, content in answer.get("content", {}).items():
            schema = {**content["schema"], "components": described["components"]}
            yield media_type.partition(";")[0], validator_for(as_json_schema(schema))

    validators = {int(status): dict(expected(int(status))) for status in answers}

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy())
    def try_one(case: schemathesis.Case) -> None:
        response = ask(case.formatted_path, case.query or {})
        assert response.status_code in validators, (case.query, response.content)
        media_type = response["Content-Type"].partition(";")[0]
        assert media_type in validators[response.status_code], (case.query, response.content)
        if media_type != "text/html":
            validators[response.status_code][media_type].validate(response.json())

    try_one()


@pytest.fixture
def described(town: Town, reader: Client) -> dict:
    """With something in every layer."""
    Inspection.objects.create(
        asset=town.board, condition=Condition.GOOD, observed_at="2026-11-01T08:00+08:00", origin="web"
    )
    return reader.get("/api/openapi.json").json()


@pytest.fixture
def ogc_described(town: Town, planner: User, as_user: Callable[[User], Client]) -> dict:
    return as_user(planner).get("/ogc/api?f=json&lang=en").json()


def test_every_address_is_tried_below(described: dict, ogc_described: dict) -> None:
    # The phone's are tried in tests/field/test_openapi.py.
    assert {path for path in described["paths"] if not path.startswith("/api/field/")} == set(ADDRESSES)
    paths = {path for path in ogc_described["paths"] if not path.endswith(("able", "ables", "schema", "api"))}
    assert paths == set(OGC_ADDRESSES)


@pytest.mark.parametrize("address", ADDRESSES)
def test_answers_are_as_described(described: dict, reader: Client, address: str) -> None:
    ask_everything(described, address, reader.get, 20)


@pytest.mark.parametrize("address", OGC_ADDRESSES)
def test_ogc_answers_are_as_described(
    ogc_described: dict, planner: User, as_user: Callable[[User], Client], address: str
) -> None:
    client = as_user(planner)

    def ask(path: str, query: dict) -> Any:
        # As a client sends an array whose style is `form` and that is not exploded.
        joined = {
            name: ",".join(map(str, value)) if isinstance(value, list) else value
            for name, value in query.items()
        }
        return client.get(f"/ogc{path}", joined)

    ask_everything(ogc_described, address, ask, 6 if address.endswith("/items") else 4)


def test_known_answers_are_as_described(
    described: dict, planner: User, as_user: Callable[[User], Client]
) -> None:
    reader = as_user(planner)
    for address, query in (
        ("/api/legend", "street=370105001"),
        ("/api/assets", "order=distance&near=117,36.7"),
        ("/api/search", "q=北园"),
        ("/api/inspections", "condition=good"),
        ("/api/maintenance", "state=planned&order=-due_on"),
        ("/api/areas", "level=street,community"),
        ("/api/sites", ""),
        ("/api/lists", ""),
    ):
        answer = described["paths"][address]["get"]["responses"]["200"]["content"]["application/json"][
            "schema"
        ]
        body = reader.get(f"{address}?{query}").json()
        validator_for({**answer, "components": described["components"]}).validate(body)
        assert body if isinstance(body, list) else body.get("results", body)


def test_refusals_are_described_everywhere(described: dict) -> None:
    for methods in described["paths"].values():
        for operation in methods.values():
            assert {"400", "401", "403", "404", "429"} <= set(operation["responses"])
            assert PROBLEM in operation["responses"]["404"]["content"]
