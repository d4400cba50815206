"""/api/openapi.json is true of /api/field/ too: what is asked is answered as it says, or refused, never a fault."""

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import validator_for

from assets.models import Asset
from field.api import access
from tests.field.conftest import Phone, jpeg, named, sha256_of

pytestmark = pytest.mark.django_db

ADDRESSES = {
    "/api/field/signed-in": {"get"},
    "/api/field/devices": {"get", "post"},
    "/api/field/devices/{uid}": {"delete"},
    "/api/field/me": {"get"},
    "/api/field/areas": {"get"},
    "/api/field/pack": {"get"},
    "/api/field/patrols": {"get"},
    "/api/field/evaluations": {"get"},
    "/api/field/near": {"get"},
    "/api/field/changes": {"get"},
    "/api/field/sync": {"post"},
    "/api/field/photos/{sha256}": {"put"},
}


@pytest.fixture
def described(phone: Phone, board: Asset, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(access, "PER_PHONE", access.Bucket("phone", 10**6, timedelta(milliseconds=1)))
    phone.client.force_login(phone.user)
    document: dict[str, Any] = phone.client.get("/api/openapi.json").json()
    phone.client.logout()
    return document


def answer_of(described: dict[str, Any], address: str, method: str, status: str = "200") -> Any:
    schema = described["paths"][address][method]["responses"][status]["content"]["application/json"]["schema"]
    return validator_for({**schema, "components": described["components"]})


def test_every_address_is_described(described: dict[str, Any]) -> None:
    paths = {
        path: set(methods) for path, methods in described["paths"].items() if path.startswith("/api/field/")
    }
    assert paths == ADDRESSES


# What a phone asks with its token; who is signed in is asked with the browser's session.
BY_TOKEN = [
    path for path, methods in ADDRESSES.items() if "get" in methods and path != "/api/field/signed-in"
]


@pytest.mark.parametrize("address", BY_TOKEN)
def test_whatever_is_asked_is_answered_as_described(
    described: dict[str, Any], phone: Phone, address: str
) -> None:
    operation = schemathesis.openapi.from_dict(described)[address]["GET"]
    expected = answer_of(described, address, "get")

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy())
    def ask(case: schemathesis.Case) -> None:
        response = phone.client.get(case.formatted_path, case.query or {}, headers=phone.headers)
        assert response.status_code in (200, 400, 410), (case.query, response.content)
        if response.status_code == 200:
            expected.validate(response.json())
        else:
            assert response["Content-Type"] == "application/problem+json"

    ask()


def test_what_is_sent_is_answered_as_described(described: dict[str, Any], phone: Phone, board: Asset) -> None:
    data = jpeg()
    op = phone.inspect(board, photos=[named(data)])
    results = answer_of(described, "/api/field/sync", "post")
    for operations in ([op, {}, phone.edit(board, {"name": "新"})], [op]):
        results.validate(phone.post(*operations).json())
    answer_of(described, "/api/field/photos/{sha256}", "put").validate(phone.put_photo(data).json())
    for address in ("me", "devices", "areas"):
        answer_of(described, f"/api/field/{address}", "get").validate(phone.get(address).json())
    assert phone.head_photo(sha256_of(data)).status_code == 200


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "op_id",
    "user",
    "phone",
    "seq",
    "kind",
    "asset",
    "job",
    "base_version",
    "at",
    "position",
    "fields",
    "photos",
)


def test_nothing_a_phone_could_send_is_a_fault(described: dict[str, Any], phone: Phone, board: Asset) -> None:
    results = answer_of(described, "/api/field/sync", "post")
    good = {
        "kind": st.sampled_from(["inspect", "edit", "create", "job_start", "job_pause", "job_done"]),
        "asset": st.just(str(board.uid)),
        "user": st.just(phone.user.pk),
    }

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(
        op=st.fixed_dictionaries({}, optional={name: good.get(name, ANYTHING) | ANYTHING for name in NAMES})
    )
    def send(op: dict[str, Any]) -> None:
        response = phone.post(op)
        assert response.status_code == 200, op
        body = response.json()
        results.validate(body)
        assert body["results"][0]["reason"] != "server_fault", op

    send()


FIELDS = (
    "condition",
    "defects",
    "note",
    "also",
    "name",
    "themes",
    "facing",
    "large",
    "type",
    "position",
    "support",
)
FIELDS += ("illuminated", "cost", "resulting_condition", "wording")


@pytest.mark.parametrize("kind", ["inspect", "edit", "create", "job_done"])
def test_no_field_is_a_fault(
    described: dict[str, Any], editors_phone: Phone, board: Asset, kind: str
) -> None:
    from assets.models import Maintenance

    job = Maintenance.objects.create(asset=board, kind="repair")

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(fields=st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=4))
    def send(fields: dict[str, Any]) -> None:
        op = editors_phone.op(kind, asset=board, fields=fields)
        if kind == "create":
            op = {**editors_phone.create(), "fields": {**editors_phone.create()["fields"], **fields}}
        (result,) = editors_phone.send({**op, "job": job.pk})
        assert result["reason"] != "server_fault", (fields, result)

    send()
