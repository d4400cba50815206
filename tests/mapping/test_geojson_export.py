"""/export/assets.geojson: the filtered set as RFC 7946, streamed."""

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

import pyogrio
import pytest
from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.fields import Output, fields_for
from assets.layers import ASSETS
from mapping.exports.geojson import features_sql, stream
from mapping.exports.wanted import Wanted, read_wanted
from tests.factories import make_asset, make_user
from tests.mapping.conftest import Town

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
ADDRESS = "/export/assets.geojson"


@pytest.fixture
def exporter(planner: User, as_user: Looking) -> Client:
    return as_user(planner)


def exported(client: Client, query: str = "") -> dict:
    response = client.get(f"{ADDRESS}?{query}")
    assert response.status_code == 200
    return json.loads(response.getvalue())


@pytest.fixture
def wanted(town: Town) -> Wanted:
    return read_wanted(QueryDict("lang=zh"), ASSETS, "geojson", "http://testserver", User())


def test_it_is_a_feature_collection_of_the_filtered_set(town: Town, exporter: Client) -> None:
    collection = exported(exporter, "street=370105001")
    assert collection["type"] == "FeatureCollection"
    assert collection["numberReturned"] == len(collection["features"]) == 2
    assert "crs" not in collection
    by_id = {feature["id"]: feature for feature in collection["features"]}
    feature = by_id[town.board.code]
    assert feature["geometry"] == {"type": "Point", "coordinates": [116.9851, 36.6753]}
    properties = feature["properties"]
    assert properties["name"] == "北园大街 419 号宣传栏"
    assert properties["themes"] == ["core_values"]
    assert (properties["type"], properties["type_name"]) == ("notice_board", "宣传栏")
    assert (properties["inspection_overdue"], properties["maintenance_overdue"]) == (True, False)


def test_properties_are_the_declared_fields(town: Town, exporter: Client) -> None:
    [feature] = exported(exporter, "type=mural")["features"]
    assert list(feature["properties"]) == [field.name for field in fields_for(Output.FILE)]
    assert "building_phone" not in feature["properties"]


def test_nothing_left_is_an_empty_collection(town: Town, exporter: Client) -> None:
    collection = exported(exporter, "condition=minor")
    assert (collection["features"], collection["numberReturned"]) == ([], 0)


def test_positions_have_seven_decimals(town: Town, exporter: Client) -> None:
    asset = make_asset(Point(116.99123456789, 36.68, srid=4326), type=town.board.type)
    [feature] = exported(exporter, f"q={asset.code}")["features"]
    assert feature["geometry"]["coordinates"] == [116.9912346, 36.68]


def test_difficult_text_survives(town: Town, exporter: Client) -> None:
    wording = 'a "quoted" \\ backslash\nline\ttab \u2028 😀 {}%s 汉字'
    asset = make_asset(Point(116.99, 36.68, srid=4326), type=town.board.type, wording=wording)
    [feature] = exported(exporter, f"q={asset.code}")["features"]
    assert feature["properties"]["wording"] == wording


def test_gdal_reads_it(town: Town, exporter: Client) -> None:
    with NamedTemporaryFile(suffix=".geojson") as file:
        Path(file.name).write_bytes(exporter.get(ADDRESS).getvalue())
        info = pyogrio.read_info(file.name)
        assert (info["features"], info["crs"], info["geometry_type"]) == (6, "EPSG:4326", "Point")


def test_the_file_is_named(town: Town, exporter: Client) -> None:
    response = exporter.get(ADDRESS)
    assert response["Content-Type"] == "application/geo+json"
    assert response["Content-Disposition"].startswith('attachment; filename="assets_')
    assert "filename*=UTF-8''" in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"


def test_names_come_in_the_language_asked_for(town: Town, exporter: Client) -> None:
    [feature] = exported(exporter, "type=unit_plaque&lang=en")["features"]
    assert feature["properties"]["type_name"] == "Unit plaque"
    response = exporter.get(f"{ADDRESS}?lang=fr")
    assert (response.status_code, response.json()["parameter"]) == (400, "lang")


def test_the_first_bytes_leave_before_the_database_is_asked(
    wanted: Wanted, planner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    sql, params = features_sql(wanted, planner)
    pieces = stream(wanted, sql, params)
    with django_assert_max_num_queries(0):
        assert next(pieces)[0].startswith(b'{"type":"FeatureCollection"')
    pieces.close()


def test_memory_stays_flat(wanted: Wanted, planner: User) -> None:
    sql, params = features_sql(wanted, planner)
    # A thousand times the register, without a thousand times the rows.
    many = f"SELECT feature FROM ({sql}) features (feature), generate_series(1, 8000)"
    tracemalloc.start()
    try:
        size = sum(len(piece) for piece, _features in stream(wanted, many, params))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 30_000_000
    assert peak < 12_000_000


def test_what_is_misspelt_is_named_before_anything_is_sent(town: Town, exporter: Client) -> None:
    response = exporter.get(f"{ADDRESS}?streeet=1")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["parameter"] == "streeet"


def test_reading_is_not_exporting(town: Town, as_user: Looking, viewer: User, crew: User) -> None:
    for user in (viewer, crew):
        response = as_user(user).get(ADDRESS)
        assert (response.status_code, response["Content-Type"]) == (403, "application/problem+json")


def test_each_exports_their_own_district(town: Town, as_user: Looking, owner: User, stranger: User) -> None:
    assert len(exported(as_user(owner))["features"]) == 6
    assert [feature["id"] for feature in exported(as_user(stranger))["features"]] == [town.foreign.code]


def test_nobody_and_those_without_a_role(town: Town, client: Client, as_user: Looking) -> None:
    assert client.get(ADDRESS).status_code == 401
    assert as_user(make_user(None)).get(ADDRESS).status_code == 403
