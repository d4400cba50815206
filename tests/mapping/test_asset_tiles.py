"""/tiles/assets/{z}/{x}/{y}.mvt: counted cells, then the assets themselves."""

import random
from collections.abc import Callable

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from assets.models import Asset, Condition
from mapping.tiles.grid import Tile
from tests.factories import make_asset, make_user
from tests.mapping.conftest import Town, cell_total, decoded, tiles_around

pytestmark = pytest.mark.django_db

Looking = Callable[[User | None], Client]
DISTRICT = "/tiles/assets/9/422/199.mvt"


def test_one_tile_of_zoom_9_holds_the_whole_district(town: Town, reader: Client) -> None:
    response = reader.get(DISTRICT)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert cell_total(response.content) == len(town.shown)
    layer = decoded(response.content)["cells"]
    assert layer["extent"] == 4096


def test_a_cell_tells_conditions_and_the_most_frequent_type(town: Town, reader: Client) -> None:
    cells = decoded(reader.get(f"{DISTRICT}?type=lamp_banner,mural").content)["cells"]["features"]
    sums = {
        name: sum(cell["properties"][name] for cell in cells)
        for name in ("n", "unknown", "good", "minor", "damaged", "severe", "missing")
    }
    assert sums == {"n": 3, "unknown": 0, "good": 0, "minor": 0, "damaged": 1, "severe": 1, "missing": 1}
    busiest = max(cells, key=lambda cell: cell["properties"]["n"])["properties"]
    assert (busiest["type"], busiest["symbol"]) == ("lamp_banner", "flag")


def test_a_cell_stands_in_its_middle(town: Town, reader: Client) -> None:
    for cell in decoded(reader.get(DISTRICT).content)["cells"]["features"]:
        for ordinate in cell["geometry"]["coordinates"]:
            place = (ordinate * 12 / 4096) % 1
            assert place == pytest.approx(0.5, abs=0.003)


@pytest.mark.parametrize("zoom", [0, 5, 9, 11, 13, 14, 16, 18])
def test_the_tiles_of_a_zoom_add_up(town: Town, reader: Client, zoom: int) -> None:
    # The neighbourhood of the whole register at low zoom, of its parts further in.
    places = [(asset.point.x, asset.point.y) for asset in town.shown]
    tiles = {tile for lon, lat in places for tile in tiles_around(zoom, lon, lat, lon, lat)}
    total = sum(cell_total(reader.get(f"/tiles/assets/{z}/{x}/{y}.mvt").content) for z, x, y in tiles)
    assert total == len(town.shown)


@pytest.mark.parametrize("zoom", [3, 9, 13, 14, 17])
def test_a_point_on_a_border_belongs_to_one_tile(town: Town, reader: Client, zoom: int) -> None:
    [(_z, x, y)] = tiles_around(zoom, 117.0, 36.69, 117.0, 36.69)
    west, _south, _east, north = Tile(zoom, x, y).bounds()
    make_asset(Point(west, north, srid=4326), type=town.board.type, code="37010503008999999")
    around = [(zoom, x + dx, y + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    query = "q=37010503008999999"
    counts = [cell_total(reader.get(f"/tiles/assets/{z}/{i}/{j}.mvt?{query}").content) for z, i, j in around]
    assert sum(counts) == 1


def test_assets_carry_what_the_map_draws(town: Town, reader: Client) -> None:
    [(z, x, y)] = tiles_around(14, 117.011, 36.681, 117.011, 36.681)
    layer = decoded(reader.get(f"/tiles/assets/{z}/{x}/{y}.mvt?condition=severe").content)["assets"]
    [feature] = layer["features"]
    face = town.faces[0]
    assert feature["id"] == face.pk
    assert feature["properties"] == {
        "code": face.code,
        "name": "道旗东",
        "family": "psa",
        "type": "lamp_banner",
        "symbol": "flag",
        "condition": "severe",
        "overdue": 0,
        "support": face.support_id,
        "faces": 2,
        "large": 0,
    }
    assert all(0 <= ordinate < 4096 for ordinate in feature["geometry"]["coordinates"])


def test_overdue_and_large_are_numbers_and_no_support_is_absent(town: Town, reader: Client) -> None:
    [(z, x, y)] = tiles_around(15, 116.9912, 36.6921, 116.9912, 36.6921)
    [feature] = decoded(reader.get(f"/tiles/assets/{z}/{x}/{y}.mvt").content)["assets"]["features"]
    assert (feature["properties"]["overdue"], feature["properties"]["large"]) == (1, 1)
    assert "support" not in feature["properties"]


def test_an_asset_stands_where_arithmetic_says(town: Town, reader: Client) -> None:
    [(z, x, y)] = tiles_around(14, 116.9912, 36.6921, 116.9912, 36.6921)
    [feature] = decoded(reader.get(f"/tiles/assets/{z}/{x}/{y}.mvt?type=mural").content)["assets"]["features"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(g), ST_Y(g) FROM ST_AsMVTGeom("
            "ST_Transform(ST_SetSRID(ST_MakePoint(116.9912, 36.6921), 4326), 3857), "
            "ST_TileEnvelope(%s, %s, %s), 4096, 0, false) g",
            [z, x, y],
        )
        expected = cursor.fetchone()
    assert feature["geometry"]["coordinates"] == pytest.approx(list(expected), abs=1)


def test_the_filter_narrows_the_tile(town: Town, reader: Client) -> None:
    assert cell_total(reader.get(f"{DISTRICT}?street=370105002").content) == 3
    assert cell_total(reader.get(f"{DISTRICT}?lifecycle=removed,planned").content) == 2


def test_nothing_there_is_204(town: Town, reader: Client) -> None:
    response = reader.get("/tiles/assets/9/0/0.mvt")
    assert (response.status_code, response.content) == (204, b"")
    assert reader.get(f"{DISTRICT}?street=none&condition=good").status_code == 204


@pytest.mark.parametrize("address", ["9/512/0", "9/0/512", "23/0/0", "0/1/0"])
def test_tiles_that_do_not_exist_are_refused(town: Town, reader: Client, address: str) -> None:
    response = reader.get(f"/tiles/assets/{address}.mvt")
    assert response.status_code == 400
    assert response.json()["parameter"] in ("z", "x", "y")


def test_what_is_misspelt_is_named(town: Town, reader: Client) -> None:
    response = reader.get(f"{DISTRICT}?streeet=1")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["parameter"] == "streeet"


def test_each_sees_their_own_district(town: Town, as_user: Looking, stranger: User, colleague: User) -> None:
    assert cell_total(as_user(stranger).get("/tiles/assets/0/0/0.mvt").content) == 1
    assert cell_total(as_user(colleague).get("/tiles/assets/0/0/0.mvt").content) == 6


def test_nobody_and_those_without_a_role(town: Town, client: Client, as_user: Looking) -> None:
    assert client.get(DISTRICT).status_code == 401
    assert as_user(make_user(None)).get(DISTRICT).status_code == 403


def test_only_reading_is_possible(town: Town, reader: Client) -> None:
    response = reader.post(DISTRICT)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert response["Content-Type"] == "application/problem+json"


def test_it_takes_few_queries(
    town: Town, reader: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    reader.get("/tiles/assets/0/0/0.mvt")
    with django_assert_max_num_queries(7):
        reader.get(f"{DISTRICT}?street=370105001&q=北园")


def test_thousands_stay_small_and_are_all_there(town: Town, reader: Client) -> None:
    chance = random.Random(1)
    conditions, types = list(Condition), [town.board.type, town.mural.type, town.plaque.type]
    Asset.objects.bulk_create(
        Asset(
            code=f"37010503008{number:06d}",
            type=chance.choice(types),
            condition=chance.choice(conditions),
            point=Point(chance.uniform(116.8, 117.1), chance.uniform(36.65, 36.85), srid=4326),
        )
        for number in range(100_000, 104_000)
    )
    body = reader.get(DISTRICT).content
    assert cell_total(body) == 4006
    assert len(body) <= 60_000
    # A whole tile of cells, each with every condition, cannot grow beyond that either.
    assert len(decoded(body)["cells"]["features"]) <= 144
