"""What /api/openapi.json says and what the API does agree, for requests that nobody thought of (schemathesis)."""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from accounts.models import User
from config.wsgi import application
from tests.mapping.conftest import Town

# How the API refuses: application/problem+json, for a wrong filter or an asset that is not there.
REFUSALS = (400, 404)


@pytest.fixture
def _connection_kept() -> Iterator[None]:
    """Leave the test's connection open after a request, as Django's own test client does."""
    for sent in (request_started, request_finished):
        sent.disconnect(close_old_connections)
    yield
    for sent in (request_started, request_finished):
        sent.connect(close_old_connections)


@pytest.mark.usefixtures("_connection_kept")
def test_no_request_breaks_the_api_and_every_good_answer_has_the_promised_form(
    viewer: User, town: Town, client: Client
) -> None:
    client.force_login(viewer)
    session = {"sessionid": client.cookies["sessionid"].value}
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 3
    seen: set[int] = set()
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def hold(case: schemathesis.Case) -> None:
            answer = case.call(cookies=session)
            case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])
            seen.add(answer.status_code)
            if answer.status_code != 200:
                assert answer.status_code in REFUSALS
                assert answer.headers["content-type"] == ["application/problem+json"]

        hold()
    assert 200 in seen
