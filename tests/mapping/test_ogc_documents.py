"""What /ogc/ says about itself: links that lead somewhere, required members, codes, and pages that show it."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from jsonschema_rs import validator_for

from accounts.models import User
from assets.code_lists import code_list
from assets.dictionaries import dictionaries, read_generation
from mapping.ogc.crs import CRS84, OFFERED
from mapping.ogc.documents import CONFORMANCE, OPENAPI, SCHEMA
from mapping.ogc.parameters import LARGEST_PAGE
from mapping.subjects import collections
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

REL = "http://www.opengis.net/def/rel/ogc/1.0/"


@pytest.fixture
def exporter(town: Town, planner: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(planner)


def links_of(document: dict, rel: str) -> list[dict]:
    return [link for link in document["links"] if link["rel"] == rel]


def every_link(node: object) -> Iterator[dict]:
    if isinstance(node, dict):
        if isinstance(node.get("href"), str) and "rel" in node:
            yield node
        for value in node.values():
            yield from every_link(value)
    elif isinstance(node, list):
        for value in node:
            yield from every_link(value)


def test_the_landing_page_leads_everywhere(exporter: Client) -> None:
    response = exporter.get("/ogc/")
    assert response["Content-Type"] == "application/json"
    document = response.json()
    assert document["title"]
    [description] = links_of(document, "service-desc")
    assert description["type"] == OPENAPI
    assert exporter.get(urlsplit(description["href"]).path)["Content-Type"] == OPENAPI
    assert links_of(document, "service-doc")[0]["type"] == "text/html"
    for rel in ("self", "alternate", "conformance", "data"):
        assert len(links_of(document, rel)) == 1, rel
    assert exporter.get("/ogc")["Location"] == "/ogc/"


def test_every_link_of_every_document_is_answered_with_its_type(exporter: Client) -> None:
    seen, waiting = set(), {"http://testserver/ogc/"}
    while waiting:
        address = waiting.pop()
        seen.add(address)
        parts = urlsplit(address)
        assert parts.netloc == "testserver"
        response = exporter.get(f"{parts.path}?{parts.query}")
        assert response.status_code == 200, address
        if "json" not in response["Content-Type"]:
            continue
        for link in every_link(response.json()):
            target = urlsplit(link["href"])
            answer = exporter.get(f"{target.path}?{target.query}")
            assert answer["Content-Type"].startswith(link["type"]), link
            if link["type"] != "text/html" and link["href"] not in seen and "f=json" not in link["href"]:
                waiting.add(link["href"])
    assert len(seen) > 6 * len(collections())


def test_conformance(exporter: Client) -> None:
    classes = exporter.get("/ogc/conformance").json()["conformsTo"]
    assert classes == list(CONFORMANCE)
    for part in (
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/filter",
        "cql2/1.0/conf/cql2-text",
        "cql2/1.0/conf/cql2-json",
    ):
        assert f"http://www.opengis.net/spec/{part}" in classes


def test_collections(exporter: Client, as_user: Callable[[User], Client], stranger: User) -> None:
    document = exporter.get("/ogc/collections").json()
    assert [collection["id"] for collection in document["collections"]] == list(collections())
    assert CRS84.uri in document["crs"]
    for collection in document["collections"]:
        alone = exporter.get(f"/ogc/collections/{collection['id']}").json()
        for name in ("id", "title", "description", "extent", "itemType", "crs", "storageCrs"):
            assert collection[name] == alone[name], name
        assert collection["itemType"] == "feature"
        assert collection["crs"] == list(OFFERED)
        west, south, east, north = collection["extent"]["spatial"]["bbox"][0]
        assert (west, south, east, north) == (116.98, 36.67, 117.02, 36.70)
        for rel in ("items", f"{REL}queryables", f"{REL}sortables", f"{REL}schema", "describedby"):
            assert links_of(collection, rel), rel
        assert links_of(alone, "self")
        assert links_of(alone, "alternate")
    other = as_user(stranger).get("/ogc/collections/assets").json()
    assert other["extent"]["spatial"]["bbox"] == [[117.10, 36.67, 117.20, 36.70]]
    assert exporter.get("/ogc/collections/nothing").status_code == 404


@pytest.mark.parametrize("name", list(collections()))
def test_queryables_are_the_declared_fields_with_their_codes(exporter: Client, name: str) -> None:
    layer = collections()[name]
    lists = dictionaries(read_generation())
    response = exporter.get(f"/ogc/collections/{name}/queryables")
    assert response["Content-Type"] == SCHEMA
    document = response.json()
    assert document["$schema"].startswith("https://json-schema.org/draft/20")
    assert document["$id"] == f"http://testserver/ogc/collections/{name}/queryables"
    assert (document["type"], document["additionalProperties"]) == ("object", False)
    properties = document["properties"]
    assert list(properties) == [*(field.name for field in layer.fields), "geometry"]
    assert properties["geometry"]["format"] == f"geometry-{layer.shape.lower()}"
    for field in layer.fields:
        described = properties[field.name]
        assert described["title"]
        if field.codes:
            coded = described.get("items", described)
            entries = code_list(field.codes, lists)
            assert coded["enum"] == [entry.code for entry in entries]
            assert coded["x-enum-titles"] == {entry.code: entry.zh for entry in entries}
    sortables = exporter.get(f"/ogc/collections/{name}/sortables").json()["properties"]
    assert set(sortables) < set(properties)
    assert all("type" in sortable for sortable in sortables.values())
    english = exporter.get(f"/ogc/collections/{name}/queryables?lang=en").json()
    assert english["properties"][layer.fields[-1].name]["title"] == layer.fields[-1].titles()["en"]


@pytest.mark.parametrize("name", list(collections()))
def test_features_are_as_their_schema_says(exporter: Client, name: str) -> None:
    schema = exporter.get(f"/ogc/collections/{name}/feature-schema").json()
    validator = validator_for(schema)
    features = exporter.get(f"/ogc/collections/{name}/items").json()["features"]
    for feature in features:
        filled = {key: value for key, value in feature["properties"].items() if value is not None}
        if feature["geometry"] is not None:
            validator.validate({**feature, "properties": filled})
    assert (
        exporter.get(f"/ogc/collections/{name}/schema").json()["properties"][collections()[name].key][
            "x-ogc-role"
        ]
        == "id"
    )


def test_the_description_tells_clients_the_largest_page(exporter: Client) -> None:
    # QGIS reads it from here and asks for as much.
    document = exporter.get("/ogc/api").json()
    assert document["openapi"].startswith("3.0.")
    assert document["servers"] == [{"url": "http://testserver/ogc"}]
    limit = document["components"]["parameters"]["limit"]["schema"]
    assert (limit["maximum"], limit["minimum"]) == (LARGEST_PAGE, 1)
    bbox = document["components"]["parameters"]["bbox"]
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    assert (bbox["schema"], bbox["style"], bbox["explode"]) == (numbers, "form", False)
    time = document["components"]["parameters"]["datetime"]
    assert (time["schema"], time["style"], time["explode"]) == ({"type": "string"}, "form", False)
    parameters = document["paths"]["/collections/assets/items"]["get"]["parameters"]
    assert {"$ref": "#/components/parameters/limit"} in parameters
    condition = next(parameter for parameter in parameters if parameter.get("name") == "condition")
    assert "severe" in condition["schema"]["items"]["enum"]


@pytest.mark.parametrize(
    "address, seen",
    [
        ("/ogc/", "/ogc/collections"),
        ("/ogc/api", "/collections/assets/items"),
        ("/ogc/conformance", CONFORMANCE[0]),
        ("/ogc/collections", "/ogc/collections/inspections"),
        ("/ogc/collections/assets", "/ogc/collections/assets/items"),
        ("/ogc/collections/assets/queryables", "严重破损"),
        ("/ogc/collections/assets/feature-schema", "geometry"),
        ("/ogc/collections/assets/items", "北园大街 419 号宣传栏"),
        ("/ogc/collections/assets/items?filter=condition='damaged'", "鹊华烟雨"),
        ("/ogc/collections/areas/items/370105", "天桥区"),
        ("/ogc/collections/maintenance/items", "补画"),
        ("/api/docs", "/api/inspections"),
    ],
)
def test_a_browser_is_shown_a_page(exporter: Client, address: str, seen: str) -> None:
    response = exporter.get(address, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert response["Cache-Control"] == "private, no-store"
    assert seen in response.content.decode()


def test_the_items_page_pages_and_escapes(exporter: Client, town: Town) -> None:
    town.board.name = "<b>粗</b>"
    town.board.save(update_fields=["name"])
    page = exporter.get("/ogc/collections/assets/items?f=html&limit=2").content.decode()
    assert 'rel="next"' in page
    assert "<b>粗" not in page
    nothing = exporter.get("/ogc/collections/assets/items?f=html&filter=width=12345").content.decode()
    assert "<table" not in nothing
    refused = exporter.get("/ogc/collections/assets/items?f=html&filter=width=")
    assert (refused.status_code, refused["Content-Type"]) == (400, "text/html; charset=utf-8")


def test_the_reference_of_the_api_is_for_readers(
    town: Town, client: Client, as_user: Callable[[User], Client], viewer: User
) -> None:
    assert as_user(viewer).get("/api/docs?f=html").status_code == 200
    assert client.get("/api/docs", headers={"Accept": "text/html"}).status_code == 302
    assert client.get("/api/docs").status_code == 401


def test_rectangle_and_time_are_declared_as_the_standard_has_them(exporter: Client) -> None:
    shared = exporter.get("/ogc/api?f=json").json()["components"]["parameters"]
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    assert (shared["bbox"]["schema"], shared["bbox"]["style"], shared["bbox"]["explode"]) == (
        numbers,
        "form",
        False,
    )
    assert (shared["datetime"]["schema"]["type"], shared["datetime"]["style"]) == ("string", "form")
    assert shared["datetime"]["explode"] is False
