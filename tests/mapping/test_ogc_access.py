"""Who may read /ogc/ and the other addresses for programs, by session, Bearer token or Basic."""

from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import AccessToken, TokenPurpose, User
from accounts.throttle import TOKENS_PER_ADDRESS
from accounts.tokens import issue_token, revoke_token
from assets.models import Photo
from assets.photos import store_photo
from mapping.subjects import collections
from tests.factories import make_user
from tests.mapping.addresses import filled, patterns
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
PAGES = ("/ogc/", "/ogc/api", "/ogc/conformance", "/ogc/collections")
ITEMS = "/ogc/collections/assets/items"
PROBLEM = "application/problem+json"


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def basic(username: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{username}:{secret}".encode()).decode()}


@pytest.fixture
def secret(planner: User) -> str:
    return issue_token(planner, TokenPurpose.DATA, "QGIS")[1]


def addresses() -> list[str]:
    of_layers = [
        f"/ogc/collections/{name}{part}"
        for name in collections()
        for part in ("", "/queryables", "/sortables", "/schema", "/items", "/items/1")
    ]
    return [*PAGES, *of_layers]


@pytest.mark.parametrize("address", addresses())
def test_nobody_and_those_who_may_not_export_stay_outside(
    town: Town, client: Client, as_user: Looking, viewer: User, crew: User, address: str
) -> None:
    nobody = client.get(address)
    assert (nobody.status_code, nobody["Content-Type"]) == (401, PROBLEM)
    assert nobody["WWW-Authenticate"].startswith("Basic ")
    for user in (viewer, crew, make_user(None)):
        response = as_user(user).get(address)
        assert (response.status_code, response["Content-Type"]) == (403, PROBLEM)


def test_a_browser_is_sent_to_the_sign_in_page_and_asked_nothing(town: Town, client: Client) -> None:
    response = client.get(ITEMS, headers={"Accept": "text/html,*/*;q=0.8"})
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=/ogc/")
    # A script of a page of ours, whose session has ended: no box of the browser's own.
    response = client.get("/export/assets.geojson", headers={"Sec-Fetch-Mode": "cors"})
    assert response["WWW-Authenticate"].startswith("Bearer ")
    assert client.get("/api/legend")["WWW-Authenticate"].startswith("Bearer ")


def test_each_sees_what_they_may_export(
    town: Town, as_user: Looking, owner: User, colleague: User, stranger: User, planner: User
) -> None:
    mine = {asset.code for asset in town.shown}
    for user in (owner, colleague, planner):
        assert {feature["id"] for feature in as_user(user).get(ITEMS).json()["features"]} == mine
    assert [feature["id"] for feature in as_user(stranger).get(ITEMS).json()["features"]] == [
        town.foreign.code
    ]
    for layer in ("inspections", "maintenance"):
        assert as_user(stranger).get(f"/ogc/collections/{layer}/items").json()["numberMatched"] == 0
    areas = as_user(stranger).get("/ogc/collections/areas/items").json()["features"]
    assert {feature["id"] for feature in areas} == {"370999", "370999001"}
    assert as_user(stranger).get(f"{ITEMS}/{town.board.code}").status_code == 404
    assert as_user(stranger).get("/ogc/collections/areas/items/370105").status_code == 404
    assert as_user(stranger).get(f"{ITEMS}?filter=code='{town.board.code}'").json()["numberMatched"] == 0


@pytest.mark.parametrize(
    "address",
    [
        ITEMS,
        "/ogc/",
        "/api/assets",
        "/api/inspections",
        "/api/lists",
        "/export/assets.geojson",
        "/tiles/assets.json",
        "/tiles/assets/9/422/199.mvt",
    ],
)
def test_a_token_opens_what_programs_read(
    town: Town, client: Client, planner: User, secret: str, address: str
) -> None:
    assert client.get(address, headers=bearer(secret)).status_code == 200
    assert client.get(address, headers=basic(planner.username, secret)).status_code == 200


def test_a_token_opens_the_photos_that_exports_link_to(
    town: Town, client: Client, secret: str, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    picture = BytesIO()
    Image.new("RGB", (400, 300), "navy").save(picture, "JPEG")
    stored = store_photo(picture.getvalue())
    photo = Photo.objects.create(asset=town.board, sha256=stored.sha256, width=400, height=300)
    address = f"/photos/{photo.uid}/thumb"
    assert client.get(address, headers=bearer(secret)).status_code == 200
    photo.asset = town.foreign
    photo.save(update_fields=["asset"])
    assert client.get(address, headers=bearer(secret)).status_code == 404


def test_a_token_opens_no_page_and_no_other_purpose(
    town: Town, client: Client, planner: User, secret: str
) -> None:
    assert client.get("/map/", headers=bearer(secret)).status_code == 302
    assert client.get("/connect/", headers=bearer(secret)).status_code == 302
    field_secret = issue_token(planner, TokenPurpose.FIELD, "phone")[1]
    assert client.get(ITEMS, headers=bearer(field_secret)).status_code == 401


def test_a_token_sees_no_more_than_its_user(town: Town, client: Client, stranger: User, viewer: User) -> None:
    secret = issue_token(stranger, TokenPurpose.DATA, "QGIS")[1]
    features = client.get(ITEMS, headers=bearer(secret)).json()["features"]
    assert [feature["id"] for feature in features] == [town.foreign.code]
    secret = issue_token(viewer, TokenPurpose.DATA, "QGIS")[1]
    assert client.get(ITEMS, headers=bearer(secret)).status_code == 403
    assert client.get("/api/assets", headers=bearer(secret)).status_code == 200


@pytest.mark.parametrize(
    "header",
    ["Bearer tqd_wrong", "Basic !!!", "Basic " + b64encode(b"planner").decode(), "Bearer", "Basic \u00e4"],
)
def test_a_wrong_token_opens_nothing(town: Town, client: Client, header: str) -> None:
    for address in (ITEMS, "/api/assets", "/export/assets.geojson"):
        response = client.get(address, headers={"Authorization": header})
        assert (response.status_code, response["Content-Type"]) == (401, PROBLEM)
        assert "WWW-Authenticate" in response


def test_a_token_under_another_name_or_revoked_opens_nothing(
    town: Town, client: Client, planner: User, colleague: User, secret: str
) -> None:
    assert client.get(ITEMS, headers=basic(colleague.username, secret)).status_code == 401
    revoke_token(AccessToken.objects.get())
    assert client.get(ITEMS, headers=basic(planner.username, secret)).status_code == 401
    assert client.get(ITEMS, headers=bearer(secret)).status_code == 401


def test_guessing_is_slowed_down_without_locking_anybody_out(
    town: Town, client: Client, planner: User, secret: str
) -> None:
    answers = [client.get(ITEMS, headers=bearer("guess")) for _try in range(TOKENS_PER_ADDRESS.capacity + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {401}
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1
    assert client.get("/api/assets", headers=bearer("guess")).status_code == 429
    # Right ones are none the worse for it, and the office can still sign in from there.
    assert client.get(ITEMS, headers=bearer(secret)).status_code == 200
    signed_in = client.post("/sign-in/", {"username": planner.username, "password": "secret"})
    assert signed_in.status_code == 302


def test_in_production_tokens_travel_encrypted(
    town: Town, client: Client, planner: User, secret: str, settings: Settings
) -> None:
    settings.TOKENS_WITHOUT_TLS = False
    for headers in (bearer(secret), basic(planner.username, secret)):
        assert client.get(ITEMS, headers=headers).status_code == 401
        assert client.get("/api/assets", headers=headers).status_code == 401
        assert client.get(ITEMS, headers=headers, secure=True).status_code == 200


def test_whoever_is_signed_in_is_not_asked_for_a_token(town: Town, as_user: Looking, planner: User) -> None:
    # A proxy of the office's may add an Authorization header of its own.
    response = as_user(planner).get(ITEMS, headers=basic("proxy", "password"))
    assert response.status_code == 200


def test_nothing_is_written_here(town: Town, as_user: Looking, planner: User) -> None:
    for address in (*PAGES, ITEMS):
        assert as_user(planner).post(address).status_code == 405


@pytest.mark.parametrize("prefix", ["/ogc/", "/api/"])
def test_another_method_is_answered_405_and_says_which_there_are(
    prefix: str, town: Town, planner: User
) -> None:
    strict = Client(enforce_csrf_checks=True)
    below = [filled(pattern) for pattern in patterns() if f"/{pattern}".startswith(prefix)]
    addresses = [address for address in below if address != "/api/"]  # which is none
    assert len(addresses) > 10
    for signed_in in (False, True):
        if signed_in:
            strict.force_login(planner)
        for address in addresses:
            refused = [
                method for method in ("POST", "PUT", "PATCH", "DELETE") if says_405(strict, method, address)
            ]
            assert len(refused) >= 2, address
            if prefix == "/ogc/":
                assert refused == ["POST", "PUT", "PATCH", "DELETE"], address


def says_405(client: Client, method: str, address: str) -> bool:
    """Whether a method is refused as one that the address does not have; if so, in the way of the standard."""
    response = client.generic(method, address)
    assert response.status_code < 500, (method, address)
    if response.status_code != 405:
        return False
    assert response["Allow"], (method, address)
    assert method not in response["Allow"].split(", ")
    assert (response["Content-Type"], response.json()["status"]) == (PROBLEM, 405), (method, address)
    return True
