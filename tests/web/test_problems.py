"""Refusals: a page for people, problem details for programs."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from mapping import counting, pages
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"
PAGE = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "address, content_type",
    [
        ("/api/nothing", PROBLEM),
        ("/tiles/nothing", PROBLEM),
        ("/export/nothing", PROBLEM),
        ("/nothing", PAGE),
    ],
)
def test_nothing_there(town: Town, reader: Client, address: str, content_type: str) -> None:
    response = reader.get(address)
    assert (response.status_code, response["Content-Type"]) == (404, content_type)


def test_only_where_assets_are_looked_for_is_one_spoken_of(town: Town, reader: Client) -> None:
    reader.cookies["django_language"] = "en"
    asset, page = (reader.get(address).content.decode() for address in ("/assets/x/", "/nothing"))
    assert "The asset may have another code" in asset
    assert "The asset may have another code" not in page
    assert "mistyped" in page


@pytest.mark.parametrize(
    "address", ["/api/legend", "/api/assets", "/export/options.json", "/tiles/assets.json"]
)
def test_nothing_is_written_here(town: Town, reader: Client, address: str) -> None:
    response = reader.post(address)
    assert (response.status_code, response["Content-Type"]) == (405, PROBLEM)
    assert response.json()["status"] == 405


def test_problem_details_have_all_their_members(town: Town, reader: Client) -> None:
    body = reader.get("/tiles/assets/9/0/0.mvt?x=1").json()
    assert set(body) == {"type", "title", "status", "detail", "parameter"}
    assert (body["type"], body["status"]) == ("about:blank", 400)


def test_they_speak_the_readers_language(town: Town, reader: Client) -> None:
    reader.cookies["django_language"] = "en"
    assert reader.get("/api/legend?x=1").json()["title"] == "The address cannot be read"


def test_a_fault_of_ours_is_a_500_of_the_right_kind(
    town: Town, reader: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise ImproperlyConfigured("secret details")

    reader.raise_request_exception = False
    monkeypatch.setattr(counting, "asset_tile", broken)
    monkeypatch.setattr(pages, "map_page_config", broken)
    for address, content_type in (("/tiles/assets/9/422/199.mvt", PROBLEM), ("/map/", PAGE)):
        response = reader.get(address)
        assert (response.status_code, response["Content-Type"]) == (500, content_type)
        assert b"secret" not in response.content


def test_the_openapi_description_names_the_filters_parameters(town: Town, reader: Client) -> None:
    described = reader.get("/api/openapi.json").json()
    named = {parameter["name"] for parameter in described["paths"]["/api/legend"]["get"]["parameters"]}
    assert {"street", "type", "bbox", "updated_since", "overdue"} <= named


@pytest.mark.parametrize(
    "address, leads_to",
    [
        ("/api/legend/?condition=good", "/api/legend?condition=good"),
        ("/export/assets.geojson/", "/export/assets.geojson"),
        ("/healthz/", "/healthz"),
        ("/a/37010503008000001/", "/a/37010503008000001"),
        ("/api/lists/types/", "/api/lists/types"),
        ("/map", "/map/"),
        ("/assets/37010503008000001", "/assets/37010503008000001/"),
        ("/jobs/list", "/jobs/list/"),
    ],
)
def test_a_slash_too_many_or_too_few_leads_on(
    town: Town, reader: Client, address: str, leads_to: str
) -> None:
    response = reader.get(address)
    assert (response.status_code, response["Location"]) == (301, leads_to)


@pytest.mark.parametrize("address", ["/nothing/", "/api/nothing/", "/a//"])
def test_what_is_not_there_with_or_without_a_slash_is_not_there(
    town: Town, reader: Client, address: str
) -> None:
    response = reader.get(address)
    assert response.status_code in (301, 404)
    if response.status_code == 301:
        assert not response["Location"].startswith("//")


@pytest.mark.parametrize(
    "address, content_type", [("/api/assets", PROBLEM), ("/map/", PAGE), ("/tiles/assets/1/1/1.mvt", PROBLEM)]
)
def test_an_address_too_long_is_answered_in_words(
    town: Town, reader: Client, address: str, content_type: str
) -> None:
    response = reader.get(f"{address}?q={'x' * 8_000}")
    assert (response.status_code, response["Content-Type"]) == (414, content_type)
    assert "8000" in response.content.decode()
