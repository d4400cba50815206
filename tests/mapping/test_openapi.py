"""/api/openapi.json is true: whatever it allows to be asked is answered as it says, or refused, but never a fault."""

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, given, settings
from jsonschema_rs import validator_for

from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "/api/legend",
    "/api/assets",
    "/api/assets/{code}",
    "/api/search",
    "/api/runs/{uid}",
    "/api/ledgers/{uid}",
)


def test_every_address_is_tried_below(town: Town, reader: Client) -> None:
    assert set(reader.get("/api/openapi.json").json()["paths"]) == set(ADDRESSES)


@pytest.mark.parametrize("address", ADDRESSES)
def test_answers_are_as_described(town: Town, reader: Client, address: str) -> None:
    described = reader.get("/api/openapi.json").json()
    operation = schemathesis.openapi.from_dict(described)[address]["GET"]
    answer = described["paths"][address]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    expected = validator_for({**answer, "components": described["components"]})

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        response = reader.get(case.formatted_path, case.query or {})
        assert response.status_code in (200, 400, 403, 404), (case.query, response.content)
        if response.status_code == 200:
            expected.validate(response.json())
        else:
            assert response["Content-Type"] == "application/problem+json"

    ask()


def test_known_answers_are_as_described(town: Town, reader: Client) -> None:
    described = reader.get("/api/openapi.json").json()
    for address, query in (
        ("/api/legend", "street=370105001"),
        ("/api/assets", "order=distance&near=117,36.7"),
        ("/api/search", "q=北园"),
    ):
        answer = described["paths"][address]["get"]["responses"]["200"]["content"]["application/json"][
            "schema"
        ]
        body = reader.get(f"{address}?{query}").json()
        validator_for({**answer, "components": described["components"]}).validate(body)
