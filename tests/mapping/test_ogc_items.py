"""/ogc/…/items: features, counts, paging, rectangle, time, coordinate systems, fields, refusals."""

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.actions.record_inspection import record_inspection
from assets.fields import Output, fields_for
from assets.history import Actor
from assets.layers import LAYERS
from assets.models import Asset, Condition, Inspection, Lifecycle, Origin
from mapping.ogc.crs import OFFERED
from places.coordinates import CGCS2000_GK_117E, CGCS2000_GK_ZONE_39, CRS, from_wgs84
from tests.factories import make_asset, make_road
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

ITEMS = "/ogc/collections/assets/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture
def exporter(planner: User, as_user: Callable[[User], Client]) -> Client:
    return as_user(planner)


def items(client: Client, query: str = "", layer: str = "assets") -> dict:
    response = client.get(f"/ogc/collections/{layer}/items?{query}")
    assert response.status_code == 200, response.content
    return response.json()


def codes(client: Client, query: str = "", layer: str = "assets") -> list[str]:
    return [feature["id"] for feature in items(client, query, layer)["features"]]


def link(document: dict, rel: str) -> str | None:
    return next((link["href"] for link in document["links"] if link["rel"] == rel), None)


def test_a_page_has_the_members_the_standard_wants(town: Town, exporter: Client) -> None:
    response = exporter.get(ITEMS)
    assert response["Content-Type"] == "application/geo+json"
    assert response["Content-Crs"] == "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>"
    page = response.json()
    assert page["type"] == "FeatureCollection"
    assert page["numberMatched"] == page["numberReturned"] == len(page["features"]) == len(town.shown)
    assert page["timeStamp"].endswith("Z")
    assert urlsplit(link(page, "self")).path == ITEMS
    assert link(page, "alternate").endswith("f=html")
    assert link(page, "next") is None
    feature = next(feature for feature in page["features"] if feature["id"] == town.board.code)
    assert feature["type"] == "Feature"
    assert feature["geometry"] == {"type": "Point", "coordinates": [116.9851, 36.6753]}
    assert feature["properties"]["name"] == "北园大街 419 号宣传栏"
    assert list(feature["properties"]) == [field.name for field in fields_for(Output.FILE)]


def test_one_feature(town: Town, exporter: Client) -> None:
    response = exporter.get(f"{ITEMS}/{town.removed.code}?lang=en")
    feature = response.json()
    assert (feature["id"], feature["properties"]["lifecycle"]) == (town.removed.code, "removed")
    assert feature["properties"]["type_name"] == "Notice board"
    assert {link["rel"] for link in feature["links"]} == {"self", "alternate", "collection"}
    for address in (
        f"{ITEMS}/nothing",
        "/ogc/collections/inspections/items/x",
        "/ogc/collections/nothing/items",
    ):
        response = exporter.get(address)
        assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


# --- Paging ---------------------------------------------------------------------------------------------------------


def pages(client: Client, query: str) -> list[list[str]]:
    found, address = [], f"{ITEMS}?{query}"
    while address:
        parts = urlsplit(address)
        page = client.get(f"{parts.path}?{parts.query}").json()
        assert page["numberReturned"] == len(page["features"])
        found.append([feature["id"] for feature in page["features"]])
        address = link(page, "next")
    return found


@pytest.mark.parametrize(
    "order", ["", "sortby=-condition&", "sortby=name&", "sortby=%2Binspected_at&", "sortby=large&"]
)
def test_pages_follow_one_another_without_gap_or_overlap(town: Town, exporter: Client, order: str) -> None:
    found = pages(exporter, f"{order}limit=2&f=json")
    assert [len(page) for page in found] == [2, 2, 2]
    together = [code for page in found for code in page]
    assert sorted(together) == sorted(asset.code for asset in town.shown)
    if not order:
        assert together == sorted(together)
    assert codes(exporter, f"{order}limit=10") == together


def test_a_row_that_comes_or_goes_moves_no_other(town: Town, exporter: Client) -> None:
    first = items(exporter, "limit=3")
    last = first["features"][-1]["id"]
    earlier = make_asset(code="37010503006000000")
    following = urlsplit(link(first, "next")).query
    assert earlier.code not in codes(exporter, following)
    assert min(codes(exporter, following)) > last


def test_sorted_downwards(town: Town, exporter: Client) -> None:
    names = [
        feature["properties"]["condition"] for feature in items(exporter, "sortby=-condition")["features"]
    ]
    assert names == sorted(names, reverse=True)


def test_limits(town: Town, exporter: Client) -> None:
    assert len(items(exporter, "limit=10001")["features"]) == len(town.shown)
    for wrong in ("0", "-1", "x", "1.5", "", "９", "9" * 20):
        response = exporter.get(f"{ITEMS}?limit={quote(wrong)}")
        assert (response.status_code, response.json()["parameter"]) == (400, "limit")


# --- What is left ---------------------------------------------------------------------------------------------------


def test_a_rectangle(town: Town, exporter: Client) -> None:
    around_board = "116.985,36.675,116.986,36.676"
    assert codes(exporter, f"bbox={around_board}") == [town.board.code]
    assert codes(exporter, "bbox=116.985,36.675,-10,116.986,36.676,5000") == [town.board.code]
    swapped = "36.675,116.985,36.676,116.986"
    assert codes(exporter, f"bbox={swapped}&bbox-crs={EPSG}4326") == [town.board.code]
    assert codes(exporter, f"bbox={swapped}&bbox-crs={EPSG}4490") == [town.board.code]
    # Round the world the other way: everything but a strip.
    assert town.board.code not in codes(exporter, "bbox=116.986,-90,116.985,90")
    assert town.mural.code in codes(exporter, "bbox=116.986,-90,116.985,90")


@pytest.mark.parametrize(
    "srid, crs",
    [(4548, CGCS2000_GK_117E), (4527, CGCS2000_GK_ZONE_39), (3857, CRS("EPSG:3857", degrees=False))],
)
def test_a_rectangle_in_metres(town: Town, exporter: Client, srid: int, crs: CRS) -> None:
    east, north = (float(value) for value in from_wgs84(116.9851, 36.6753, crs))
    first, second = (east, north) if srid == 3857 else (north, east)
    box = f"{first - 50},{second - 50},{first + 50},{second + 50}"
    assert codes(exporter, f"bbox={box}&bbox-crs={EPSG}{srid}") == [town.board.code]


@pytest.mark.parametrize("uri", OFFERED)
def test_features_come_in_each_system_with_its_axes(town: Town, exporter: Client, uri: str) -> None:
    response = exporter.get(f"{ITEMS}?crs={quote(uri)}&bbox=116.985,36.675,116.986,36.676")
    assert response["Content-Crs"] == f"<{uri}>"
    [feature] = response.json()["features"]
    first, second = feature["geometry"]["coordinates"]
    offered = OFFERED[uri]
    x, y = (second, first) if offered.second_first else (first, second)
    expected = [float(value) for value in from_wgs84(116.9851, 36.6753, offered.crs)]
    assert [x, y] == pytest.approx(expected, abs=1e-7 if offered.crs.degrees else 0.001)
    assert (
        exporter.get(f"{ITEMS}/{town.board.code}?crs={quote(uri)}").json()["geometry"] == feature["geometry"]
    )


def test_latitude_and_northing_come_first_where_they_should() -> None:
    first = {uri.rsplit("/", 1)[-1]: offered.second_first for uri, offered in OFFERED.items()}
    assert first == {"CRS84": False, "4326": True, "4490": True, "4548": True, "4527": True, "3857": False}


def test_time(town: Town, exporter: Client) -> None:
    now = timezone.now()
    for days in (1, 10):
        Inspection.objects.create(
            asset=town.board, condition=Condition.GOOD, observed_at=now - timedelta(days=days), origin="web"
        )

    def found(text: str) -> int:
        return items(exporter, f"datetime={quote(text)}", "inspections")["numberMatched"]

    yesterday, week = (now - timedelta(days=2)).isoformat(), (now - timedelta(days=7)).date().isoformat()
    assert found(f"{yesterday}/..") == 1
    assert found(f"../{yesterday}") == found(f"/{week}") == 1
    assert found(f"{week}/{now.isoformat()}") == 1
    assert (
        found((now - timedelta(days=10)).astimezone(timezone.get_current_timezone()).date().isoformat()) == 1
    )
    # A job that is not done goes on; what has no time is at every time.
    assert items(exporter, "datetime=2099-01-01T00:00:00Z", "maintenance")["numberMatched"] == 1
    assert items(exporter, "datetime=2099-01-01T00:00:00Z", "areas")["numberMatched"] == 5
    for wrong in (
        "yesterday",
        "../..",
        "2026-13-01",
        "2026-11-24/2026-11-23",
        "a/b/c",
        "",
        "9999-12-31/9999-12-31x",
    ):
        response = exporter.get(f"{ITEMS}?datetime={quote(wrong)}")
        assert (response.status_code, response.json()["parameter"]) == (400, "datetime"), wrong


def test_the_one_filter_is_taken(town: Town, exporter: Client) -> None:
    assert codes(exporter, "street=370105001&condition=damaged,severe") == [town.mural.code]
    assert codes(exporter, "q=鹊华") == [town.mural.code]
    assert codes(exporter, "overdue=maintenance") == [town.mural.code]
    assert codes(exporter, "lifecycle=removed,planned") == sorted([town.removed.code, town.planned.code])
    assert codes(exporter, "theme=core_values&bbox=116.985,36.675,116.986,36.676") == [town.board.code]


def test_fields_are_parameters(town: Town, exporter: Client) -> None:
    assert codes(exporter, f"road_name={quote('北园大街')}") == [town.board.code]
    assert codes(exporter, "large=true") == [town.mural.code]
    assert codes(exporter, "themes=waste_sorting") == [town.mural.code]
    assert codes(exporter, f"uid={town.board.uid}") == [town.board.code]
    assert codes(exporter, f"next_inspection_due={town.board.next_inspection_due}") == [town.board.code]
    assert codes(exporter, "version=1&face_count=1&width=3.5") == []
    assert set(codes(exporter, "level=street", "areas")) == {"370105001", "370105002"}
    assert (
        items(exporter, f"kind=repaint&state=planned&asset={town.mural.code}", "maintenance")["numberMatched"]
        == 1
    )
    for query, parameter in (
        ("large=yes", "large"),
        ("version=one", "version"),
        ("removed_on=yesterday", "removed_on"),
        ("updated_at=now", "updated_at"),
        ("themes=unheard_of", "themes"),
        ("width=1e5", "width"),
    ):
        response = exporter.get(f"{ITEMS}?{query}")
        assert (response.status_code, response.json()["parameter"]) == (400, parameter)


@pytest.mark.parametrize(
    "query, parameter",
    [
        ("unheard_of=1", "unheard_of"),
        ("offset=10", "offset"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,x", "bbox"),
        ("bbox=1,2,3,nan", "bbox"),
        ("bbox=1,9,3,4", "bbox"),
        ("bbox=0,0,200,95", "bbox"),
        (f"bbox=1e12,1,2e12,2&bbox-crs={EPSG}4548", "bbox"),
        ("bbox=1,1,2,2&bbox-crs=EPSG:4326", "bbox-crs"),
        ("bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326", "bbox-crs"),
        (f"crs={EPSG}2154", "crs"),
        ("crs=x", "crs"),
        ("filter-lang=cql2-text", "filter-lang"),
        (f"filter-crs={EPSG}4326", "filter-crs"),
        ("filter=condition='good'&filter-lang=ecql", "filter-lang"),
        ("sortby=nothing", "sortby"),
        ("sortby=themes", "sortby"),
        ("sortby=--code", "sortby"),
        ("cursor=x", "cursor"),
        ("cursor=WyIiLCAxLCAyXQ", "cursor"),
        ("f=xml", "f"),
        ("lang=fr", "lang"),
        ("limit=1&limit=2", "limit"),
        ("street=unheard_of", "street"),
        ("name=%00", "name"),
    ],
)
def test_what_is_misspelt_is_named(town: Town, exporter: Client, query: str, parameter: str) -> None:
    response = exporter.get(f"{ITEMS}?{query}")
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["parameter"]) == (400, parameter)


def test_a_cursor_of_another_order_is_refused(town: Town, exporter: Client) -> None:
    following = urlsplit(link(items(exporter, "limit=2&sortby=name"), "next")).query
    assert exporter.get(f"{ITEMS}?{following.replace('sortby=name', 'sortby=-name')}").status_code == 400


def test_other_addresses_take_no_other_parameters(town: Town, exporter: Client) -> None:
    for address in ("/ogc/", "/ogc/api", "/ogc/conformance", "/ogc/collections", "/ogc/collections/assets"):
        for wrong in ("limit=1", "f=x", "lang=x"):
            response = exporter.get(f"{address}?{wrong}")
            assert (response.status_code, response.json()["parameter"]) == (400, wrong.partition("=")[0])


# --- The rest -------------------------------------------------------------------------------------------------------


def test_outlines_and_lines_too(town: Town, exporter: Client) -> None:
    by_shape = {name: items(exporter, "", name)["features"] for name in ("areas", "roads", "sites")}
    assert {feature["geometry"]["type"] for feature in by_shape["areas"]} == {"MultiPolygon"}
    # A road without a line is a feature without geometry, also within a rectangle (by the standard).
    assert [feature["geometry"] for feature in by_shape["roads"]] == [None]
    assert len(codes(exporter, "bbox=0,0,1,1", "roads")) == 1
    assert len(codes(exporter, "bbox=0,0,1,1", "areas")) == 0
    assert by_shape["sites"][0]["properties"]["name"] == "济南站"


@pytest.mark.django_db(
    transaction=True
)  # a transaction of its own would see each line of the audit as a change
def test_a_held_answer_is_confirmed_until_something_changes(
    town: Town, exporter: Client, publicity: User
) -> None:
    first = exporter.get(f"{ITEMS}?f=json")
    held = {"If-None-Match": first["ETag"]}
    assert exporter.get(f"{ITEMS}?f=json", headers=held).status_code == 304
    assert exporter.get(f"{ITEMS}?f=json&limit=1", headers=held).status_code == 200
    assert exporter.get(f"{ITEMS}?f=json", headers={**held, "Host": "localhost"}).status_code == 200
    record_inspection(Actor(publicity, Origin.WEB), town.board, Condition.SEVERE)
    assert exporter.get(f"{ITEMS}?f=json", headers=held).status_code == 200
    assert {"Accept", "Authorization", "Cookie"} <= {part.strip() for part in first["Vary"].split(",")}
    packed = exporter.get(f"{ITEMS}?f=json", headers={"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(packed.content))["numberMatched"] == len(town.shown)


@pytest.mark.parametrize(
    "accept, content_type",
    [
        ("*/*", "application/geo+json"),
        ("application/geo+json", "application/geo+json"),
        ("application/json, text/html;q=0.5", "application/geo+json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("image/png", "application/geo+json"),
    ],
)
def test_clients_get_what_they_prefer(town: Town, exporter: Client, accept: str, content_type: str) -> None:
    assert exporter.get(ITEMS, headers={"Accept": accept})["Content-Type"] == content_type
    assert (
        exporter.get(f"{ITEMS}?f=json", headers={"Accept": accept})["Content-Type"] == "application/geo+json"
    )


@pytest.mark.parametrize("layer", LAYERS)
def test_queries_are_few_however_many_rows(
    town: Town,
    exporter: Client,
    layer: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(5):
        make_asset(Point(116.99, 36.68 + number / 1000, srid=4326))
        make_road(f"路{number}")
    items(exporter, "", layer)
    with django_assert_max_num_queries(22):
        items(exporter, "limit=9", layer)


def test_names_come_in_the_language_asked_for(town: Town, exporter: Client) -> None:
    page = items(exporter, "lang=en&type=unit_plaque")
    assert page["features"][0]["properties"]["type_name"] == "Unit plaque"
    assert "lang=en" in link(page, "self")
    assert items(exporter, "type=unit_plaque")["features"][0]["properties"]["type_name"] == "单位牌匾"


def test_what_left_the_street_shows_when_its_parameter_asks_for_it_and_a_filter_only_narrows(
    town: Town, exporter: Client
) -> None:
    assert Asset.objects.filter(lifecycle=Lifecycle.REMOVED).exists()
    assert town.removed.code not in codes(exporter)
    assert codes(exporter, "lifecycle=removed") == [town.removed.code]
    assert codes(exporter, "lifecycle=removed,in_use&filter=lifecycle='removed'") == [town.removed.code]
    shown = codes(exporter)
    for text in ("lifecycle='removed'", "lifecycle IN ('removed','planned')", "lifecycle IS NULL"):
        assert codes(exporter, f"filter={quote(text)}") == [], text
    for text in ("lifecycle<>'suspended'", "NOT lifecycle='planned'", "lifecycle LIKE '%' OR TRUE"):
        assert set(codes(exporter, f"filter={quote(text)}")) <= set(shown), text
